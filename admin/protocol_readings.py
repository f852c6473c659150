"""Who has read which protocol: the officials beside the versions in force, by office and protocol, also as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin import bp
from admin.protocols import site_read
from core.clock import now, today
from core.people.model import Official
from core.people.rights import Permission
from core.protocols.matrix import Cell, Matrix, Share, State, matrix
from core.protocols.model import ProtocolVersion
from core.reports import csv, xlsx
from core.reports.table import Table
from core.web.database import db
from core.web.guard import requires
from core.web.report_files import download

ALL = "*"
STATES = {
    State.READ: _l("leído"),
    State.PENDING: _l("por leer"),
    State.LATE: _l("atrasado"),
    State.NOT_ASKED: _l("no se le pide"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of the matrix that the address asks for: an office by its name, a protocol by its code."""

    whole: Matrix
    office: str | None
    code: str

    @property
    def versions(self) -> list[ProtocolVersion]:
        return [one for one in self.whole.versions if self.code in ("", one.protocol.code)]

    @property
    def offices(self) -> dict[str, list[Official]]:
        """The officials who are asked to read any of what is shown, by office."""
        found = {}
        for name, people in self.whole.offices.items():
            asked = [official for official in people if self._is_asked(official)]
            if asked and self.office in (None, name):
                found[name] = asked
        return found

    @property
    def officials(self) -> list[Official]:
        return [official for people in self.offices.values() for official in people]

    def share(self, versions: Sequence[ProtocolVersion], officials: Sequence[Official]) -> Share:
        return self.whole.share(versions, officials)

    def cell(self, official: Official, version: ProtocolVersion) -> Cell:
        return self.whole.cells[official.id, version.id]

    def _is_asked(self, official: Official) -> bool:
        return any(self.cell(official, version).state != State.NOT_ASKED for version in self.versions)


@bp.get("/protocols/readings")
@requires(Permission.SEE_PROTOCOL_READINGS)
def protocols_readings() -> ResponseReturnValue:
    return render_template("admin/protocol_readings.html", shown=_shown(), states=STATES, today=today())


@bp.get("/protocols/readings.<any(csv, xlsx):form>")
@requires(Permission.SEE_PROTOCOL_READINGS)
def protocols_readings_file(form: str) -> Response:
    """The same, a line for each person and protocol."""
    at, name = now(), f"lecturas-protocolos-{today()}"
    table = Table(_("Lecturas de protocolos"), _columns(), tuple(_lines(_shown())))
    if form == "csv":
        return download(csv.write(table), csv.MIME, f"{name}.csv")
    return download(xlsx.write([table], table.title, at), xlsx.MIME, f"{name}.xlsx")


def _shown() -> Shown:
    """What the address asks for; an office or a protocol that there is not shows nobody."""
    whole, office = matrix(db.session(), today(), site_read()), request.args.get("office", ALL)
    return Shown(whole, None if office == ALL else office, request.args.get("protocol", ""))


def _columns() -> tuple[str, ...]:
    asked = (_("Dependencia"), _("Persona"), _("Protocolo"), _("Título"), _("Versión"), _("Estado"), _("Día"))
    return (*asked, _("Preguntas"), _("Bien al primer intento"), _("Intentos"))


def _lines(shown: Shown) -> Iterator[tuple[str | int, ...]]:
    for office, people in shown.offices.items():
        for official in people:
            for version in shown.versions:
                cell = shown.cell(official, version)
                if cell.state != State.NOT_ASKED:
                    yield (office or _("Sin dependencia"), official.name, *_told(version, cell))


def _told(version: ProtocolVersion, cell: Cell) -> tuple[str | int, ...]:
    right = "" if cell.first_right is None else cell.first_right
    said = (version.protocol.code, str(version.text["title"]), version.number, str(STATES[cell.state]))
    return (*said, f"{cell.day:%d/%m/%Y}", cell.questions, right, cell.tries)
