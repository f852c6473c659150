"""What may be done with the term of a petition on a day, or why not; pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from core.calendar import Calendar
from core.petitions.clocks import last_to_ask, last_to_complete
from core.petitions.counting import count
from core.petitions.facts import Extension, Facts, Ground
from core.petitions.terms import Kind

LONGEST_FIXED = 30
"""No request that fixes its own term gives more working days than this: more is a mistake of who types."""


class WhyNot(StrEnum):
    """Why something may not be done with a term."""

    ENDED = "ended"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    NOT_SUSPENDED = "not suspended"
    BEFORE_RECEIVED = "before received"
    BEFORE_ASKED = "before asked"
    NO_REASON = "no reason"
    KIND_NEVER_EXTENDED = "kind never extended"
    ALREADY_EXTENDED = "already extended"
    NO_DAY = "no day"
    NOT_TOLD = "not told"
    NOT_LATER = "not later"
    TOO_LONG = "too long"
    KIND_NEVER_ASKED = "kind never asked"
    TOO_LATE_TO_ASK = "too late to ask"
    MONTH_ALREADY_EXTENDED = "month already extended"
    NO_MORE_TIME = "no more time"
    MONTH_IS_OVER = "month is over"
    MONTH_NOT_OVER = "month not over"
    SAME_KIND = "same kind"
    TERM_IS_FIXED = "term is fixed"
    NOT_A_TERM = "not a term"


def check_extension(facts: Facts, wanted: Extension, why: str, calendar: Calendar) -> WhyNot | None:
    """Ley 1437 de 2011, art. 14, paragraph: told before the term ends, with the reason and the new day, up to twice.

    Once, and for a kind that the law lets wait; Ley 1581 de 2012, arts. 14 and 15, has its own measures.
    """
    checks = (
        (facts.ended is not None, WhyNot.ENDED),
        (facts.term.extra is None, WhyNot.KIND_NEVER_EXTENDED),
        (facts.extension is not None, WhyNot.ALREADY_EXTENDED),
        (facts.waiting is not None, WhyNot.SUSPENDED),
        (not why.strip(), WhyNot.NO_REASON),
    )
    if found := next((reason for wrong, reason in checks if wrong), None):
        return found
    now = count(facts, calendar)
    if wanted.until is None:
        return WhyNot.NO_DAY
    if wanted.told is None:
        return WhyNot.NOT_TOLD
    if wanted.told < facts.received:
        return WhyNot.BEFORE_RECEIVED
    if now.plain is None or now.longest is None:
        return WhyNot.SUSPENDED
    if wanted.told > now.plain:
        return WhyNot.EXPIRED
    if wanted.until <= now.plain:
        return WhyNot.NOT_LATER
    return WhyNot.TOO_LONG if wanted.until > now.longest else None


def check_asking(facts: Facts, asked: date, ground: Ground, calendar: Calendar) -> WhyNot | None:
    """Art. 17: what is missing is asked for within ten days. Art. 19: what is not understood, while it runs."""
    if facts.ended is not None:
        return WhyNot.ENDED
    if facts.waiting:
        return WhyNot.SUSPENDED
    if asked < facts.received:
        return WhyNot.BEFORE_RECEIVED
    now = count(facts, calendar)
    last = last_to_ask(facts, now, calendar)
    if last is None:
        return WhyNot.KIND_NEVER_ASKED
    if now.last and asked > now.last:
        return WhyNot.EXPIRED
    return WhyNot.TOO_LATE_TO_ASK if ground is Ground.INCOMPLETE and asked > last else None


def check_completing(facts: Facts, on: date) -> WhyNot | None:
    """What the person brings is taken also after its month, while no act has archived the petition."""
    if facts.ended is not None:
        return WhyNot.ENDED
    if not facts.waiting:
        return WhyNot.NOT_SUSPENDED
    return WhyNot.BEFORE_ASKED if on < facts.waiting.asked else None


def check_more_time(facts: Facts, on: date, calendar: Calendar) -> WhyNot | None:
    """Art. 17: the person asks for another month before the first one ends, once; art. 19 gives no more days."""
    if facts.ended is not None:
        return WhyNot.ENDED
    if not facts.waiting:
        return WhyNot.NOT_SUSPENDED
    if facts.waiting.ground is Ground.OBSCURE or facts.kind is Kind.DATA_CLAIM:
        return WhyNot.NO_MORE_TIME
    if facts.waiting.extended:
        return WhyNot.MONTH_ALREADY_EXTENDED
    over = on > last_to_complete(facts.waiting, facts.term, calendar)
    return WhyNot.MONTH_IS_OVER if over else None


def check_archiving(facts: Facts, on: date, calendar: Calendar) -> WhyNot | None:
    """Art. 17: an act archives what the person did not complete, never before the last day given has passed."""
    if facts.ended is not None:
        return WhyNot.ENDED
    if not facts.waiting:
        return WhyNot.NOT_SUSPENDED
    over = on > last_to_complete(facts.waiting, facts.term, calendar)
    return None if over else WhyNot.MONTH_NOT_OVER


def check_reclassifying(facts: Facts, kind: Kind, why: str) -> WhyNot | None:
    """The kind is what is asked for (art. 13): an official may put it right, and says why."""
    if facts.ended is not None:
        return WhyNot.ENDED
    if kind is facts.kind:
        return WhyNot.SAME_KIND
    return None if why.strip() else WhyNot.NO_REASON


def check_length(facts: Facts, length: int) -> WhyNot | None:
    """Only a request that may fix its own term gives a number of days, and a sensible one."""
    if facts.ended is not None:
        return WhyNot.ENDED
    if not facts.term.editable:
        return WhyNot.TERM_IS_FIXED
    return None if 1 <= length <= LONGEST_FIXED else WhyNot.NOT_A_TERM
