"""The map of corruption risks for everybody: the one that was last approved, those before it, and open data."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.catalogue.model import Site
from core.clock import BOGOTA
from core.errors import Missing
from core.plan.risks import mapping
from core.plan.risks.model import RiskMap
from core.reports import csv, xlsx
from core.reports.table import written
from core.web import risk_map
from core.web.database import db
from core.web.guard import public
from core.web.office import entity
from core.web.report_files import download
from portal import bp

VERSION = 1
ID = "int(max=2147483647)"


@bp.get("/plan/risks")
@public
def risks() -> ResponseReturnValue:
    """The map in force of each site; what has not been approved is not told."""
    session = db.session()
    maps = mapping.all_in_force(session)
    return render_template(
        "portal/risks.html",
        maps=[
            {
                "map": one,
                "site": session.get_one(Site, one.site_id).name,
                "parts": [risk_map.part_of(one.content)],
                "method": risk_map.method_text(one.content["method"]),
                "before": mapping.published(session, one.site_id)[1:],
            }
            for one in maps
        ],
        words={
            "zone": risk_map.zone_text,
            "impact": risk_map.impact_text,
            "probability": risk_map.probability_text,
            "controls": risk_map.controls_told,
            "response": risk_map.response_text,
            "day": lambda day: written(date.fromisoformat(day)),
        },
    )


@bp.get(f"/plan/risks/<{ID}:map_id>.<any(csv, json, xlsx, pdf):form>")
@public
def risks_file(map_id: int, form: str) -> ResponseReturnValue:
    """A map that was approved, as it was: to print, as a table or as values. Raises Missing."""
    found = db.session.get(RiskMap, map_id)
    if found is None:
        raise Missing
    name = f"mapa-de-riesgos-{found.at:%Y}-v{found.number}"
    if form == "json":
        return _as_json(found)
    if form == "pdf":
        return download(_paper(found), "application/pdf", f"{name}.pdf")
    table = risk_map.table_of(found.content)
    if form == "xlsx":
        return download(xlsx.write([table], table.title, found.at), xlsx.MIME, f"{name}.xlsx")
    return download(csv.write(table), csv.MIME, f"{name}.csv")


def _paper(found: RiskMap) -> bytes:
    """The same bytes whenever it is asked for."""
    here, day = entity(), found.at.astimezone(BOGOTA)
    subtitle = _("Versión %(number)s, adoptada por %(act)s", number=found.number, act=found.act)
    notes = [_("Publicado el %(day)s. SHA-256 del contenido: %(digest)s", day=f"{day:%d/%m/%Y}", digest=found.digest)]
    return risk_map.paper(found.content, here.name if here else "", subtitle, notes, found.at)


def _as_json(found: RiskMap) -> Response:
    said: dict[str, Any] = {"version": VERSION, "number": found.number, "act": found.act, "digest": found.digest}
    answer = jsonify(said | {"published_at": found.at.isoformat(), "map": found.content})
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
