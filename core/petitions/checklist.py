"""What makes a reply one on the merits, and what a denial for reserve must name; pure.

The core of the right of petition: an answer that is clear, precise, congruent and complete, in time, and made known
(Ley 1437 de 2011, art. 13; Corte Constitucional, C-951 de 2014).
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Check(StrEnum):
    """What whoever writes a reply says of it, one by one, before another person reviews it."""

    CLEAR = "clear"
    PRECISE = "precise"
    CONGRUENT = "congruent"
    COMPLETE = "complete"
    REASONED = "reasoned"
    REMEDIES = "remedies"


class Ground(StrEnum):
    """What the law keeps from who asks; a closed list (Ley 1437 de 2011, art. 24)."""

    DEFENCE = "defence"
    DIPLOMACY = "diplomacy"
    PRIVACY = "privacy"
    PUBLIC_CREDIT = "public_credit"
    FINANCIAL_DATA = "financial_data"
    TRADE_SECRET = "trade_secret"
    PROFESSIONAL_SECRET = "professional_secret"
    GENETIC_DATA = "genetic_data"


class Lacks(StrEnum):
    """What a reply does not have yet."""

    SUBJECT = "subject"
    BODY = "body"
    CHECKS = "checks"
    GROUND = "ground"
    NORM = "norm"


def lacks(
    subject: str, body: str, checks: Collection[str], denies_by_reserve: bool, ground: str, norm: str
) -> list[Lacks]:
    """What must be put right before another person reviews the reply, in the order of its page."""
    wrong = (
        (not subject.strip(), Lacks.SUBJECT),
        (not body.strip(), Lacks.BODY),
        (denies_by_reserve and ground not in set(Ground), Lacks.GROUND),
        (denies_by_reserve and not norm.strip(), Lacks.NORM),
        (not set(Check) <= set(checks), Lacks.CHECKS),
    )
    return [what for missing, what in wrong if missing]
