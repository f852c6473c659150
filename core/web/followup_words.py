"""What is told of an activity of the plan at a published cut-off, in words, from the values that were frozen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from core.clock import BOGOTA
from core.plan import amounts
from core.plan.followup.names import BAND_MARKS, STAGE_TONES, STAGES, STATE_TONES, STATES, VERDICTS
from core.plan.followup.standing import State, Verdict
from core.plan.measures import Unit
from core.plan.progress import Band
from core.web.plan_words import BANDS, TONES, value_text
from core.web.report_parts import NONE
from core.web.words import translate

Said = dict[str, Any]


def words() -> dict[str, Any]:
    """What the templates say of stages, states, bands and figures."""
    return {
        "stage_names": {one: translate(name) for one, name in STAGES.items()},
        "stage_tones": STAGE_TONES,
        "state_names": {one: translate(name) for one, name in STATES.items()},
        "state_tones": STATE_TONES,
        "band_names": {one: f"{BAND_MARKS[one]} {translate(name)}" for one, name in BANDS.items()},
        "band_tones": TONES,
        "amount": amount,
        "figure_text": figure_text,
        "percent": percent,
        "share": share,
        "value_said": value_said,
        "value_with": value_with,
        "verdict_text": verdict_text,
    }


def share(value: str | Fraction | None) -> float | None:
    """How long its bar is, of a hundred; what goes over is not drawn longer."""
    return None if value is None else min(100.0, float(Fraction(value)))


def percent(value: str | Fraction | None) -> str:
    """«66,7 %», or a dash for what is not known."""
    return NONE if value is None else f"{amounts.written(Fraction(value), 1)}\N{NO-BREAK SPACE}%"


def amount(value: str | Fraction | None, unit: str = "") -> str:
    return NONE if value is None else f"{amounts.written(Fraction(value))} {unit}".strip()


def band_text(band: str | None) -> str:
    """Its shape and its word: «▲ alta»."""
    return f"{BAND_MARKS[Band(band)]} {translate(BANDS[Band(band)])}" if band else NONE


def state_text(state: str) -> str:
    return translate(STATES[State(state)])


def verdict_text(verdict: str) -> str:
    return translate(VERDICTS[Verdict(verdict)])


def figure_text(figure: Said) -> str:
    """«Turnos atendidos: 120 (120 registros)»"""
    if not figure["title"]:
        return str(_("Todavía no se mide"))
    said = f"{translate(figure['title'])}: {value_text(_exact(figure['value']), Unit(figure['unit']), figure['bound'])}"
    records = _("registros: %(count)s", count=figure["count"])
    if figure["base"] is None:
        return f"{said} ({records})"
    base = _("sobre %(base)s", base=figure["base"])
    return f"{said}, {base} ({records})"


def activities(content: Said) -> Iterator[tuple[Said, Said, Said]]:
    """Every activity with its component and its meta."""
    for component in content["components"]:
        for meta in component["metas"]:
            for activity in meta["activities"]:
                yield component, meta, activity


def report_of(activity: Said) -> Said | None:
    """The version in force at the cut-off."""
    return activity["reports"][-1] if activity["reports"] else None


def observation_of(activity: Said) -> str:
    """What internal control said of it, or what it waits for."""
    last = report_of(activity)
    verdict = last["verdicts"][-1] if last and last["verdicts"] else None
    state = state_text(activity["state"])
    said = state[:1].upper() + state[1:]
    return f"{said}. {verdict['observation']}" if verdict and verdict["observation"] else said


def done_text(activity: Said) -> str:
    """What was done by the cut-off, as it was told."""
    last = report_of(activity)
    if last is None:
        return str(_("Sin reporte"))
    return " ".join(part for part in (_("Sin novedad.") if last["nothing_new"] else "", last["done"]) if part) or NONE


def moment(written: str) -> str:
    return f"{datetime.fromisoformat(written).astimezone(BOGOTA):%d/%m/%Y %H:%M}"


def told(activity: Said) -> list[tuple[str, str]]:
    """What is told of an activity at the cut-off, a name and a sentence each; some may be empty."""
    last = report_of(activity)
    figures = last["figures"] if last else {}
    measured = [figures["leads"]] if figures.get("leads") else []
    verdict = last["verdicts"][-1] if last and last["verdicts"] else None
    return [
        (_("Indicador"), activity["indicator"]),
        (_("Responsable"), activity["responsible"]),
        (_("Meta fijada"), goal_text(activity["goal"])),
        (_("Valor"), value_said(activity)),
        (_("Cómo se midió"), "; ".join(figure_text(one) for one in measured)),
        (_("Además"), "; ".join(figure_text(one) for one in figures.get("beside", ()))),
        (_("Corrección"), "; ".join(_correction_text(one) for one in figures.get("corrections", ()))),
        (_("Qué se hizo"), done_text(activity)),
        (_("Dificultades"), last["difficulties"] if last else ""),
        (_("Reportó"), f"{last['by']}, {moment(last['at'])}" if last else ""),
        (_("Cambió el reporte"), last["reason"] if last else ""),
        (_("Control interno"), observation_of(activity)),
        (_("Verificó"), f"{verdict['by']}, {moment(verdict['at'])}" if verdict else ""),
    ]


def goal_text(goal: Said | None) -> str:
    """«3 informes (Resolución 001 de 2026)»"""
    if goal is None:
        return str(_("Sin meta fijada: se muestra el conteo"))
    return f"{amount(goal['value'], goal['unit'])} ({goal['act']})"


def evidence_text(one: Said) -> str:
    if one["link"]:
        return str(one["link"])
    named = one["label"] or _("Un archivo que guarda la alcaldía")
    return f"{named} · SHA-256 {one['sha256'][:16]}…"


def value_said(activity: Said) -> str:
    """The value of the year, from what was frozen at the cut-off."""
    last = report_of(activity)
    unit = activity["goal"]["unit"] if activity["goal"] else ""
    return value_with(activity["value"], unit, last["figures"] if last else {})


def value_with(value: str | Fraction | None, said: str, figures: Said) -> str:
    """«63,6 % o más», «12 jornadas»: in the unit of what is measured or else as `said`, and as a bound if it is one."""
    measured = figures.get("leads") or {}
    unit = Unit(measured.get("unit") or Unit.COUNT)
    bound = measured["bound"] if measured and measured["value"] == str(value) else ""
    if value is None or (unit is Unit.COUNT and not bound):
        return amount(value, said)
    return value_text(Fraction(value), unit, bound)


def _exact(value: str | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _correction_text(one: Said) -> str:
    said = {"value": amount(one["value"]), "measured": amount(one["measured"]), "reason": one["reason"]}
    return str(_("de %(measured)s a %(value)s: %(reason)s", **said))
