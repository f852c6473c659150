"""Petitions in words: their kinds and states, and the account of their days, the same on screen and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date, ngettext

from core.calendar import Day, Why
from core.errors import N_
from core.petitions import names
from core.petitions.clocks import Clock, Name
from core.petitions.deadlines import Deadline, State
from core.petitions.limits import WhyNot
from core.petitions.terms import Kind, Silence, Unit
from core.web.words import day_text, language, translate, why_text

_TONES = {
    State.ON_TIME: "success",
    State.DUE_SOON: "warning",
    State.DUE_TODAY: "sun",
    State.OVERDUE: "error",
    State.SUSPENDED: "info",
    State.LAPSED: "warning",
    State.ANSWERED: "success",
    State.ANSWERED_LATE: "error",
}


def kind_text(kind: Kind) -> str:
    """«petición de documentos o copias»"""
    return translate(names.KINDS[kind])


def state_text(state: State) -> str:
    """«a tiempo», «vence hoy»"""
    return translate(names.STATES[state])


def state_tone(state: State) -> str:
    """The kind of tag that a state wears: its colour and its drawing."""
    return _TONES.get(state, "neutral")


def clock_name(clock: Clock) -> str:
    """«trasladar a quien sea competente»"""
    return translate(names.CLOCKS[clock.name])


def silence_text(silence: Silence) -> str:
    """What the law says if nobody answers in time, as a sentence; empty where it says nothing."""
    return translate(names.SILENCES[silence]) if names.SILENCES[silence] else ""


def why_not_text(refused: WhyNot) -> str:
    """Why something may not be done with a term, as a sentence."""
    return translate(names.WHY_NOT[refused], **names.WHY_NOT_VALUES.get(refused, {}))


def long_day_text(day: date) -> str:
    """«lunes 14 de diciembre de 2026»"""
    return str(format_date(day, "EEEE d 'de' MMMM 'de' y" if language() == "es" else "EEEE, MMMM d, y"))


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A day of an account in words: «día 4», or that it does not count and why. `now`: it is today."""

    day: date
    words: str
    counts: bool
    number: str
    why: str
    now: bool


@dataclass(frozen=True, slots=True)
class AccountTold:
    """The account of a petition's days as it is read: by when, what did not count, and every day."""

    sentence: str
    skipped: str
    rows: Sequence[AccountRow]


def account_told(found: Deadline, today: date) -> AccountTold:
    """The account in the language of the page; screen and paper draw the same."""
    return AccountTold(_sentence(found), _skipped(found), _rows(found, today))


def _rows(found: Deadline, today: date) -> list[AccountRow]:
    """Every day of the account, in order; the year is said where it begins or changes."""
    days = [None, *(line.day for line in found.account)]
    words = [
        day_text(line.day) if before and before.year == line.day.year else long_day_text(line.day)
        for before, line in zip(days, found.account, strict=False)
    ]
    return [
        AccountRow(line.day, day, line.counts, *_line(line, found), line.day == today)
        for day, line in zip(words, found.account, strict=True)
    ]


def _sentence(found: Deadline) -> str:
    complete = found.clock(Name.COMPLETE)
    if found.due:
        n = max(line.number for line in found.account)
        day, article = long_day_text(found.due), found.term.article
        if found.term.unit is Unit.MONTHS:
            length = str(ngettext("%(num)s mes", "%(num)s meses", n))
        else:
            length = str(ngettext("%(num)s día hábil", "%(num)s días hábiles", n))
        return translate(N_("Vence el %(day)s: %(length)s (%(article)s)."), day=day, length=length, article=article)
    if found.counted:
        goal = long_day_text(found.counted)
        return translate(N_("La ley no fija término. La meta es responder a más tardar el %(day)s."), day=goal)
    since, last = long_day_text(found.account[-1].day), long_day_text(complete.due) if complete else ""
    sentence = N_("Término suspendido desde el %(since)s: la petición se puede completar hasta el %(last)s.")
    return translate(sentence, since=since, last=last)


def _skipped(found: Deadline) -> str:
    """How many days did not count and why; empty if all of them counted."""
    groups = (
        (N_("%(n)s de sábado o domingo"), (Why.SATURDAY, Why.SUNDAY)),
        (N_("%(n)s de festivo"), (Why.HOLIDAY,)),
        (N_("%(n)s de cierre por acto de la entidad"), (Why.CLOSED,)),
        (N_("%(n)s de suspensión mientras se completaba la petición"), (Why.SUSPENDED,)),
    )
    lines = [line.why for line in found.account if not line.counts and line.day > found.zero]
    counted = [(sentence, sum(why in whys for why in lines)) for sentence, whys in groups]
    told = ", ".join(translate(sentence, n=n) for sentence, n in counted if n)
    return translate(N_("Días que no contaron: %(days)s."), days=told) if told else ""


def _line(line: Day, found: Deadline) -> tuple[str, str]:
    """What a line says of its day, and why."""
    why = why_text(line)
    if line.day == found.zero:
        start = translate(N_("desde aquí se cuenta: el día 1 es el siguiente día hábil"))
        return translate(N_("día 0")), f"{why}; {start}" if why else start
    if not line.counts:
        return translate(N_("no cuenta")), why
    number = N_("mes %(n)s") if found.term.unit is Unit.MONTHS else N_("día %(n)s")
    return translate(number, n=line.number), why
