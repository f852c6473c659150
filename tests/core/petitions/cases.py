"""Petitions as values, for tests of what the law gives them."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.calendar import Calendar, Special
from core.catalogue.days import holidays_on
from core.petitions.deadlines import Deadline, deadline
from core.petitions.facts import Clarification, Facts
from core.petitions.terms import Kind

LAW = Calendar(holidays_on)
LENGTHS = {
    **dict.fromkeys((3, 5), Kind.CONGRESS),
    10: Kind.DOCUMENTS,
    15: Kind.PARTICULAR,
    30: Kind.CONSULTATION,
    60: Kind.CONGRESS,
}
"""A kind for each length of the tables; the requests that fix their own term stand for those that no kind has."""


def on(text: str) -> date:
    """«2026-11-20» as a day."""
    return date.fromisoformat(text)


def in_year(received: str, text: str) -> date:
    """«11-25», in the year of `received`, or a whole date."""
    return on(text) if len(text) > 5 else on(f"{received[:4]}-{text}")


def closed(*days: date) -> Calendar:
    """The law, and days that an act of the entity closes."""
    return Calendar(holidays_on, {day: [Special(opens=False, act="Decreto 30", affects_terms=True)] for day in days})


def petition(received: str | date, length: int = 15, **more: Any) -> Facts:
    """A petition received on a day, with so many working days to be answered."""
    day = on(received) if isinstance(received, str) else received
    fixed = length if LENGTHS[length] is Kind.CONGRESS else None
    return Facts(**{"kind": LENGTHS[length], "received": day, "length": fixed, **more})


def asked(on_day: str, answered: str | None = None, **more: Any) -> tuple[Clarification, ...]:
    """What was missing was asked for, and brought."""
    return (Clarification(on(on_day), on(answered) if answered else None, **more),)


def due(facts: Facts, calendar: Calendar = LAW) -> date | None:
    return at(facts, calendar=calendar).due


def at(facts: Facts, today: date | str | None = None, calendar: Calendar = LAW) -> Deadline:
    """How it stands on a day; on that of its arrival, if none is said."""
    day = on(today) if isinstance(today, str) else today
    return deadline(facts, calendar, day or facts.received)
