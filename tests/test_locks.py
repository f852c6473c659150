"""What is locked: every release by its hash, and none by the address of a registry."""

import json
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]
LISTS = ("run", "test", "node", "lock")


@pytest.mark.parametrize("name", LISTS)
def test_every_python_release_is_pinned_by_hash_and_without_an_address(name: str) -> None:
    lock = (HOUSE / "requirements" / f"{name}.txt").read_text("utf-8")
    releases = [entry for entry in re.split(r"\n(?=\S)", lock.strip()) if not entry.startswith("#")]
    assert releases
    for release in releases:
        assert re.match(r"[a-z0-9-]+==\S+", release)
        assert "--hash=sha256:" in release
    assert not re.search(r"://|@|^-", lock, re.MULTILINE)


def test_every_npm_release_is_pinned_by_hash_and_without_an_address() -> None:
    packages = json.loads((HOUSE / "package-lock.json").read_text("utf-8"))["packages"]
    brought = {place: release for place, release in packages.items() if place}
    assert brought
    for release in brought.values():
        assert release["integrity"].startswith("sha512-")
        assert "resolved" not in release


def test_what_the_pages_ask_of_npm_is_one_exact_release_each() -> None:
    manifest = json.loads((HOUSE / "package.json").read_text("utf-8"))
    for version in (manifest["dependencies"] | manifest["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
