"""The way to a turn: the topics, the services of one, and what to bring to a service."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue import offer
from core.catalogue.hours import opening
from core.catalogue.model import PriorityGroup, Service, Topic
from core.errors import Missing
from core.turns import actions as turns
from core.turns import board
from core.turns.policy import GENERAL
from core.web.database import db
from core.web.guard import for_device, this_device
from core.web.line import hour_of
from core.web.words import opening_text
from kiosk import bp
from kiosk.opinion_home import only_asks

LARGEST_ID = 2**31 - 1


@bp.get("/")
@for_device("kiosk")
def home() -> ResponseReturnValue:
    """What the citizen needs, in their own words; outside hours, when to come back. A tablet only asks opinions."""
    if this_device().settings.get("opinions"):
        return only_asks()
    session, site_id, at = db.session(), this_device().site_id, hour_of(this_device().site_id).at
    hours = opening(session, site_id, at)
    return render_template(
        "kiosk/home.html" if hours.open else "kiosk/closed.html",
        topics=offer.topics(session, site_id, this_device().settings.get("topics", ())),
        groups=groups_of(session, site_id),
        reopens=hours.next and opening_text(hours.next, at),
    )


@bp.get("/topics/<int:topic_id>")
@for_device("kiosk")
def topic(topic_id: int) -> ResponseReturnValue:
    """The services of a topic, each with the wait that it has now."""
    session, site_id, at = db.session(), this_device().site_id, hour_of(this_device().site_id).at
    turns.check_open(session, site_id, at)
    chosen = topic_of(session, site_id, topic_id)
    services = active_services(chosen)
    waits = board.wait_for(session, site_id, [service.id for service in services], at)
    return render_template("kiosk/topic.html", topic=chosen, services=services, waits=waits)


@bp.get("/services/<int:service_id>")
@for_device("kiosk")
def service(service_id: int) -> ResponseReturnValue:
    """What to bring, how long it takes, and the buttons that give the turn."""
    session, site_id, at = db.session(), this_device().site_id, hour_of(this_device().site_id).at
    turns.check_open(session, site_id, at)
    chosen = service_of(session, site_id, service_id)
    return render_template(
        "kiosk/service.html",
        service=chosen,
        groups=groups_of(session, site_id),
        wait=board.wait_for(session, site_id, [chosen.id], at)[chosen.id],
        ahead=board.ahead_of_a_newcomer(session, chosen, at),
        general=GENERAL,
    )


@bp.context_processor
def hall() -> dict[str, Callable[[], bool]]:
    """What the page outside hours may ask of the hall."""
    return {"somebody_waits": somebody_waits}


def somebody_waits() -> bool:
    """Whether anybody in the hall of this kiosk holds a turn that is still to be called."""
    return bool(board.everyone_waiting(db.session(), this_device().site_id, hour_of(this_device().site_id).at))


def topic_of(session: Session, site_id: int, topic_id: int) -> Topic:
    """A topic that this kiosk offers and that has something to attend. Raises Missing."""
    offered = offer.topics(session, site_id, this_device().settings.get("topics", ()))
    found = next((topic for topic in offered if topic.id == topic_id), None)
    if found is None:
        raise Missing
    return found


def service_of(session: Session, site_id: int, service_id: int) -> Service:
    """A service that the site attends and this kiosk offers. Raises Missing."""
    found = session.scalar(
        select(Service).where(Service.id == _bounded(service_id), Service.site_id == site_id, Service.active)
    )
    if found is None:
        raise Missing
    topic_of(session, site_id, found.topic_id)
    return found


def active_services(topic: Topic) -> list[Service]:
    """The services of a topic that are attended, in the order of the kiosk."""
    return [service for service in topic.services if service.active]


def groups_of(session: Session, site_id: int) -> Sequence[PriorityGroup]:
    """The priority groups that a citizen may declare, in their order."""
    return session.scalars(
        select(PriorityGroup)
        .where(PriorityGroup.site_id == site_id, PriorityGroup.active)
        .order_by(PriorityGroup.position)
    ).all()


def _bounded(number: int) -> int:
    if not 0 < number <= LARGEST_ID:
        raise Missing
    return number
