"""The map of corruption risks in words: why a risk falls where it does, the heat map, and its tables and paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from core.plan.risk import METHODS, Aim, Impact, Probability, Zone
from core.plan.risks import names
from core.plan.risks.mapping import Content, grid
from core.plan.risks.model import Kind, Response
from core.plan.risks.valuing import Value
from core.reports import pdf
from core.reports.heat import Axis, Box, heat
from core.reports.table import Cell, Table, written
from core.web.report_parts import NONE, Part
from core.web.words import translate

FITS_A_PAGE = 4000
"""A risk of so many letters or fewer stands whole on a sheet; a longer one may go on on the next."""


def zone_text(zone: str | Zone) -> str:
    return translate(names.ZONES[Zone(zone)])


def impact_text(impact: int) -> str:
    return translate(names.IMPACTS[Impact(impact)])


def probability_text(probability: int) -> str:
    """«3, posible»"""
    return f"{probability}, {translate(names.PROBABILITIES[Probability(probability)]).lower()}"


def why(value: Value) -> list[str]:
    """Why a risk falls where it does before its controls, step by step."""
    method, said = value.method, {"yes": value.yes, "all": value.method.questions, "impact": impact_text(value.impact)}
    if value.by_life:
        first = _("La pregunta de lesiones o pérdida de vidas se contestó sí: eso solo ya es impacto catastrófico.")
    elif value.impact is Impact.CATASTROPHIC:
        first = _(
            "%(yes)s de %(all)s respuestas son sí: desde %(from)s el impacto es catastrófico.",
            **said,
            **{"from": method.catastrophic},
        )
    elif value.impact is Impact.MAJOR:
        ends = {"from": method.major, "to": method.catastrophic - 1}
        first = _("%(yes)s de %(all)s respuestas son sí: de %(from)s a %(to)s el impacto es mayor.", **said, **ends)
    else:
        first = _(
            "%(yes)s de %(all)s respuestas son sí: hasta %(to)s el impacto es moderado.", **said, to=method.major - 1
        )
    falls = {"zone": zone_text(value.zone), "often": probability_text(value.probability), "method": method.code}
    if value.points is None:
        return [first, _("Con probabilidad %(often)s, el mapa de %(method)s lo pone en zona %(zone)s.", **falls)]
    assert method.points is not None
    worth = method.points[value.impact]
    sum_told = {"points": value.points, "worth": worth, "n": int(value.probability)}
    return [
        first,
        _(
            "Probabilidad %(n)s por %(worth)s de impacto: %(points)s puntos, zona %(zone)s (método de %(method)s).",
            **falls,
            **sum_told,
        ),
    ]


def after(value: Value, controls: int) -> str:
    """What the controls take off it, in a sentence."""
    left = value.residual
    if not controls:
        return str(_("No tiene controles: queda como estaba."))
    if (left.probability, left.impact) == (value.probability, value.impact):
        return str(_("Sus controles no alcanzan a moverlo de casilla."))
    said = {"often": probability_text(left.probability), "impact": impact_text(left.impact)}
    return str(
        _(
            "Con sus controles queda en probabilidad %(often)s e impacto %(impact)s: zona %(zone)s.",
            **said,
            zone=zone_text(left.zone),
        )
    )


def part_of(content: Content) -> Part:
    """The heat map with its sentence and its table."""
    risks = [one for one in content["risks"] if one["inherent"]]
    columns = (
        _("Riesgo"),
        _("Proceso"),
        _("Probabilidad antes"),
        _("Impacto antes"),
        _("Zona antes"),
        _("Probabilidad después"),
        _("Impacto después"),
        _("Zona después"),
    )
    rows = tuple((one["code"], one["process"], *_fallen(one["inherent"]), *_fallen(one["residual"])) for one in risks)
    table = Table(_("Mapa de calor"), columns, rows)
    return Part("heat", table, sentence(content), chart(content), words=True, cards=True)


def chart(content: Content) -> str:
    """Probability from top to bottom, impact from left to right, and the numbers of the risks in their boxes."""
    zones, rows = grid(content["method"]), list(reversed(Probability))

    def fallen(when: str, often: int, grave: int) -> list[str]:
        where = [(one["id"], one[when]) for one in content["risks"] if one[when]]
        return [str(number) for number, box in where if (box["probability"], box["impact"]) == (often, grave)]

    boxes = [
        [
            Box(
                zones[y][x].value,
                zone_text(zones[y][x]),
                fallen("inherent", often, grave),
                fallen("residual", often, grave),
            )
            for x, grave in enumerate(Impact)
        ]
        for y, often in enumerate(rows)
    ]
    labels = [f"{int(often)}. {translate(names.PROBABILITIES[often])}" for often in rows]
    across = Axis(_("Impacto"), [impact_text(each) for each in Impact])
    return heat(Axis(_("Probabilidad"), labels), across, boxes, sentence(content))


def sentence(content: Content) -> str:
    """«3 riesgos valorados. Antes de sus controles: 2 en zona extrema y 1 en alta. Después: …»"""
    risks = [one for one in content["risks"] if one["inherent"]]
    if not risks:
        return str(_("Ningún riesgo está valorado todavía."))
    count = ngettext("%(num)s riesgo valorado.", "%(num)s riesgos valorados.", len(risks))
    before = _("Antes de sus controles: %(zones)s.", zones=_zones(risks, "inherent"))
    left = _("Después: %(zones)s.", zones=_zones(risks, "residual"))
    return f"{count} {before} {left}"


def table_of(content: Content) -> Table:
    """The map in the columns in which it is usually kept, a risk a row."""
    columns = (
        _("Código"),
        _("Dependencia"),
        _("Proceso"),
        _("Riesgo"),
        _("Causas internas"),
        _("Causas externas"),
        _("Consecuencias"),
        _("Probabilidad inherente"),
        _("Impacto inherente"),
        _("Zona inherente"),
        _("Controles"),
        _("Probabilidad residual"),
        _("Impacto residual"),
        _("Zona residual"),
        _("Tratamiento"),
        _("Acciones"),
        _("Empieza"),
        _("Vence"),
        _("Responsable"),
        _("Indicador"),
        _("Método"),
    )
    return Table(_("Mapa de riesgos de corrupción"), columns, tuple(_row(one) for one in content["risks"]))


def paper(content: Content, entity: str, subtitle: str, notes: Sequence[str], at: datetime) -> bytes:
    """The map to print, in Spanish whatever the language of the page that asks for it."""
    with force_locale("es_CO"):
        title = _("Mapa de riesgos de corrupción")
        said: dict[str, Any] = {
            "title": title,
            "entity": entity,
            "subtitle": subtitle,
            "foot": f"{title} · {subtitle}",
            "sentence": sentence(content),
            "chart": chart(content),
            "legend": [_("Círculo: antes de controles"), _("Cuadro: después de controles")],
            "header": [
                _("Riesgo"),
                _("Causas y consecuencias"),
                _("Antes de controles"),
                _("Controles"),
                _("Después de controles"),
                _("Qué se hace"),
            ],
            "risks": [_printed(one) for one in content["risks"]],
            "notes": [method_text(content["method"]), *notes],
        }
    return pdf.draw("risks", said, at)


def method_text(method: str) -> str:
    """By which guide a map is made, and what is not of that guide."""
    named, scored = _("Método:"), _("Los controles se califican con el cuestionario de puntos de 2015.")
    return f"{named} {translate(names.METHODS[method])}. {scored}"


def controls_told(one: Content) -> list[str]:
    """Each control in a sentence."""
    return [
        _(
            "%(what)s (%(kind)s; baja %(aim)s; %(who)s; %(often)s; deja: %(evidence)s; %(score)s puntos)",
            what=row["what"].rstrip("."),
            kind=translate(names.KINDS[Kind(row["kind"])]),
            aim=translate(names.AIMS[Aim(row["aim"])]),
            who=row["who"],
            often=row["how_often"],
            evidence=row["evidence"],
            score=row["score"],
        )
        for row in one["controls"]
    ]


def response_text(response: str) -> str:
    return translate(names.RESPONSES[Response(response)])


def _zones(risks: Sequence[Content], when: str) -> str:
    counted = Counter(one[when]["zone"] for one in risks)
    said = (
        _("%(n)s en zona %(zone)s", n=counted[zone], zone=zone_text(zone)) for zone in reversed(Zone) if counted[zone]
    )
    return ", ".join(said)


def _fallen(box: Content) -> tuple[str, str, str]:
    return (probability_text(box["probability"]), impact_text(box["impact"]), zone_text(box["zone"]))


def _row(one: Content) -> tuple[Cell, ...]:
    actions = one["treatments"]
    before = _fallen(one["inherent"]) if one["inherent"] else (NONE,) * 3
    left = _fallen(one["residual"]) if one["residual"] else (NONE,) * 3
    return (
        *(one["code"], one["office"], one["process"], one["description"]),
        *(_numbered(one[name]) for name in ("internal", "external", "consequences")),
        *before,
        _numbered(controls_told(one)),
        *left,
        _numbered([response_text(row["response"]) for row in actions]),
        _numbered([f"{row['code']}: {row['action']}" for row in actions]),
        *(_days([date.fromisoformat(row[name]) for row in actions]) for name in ("begun_on", "due_on")),
        _numbered([row["office"] for row in actions]),
        _numbered([row["indicator"] for row in actions]),
        METHODS[one["method"]].code if one["method"] else NONE,
    )


def _numbered(lines: Sequence[str]) -> str:
    """One as it is; several with their numbers, so that the columns can be read across."""
    if len(lines) < 2:
        return "".join(lines)
    return " ".join(f"{n}) {line}" for n, line in enumerate(lines, start=1))


def _days(days: Sequence[date]) -> Cell:
    """One as a day, by which a spreadsheet can be sorted; several with the numbers of what they are the days of."""
    return days[0] if len(days) == 1 else _numbered([written(day) for day in days])


def _printed(one: Content) -> dict[str, Any]:
    def box(when: str) -> list[str]:
        if not one[when]:
            return [str(_("Sin valorar"))]
        often, grave, zone = _fallen(one[when])
        impact = _("Impacto")
        return [_("Zona %(zone)s", zone=zone), _("Probabilidad %(often)s", often=often), f"{impact} {grave}"]

    return {
        "head": f"{one['code']} · {one['process']}",
        "office": one["office"],
        "long": len(str(one)) > FITS_A_PAGE,
        "description": one["description"],
        "causes": [
            [_("Causas internas"), one["internal"]],
            [_("Causas externas"), one["external"]],
            [_("Consecuencias"), one["consequences"]],
        ],
        "inherent": box("inherent"),
        "zones": [one[when]["zone"] if one[when] else "" for when in ("inherent", "residual")],
        "residual": box("residual"),
        "controls": controls_told(one) or [str(_("Sin controles"))],
        "treatments": [
            [
                f"{row['code']}: {row['action']}",
                _(
                    "Para %(response)s. Responde %(office)s, hasta el %(day)s. Indicador: %(indicator)s",
                    response=response_text(row["response"]),
                    office=row["office"],
                    day=written(date.fromisoformat(row["due_on"])),
                    indicator=row["indicator"],
                ),
            ]
            for row in one["treatments"]
        ]
        or [[str(_("Sin tratamiento")), ""]],
    }
