"""What the town hall is made of: sites, hours, offices, services and their tree, windows, priority groups."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base


class Entity(Base):
    """The town hall itself; an installation serves one. `english`: whether citizens may choose it."""

    __tablename__ = "entities"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    short_name: Mapped[str]
    municipality: Mapped[str]
    department: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    web: Mapped[str | None]
    english: Mapped[bool] = mapped_column(default=True, server_default=true())


class Site(Base):
    """A place where people are attended, with its own hours, queue and calling order.

    `way`: how to reach and enter it, also without stairs; `contact`: at what hours somebody answers the phone.
    """

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    address: Mapped[str]
    way: Mapped[str] = mapped_column(default="", server_default="")
    way_en: Mapped[str] = mapped_column(default="", server_default="")
    phone: Mapped[str] = mapped_column(default="", server_default="")
    contact: Mapped[str] = mapped_column(default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True, server_default=true())

    hours: Mapped[list[OpeningHours]] = relationship(order_by="OpeningHours.weekday, OpeningHours.opens")


class OpeningHours(Base):
    """One stretch of one weekday (1 Monday … 7 Sunday) in which turns are given."""

    __tablename__ = "opening_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class CalendarVersion(Base):
    """A change of the entity's calendar: versions follow one another without gaps, and the last one rules.

    `change` is what was done (added, corrected, withdrawn, or brought from before there were versions).
    """

    __tablename__ = "calendar_versions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    change: Mapped[str]
    why: Mapped[str]


class OwnDay(Base):
    """A day that the entity opens or closes by an act, at one site or, without one, at all; it is never rewritten.

    `hours` («08:00-12:00») are those of an open day, if they are not those of its weekday. It rules from
    `since_version` until `until_version`, that one not included.
    """

    __tablename__ = "own_days"
    __table_args__ = (
        Index(
            "ux_own_days_in_force",
            "site_id",
            "day",
            unique=True,
            sqlite_where=text("until_version IS NULL"),
            postgresql_where=text("until_version IS NULL"),
        ),
        Index(None, "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    day: Mapped[date]
    opens: Mapped[bool]
    hours: Mapped[list[str]]
    act: Mapped[str]
    act_date: Mapped[date | None]
    affects_terms: Mapped[bool]
    note: Mapped[str]
    since_version: Mapped[int] = mapped_column(ForeignKey("calendar_versions.number"))
    until_version: Mapped[int | None] = mapped_column(ForeignKey("calendar_versions.number"))


class Office(Base):
    """A department of the town hall."""

    __tablename__ = "offices"
    __table_args__ = (UniqueConstraint("site_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True, server_default=true())


class Topic(Base):
    """The first question of the kiosk, in the citizen's words; its turns share a letter."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("site_id", "code"), UniqueConstraint("site_id", "series"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str]
    series: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    hint: Mapped[str]
    hint_en: Mapped[str]
    icon: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True, server_default=true())

    services: Mapped[list[Service]] = relationship(order_by="Service.position", back_populates="topic")


class Service(Base):
    """Something a citizen comes for; `minutes` is what an attention is expected to take.

    `target_min` is the wait that is promised for it, where it is another than that of the site.
    """

    __tablename__ = "services"
    __table_args__ = (UniqueConstraint("site_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    hint: Mapped[str]
    hint_en: Mapped[str]
    minutes: Mapped[int]
    requirements: Mapped[list[str]]
    requirements_en: Mapped[list[str]]
    target_min: Mapped[int | None]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)

    topic: Mapped[Topic] = relationship(back_populates="services")
    office: Mapped[Office] = relationship()


window_services = Table(
    "window_services",
    Base.metadata,
    Column("window_id", ForeignKey("windows.id"), primary_key=True),
    Column("service_id", ForeignKey("services.id"), primary_key=True, index=True),
)


class Window(Base):
    """A desk with a number on the wall; `services` is what can be attended there."""

    __tablename__ = "windows"
    __table_args__ = (UniqueConstraint("site_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    label: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)

    services: Mapped[list[Service]] = relationship(secondary=window_services, order_by=Service.position)


class PriorityGroup(Base):
    """People whom the law puts first; a citizen declares it and nobody asks for proof or diagnosis.

    Sources: CPACA 5.6; Decreto-ley 19/2012 arts. 12 and 13; Leyes 1171/2007, 1251/2008 and 1618/2013.
    """

    __tablename__ = "priority_groups"
    __table_args__ = (UniqueConstraint("site_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    who: Mapped[str]
    who_en: Mapped[str]
    icon: Mapped[str]
    first_of_all: Mapped[bool]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Reason(Base):
    """A reason that an exception may give; `kind` is the exception (pick, skip, group, cancel, pause…)."""

    __tablename__ = "reasons"
    __table_args__ = (UniqueConstraint("site_id", "kind", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True, server_default=true())


class Result(Base):
    """How an attention may end: solved, oriented, filed as a petition, referred…"""

    __tablename__ = "results"
    __table_args__ = (UniqueConstraint("site_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True, server_default=true())


class Notice(Base):
    """A short text that the displays show between calls."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    text: Mapped[str]
    text_en: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class ServiceVersion(Base):
    """A sheet as it was published: never rewritten; it only ends, when the next one comes or when it is withdrawn.

    `sheet` is read by `core.catalogue.sheet.read`. `published_by` is empty for what came with the first content.
    """

    __tablename__ = "service_versions"
    __table_args__ = (
        UniqueConstraint("service_id", "number"),
        Index(
            "ux_service_versions_published",
            "service_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    number: Mapped[int]
    sheet: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    act: Mapped[str | None]
    until: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    withdrawn_because: Mapped[str | None]


class ServiceDraft(Base):
    """What is being written of a service and nobody outside sees; `saving` counts how often it was saved."""

    __tablename__ = "service_drafts"

    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"), primary_key=True)
    sheet: Mapped[dict[str, Any]]
    saving: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))


class Picture(Base):
    """An image that the displays show between calls; its name says what is on it."""

    __tablename__ = "pictures"
    __table_args__ = (UniqueConstraint("site_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str]
    digest: Mapped[str]
    media: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(deferred=True)
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
