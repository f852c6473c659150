"""The results of a survey in words: tiles, and the parts of its report, the same on screen, on paper and in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from core.errors import N_
from core.reports import charts
from core.reports.charts import Series
from core.reports.periods import Period
from core.reports.small_cells import LEAST
from core.reports.table import Cell, Table, written
from core.surveys.hiding import Told
from core.surveys.model import Of
from core.surveys.questionnaire import Measure
from core.surveys.results import Figures, Results
from core.surveys.scoring import ENOUGH, Bound, Share, change, good, is_small, nps, rate, share
from core.web.report_parts import NONE, UNTOLD, Part
from core.web.survey_questions import part_of, themes_of
from core.web.survey_result_words import CUTS, FEW, MEASURES, Names, share_cell, share_text
from core.web.survey_sheet import sheet
from core.web.words import month_text, period_text, translate


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of the first row: what it is, how much, and what to think of it."""

    name: str
    value: str
    unit: str
    hint: str


def tiles_of(results: Results) -> list[Tile]:
    """How many answered, of how many, how satisfied, how easy, and whether they would recommend it."""
    now, before = results.now, results.before
    found = [Tile(_("Respuestas"), count_text(now.answers), "", _before(count_text(before.answers)))]
    if results.wanted is not None:
        said = rate(now.answers, results.wanted[0])
        of = written(results.wanted[0])
        hint = (
            _("de %(n)s turnos terminados", n=of) if results.survey.kind is Of.TURN else _("de %(n)s respuestas", n=of)
        )
        found.append(_tile(_("Tasa de respuesta"), NONE if said is None else written(round(said, 1)), "%", hint))
    for measure in (Measure.CSAT, Measure.CES):
        if now.of(measure) is not None:
            told, past = share_of(now, measure), share_of(before, measure)
            found.append(
                _tile(translate(MEASURES[measure]), written(share_cell(told, none=NONE)), "%", _moved(told, past))
            )
    if (one := now.of(Measure.NPS)) is not None:
        value = nps(one.first.values) if one.told else None
        hint = _("De -100 a 100. Donde no hay otra alcaldía a la cual ir, dice poco.")
        found.append(Tile(translate(MEASURES[Measure.NPS]), NONE if value is None else written(value), "", hint))
    return found


def parts_of(results: Results, names: Names | None = None) -> list[Part]:
    """Every piece of the report; groups of people only with their names."""
    now, before = results.now, results.before
    if now.answers < LEAST:
        return [_summary(results), sheet(results)]
    newest = results.versions[0]
    ranked = [part for one in now.questions if (part := themes_of(one, before.same(one)))]
    themes = {part.id for part in ranked}
    others = [one for one in now.questions if f"t-{one.question.key}" not in themes]
    questions = [part_of(one, f"q{n}", newest) for n, one in enumerate(others, start=1)]
    trend = [_trend(results)] if any(told and told.share for _period, told in results.trend) else []
    cuts = [_cut(name, told, names, results) for name, told in results.cuts.items() if len(told) > 1] if names else []
    return [_summary(results), *trend, *ranked, *questions, *cuts, sheet(results)]


def main_parts(results: Results) -> list[Part]:
    """What everybody is told: its figures beside the quarter before, and how people answered what it is about."""
    summary = _summary(results)
    parts = [replace(summary, table=replace(summary.table, title=results.title))]
    if results.now.answers >= LEAST:
        if (csat := results.now.of(Measure.CSAT)) is not None:
            parts.append(part_of(csat, "csat", results.versions[0]))
        parts += [part for one in results.now.questions if (part := themes_of(one, results.before.same(one)))]
    return [replace(part, id=f"{results.survey.code}-{part.id}") for part in parts]


def count_text(count: int) -> str:
    """How many, unless it is only a few."""
    return translate(FEW) if is_small(count) else written(count)


def share_of(figures: Figures, measure: Measure) -> Share | None:
    """The share of 4 and 5 that a figure tells."""
    one = figures.of(measure)
    return share(good(one.first.values)[0], one.first.answered) if one and one.told else None


def headline(results: Results) -> str:
    """The survey in a sentence."""
    told = share_of(results.now, Measure.CSAT)
    if is_small(results.now.answers):
        return str(_("Contestaron menos de cinco personas: sus respuestas no se muestran."))
    if not results.now.answers:
        return str(_("Nadie ha contestado en este periodo."))
    if told is None:
        return str(_("Contestaron %(n)s personas.", n=written(results.now.answers)))
    sentence = N_("De cada 100 personas que contestaron, %(share)s califican con 4 o 5: bien o muy bien.")
    return translate(sentence, share=_rounded(told))


def _rounded(told: Share) -> str:
    return written(round(told.percent)) if told.bound is Bound.EXACT else share_text(told)


def _tile(name: str, value: str, unit: str, hint: str) -> Tile:
    return Tile(name, value, "" if value == NONE else unit, hint)


def _before(said: str) -> str:
    return str(_("antes: %(value)s", value=said))


