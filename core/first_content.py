"""The town hall on its first day: reads the content files and fills an empty installation with it."""

from __future__ import annotations

import tomllib
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import (
    Entity,
    Notice,
    Office,
    OpeningHours,
    PriorityGroup,
    Reason,
    Result,
    Service,
    ServiceVersion,
    Site,
    Topic,
    Window,
)
from core.catalogue.sheet import read, written
from core.db import Stream
from core.errors import N_, Invalid, Refused
from core.events import Who
from core.information.actions import add_first_texts
from core.people import staff
from core.people.actions import hash_password, random_password
from core.people.model import Official
from core.people.rights import ADMINISTRATOR
from core.petitions.model import PetitionSettings
from core.plan import loading
from core.protocols.first import add_first_protocols
from core.speech import SERIES_LETTERS
from core.surveys.beginning import add_first_surveys
from core.surveys.model import Theme
from core.turns.model import QueueSettings
from core.turns.policy import Order

Content = dict[str, Any]
CALIFORNIA = (
    "california.toml",
    "california_sheets.toml",
    *(f"{room}/california.toml" for room in ("information", "protocols", "surveys")),
)
TRIAL = timedelta(days=14)
"""The example accounts are for trying: who goes on with one changes its password by then."""


class AlreadyBegun(Refused):
    message = N_("Esta base ya tiene una entidad. No se cambió nada: lo demás se hace por formulario.")


def california() -> Content:
    """The content for the Alcaldía de California (Santander), as parsed TOML."""
    content: Content = {}
    for name in CALIFORNIA:
        content |= tomllib.loads(files("core").joinpath(name).read_text(encoding="utf-8"))
    return content


def is_loaded(session: Session) -> bool:
    return session.scalar(select(Entity.id).limit(1)) is not None


def load(session: Session, content: Content, at: datetime) -> dict[str, str]:
    """Create the town hall; returns each demo account's random password, which is kept nowhere else.

    Raises KeyError for a reference that the content does not hold, ValueError for a letter that cannot be told
    from another by ear.
    """
    named = {key: content["entity"].get(key) for key in ("name", "short_name", "municipality", "department")}
    session.add(Entity(**named))
    site = Site(code=content["site"]["code"], name=content["site"]["name"], address=content["site"]["address"])
    session.add(site)
    session.flush()
    begin_site(session, site, content, at)
    session.add_all(Notice(site_id=site.id, position=n, **row) for n, row in enumerate(content["notices"]))
    _add_hours(session, site, content)
    services = _add_services(session, site, content)
    _publish_sheets(session, services, content, at)
    windows = {}
    for row in content["windows"]:
        windows[row["label"]] = Window(
            site_id=site.id,
            label=row["label"],
            name=row["name"],
            services=[services[code] for code in row["services"]],
        )
    session.add_all(windows.values())
    audit.record(session, Act.LOADED, On(Thing.SITE, site.id), Who("command line"), at, site_id=site.id)
    add_first_texts(session, content.get("texts", []), at)
    add_first_surveys(session, content["surveys"], at)
    add_first_protocols(session, content.get("protocols", []), at)
    passwords = _add_officials(session, site, content, at)
    _receive_petitions(session, site, content, at)
    plan = files("core").joinpath("plan/california.yaml").read_text(encoding="utf-8")
    if at.year not in loading.years(session):
        loading.add(session, plan, at.year, at)
    return passwords


def begin(session: Session, entity: str, username: str, name: str, at: datetime) -> str:
    """The least with which a town hall begins: a site, how it attends, what it asks and who sets up the rest by form.

    Returns the administrator's one-time password, which is kept nowhere else. Raises AlreadyBegun, Invalid.
    """
    if is_loaded(session):
        raise AlreadyBegun
    if not entity.strip() or not name.strip():
        raise Invalid(N_("Escriba el nombre de la entidad y el de quien la administra."))
    session.add(Entity(name=entity.strip(), short_name=entity.strip(), municipality="", department=""))
    site = Site(code="principal", name="Sede principal", address="")
    session.add(site)
    session.flush()
    content = california()
    begin_site(session, site, content, at)
    add_first_surveys(session, [row for row in content["surveys"] if row["begins"]], at)
    add_first_protocols(session, content["protocols"], at)
    _official, password = staff.hire(session, site.id, username, name, [ADMINISTRATOR], (), None, at)
    return password


