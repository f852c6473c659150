"""Petitions in words: their kinds and states, and the account of their days, the same on screen and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.calendar import Day, Why
from core.errors import N_
from core.petitions import names
from core.petitions.clocks import Clock
from core.petitions.deadlines import Deadline, State
from core.petitions.limits import WhyNot
from core.petitions.terms import Kind, Unit
from core.web.words import translate, why_text


def kind_text(kind: Kind) -> str:
    """«petición de documentos o copias»"""
    return translate(names.KINDS[kind])


def state_text(state: State) -> str:
    """«a tiempo», «vence hoy»"""
    return translate(names.STATES[state])


def clock_name(clock: Clock) -> str:
    """«trasladar a quien sea competente»"""
    return translate(names.CLOCKS[clock.name])


def why_not_text(refused: WhyNot) -> str:
    """Why something may not be done with a term, as a sentence."""
    return translate(names.WHY_NOT[refused], **names.WHY_NOT_VALUES.get(refused, {}))


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A day of the account in words: «día 4», or that it does not count and why. `now`: it is today."""

    day: date
    counts: bool
    number: str
    why: str
    now: bool


def account_rows(found: Deadline, today: date) -> list[AccountRow]:
    """Every day of the account, in order."""
    return [AccountRow(line.day, line.counts, *words, line.day == today) for line, words in _told(found)]


def skipped_text(found: Deadline) -> str:
    """How many days did not count and why: «6 de sábado o domingo, 2 festivos»; empty if all of them counted."""
    groups = (
        (N_("%(n)s de sábado o domingo"), (Why.SATURDAY, Why.SUNDAY)),
        (N_("%(n)s de festivo"), (Why.HOLIDAY,)),
        (N_("%(n)s de cierre por acto de la entidad"), (Why.CLOSED,)),
        (N_("%(n)s suspendidos mientras se completaba la petición"), (Why.SUSPENDED,)),
    )
    lines = [line.why for line in found.account if not line.counts and line.day > found.zero]
    counted = [(sentence, sum(why in whys for why in lines)) for sentence, whys in groups]
    return ", ".join(translate(sentence, n=n) for sentence, n in counted if n)


def _told(found: Deadline) -> Iterator[tuple[Day, tuple[str, str]]]:
    for line in found.account:
        if line.day == found.zero:
            why = why_text(line)
            start = translate(N_("desde aquí se cuenta: el día 1 es el siguiente día hábil"))
            yield line, (translate(N_("día 0")), f"{why}; {start}" if why else start)
        elif line.counts:
            months = found.term.unit is Unit.MONTHS
            yield line, (translate(N_("mes %(n)s") if months else N_("día %(n)s"), n=line.number), why_text(line))
        else:
            yield line, (translate(N_("no cuenta")), why_text(line))
