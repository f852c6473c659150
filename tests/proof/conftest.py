"""How long the proof goes on: some seconds in `make test`; with PROOF=long, as `make prove` says, a good while more."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from tests.proof.driver import Size


@dataclass(frozen=True)
class Profile:
    """So many runs on each installation, each until so many operations of people, or until the patience ends."""

    runs: int
    operations: int
    patience_s: float
    size: Size


SHORT = Profile(runs=1, operations=120, patience_s=40, size=Size())
LONG = Profile(runs=4, operations=3_000, patience_s=120, size=Size(6, 8, 4, 4, per_second=60))
PROFILE = LONG if os.environ.get("PROOF") == "long" else SHORT


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked `prove` lasts too long for `make test`."""
    if PROFILE is SHORT:
        long = [item for item in items if item.get_closest_marker("prove")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
