"""How many working days an answer took, read from the account of days of its deadline; pure."""

from __future__ import annotations

from core.calendar import Calendar, working_days_between
from core.petitions.counting import count
from core.petitions.facts import Facts, Policy
from core.petitions.terms import Unit


def working_days_taken(facts: Facts, calendar: Calendar) -> int:
    """From day 0 to the day of its end, that one included and without those in which the term was suspended.

    Raises NoTerm for a day before the table, and ValueError for a petition that has not ended.
    """
    if facts.ended_on is None:
        raise ValueError("it has not ended")
    if facts.policy is Policy.STRICT and not facts.clarifications:
        return max(working_days_between(facts.received, facts.ended_on, calendar), 0)
    counted = count(facts, calendar)
    if facts.term.unit is Unit.MONTHS:
        return max(working_days_between(counted.zero, facts.ended_on, calendar), 0)
    inside = max((line.number for line in counted.account if line.day <= facts.ended_on), default=0)
    if counted.last is None or facts.ended_on <= counted.last:
        return inside
    return inside + working_days_between(counted.last, facts.ended_on, calendar)
