"""The planned breaks of a week in words: that all fit, or which do not, what they cost and what would mend it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from core.reports.table import Cell, Table
from core.turns.foresight.forecast import half_text
from core.web.report_parts import Part

Kept = Mapping[str, Any]
"""A day of a proposal, or a break of it, as it is kept."""
ON_PAPER = 3


def part_of(days: Sequence[Kept], services: Mapping[str, str]) -> list[Part]:
    """What the breaks of these days cost, in a table of those that do not fit; nothing where none is planned."""
    every = [one for day in days for one in day.get("breaks", ())]
    if not every:
        return []
    rows = _rows(days, services)
    short, count = sum(map(_is_short, every)), len(every)
    sentence = _("Pausas previstas en la semana: %(all)s, ya descontadas. No caben %(short)s.", all=count, short=short)
    if not short:
        counted = _("Pausas previstas en la semana: %(all)s, ya descontadas.", all=count)
        none = _("Ninguna hace esperar más que la meta ni deja un trámite sin quien lo atienda.")
        sentence = f"{counted} {none}"
    columns = (_("Ventanilla"), _("Pausa"), _("Días"), _("Qué pasa"), _("Qué conviene"))
    return [Part("breaks", Table(_("Pausas previstas"), columns, rows), sentence, words=True, cards=True)]


def leaves_alone(days: Iterable[Kept]) -> bool:
    """Whether some break leaves a service without anybody who attends it."""
    return any(one["alone"] for day in days for one in day.get("breaks", ()))


def on_paper(days: Sequence[Kept], services: Mapping[str, str]) -> list[str]:
    """The first that do not fit, each in a line, and how many more there are."""
    rows = _rows(days, services)
    lines = [
        _("Ventanilla %(window)s, %(hours)s (%(days)s): %(what)s %(advice)s", **dict(zip(_NAMES, row, strict=True)))
        for row in rows[:ON_PAPER]
    ]
    more = len(rows) - ON_PAPER
    return [*lines, _("Otras que no caben: %(n)s.", n=more)] if more > 0 else lines


_NAMES = ("window", "hours", "days", "what", "advice")


def _rows(days: Sequence[Kept], services: Mapping[str, str]) -> tuple[tuple[Cell, ...], ...]:
    """Each break that does not fit and what is said of it, with the days on which the same would mend it."""
    found = defaultdict[tuple[str, str, str], list[tuple[str, Kept]]](list)
    for day in days:
        for one in filter(_is_short, day.get("breaks", ())):
            hours = f"{_hour(one['starts'])}–{_hour(one['ends'])}"
            found[one["window"], hours, _advice(one, services)].append((day["day"], one))
    return tuple(
        (
            window,
            hours,
            ", ".join(_weekday(day) for day, _one in same),
            _cost([one for _day, one in same], services),
            way,
        )
        for (window, hours, way), same in sorted(found.items(), key=lambda each: each[0][:2])
    )


def _weekday(day: str) -> str:
    return str(format_date(date.fromisoformat(day), "EEE d"))


def _is_short(one: Kept) -> bool:
    return bool(one["late"] or one["alone"])


def _cost(same: Sequence[Kept], services: Mapping[str, str]) -> str:
    """Who waits too long, which services nobody attends, and who rests beside: of all those days together."""
    late, alone, beside = (sorted({each for one in same for each in one[name]}) for name in ("late", "alone", "beside"))
    said = []
    if late:
        sentence = _(
            "Con una ventanilla menos, de quienes llegan entre %(first)s y %(last)s más de uno de cada diez espera más"
            " que la meta."
        )
        said.append(sentence % {"first": half_text(late[0]), "last": half_text(late[-1] + 1)})
    if alone:
        said.append(_("Durante ella, o una parte, nadie atiende: %(services)s.", services=_names(alone, services)))
    if beside:
        said.append(_("Coincide con la pausa de: %(windows)s.", windows=", ".join(beside)))
    return " ".join(map(str, said))


def _advice(one: Kept, services: Mapping[str, str]) -> str:
    """What would mend it, as it was tried; or that nothing near does."""
    said = []
    if one["fits_at"] is not None:
        said.append(_("Cabe a las %(hour)s, si las demás no se mueven.", hour=_hour(one["fits_at"])))
    elif one["beside"]:
        said.append(_("Reparta las pausas que coinciden: mover solo esta, a una hora cercana, no alcanza."))
    elif one["late"]:
        said.append(_("A ninguna hora cercana cabe: hace falta una ventanilla más."))
    if one["open"]:
        said.append(_("O abra también una de estas: %(windows)s.", windows=", ".join(one["open"])))
    if one["only"]:
        said.append(_("Que otra ventanilla atienda también: %(services)s.", services=_names(one["only"], services)))
    return " ".join(map(str, said))


def _names(some: Iterable[str], services: Mapping[str, str]) -> str:
    return ", ".join(sorted(services.get(service, service) for service in some))


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
