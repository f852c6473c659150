"""What is locked: every release by its hash, and none by the address of a registry."""

import json
import re
import subprocess
import sys
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


def test_the_bill_of_materials_has_every_locked_release_with_its_hashes_and_the_fonts() -> None:
    said = subprocess.run([sys.executable, "deploy/bill.py"], cwd=HOUSE, check=True, capture_output=True, text=True)
    told = json.loads(said.stdout)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.5")
    listed = {part.get("purl", part["name"]): part["hashes"] for part in told["components"]}
    lock = (HOUSE / "requirements/run.txt").read_text("utf-8")
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s\\]+)", lock, re.MULTILINE):
        assert listed[f"pkg:pypi/{name}@{version}"], name
    locked = json.loads((HOUSE / "package-lock.json").read_text("utf-8"))["packages"]
    assert sum(address.startswith("pkg:npm/") for address in listed) == len([path for path in locked if path])
    assert any(name.endswith(".ttf") for name in listed)
    assert all(len(hash["content"]) in (64, 128) for hashes in listed.values() for hash in hashes)
