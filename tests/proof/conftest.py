"""How long the proof goes on: some seconds in `make test`; with PROOF=long, as `make prove` says, a good while more."""

from __future__ import annotations

import os
from dataclasses import dataclass

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
