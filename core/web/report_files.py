"""A report as a file: open text, a spreadsheet or paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Response
from flask_babel import gettext as _

from core.errors import Missing
from core.reports import csv, pdf, xlsx
from core.reports.table import Table, one_below_another
from core.web.office import entity
from core.web.report_parts import Part, paper_of


def report_file(
    form: str, name: str, title: str, subtitle: str, parts: Sequence[Part], notes: Sequence[str], at: datetime
) -> Response:
    """The download of a report as «csv», «xlsx» or «pdf»; `name` is that of the file. Raises Missing."""
    there = [part for part in parts if part.table.rows]
    if form == "csv":
        tables = [part.line_by_line for part in there]
        columns = (_("Cuadro"), _("Fila"), _("Cifra"), _("Valor"))
        return download(csv.write(one_below_another(title, tables, columns)), csv.MIME, f"{name}.csv")
    if form == "xlsx":
        told = Table(_("Notas"), (_("Notas"),), tuple((note,) for note in (subtitle, *notes)))
        return download(xlsx.write([*(part.table for part in there), told], title, at), xlsx.MIME, f"{name}.xlsx")
    if form != "pdf":
        raise Missing
    here = entity()
    said = {"title": title, "entity": here.name if here else "", "subtitle": subtitle, "lead": "", "notes": list(notes)}
    paper = pdf.draw("report", paper_of(parts, **said, foot=f"{title} · {subtitle}"), at)
    return download(paper, "application/pdf", f"{name}.pdf")


def download(body: bytes, mimetype: str, name: str) -> Response:
    """A file to keep, by its name."""
    made = Response(body, mimetype=mimetype)
    if mimetype.startswith("text/"):
        made.charset = "utf-8"  # type: ignore[attr-defined]
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return made
