"""What else must happen by a day while a petition is answered, and by which article; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.calendar import Calendar, add_months, nth_working_day
from core.petitions.counting import Count
from core.petitions.facts import Clarification, End, Facts, Ground
from core.petitions.terms import Kind, Silence, Term

COPIES = 3
"""Days in which what silence granted is handed over (Ley 1437 de 2011, art. 14, numeral 1)."""
LEGEND = 2
"""Days in which a claim about personal data is marked «reclamo en trámite» (Ley 1581 de 2012, art. 15, numeral 2)."""
TO_CORRECT = 10
"""Days in which a petition that nobody understands is put right (Ley 1437 de 2011, art. 19)."""
SILENCE_MONTHS = 3
"""After them a petition without an answer is taken as denied (Ley 1437 de 2011, art. 83)."""


class Name(StrEnum):
    """The clocks that run beside the main one.

    To ask for what is missing, and for the person to complete it; to say that the answer will take longer; to send it
    to who is competent; to be taken as granted, or as denied; to hand over the copies; to mark the datum claimed.
    """

    ASK = "ask"
    COMPLETE = "complete"
    EXTEND = "extend"
    TRANSFER = "transfer"
    ACCEPTANCE = "acceptance"
    COPIES = "copies"
    LEGEND = "legend"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Clock:
    """The last day for something, with its article, and the day on which it was done."""

    name: Name
    due: date
    article: str
    done: date | None = None


def clocks_of(facts: Facts, count: Count, calendar: Calendar) -> tuple[Clock, ...]:
    """The clocks that run for a petition, by the day on which they end."""
    term = facts.term
    found = [*_of_the_office(facts, term, count, calendar), *_of_silence(facts, term, count, calendar)]
    found += [_complete(asking, term, calendar) for asking in facts.clarifications]
    return tuple(sorted(found, key=lambda clock: clock.due))


def last_to_complete(asking: Clarification, term: Term, calendar: Calendar) -> date:
    """Until when the person may complete the petition: months of the calendar, that end on a day that counts.

    Ley 1437 de 2011, art. 17: one month, and once another; art. 19: ten days. Ley 1581 de 2012, art. 15: two months.
    """
    if asking.ground is Ground.OBSCURE:
        return nth_working_day(asking.asked, TO_CORRECT, calendar)
    last = add_months(asking.asked, term.to_complete, calendar)
    return add_months(last, term.to_complete, calendar) if asking.extended else last


def last_to_ask(facts: Facts, count: Count, calendar: Calendar) -> date | None:
    """The last day on which what is missing may be asked for; None for a kind of which nothing is asked."""
    if facts.term.to_ask is None:
        return None
    last = nth_working_day(count.zero, facts.term.to_ask, calendar)
    return min(last, count.plain) if count.plain else last


def _complete(asking: Clarification, term: Term, calendar: Calendar) -> Clock:
    article = "Ley 1437 de 2011, art. 19" if asking.ground is Ground.OBSCURE else term.ask_article
    return Clock(Name.COMPLETE, last_to_complete(asking, term, calendar), article, asking.answered)


def _of_the_office(facts: Facts, term: Term, count: Count, calendar: Calendar) -> Iterator[Clock]:
    if last := last_to_ask(facts, count, calendar):
        asked = next((each.asked for each in facts.clarifications), None)
        yield Clock(Name.ASK, last, term.ask_article, asked)
    if count.plain and term.extra:
        told = facts.extension.told if facts.extension else None
        yield Clock(Name.EXTEND, count.plain, term.extra_article, told)
    if term.to_transfer:
        last = count.zero if facts.spoken else nth_working_day(count.zero, term.to_transfer, calendar)
        sent = facts.ended_on if facts.ended is End.TRANSFERRED else None
        yield Clock(Name.TRANSFER, last, term.transfer_article, sent)
    if facts.kind is Kind.DATA_CLAIM:
        last = nth_working_day(count.zero, LEGEND, calendar)
        yield Clock(Name.LEGEND, last, "Ley 1581 de 2012, art. 15, numeral 2", facts.marked)


def _of_silence(facts: Facts, term: Term, count: Count, calendar: Calendar) -> Iterator[Clock]:
    answered = facts.ended_on if facts.ended is End.ANSWERED else None
    if count.last and term.silence in (Silence.ACCEPTED, Silence.COPIES):
        yield Clock(Name.ACCEPTANCE, count.last, term.article, answered)
    if count.last and term.silence is Silence.COPIES:
        yield Clock(Name.COPIES, nth_working_day(count.last, COPIES, calendar), term.article, answered)
    if count.last and term.silence is Silence.NEGATIVE_AT_ONCE:
        yield Clock(Name.SILENCE, count.last, term.article, answered)
    if term.silence is Silence.NEGATIVE:
        last = add_months(count.zero, SILENCE_MONTHS, calendar)
        yield Clock(Name.SILENCE, last, "Ley 1437 de 2011, art. 83", answered)
