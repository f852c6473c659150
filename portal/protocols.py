"""How the town hall attends, for everybody to read and to demand (Ley 1712 de 2014, art. 11 a)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from core.clock import today
from core.errors import Missing
from core.protocols import actions as protocols
from core.protocols.actions import Standing
from core.protocols.model import ProtocolVersion
from core.protocols.text import Population, read
from core.web.database import db
from core.web.guard import public
from core.web.office import entity
from core.web.protocol_paper import manual_paper, protocol_paper
from core.web.protocol_words import stages
from core.web.report_files import download
from portal import bp

VERSION = 1
PDF = "application/pdf"
RULED = (Standing.IN_FORCE, Standing.REPLACED, Standing.WITHDRAWN)
"""Where a version stands that is told of: the others nobody outside has seen."""


@bp.get("/protocols")
@public
def protocols_all() -> ResponseReturnValue:
    """Those that rule, by how the town hall is reached, by who comes, and for what is hard."""
    ruling = _ruling()
    general = [one for one in ruling if one.protocol.population is Population.EVERYBODY]
    hard = [one for one in ruling if one.protocol.population in (Population.UPSET, Population.DENIAL)]
    people = [one for one in ruling if one not in general and one not in hard]
    return render_template("portal/protocols.html", general=general, people=people, hard=hard)


@bp.get("/protocols/<protocol_code>")
@public
def protocol(protocol_code: str) -> ResponseReturnValue:
    version = _one(protocol_code)
    text = read(version.text)
    return render_template(
        "portal/protocol.html", version=version, text=text, stages=list(stages(text)), history=_history(version)
    )


@bp.get("/protocols.pdf")
@public
def protocols_manual() -> ResponseReturnValue:
    """The manual, to print."""
    ruling = _ruling()
    if not ruling:
        raise Missing
    return download(manual_paper(ruling), PDF, "protocolos-de-atencion.pdf")


@bp.get("/protocols/<protocol_code>.pdf")
@public
def protocol_pdf(protocol_code: str) -> ResponseReturnValue:
    version = _one(protocol_code)
    return download(protocol_paper(version), PDF, f"protocolo-{version.protocol.code}-v{version.number}.pdf")


@bp.get("/protocols.json")
@public
def protocols_json() -> Response:
    """The same as open data (docs/protocols-json.md)."""
    here = entity()
    answer = jsonify(version=VERSION, entity=here.name if here else None, protocols=[_open(one) for one in _ruling()])
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _ruling() -> Sequence[ProtocolVersion]:
    return protocols.in_force(db.session(), today())


def _one(code: str) -> ProtocolVersion:
    """Raises Missing."""
    found = protocols.version_in_force(db.session(), code, today())
    if found is None:
        raise Missing
    return found


def _history(version: ProtocolVersion) -> list[ProtocolVersion]:
    """The versions that rule or have ruled, the last first."""
    told = [one for one in version.protocol.versions if protocols.standing(one, today()) in RULED]
    return sorted(told, key=lambda one: -one.number)


def _open(version: ProtocolVersion) -> dict[str, Any]:
    protocol = version.protocol
    address = current_app.config["PUBLIC_URL"] + url_for("portal.protocol", protocol_code=protocol.code)
    said = {name: part for name, part in version.text.items() if name != "quiz"}
    return {
        "code": protocol.code,
        "address": address,
        "channel": protocol.channel,
        "population": protocol.population,
        "services": [service.id for service in protocol.services],
        "number": version.number,
        "act": version.act,
        "since": version.valid_from.isoformat() if version.valid_from else None,
    } | said
