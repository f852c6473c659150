"""The six contents as JSON, for whoever builds something with them (docs/information-json.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, current_app, jsonify, url_for

from core.catalogue.sheet import written
from core.clock import now
from core.information.pieces import Pieces, Said, ServiceTold, Text
from core.web.database import db
from core.web.guard import public
from core.web.office import entity
from portal import bp
from portal.place import places_now

VERSION = 1


@bp.get("/information.json")
@public
def information_json() -> Response:
    places = [place.told for place in places_now(db.session(), now())]
    here = entity()
    answer = jsonify(
        version=VERSION,
        entity=here and {"name": here.name, "municipality": here.municipality, "department": here.department},
        rights=_text(places[0].charter) if places else None,
        complaints=(_text(places[0].complaints) or {}) | {"contact": places[0].contact} if places else None,
        sites=[_site(told) for told in places],
    )
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _site(told: Pieces) -> dict[str, Any]:
    return {
        "name": told.site,
        "address": told.address,
        "way": _said(told.way),
        "updated": told.updated.isoformat(),
        "reviewed": {content.value: day.isoformat() for content, day in sorted(told.reviewed.items())},
        "hours": [
            {"weekday": row.weekday, "opens": f"{row.opens:%H:%M}", "closes": f"{row.closes:%H:%M}"}
            for row in told.hours
        ],
        "closed_days": [{"day": closed.day.isoformat(), "why": _said(closed.why)} for closed in told.closed_days],
        "priority": [{"name": _said(name), "who": _said(who)} for name, who in told.priority],
        "topics": [
            {
                "name": _said(topic.name),
                "hint": _said(topic.hint),
                "services": [_service(service) for service in topic.services],
            }
            for topic in told.topics
        ],
    }


def _service(service: ServiceTold) -> dict[str, Any]:
    sheet = written(service.sheet)
    address = current_app.config["PUBLIC_URL"] + url_for("portal.service", service_id=service.id)
    return {
        "id": service.id,
        "address": address,
        "office": service.office,
        "windows": list(service.windows),
        "since": service.since.isoformat(),
    } | {name: value.isoformat() if isinstance(value, date) else value for name, value in sheet.items()}


def _text(text: Text | None) -> dict[str, Any] | None:
    if text is None:
        return None
    return {
        "year": text.year,
        "version": text.number,
        "act": text.act,
        "since": text.since.isoformat(),
        "sections": {"es": _sections(text, "es"), "en": _sections(text, "en")},
    }


def _sections(text: Text, language: str) -> list[dict[str, Any]]:
    return [
        {
            "title": part.title,
            "blocks": [{"list": block.is_list, "lines": list(block.lines)} for block in part.blocks],
        }
        for part in text.in_language(language)
    ]


def _said(said: Said) -> Mapping[str, str]:
    return {"es": said.es, "en": said.en or said.es}