def _moved(now: Share | None, before: Share | None) -> str:
    """How much it changed, or why it is not told."""
    moved = change(now, before)
    if now is None:
        return str(_("menos de diez respuestas: sin porcentaje"))
    if moved is None:
        return _before(written(share_cell(before, none=NONE)))
    points = written(abs(round(moved.points, 1)))
    if round(moved.points, 1) == 0:
        return str(_("igual que antes"))
    return str(
        _("%(points)s puntos más que antes", points=points)
        if moved.points > 0
        else _("%(points)s puntos menos que antes", points=points)
    )


# ---------------------------------------------------------------- parts


def _summary(results: Results) -> Part:
    both = (results.now, results.before)
    rows: list[tuple[Cell, ...]] = [(_("Respuestas"), *(_count(each.answers) for each in both))]
    if results.wanted is not None:
        rates = [rate(each.answers, wanted) for each, wanted in zip(both, results.wanted, strict=True)]
        name = _("Turnos terminados") if results.survey.kind is Of.TURN else _("Respuestas entregadas")
        rows += [
            (name, *results.wanted),
            (_("Tasa de respuesta: de cada 100"), *(NONE if said is None else round(said, 1) for said in rates)),
        ]
    for measure in (Measure.CSAT, Measure.CES):
        if results.now.of(measure) is not None:
            said = _("%(name)s: 4 y 5 de cada 100", name=translate(MEASURES[measure]))
            rows.append((said, *(share_cell(share_of(each, measure), none=NONE) for each in both)))
    if results.now.of(Measure.NPS) is not None:
        rows.append((translate(MEASURES[Measure.NPS]), *map(_nps, both)))
    heads = (_("Cifra"), period_text(results.period), period_text(results.period.before))
    return Part("summary", Table(_("Resumen"), heads, tuple(rows)), headline(results))


def _count(count: int) -> Cell:
    return translate(FEW) if is_small(count) else count


def _nps(figures: Figures) -> Cell:
    one = figures.of(Measure.NPS)
    value = nps(one.first.values) if one and one.told else None
    return NONE if value is None else value


def _trend(results: Results) -> Part:
    """From the first month or quarter in which anybody answered to the last."""
    head = _("Mes") if results.period.months == 3 else _("Trimestre")
    answered = [n for n, (_period, told) in enumerate(results.trend) if told is None or told.base]
    shown = results.trend[answered[0] : answered[-1] + 1]
    rows = [(_moment(period), UNTOLD if told is None else told.base, _trend_share(told)) for period, told in shown]
    labels = [f"{period.first:%m/%Y}" if period.months == 1 else period.name for period, _told in shown]
    values = [round(cell) if isinstance(cell, float) else None for _name, _base, cell in rows]
    says = _("De cada 100 personas, cuántas contestaron 4 o 5. La línea se interrumpe donde no se dice la cifra.")
    drawn = [value for value in values if value is not None]
    chart = charts.trend(labels, [Series(_("4 y 5 de cada 100"), values)], says, most=100) if len(drawn) > 1 else ""
    table = Table(_("Cómo va la satisfacción"), (head, _("Contestaron"), _("4 y 5 de cada 100")), tuple(rows))
    return Part("trend", table, says, chart)


def _trend_share(told: Told | None) -> Cell:
    if told is None:
        return UNTOLD
    return share_cell(told.share, none=UNTOLD if told.base >= ENOUGH else NONE)


def _moment(period: Period) -> str:
    return month_text(period.first) if period.months == 1 else period_text(period)


def _cut(name: str, told: Sequence[Told], names: Names, results: Results) -> Part:
    title, head = (translate(each) for each in CUTS[name])
    rated = results.now.of(Measure.CSAT) is not None
    rows: list[tuple[Cell, ...]] = []
    for each in told:
        label = "\N{NO-BREAK SPACE}" * 4 * each.depth + names.of(name, each.name, each.depth)
        said = share_cell(each.share, none=UNTOLD if each.base >= ENOUGH else NONE)
        rows.append((label, each.base, said) if rated else (label, each.base))
    columns = (head, _("Contestaron"), *((_("4 y 5 de cada 100"),) if rated else ()))
    return Part(f"cut-{name}", Table(title, columns, tuple(rows)), _unsaid(name, results))


def _unsaid(name: str, results: Results) -> str:
    """How many do not tell where they were attended, and why."""
    known, answers, kind = results.known, results.now.answers, results.survey.kind
    if name == "place" and kind is Of.TURN and (count := answers - known.with_service):
        sentence = N_("%(n)s respuestas no dicen su servicio porque menos de cinco personas lo pidieron ese mes.")
        return translate(sentence, n=count_text(count))
    if name == "place" and kind is Of.REPLY and (count := answers - known.with_office):
        sentence = N_("%(n)s respuestas no dicen su dependencia porque entregó menos de cinco respuestas ese mes.")
        return translate(sentence, n=count_text(count))
    return str(_("Los grupos de menos de cinco personas se cuentan juntos; con menos de diez no se da porcentaje."))
