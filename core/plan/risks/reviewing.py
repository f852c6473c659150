"""Whether a risk is to be looked at again for a cut-off, and who may verify that it was; pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from core.plan.cutoffs import Cutoff


class Need(StrEnum):
    """How the review of a risk for a cut-off stands on a day."""

    NOT_ASKED = "not asked"
    DONE = "done"
    OPEN = "open"
    MISSING = "missing"


class WhyNot(StrEnum):
    """Why somebody may not verify a review."""

    VERIFIED = "verified"
    REVIEWED = "reviewed"
    VALUED = "valued"


def need(cutoff: Cutoff, since: date, until: date | None, reviewed: bool, today: date) -> Need:
    """A risk is asked for at each cut-off that it stood at; it may be looked at from the first day of the stretch on.

    It is missing once what was seen at the cut-off was to be published.
    """
    if since > cutoff.last or (until is not None and until <= cutoff.last):
        return Need.NOT_ASKED
    if reviewed:
        return Need.DONE
    if today < cutoff.first:
        return Need.NOT_ASKED
    return Need.MISSING if today > cutoff.publish_by else Need.OPEN


def why_not_verify(by: int, verified: bool, reviewed_by: int, valued_by: Collection[int]) -> WhyNot | None:
    """Nobody verifies twice, nor what they reviewed or a risk that they valued."""
    if verified:
        return WhyNot.VERIFIED
    if by == reviewed_by:
        return WhyNot.REVIEWED
    return WhyNot.VALUED if by in valued_by else None
