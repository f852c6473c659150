"""Data for tests: plain functions with defaults, so that a test says only what it is about."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import desks
from core.catalogue import days
from core.catalogue.model import OwnDay, Service, Site, Window
from core.clock import BOGOTA
from core.desks import Desk
from core.events import Who
from core.people.model import Official
from core.petitions import filing
from core.petitions.model import Channel, Petition
from core.turns import actions as turns
from core.turns.model import Turn
from core.turns.policy import GENERAL

OPENING = datetime(2026, 11, 23, 8, 0, tzinfo=BOGOTA)
"""A Monday that is no holiday."""

PASSWORD = "una frase larga de prueba"


def at(minute: float = 0) -> datetime:
    """So many minutes after the opening of the day that tests live in."""
    return OPENING + timedelta(minutes=minute)


def site(session: Session) -> Site:
    return session.scalars(select(Site)).one()


def service(session: Session, code: str = "property-tax") -> Service:
    return session.scalars(select(Service).where(Service.code == code)).one()


def window(session: Session, label: str = "1") -> Window:
    return session.scalars(select(Window).where(Window.label == label)).one()


def official(session: Session, username: str = "ventanilla1") -> Official:
    return session.scalars(select(Official).where(Official.username == username)).one()


def closed(session: Session, day: date, act: str = "Decreto 30", **more: Any) -> OwnDay:
    """A day that the entity closes at the site; `more` says what else the act wants."""
    asked = {"everywhere": False, "opens": False, **more}
    wanted = days.Wanted(first=day, last=day, act=act, **asked)
    return days.add(session, site(session).id, wanted, official(session, "administracion").id, at())[0]


def turn(session: Session, minute: float = 0, group: str = GENERAL, service_code: str = "property-tax") -> Turn:
    """A turn issued so many minutes after opening."""
    place = site(session)
    asked = turns.Asked(place.id, service(session, service_code).id, group)
    return session.get_one(Turn, turns.issue(session, asked, Who("citizen"), at(minute)).id)


def desk(session: Session, label: str = "1", username: str | None = None, minute: float = 0) -> Desk:
    """An official sitting at a window."""
    place, who = site(session), official(session, username or f"ventanilla{label}")
    sitting = desks.sitting_of(session, who.id)
    if sitting is None or sitting.window.label != label:
        desks.sit(session, place.id, window(session, label).id, who.id, at(minute))
    return desks.desk_of(session, place.id, who.id)


def received(minute: float = 0, **more: Any) -> filing.Received:
    """What came in so many minutes after opening; `more` says what the test is about, `person` who wrote it."""
    said = {"channel": Channel.WEB, "kind": "peticion_particular", "subject": "El andén de mi casa"}
    said |= {"text": "Solicito que arreglen el andén frente a mi casa.", "person": PERSON, "received_at": at(minute)}
    return filing.Received(**(said | more))


PERSON = filing.Person(
    name="Rosa Elvira Pabón", document_kind="CC", document_number="63400100", email="rosa@ejemplo.co"
)


def petition(session: Session, minute: float = 0, **more: Any) -> Petition:
    """A petition filed by its citizen so many minutes after opening."""
    filed = filing.file(session, received(minute, **more), Who("citizen"), at(minute))
    return session.get_one(Petition, filed.petition_id)
