"""The services of the town hall: by topic, by the words of whoever looks for one, and each with its whole sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.catalogue.model import Service
from core.catalogue.sheet import Sheet, untranslated
from core.clock import now
from core.errors import Missing
from core.information.finding import LONGEST, Entry, find
from core.information.pieces import ServiceTold
from core.web.database import db
from core.web.guard import public
from core.web.pace import Pace, check_pace
from core.web.words import language
from portal import bp
from portal.place import Place, place_now, places_now

SEARCHES, SEARCHES_PER_MINUTE = "portal searches", 120
"""Many people may share the address of a mobile operator; a machine that asks without rest may not."""


@bp.record
def count_searches(setup: BlueprintSetupState) -> None:
    setup.app.extensions[SEARCHES] = Pace(SEARCHES_PER_MINUTE)


@bp.get("/services")
@public
def services() -> ResponseReturnValue:
    """All of them, or those that the words of `q` find."""
    looked_for = " ".join(request.args.get("q", "").split())[:LONGEST]
    if looked_for:
        check_pace(current_app.extensions[SEARCHES])
    places = places_now(db.session(), now())
    return render_template(
        "portal/services.html", places=places, looked_for=looked_for, found=_found(looked_for, places)
    )


@bp.get("/services/<int:service_id>")
@public
def service(service_id: int) -> ResponseReturnValue:
    session = db.session()
    site_id = session.scalar(select(Service.site_id).where(Service.id == service_id))
    if site_id is None:
        raise Missing
    place = place_now(session, site_id, now())
    told = next((told for told in place.told.services if told.id == service_id), None)
    if told is None:
        raise Missing
    return render_template("portal/service.html", place=place, service=told, sheet=told.in_language(language()))


@bp.app_template_filter("spoken")
def spoken(sheet: Sheet, part: str) -> dict[str, Any]:
    """The language of a part of a sheet, where it is not that of the page, as an attribute."""
    return {"lang": "es"} if language() == "en" and part in untranslated(sheet) else {}


def entry(told: ServiceTold) -> Entry:
    """What a service is found by: first its name and its keywords, then what is told of it, in both languages."""
    sheet = told.sheet
    return Entry(
        told.id,
        (
            f"{sheet.name} {sheet.name_en}",
            " ".join((*sheet.keywords, *sheet.keywords_en)),
            f"{sheet.hint} {sheet.hint_en} {told.topic.es} {told.topic.en}",
            " ".join((sheet.who, sheet.result, sheet.who_en, sheet.result_en, *sheet.requirements)),
        ),
    )


def _found(looked_for: str, places: Iterable[Place]) -> list[tuple[Place, ServiceTold]]:
    offered = {told.id: (place, told) for place in places for told in place.told.services}
    return [offered[id] for id in find(looked_for, [entry(told) for _place, told in offered.values()])]
