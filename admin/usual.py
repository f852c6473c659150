"""How the tiles of the hall stand beside what is usual on this weekday at this hour, in words and never by colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from admin.picture import Figures
from core.errors import N_
from core.turns.board.moments import Moment, usual_moments
from core.turns.statistics.alike import so_far
from core.turns.statistics.facts import Tally
from core.turns.statistics.journey import MINUTE
from core.web.words import minutes_text, translate

WEEKDAYS = (
    *(N_("un lunes"), N_("un martes"), N_("un miércoles"), N_("un jueves"), N_("un viernes"), N_("un sábado")),
    N_("un domingo"),
)


@dataclass(frozen=True, slots=True)
class Usual:
    """What days like today had come to by this hour, and how the hall stood then at each of its minutes."""

    so_far: Tally
    minutes: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class Beside:
    """Whether a figure is more (▲) or less (▼) than usual or neither, and by how much in words."""

    sign: str
    words: str


def usual(session: Session, site_id: int, at: datetime) -> Usual | None:
    """What is usual at this hour, read once in it; None of too few days."""
    known: dict[int, tuple[tuple[date, int], Usual | None]] = current_app.extensions.setdefault("usual", {})
    read, hour = known.get(site_id), (at.date(), at.hour)
    if read is None or read[0] != hour:
        read = known[site_id] = (hour, _read(session, site_id, at))
    return read[1]


def _read(session: Session, site_id: int, at: datetime) -> Usual | None:
    counted, minutes = so_far(session, site_id, at), usual_moments(session, site_id, at)
    return Usual(counted, minutes) if counted and minutes else None


def beside_usual(figures: Figures, known: Usual | None, at: datetime) -> Mapping[str, Beside]:
    """How each tile stands beside what is usual; those of which there is nothing to say are missing."""
    if known is None:
        return {}
    then, counted = known.minutes[at.minute], known.so_far
    longest = figures.oldest.waited if figures.oldest else 0
    half = counted.wait.at(0.5)
    each = {
        "waiting": (figures.waiting, then.waiting, str),
        "longest": (longest / MINUTE, then.longest / MINUTE, _minutes),
        "open": (figures.open, then.open, str),
        "within": (figures.within, _share(counted.within, counted.called), _points),
        "half": (_in_minutes(figures.half), _in_minutes(half), _minutes),
        "left": (figures.left_share, _share(counted.abandoned, counted.turns), _points),
    }
    told = {name: beside(now, before, said, at.weekday()) for name, (now, before, said) in each.items()}
    return {name: one for name, one in told.items() if one}


def beside(now: float | None, before: float | None, said: Callable[[int], str], weekday: int) -> Beside | None:
    """A figure beside that of a usual day; `said` says the whole part of their difference with its unit."""
    if now is None or before is None:
        return None
    day, more = translate(WEEKDAYS[weekday]), round(now - before)
    if more > 0:
        return Beside("▲", _("%(much)s más que %(day)s a esta hora", much=said(more), day=day))
    if more < 0:
        return Beside("▼", _("%(much)s menos que %(day)s a esta hora", much=said(-more), day=day))
    return Beside("", _("Como %(day)s a esta hora", day=day))


def _share(part: int, base: int) -> float | None:
    return 100 * part / base if base else None


def _in_minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / MINUTE


def _minutes(count: int) -> str:
    return minutes_text(count * MINUTE)


def _points(count: int) -> str:
    return ngettext("%(num)s punto", "%(num)s puntos", count)