def begin_site(session: Session, site: Site, content: Content, at: datetime, by: int | None = None) -> None:
    """What a site needs before its first turn: its line, the groups of the law, the usual lists and an order."""
    session.add(Stream(site_id=site.id, last_seq=0, priority_run=0))
    session.flush()
    _add_words(session, site, content)
    _add_order(session, site, content, at, by)
    _add_themes(session, content)


def _add_hours(session: Session, site: Site, content: Content) -> None:
    for row in content["hours"]:
        opens, closes = time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"])
        session.add_all(
            OpeningHours(site_id=site.id, weekday=day, opens=opens, closes=closes) for day in row["weekdays"]
        )


def _add_services(session: Session, site: Site, content: Content) -> dict[str, Service]:
    offices = {row["code"]: Office(site_id=site.id, code=row["code"], name=row["name"]) for row in content["offices"]}
    topics = {}
    for position, row in enumerate(content["topics"]):
        if row["series"] not in SERIES_LETTERS:
            raise ValueError(f"series {row['series']!r} of topic {row['code']!r} sounds or looks like another letter")
        topics[row["code"]] = Topic(site_id=site.id, position=position, **row)
    session.add_all([*offices.values(), *topics.values()])
    session.flush()
    services = {}
    texts = ("code", "name", "name_en", "hint", "hint_en", "minutes", "requirements", "requirements_en")
    for position, row in enumerate(content["services"]):
        services[row["code"]] = Service(
            site_id=site.id,
            topic_id=topics[row["topic"]].id,
            office_id=offices[row["office"]].id,
            position=position,
            **{name: row[name] for name in texts},
        )
    session.add_all(services.values())
    return services


def _publish_sheets(session: Session, services: dict[str, Service], content: Content, at: datetime) -> None:
    """The first version of each sheet: what the queue shows of the service, and what the content tells besides."""
    session.flush()
    shown = ("name", "name_en", "hint", "hint_en", "requirements", "requirements_en")
    for code, service in services.items():
        told = dict(content["sheets"][code])
        norms = [{"link": content["links"].get(norm["norm"], ""), **norm} for norm in told.pop("norms", [])]
        texts = {name: getattr(service, name) for name in shown}
        sheet = read({**texts, **told, "norms": norms, "reviewed": content["reviewed"]})
        session.add(ServiceVersion(service_id=service.id, number=1, sheet=written(sheet), since=at))


def _add_words(session: Session, site: Site, content: Content) -> None:
    group_texts = ("code", "name", "name_en", "who", "who_en", "icon", "first_of_all")
    for position, row in enumerate(content["groups"]):
        session.add(PriorityGroup(site_id=site.id, position=position, **{name: row[name] for name in group_texts}))
    for kind, rows in ((Reason, content["reasons"]), (Result, content["results"])):
        session.add_all(kind(site_id=site.id, position=position, **row) for position, row in enumerate(rows))


def _add_themes(session: Session, content: Content) -> None:
    """What comments of surveys are sorted by, for the whole entity: the first site brings them."""
    if session.scalar(select(Theme.name).limit(1)) is None:
        session.add_all(Theme(name=name) for name in content["comments"]["themes"])


def _add_order(session: Session, site: Site, content: Content, at: datetime, by: int | None) -> None:
    session.add(
        QueueSettings(
            site_id=site.id,
            since=at,
            set_by=by,
            reason="Primera configuración",
            head_start={row["code"]: row["head_start_min"] for row in content["groups"]},
            **(content["queue"] | {"order": Order(content["queue"]["order"])}),
        )
    )


def _add_officials(session: Session, site: Site, content: Content, at: datetime) -> dict[str, str]:
    passwords = {}
    offices = {office.code: office for office in session.scalars(select(Office).where(Office.site_id == site.id))}
    for row in content["officials"]:
        passwords[row["username"]] = random_password()
        session.add(
            Official(
                site_id=site.id,
                username=row["username"],
                name=row["name"],
                roles=row["roles"],
                password_hash=hash_password(passwords[row["username"]]),
                office=offices.get(row.get("office", "")),
                password_ends_at=at + TRIAL,
            )
        )
    return passwords


def _receive_petitions(session: Session, site: Site, content: Content, at: datetime) -> None:
    if session.scalar(select(PetitionSettings.id).limit(1)) is not None:
        return
    said = content["petitions"]
    office = session.scalars(select(Office.id).where(Office.site_id == site.id, Office.code == said["office"])).one()
    custodians = session.scalars(select(Official.id).where(Official.username.in_(said["custodians"])))
    session.add(PetitionSettings(since=at, office_id=office, custodians=list(custodians)))
