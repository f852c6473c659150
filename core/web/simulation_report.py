"""A simulation in words, tables and a chart: what happened, what the rules of now give, and what another way gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from core.reports.charts import bars
from core.reports.table import Cell, Table, written
from core.turns.policy import GENERAL
from core.web.report_parts import NONE, Part

COUNT, MEAN, P90, P95, LONGEST, WITHIN = range(6)
NAMES = {"all": 0, "class": 1, "group": 2, "service": 3}


@dataclass(frozen=True, slots=True)
class Found:
    """The result as it is kept, and the names of the groups and services of the site."""

    result: Mapping[str, Any]
    groups: Mapping[str, str]
    services: Mapping[str, str]

    def figures(self, kind: str, name: str, of: str) -> list[float]:
        """How many, mean, p90, p95, longest and share within the target; empty for nobody."""
        for row_kind, row_name, kinds in self.result["rows"]:
            if (row_kind, row_name) == (kind, name):
                return list(kinds[of])
        return []

    def name(self, kind: str, name: str) -> str:
        if kind == "all":
            return str(_("Todas las personas"))
        if kind == "class":
            return str(_("Generales") if name == "general" else _("Preferenciales"))
        if kind == "service":
            return self.services.get(name, name)
        return str(_("General")) if name == GENERAL else self.groups.get(name, name)


def parts_of(found: Found) -> list[Part]:
    """What was found, piece by piece."""
    waits = [
        _waits(found, mark, kinds)
        for mark, kinds in (("groups", ("all", "class", "group")), ("services", ("service",)))
    ]
    return [_summary(found), *(part for part in waits if part.table.rows), _gains(found), _promises(found)]


def _summary(found: Found) -> Part:
    """The waits of the general and of the priority in the three ways, and the sentence that says which is better."""
    ways = (("real", _("Lo que pasó")), ("now", _("Con las reglas de hoy")), ("other", _("De la otra manera")))
    rows: list[tuple[Cell, ...]] = []
    for of, way in ways:
        general, priority = (found.figures("class", name, of) for name in ("general", "priority"))
        cells = (_cell(general, P90), _cell(general, WITHIN), _cell(priority, P90), _cell(priority, WITHIN))
        rows.append((way, *cells))
    columns = (
        _("Manera"),
        _("Generales: 9 de 10 esperan hasta (min)"),
        _("Generales en la meta (%)"),
        _("Preferenciales: 9 de 10 esperan hasta (min)"),
        _("Preferenciales en la meta (%)"),
    )
    drawn = [(way, figures[P90]) for of, way in ways if (figures := found.figures("class", "general", of))]
    title = _("Espera de los generales: 9 de cada 10 esperan hasta estos minutos")
    return Part("summary", Table(_("En resumen"), columns, tuple(rows)), sentence_of(found), bars(drawn, title, NONE))


def sentence_of(found: Found) -> str:
    """Who gains and who loses, in a sentence."""
    less = sum(gains[0] for gains in found.result["gains"].values())
    more = sum(gains[2] for gains in found.result["gains"].values())
    now, other = (found.figures("class", "general", of) for of in ("now", "other"))
    first = _(
        "Frente a hoy, a %(less)s personas la espera les baja más de 5 minutos y a %(more)s les sube más de 5.",
        less=written(less),
        more=written(more),
    )
    if not now or not other:
        return str(first)
    second = _(
        "De los generales, 9 de cada 10 esperan hasta %(other)s min y no %(now)s.",
        other=written(other[P90]),
        now=written(now[P90]),
    )
    called = [int(all_of[COUNT]) for of in ("now", "other") if (all_of := found.figures("all", "", of))]
    if len(set(called)) < 2:
        return f"{first} {second}"
    third = _("Se llama a %(other)s personas y no a %(now)s.", other=written(called[1]), now=written(called[0]))
    return f"{first} {second} {third}"


def _waits(found: Found, mark: str, kinds: tuple[str, ...]) -> Part:
    titles = {"groups": _("Espera por grupo, en minutos"), "services": _("Espera por trámite, en minutos")}
    rows = []
    ordered = sorted(found.result["rows"], key=lambda row: (NAMES[row[0]], found.name(row[0], row[1])))
    for kind, name, waits in ordered:
        if kind in kinds and (kind, name) != ("group", GENERAL):
            cells = [_cell(waits[of], what) for what in (MEAN, P90, P95, LONGEST, WITHIN) for of in ("now", "other")]
            rows.append((found.name(kind, name), int(waits["now"][COUNT]) if waits["now"] else 0, *cells))
    said = (_("Media"), _("9 de 10"), _("95 de 100"), _("La más larga"), _("En la meta (%)"))
    columns = [_("Quiénes") if mark == "groups" else _("Trámite"), _("Llamadas")]
    for name in said:
        columns += [_("%(figure)s, hoy", figure=name), _("%(figure)s, otra", figure=name)]
    sentence = _("Cada cifra, con las reglas de hoy y de la otra manera, sobre las mismas personas.")
    return Part(mark, Table(titles[mark], tuple(columns), tuple(rows)), sentence)


def _gains(found: Found) -> Part:
    rows = tuple(
        (found.name("group", group), *gains)
        for group, gains in sorted(found.result["gains"].items(), key=lambda one: one[0] != GENERAL)
    )
    columns = (_("Grupo"), _("Esperan más de 5 min menos"), _("Más o menos igual"), _("Esperan más de 5 min más"))
    sentence = _("Comparado con las reglas de hoy; a quien no alcanza a ser llamado se le cuenta como que espera más.")
    return Part("gains", Table(_("Quién gana y quién pierde"), columns, rows), sentence)


def _promises(found: Found) -> Part:
    said = {
        "P1": _("Alguien del mismo grupo y trámite pasó antes que quien llegó primero"),
        "P2": _("Un general pasó antes que un preferencial que llegó primero"),
        "P3": _("Alguien pasó a un general que había llegado más que el adelanto antes"),
        "P4": _("Una ventanilla quedó libre mientras alguien la esperaba"),
    }
    broken = found.result["broken"]
    rows = tuple((text, broken["now"][key], broken["other"][key]) for key, text in said.items())
    whole = sum(broken["other"].values())
    sentence = _("La otra manera cumple las cuatro promesas del orden.")
    if whole:
        sentence = _("La otra manera incumple %(n)s veces lo que promete el orden.", n=written(whole))
    columns = (_("Qué no debe pasar"), _("Con las reglas de hoy"), _("De la otra manera"))
    return Part("promises", Table(_("Promesas del orden"), columns, rows), sentence)


def _cell(figures: list[float], what: int) -> Cell:
    if not figures:
        return NONE
    return 100 * figures[what] if what == WITHIN else figures[what]
