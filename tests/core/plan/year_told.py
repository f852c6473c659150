"""What the town hall tells its citizens in the simulated year: sheets of services, texts, hours and reviews."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.catalogue import publishing
from core.catalogue.model import ServiceVersion, Site
from core.catalogue.sheet import Norm
from core.information import actions as information
from core.information.actions import Written
from core.information.gaps import Content
from core.information.model import CHARTER, COMPLAINTS, PublicText
from tests import make
from tests.core.plan.followups import day

EMPTY_HANDED = {"requirements": (), "requirements_en": (), "documents": (), "documents_en": ()}
WHOLE: dict[str, Any] = {
    **{"who": "Quien vive aquí.", "who_en": "Whoever lives here.", "result": "Un recibo.", "result_en": "A receipt."},
    **{"requirements": ("La cédula.",), "requirements_en": ("Your identity card.",)},
    **{"documents": ("El recibo anterior.",), "documents_en": ("The last receipt.",)},
    **{"steps": ("Pedirlo.", "Recogerlo."), "steps_en": ("Ask for it.", "Fetch it.")},
    **{"cost_kind": "tariff", "cost": "Una estampilla.", "cost_en": "A stamp."},
    **{"time_unit": "working_days", "time_value": 3, "time_note": "", "time_note_en": ""},
    **{"norms": (Norm("Ley 44 de 1990", "13"),), "where_note": "", "where_note_en": ""},
    **{"form": "F-01", "form_link": "", "online": "https://california-santander.gov.co/en-linea", "suit": "12345"},
    **{"keywords": ("predio",), "keywords_en": ("property",), "without": (), "reviewed": date(2026, 1, 2)},
}
"""All that a sheet must have, so that a test says what one lacks."""
ALSO_WHOLE: dict[str, dict[str, Any]] = {
    "private-talk": {**EMPTY_HANDED, "without": ("requirements", "documents", "form", "online", "suit")}
    | {"form": "", "online": "", "suit": ""},
    "liaison": {"cost_kind": "free", "cost": "", "cost_en": "", "form": "", "form_link": "https://www.gov.co/f-01"},
    "land-use": {"time_unit": "immediate", "time_value": None},
    "petition": {"reviewed": date(2025, 4, 30)},
}
"""Whole by the end of April, though something is empty or was reviewed long ago."""
GAPS: dict[str, dict[str, Any]] = {
    "property-tax": {"steps": (), "steps_en": ()},
    "payment-plan": {"cost_kind": ""},
    "business-return": {"cost": "", "cost_en": ""},
    "business-register": {"time_value": None},
    "tax-clearance": {"time_unit": ""},
    "sisben-survey": {"norms": ()},
    "sisben-details": {"requirements": (), "requirements_en": ()},
    "sisben-people": {"who": "", "who_en": ""},
    "sisben-group": {"documents": (), "documents_en": ()},
    "building-licence": {"result": "", "result_en": ""},
    "stratum": {"reviewed": None},
    "address": {"reviewed": date(2025, 8, 30)},
    "older-support": {"reviewed": date(2025, 8, 31)},
    "family-support": {"steps_en": ()},
    "event-permit": {"keywords": (), "keywords_en": ()},
    "residence": {"form": ""},
    "risk-visit": {"online": ""},
    "correspondence": {"suit": ""},
}
"""What each of these lacks in the second stretch; of the two that were reviewed long ago, one is still in time."""
CONTACT = {"office": "Secretaría de Gobierno", "person": "Ana Rey", "position": "Secretaria", "phone": "607 000 0000"}


def since_january(session: Session) -> None:
    """The first content of the town hall was there before the year began to be counted."""
    session.execute(update(ServiceVersion).values(since=day(1, 2)))
    session.execute(update(PublicText).values(written_at=day(1, 2), published_at=day(1, 2)))


def what_was_told(session: Session, number: int) -> None:
    """What was written and published in a stretch; of the first two, also on the days before they were reported."""
    (_first, _second, _third)[number - 1](session)


def _first(session: Session) -> None:
    """Sheets are completed; in May a service is withdrawn and the charter adopted, in Spanish alone."""
    at = day(3, 2)
    for code in (*GAPS, *ALSO_WHOLE):
        _sheet(session, code, at, **ALSO_WHOLE.get(code, {}))
    _sheet(session, "petition-status", at, reviewed=date(2025, 4, 29))
    for content, seen in ((Content.SERVICES, at), (Content.TIMES, at), (Content.REQUIREMENTS, day(9, 15, 2025))):
        _review(session, content, seen)
    _withdraw(session, "liaison", day(5, 2))
    _text(session, CHARTER, day(5, 2), act="Decreto 15 de 2026", body_en="")


def _second(session: Session) -> None:
    """Sheets lose a part each, and a second site opens that tells nothing; in September one of them is completed."""
    at, here = day(6, 1), make.site(session)
    for code, lacks in GAPS.items():
        _sheet(session, code, at, **lacks)
    _text(session, COMPLAINTS, at, contact=CONTACT)
    here.way = "Por la calle de la iglesia, sin escaleras."
    here.hours[-1].closes = time(17, 59)
    session.add(Site(code="la-baja", name="Punto de La Baja", address=""))
    _sheet(session, "property-tax", day(9, 1))


def _third(session: Session) -> None:
    """Some sheets are mended, the second site closes, and both texts are written anew, each with something amiss."""
    at, here = day(10, 5), make.site(session)
    for code in ("payment-plan", "business-return", "business-register", "tax-clearance", "sisben-details", "stratum"):
        _sheet(session, code, at, reviewed=day(10, 1).date())
    for code in ("neighbours", "liaison", "family-support", "petition-status"):
        _sheet(session, code, at)
    session.scalars(select(Site).where(Site.code == "la-baja")).one().active = False
    here.hours[-1].closes = time(18)
    _review(session, Content.HOURS, at)
    _text(session, COMPLAINTS, at, contact=CONTACT | {"person": "", "phone": ""}, body_en=" ")
    _text(session, CHARTER, day(12, 20), act="Decreto 40 de 2026", year=2027)


def _sheet(session: Session, code: str, at: datetime, **lacks: Any) -> None:
    """Publish a sheet that is whole but for what it lacks."""
    service, by = make.service(session, code), _administrator(session)
    sheet = replace(publishing.sheet_in_hand(session, service), **(WHOLE | lacks))
    publishing.save_draft(session, service.site_id, service.id, sheet, 0, by, at)
    publishing.publish(session, service.site_id, service.id, "", by, at)


def _withdraw(session: Session, code: str, at: datetime) -> None:
    service = make.service(session, code)
    publishing.withdraw(session, service.site_id, service.id, "Ya no se presta.", _administrator(session), at)


def _text(session: Session, kind: str, at: datetime, act: str = "", **more: Any) -> None:
    """Publish a text; `more` says what the year wants of it."""
    said = {"body": "Lo tratamos bien.", "body_en": "We treat you well.", "year": 2026, "contact": {}}
    place, by = make.site(session).id, _administrator(session)
    information.write(session, place, kind, Written(**(said | more)), by, at)
    information.publish(session, place, kind, act, by, at)


def _review(session: Session, content: Content, at: datetime) -> None:
    information.review(session, make.site(session).id, content, _administrator(session), at)


def _administrator(session: Session) -> int:
    return make.official(session, "administracion").id
