"""A question of a survey as a part of its report: how its answers are spread, of how many, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from core.errors import N_
from core.reports import charts
from core.reports.small_cells import LEAST
from core.reports.table import Cell, Table, written
from core.surveys.counted import Counted, Field
from core.surveys.hiding import distribution
from core.surveys.questionnaire import FACES, SCALE, Kind, Measure, Question
from core.surveys.scoring import ENOUGH, Bound, good, is_small, median, nps, ranked, share
from core.web.report_parts import NONE, UNTOLD, Part
from core.web.survey_result_words import FEW, share_cell, share_text, value_text
from core.web.words import translate


def part_of(one: Counted, name: str, newest: int) -> Part:
    """Its distribution; of a question that few answered, only that. `newest`: the last version that was answered."""
    title = one.question.text
    if newest not in one.versions:
        title = translate(N_("%(question)s (versión %(n)s)"), question=title, n=one.versions[0])
    if why := _why_not(one):
        return Part(name, Table(title, (_("Respuesta"),), ()), why)
    if one.question.kind is Kind.MATRIX:
        return _matrix(one, name, title)
    told = distribution(one.question, one.first.values)
    order = _order(one.question)
    rows = [(value_text(one.question, value), told[value]) for value in order]
    head = (_("Respuesta"), _("Personas"), _("De cada 100"))
    cells = tuple((text, _count(count), _percent(count, one.first.answered)) for text, count in rows)
    table = Table(title, head, cells)
    says = " ".join(filter(None, (_figure(one, told), _base(one, one.question.fields[0]))))
    return Part(name, table, says, _bars(title, rows))


def themes_of(one: Counted, before: Counted | None) -> Part | None:
    """What people name most, beside the period before; None of a question that asks no themes or was not answered."""
    if one.question.measure != Measure.THEMES or _why_not(one):
        return None
    told = distribution(one.question, one.first.values)
    past = distribution(one.question, before.first.values) if before and not _why_not(before) else {}
    rows: list[tuple[Cell, ...]] = []
    order = ranked(told)
    for value in order:
        now = _percent(told[value], one.first.answered)
        then = _percent(past[value], before.first.answered) if before and value in past else NONE
        moved = [each for each in (now, then) if isinstance(each, float)]
        change = round(moved[0] - moved[1], 1) if len(moved) == 2 else NONE
        rows.append((value_text(one.question, value), _count(told[value]), now, then, change))
    head = (_("Tema"), _("Personas"), _("De cada 100"), _("Antes, de cada 100"), _("Cambio en puntos"))
    drawn = [(value_text(one.question, value), told[value]) for value in order]
    title = one.question.text
    says = f"{_leader(drawn)} {_base(one, one.question.fields[0])}".strip()
    return Part(f"t-{one.question.key}", Table(title, head, tuple(rows)), says, _bars(title, drawn))


def _order(question: Question) -> tuple[str, ...]:
    """As they are read: the best first where there is a best."""
    return {Kind.FACES: FACES[::-1], Kind.SCALE: SCALE[::-1]}.get(question.kind, question.values)


def _why_not(one: Counted) -> str:
    """Why nothing of it is told; empty if it is."""
    answered = max(field.answered for field in one.fields.values())
    if not one.told:
        return str(
            _("No se muestra: menos de cinco personas llegaron a ella, o la saltaron, y se sabría qué dijeron antes.")
        )
    if not answered:
        return str(_("Nadie la ha contestado en este periodo."))
    return str(_("La contestaron menos de cinco personas: no se muestra.")) if answered < LEAST else ""


def _base(one: Counted, name: str) -> str:
    """Of how many: who answered, among who came by it, and how many did not know or left it blank."""
    field = one.fields[name]
    said = [
        translate(
            N_("Contestaron %(n)s de las %(came)s personas a quienes se les preguntó."),
            n=written(field.answered),
            came=written(one.came),
        )
    ]
    if one.question.kind is Kind.MULTIPLE:
        said.append(translate(N_("Cada una podía marcar varias.")))
    if field.not_applicable:
        said.append(translate(N_("No sabe o no aplica: %(n)s."), n=written(field.not_applicable)))
    if blank := one.blank(name):
        said.append(translate(N_("En blanco: %(n)s."), n=written(blank)))
    if field.answered < ENOUGH:
        said.append(translate(N_("Con menos de diez no se dan porcentajes.")))
    return " ".join(said)


def _figure(one: Counted, told: Mapping[str, int | None]) -> str:
    """What the answers add up to, in a sentence."""
    question, field = one.question, one.first
    if question.kind is Kind.FACES:
        return _of_faces(question, field)
    if question.kind is not Kind.SCALE:
        return ""
    middle = median([told[value] for value in SCALE], field.answered)
    said = (
        [translate(N_("La respuesta de la mitad es %(n)s."), n=written(middle if middle % 1 else int(middle)))]
        if middle is not None
        else []
    )
    if question.measure == Measure.NPS and (value := nps(field.values)) is not None:
        sentence = N_(
            "De cada 100, los que dan 9 o 10 menos los que dan de 0 a 6 son %(n)s (NPS). Sin otra opción, dice poco."
        )
        said.append(translate(sentence, n=written(value)))
    return " ".join(said)


def _of_faces(question: Question, field: Field) -> str:
    told = share(good(field.values)[0], field.answered)
    if told is None:
        return ""
    if question.measure == Measure.CES:
        return translate(
            N_("De cada 100, a %(n)s les pareció fácil o muy fácil: 4 o 5, donde 5 es muy fácil."), n=share_text(told)
        )
    return translate(N_("De cada 100, %(n)s contestaron 4 o 5."), n=share_text(told))


def _matrix(one: Counted, name: str, title: str) -> Part:
    """A row for each thing that is asked, a column for each answer."""
    rows: list[tuple[Cell, ...]] = []
    drawn: list[tuple[str, int | None]] = []
    for row, key in zip(one.question.choices, one.question.fields, strict=True):
        field = one.fields[key]
        told = share(good(field.values)[0], field.answered)
        if field.answered < LEAST:
            rows.append((row.text, translate(FEW) if is_small(field.answered) else 0, *[NONE] * 6))
        else:
            counts = distribution(one.question, field.values)
            rows.append(
                (row.text, field.answered, *(_count(counts[value]) for value in FACES), share_cell(told, none=NONE))
            )
        drawn.append((row.text, round(told.percent) if told and told.bound is Bound.EXACT else None))
    head = (_("Aspecto"), _("Contestaron"), *FACES, _("4 y 5 de cada 100"))
    says = _("De cada 100 personas que contestaron cada aspecto, cuántas marcaron 4 o 5.")
    return Part(name, Table(title, head, tuple(rows)), says, _bars(title, drawn))


def _leader(rows: list[tuple[str, int | None]]) -> str:
    text, count = rows[0]
    return (
        translate(N_("Lo que más se nombra: %(name)s, con %(count)s."), name=text, count=written(count))
        if count
        else ""
    )


def _bars(title: str, rows: Sequence[tuple[str, int | None]]) -> str:
    """Their chart, and the same in a sentence; none if no figure may be told."""
    spoken = "; ".join(f"{text}: {UNTOLD if count is None else written(count)}" for text, count in rows)
    return charts.bars(rows, f"{title}. {spoken}.", UNTOLD) if any(count for _text, count in rows) else ""


def _count(count: int | None) -> Cell:
    return UNTOLD if count is None else count


def _percent(count: int | None, base: int) -> Cell:
    if base < ENOUGH:
        return NONE
    return UNTOLD if count is None else round(100 * count / base, 1)
