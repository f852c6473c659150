"""The bill of materials (CycloneDX 1.5): every locked release of Python and npm with its hashes, and the fonts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[1]
_RELEASE = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
FONTS = ("*.woff2", "*.ttf", "*.otf")


def bill() -> dict[str, Any]:
    """What the product is made of, besides itself."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "townhall"}},
        "components": [*_python(), *_npm(), *_fonts()],
    }


def _python() -> Iterator[dict[str, Any]]:
    text = (HOUSE / "requirements/run.txt").read_text("utf-8")
    starts = [*_RELEASE.finditer(text)]
    for found, after in zip(starts, [*starts[1:], None], strict=True):
        name, version = found.groups()
        hashes = _HASH.findall(text[found.end() : after.start() if after else len(text)])
        yield _component(f"pkg:pypi/{name}@{version}", name, version, [("SHA-256", digest) for digest in hashes])


def _npm() -> Iterator[dict[str, Any]]:
    locked = json.loads((HOUSE / "package-lock.json").read_text("utf-8"))["packages"]
    for path, told in sorted(locked.items()):
        name = path.rpartition("node_modules/")[2]
        if name:
            kind, _, digest = told["integrity"].partition("-")
            hashes = [(kind.upper().replace("SHA", "SHA-"), base64.b64decode(digest).hex())]
            yield _component(f"pkg:npm/{name.replace('@', '%40')}@{told['version']}", name, told["version"], hashes)


def _fonts() -> Iterator[dict[str, Any]]:
    for path in sorted(path for kind in FONTS for path in (HOUSE / "core").rglob(kind)):
        if "vendor" not in path.parts:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            told = {"type": "file", "name": str(path.relative_to(HOUSE))}
            yield told | {"hashes": [{"alg": "SHA-256", "content": digest}]}


def _component(address: str, name: str, version: str, hashes: list[tuple[str, str]]) -> dict[str, Any]:
    told = [{"alg": kind, "content": digest} for kind, digest in hashes]
    return {"type": "library", "name": name, "version": version, "purl": address, "hashes": told}


if __name__ == "__main__":
    print(json.dumps(bill(), indent=1))
