"""All that happened to a risk as people read it, from its rows: what was written, valued, controlled, treated, seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from core.plan.risks.model import Risk, RiskControl
from core.plan.risks.valuing import value
from core.web import risk_map


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the log; `told`: what was set by it."""

    at: datetime
    who: str
    name: str
    text: str = ""
    told: Sequence[str] = ()


def lines_of(risk: Risk) -> list[Line]:
    """The last first."""
    found = [*_texts(risk), *_valuations(risk), *_controls(risk), *_treatments(risk), *_reviews(risk), *_end(risk)]
    return sorted(found, key=lambda line: line.at)[::-1]


def _texts(risk: Risk) -> Iterator[Line]:
    for row in risk.texts:
        name = _("Se identificó") if row.number == 1 else _("Cambió la descripción")
        yield Line(row.at, row.official.name, name, row.why, [row.description])


def _valuations(risk: Risk) -> Iterator[Line]:
    for row in risk.valuations:
        found = value(row.method, row.probability, row.answered_yes, ())
        yield Line(row.at, row.official.name, _("Se valoró"), row.why, risk_map.why(found))


def _controls(risk: Risk) -> Iterator[Line]:
    for row in risk.controls:
        yield Line(row.at, row.official.name, _controlled(row), row.why, [row.what] if row.stands else ())


def _controlled(row: RiskControl) -> str:
    if not row.stands:
        return str(_("Dejó de hacerse el control %(number)s", number=row.number))
    if row.version == 1:
        return str(_("Se agregó el control %(number)s", number=row.number))
    return str(_("Cambió el control %(number)s", number=row.number))


def _treatments(risk: Risk) -> Iterator[Line]:
    for row in risk.treatments:
        name = _("Se abrió el tratamiento %(code)s", code=row.improvement.code)
        yield Line(row.at, row.official.name, name, "", [_("Indicador: %(text)s", text=row.indicator)])


def _reviews(risk: Risk) -> Iterator[Line]:
    for row in risk.reviews:
        name = _("Se revisó para el corte %(number)s de %(year)s", number=row.cutoff, year=row.year)
        hold = _("Las causas siguen siendo esas.") if row.causes_hold else _("Las causas cambiaron.")
        changed = [_("Cambia: %(text)s", text=row.changed)] if row.changed else []
        yield Line(row.at, row.official.name, name, row.note, [hold, *changed])
        if row.verified_at is not None and row.verifier is not None:
            said = _("Está bien hecha.") if row.agrees else _("Se hace otra vez.")
            name = _("Se verificó la revisión del corte %(number)s de %(year)s", number=row.cutoff, year=row.year)
            yield Line(row.verified_at, row.verifier.name, name, row.verified_note, [said])


def _end(risk: Risk) -> Iterator[Line]:
    if risk.retired_at is not None and risk.retirer is not None:
        yield Line(risk.retired_at, risk.retirer.name, _("Se retiró"), risk.retired_because)
