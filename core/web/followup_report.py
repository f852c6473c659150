"""A cut-off of the plan as a report: its tables in the usual format, and what its paper says, of what was published."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from flask import Response
from flask_babel import gettext as _

from core.errors import Missing
from core.plan.progress import Band
from core.reports import csv, pdf, xlsx
from core.reports.table import Cell, Percent, Table, written
from core.web.followup_words import (
    Said,
    activities,
    band_text,
    done_text,
    evidence_text,
    figure_text,
    moment,
    observation_of,
    percent,
    report_of,
    share,
    state_text,
    told,
)
from core.web.office import entity
from core.web.plan_words import BANDS
from core.web.report_files import download
from core.web.report_parts import NONE
from core.web.words import translate


def title() -> str:
    return str(_("Informe pormenorizado de seguimiento"))


def subtitle(content: Said) -> str:
    """«Plan anticorrupción…, vigencia 2026. Corte al 30/04/2026»"""
    plan, last = content["plan"], date.fromisoformat(content["cutoff"]["last"])
    said = {"title": plan["title"].capitalize(), "year": plan["year"], "day": f"{last:%d/%m/%Y}"}
    return str(_("%(title)s, vigencia %(year)s. Corte al %(day)s", **said))


def by_component(content: Said) -> Table:
    """The usual format: how many activities were due, how many are as they should be, and the advance."""
    columns = (
        *(_("Componente"), _("Actividades programadas"), _("Actividades cumplidas"), _("Porcentaje de avance")),
        *(_("Porcentaje esperado"), _("Observaciones")),
    )
    rows = [_component_row(f"{one['code']}. {one['name']}", one["progress"]) for one in content["components"]]
    rows.append(_component_row(_("El plan"), content["progress"]))
    return Table(_("Por componente"), columns, tuple(rows), sums=True)


def usual_format(content: Said) -> Table:
    """The usual format, an activity a row."""
    columns = (
        *(_("Componente"), _("Actividades programadas"), _("Actividades cumplidas"), _("Porcentaje de avance")),
        _("Observaciones"),
    )
    rows = tuple(
        (
            f"{component['code']}. {component['name']}",
            f"{activity['code']} {activity['text']}",
            done_text(activity),
            _figure(activity["real"]),
            observation_of(activity),
        )
        for component, _meta, activity in activities(content)
    )
    return Table(_("Seguimiento"), columns, rows)


def every_detail(content: Said) -> Table:
    """All that is known of each activity, for who works with the figures."""
    columns = (
        *(_("Código"), _("Componente"), _("Meta"), _("Actividad"), _("Indicador"), _("Cronograma"), _("Responsable")),
        *(_("Meta fijada"), _("Unidad"), _("Acto"), _("Valor")),
        *(_("Porcentaje de avance"), _("Porcentaje esperado"), _("Banda")),
        *(_("Estado"), _("Qué se hizo"), _("Dificultades"), _("Reportó"), _("Cómo se midió"), _("Qué lo muestra")),
        *(_("Verificó"), _("Observación")),
    )
    rows = tuple(_detail(component, meta, one) for component, meta, one in activities(content))
    return Table(_("Detalle"), columns, rows)


def notes(content: Said, digest: str) -> list[str]:
    """What has to be known to read it."""
    said = [
        _("Programadas: las que al corte tenían algo previsto. Cumplidas: las que van como se esperaba o mejor."),
        _("Sin reporte no es cero ni cumplido. Sin meta fijada solo hay conteo, y no entra en los porcentajes."),
        _("Bandas: baja, menos de 60 %; media, menos de 80 %; alta, desde 80 %.")
        + " "
        + _("Lo que pasa de cien se muestra y no compensa."),
    ]
    if content["reason"]:
        again = {"edition": content["edition"], "reason": content["reason"], "act": content["act"]}
        said.append(_("Edición %(edition)s: reemplaza la anterior. %(reason)s (%(act)s)", **again))
    if digest:
        said.append(_("Huella SHA-256 de lo publicado: %(digest)s", digest=digest))
    return said


def file(form: str, content: Said, digest: str, at: datetime) -> Response:
    """The report as «csv», «xlsx», «pdf» or «json». `digest` is empty before it is published. Raises Missing."""
    name = f"seguimiento-{content['plan']['year']}-{content['cutoff']['number']}-v{content['edition']}"
    if form == "csv":
        return download(csv.write(every_detail(content)), csv.MIME, f"{name}.csv")
    if form == "xlsx":
        last = Table(_("Notas"), (_("Notas"),), tuple((note,) for note in (subtitle(content), *notes(content, digest))))
        tables = [usual_format(content), by_component(content), every_detail(content), last]
        return download(xlsx.write(tables, title(), at), xlsx.MIME, f"{name}.xlsx")
    if form != "pdf":
        raise Missing
    return download(pdf.draw("followup", paper(content, digest), at), "application/pdf", f"{name}.pdf")


def paper(content: Said, digest: str) -> Said:
    """What the template `followup` of core/reports/paper wants."""
    here = entity()
    return {
        "title": title(),
        "entity": here.name if here else "",
        "subtitle": subtitle(content),
        "facts": _facts(content, digest),
        "summary": _as_paper(by_component(content)),
        "usual": _as_paper(usual_format(content)),
        "usual_title": _("Seguimiento por actividad"),
        "detail_title": _("Detalle de cada actividad"),
        "components": [_component_paper(component) for component in content["components"]],
        "notes_title": _("Notas"),
        "notes": notes(content, digest),
        "signers": [_("Control interno"), _("Planeación")],
        "foot": subtitle(content),
    }


def _facts(content: Said, digest: str) -> list[list[str]]:
    progress = content["progress"]
    state = moment(content["published_at"]) if digest else _("Borrador: sin publicar")
    who = {one["by"] for _c, _m, activity in activities(content) if (one := report_of(activity))}
    judges = {v["by"] for _c, _m, one in activities(content) for r in one["reports"] for v in r["verdicts"]}
    return [
        [
            _("Avance real"),
            f"{percent(progress['real'])} {band_text(progress['band']) if progress['band'] else ''}".strip(),
        ],
        [_("Avance esperado"), percent(progress["expected"])],
        [_("Actividades"), "; ".join(part for part in (str(progress["activities"]), _counts(progress)) if part)],
        [_("Publicó"), f"{content['published_by']}, {state}" if digest else state],
        [_("Reportaron"), ", ".join(sorted(who)) or NONE],
        [_("Verificaron"), ", ".join(sorted(judges)) or NONE],
    ]


def _counts(progress: Said) -> str:
    """«12 sin reporte, 30 sin meta fijada»; nothing where none is."""
    without = progress["activities"] - progress["with_goal"]
    parts = (
        _("%(count)s sin reporte", count=progress["unreported"]) if progress["unreported"] else "",
        _("%(count)s sin meta fijada", count=without) if without else "",
    )
    return ", ".join(part for part in parts if part)


def _component_row(name: str, progress: Said) -> tuple[Cell, ...]:
    figures = (_figure(progress["real"]), _figure(progress["expected"]))
    return (name, progress["planned"], progress["met"], *figures, _counts(progress))


def _figure(value: str | None) -> Cell:
    return NONE if value is None else Percent(Fraction(value))


def _as_paper(table: Table) -> Said:
    return {
        "title": table.title,
        "columns": list(table.columns),
        "numbers": [table.is_number(n) for n in range(len(table.columns))],
        "rows": [[written(cell) for cell in row] for row in table.rows],
        "sums": table.sums,
    }


def _component_paper(component: Said) -> Said:
    return {
        "title": f"{component['code']}. {component['name']}",
        "activities": [_activity_paper(one) for meta in component["metas"] for one in meta["activities"]],
    }


def _activity_paper(activity: Said) -> Said:
    last = report_of(activity)
    real, expected = activity["real"], activity["expected"]
    return {
        "title": f"{activity['code']} {activity['text']}",
        "bar": {"real": share(real), "expected": share(expected)} if activity["goal"] else None,
        "bar_says": _("Avance real %(real)s, esperado %(expected)s", real=percent(real), expected=percent(expected)),
        "band": band_text(activity["band"]),
        "facts": [[name, said] for name, said in told(activity) if said],
        "evidence_title": _("Qué lo muestra"),
        "evidence": [evidence_text(one) for one in last["evidence"]] if last else [],
    }


def _detail(component: Said, meta: Said, activity: Said) -> tuple[Cell, ...]:
    last, goal = report_of(activity), activity["goal"]
    verdict = last["verdicts"][-1] if last and last["verdicts"] else None
    figures: Said = last["figures"] if last else {}
    return (
        *(activity["code"], component["name"], meta["name"], activity["text"], activity["indicator"]),
        *(activity["schedule"], activity["responsible"]),
        *((_number(goal["value"]), goal["unit"], goal["act"]) if goal else ("", "", "")),
        *(_number(activity["value"]), _figure(activity["real"]), _figure(activity["expected"])),
        *(translate(BANDS[Band(activity["band"])]) if activity["band"] else NONE, state_text(activity["state"])),
        *(done_text(activity), last["difficulties"] if last else "", last["by"] if last else ""),
        figure_text(figures["leads"]) if figures.get("leads") else "",
        " · ".join(evidence_text(one) for one in last["evidence"]) if last else "",
        *((verdict["by"], verdict["observation"]) if verdict else ("", "")),
    )


def _number(value: str | None) -> Cell:
    if value is None:
        return NONE
    exact = Fraction(value)
    return int(exact) if exact.denominator == 1 else float(exact)
