"""A register as a file: the list that is asked for, for a spreadsheet, as open text, or on paper like a book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _

from admin import bp
from admin.registers import Typed, offices_of, typed_filters, words
from core.clock import now, today
from core.people.rights import Permission
from core.plan.registers import looking
from core.plan.registers.fields import Asks
from core.plan.registers.model import RegisterEntry, RegisterProof
from core.reports import csv, pdf, xlsx
from core.reports.table import Cell, Table
from core.web import register_words
from core.web.database import db
from core.web.guard import requires
from core.web.office import entity
from core.web.report_files import download
from core.web.words import translate


@bp.get("/registers/<slug>.<any(csv, xlsx, pdf):form>")
@requires(Permission.READ_PLAN)
def registers_table(slug: str, form: str) -> Response:
    """The list that the address asks for, all its pages."""
    typed = typed_filters(slug)
    rows = looking.everything(db.session(), typed.asked, today())
    name = f"{slug}-{typed.asked.year}-{today():%Y-%m-%d}.{form}"
    if form == "pdf":
        return download(pdf.draw("register", _paper(typed, rows), now()), "application/pdf", name)
    table = _table(typed, rows)
    if form == "csv":
        return download(csv.write(table), csv.MIME, name)
    return download(xlsx.write([table], table.title, now()), xlsx.MIME, name)


def _table(typed: Typed, rows: Sequence[RegisterEntry]) -> Table:
    asked = [each for each in typed.kind.fields if each.asks is not Asks.CHECKLIST]
    states, day = words()["state_names"], today()
    columns = (
        *(_("Registro"), _("Cómo va")),
        *(translate(each.label) for each in asked),
        *(_("Dependencia que lo hizo"), _("Cuenta para"), _("Lo que lo muestra")),
    )

    def line(one: RegisterEntry) -> tuple[Cell, ...]:
        return (
            *(one.code, states[looking.standing(one, day)]),
            *(register_words.cell_of(each, one.now) for each in asked),
            *(one.now.office.name, ", ".join(each.code for each in one.now.activities)),
            register_words.proofs_text(one.now.proofs),
        )

    return Table(translate(typed.kind.name), columns, tuple(line(one) for one in rows))


def _paper(typed: Typed, rows: Sequence[RegisterEntry]) -> dict[str, Any]:
    """What the template `register` of core/reports/paper wants: an entry after another, with what shows each."""
    here, states, day = entity(), words()["state_names"], today()
    offices, title = dict(offices_of(db.session())), translate(typed.kind.name)
    subtitle = _("Vigencia %(year)s", year=typed.asked.year)

    def told(one: RegisterEntry) -> dict[str, Any]:
        lines = [(line.label, line.text) for line in register_words.lines(one.now, offices)]
        lines += [(step.label, f"{step.before} → {step.after}") for step in register_words.steps(one.now)]
        lines.append((_("Dependencia que lo hizo"), one.now.office.name))
        lines.append((_("Cuenta para"), ", ".join(each.code for each in one.now.activities)))
        shown = [_proof(proof) for proof in one.now.proofs]
        state = states[looking.standing(one, day)]
        points = [(point.words, point.told) for point in register_words.points(one.now)]
        head = {"code": one.code, "title": one.now.title, "state": state}
        return head | {"lines": lines, "points": points, "shown": shown}

    return {
        "title": title,
        "entity": here.name if here else "",
        "subtitle": subtitle,
        "foot": f"{title} · {subtitle}",
        "entries": [told(one) for one in rows],
        "shown": _("Lo que lo muestra"),
        "none": _("Todavía no hay nada registrado"),
    }


def _proof(one: RegisterProof) -> str:
    return f"{one.label} (SHA-256 {one.file.digest[:16]}…)" if one.file else one.link
