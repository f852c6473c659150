"""The six contents of a site as plain values, from their one source: what every face draws and nobody writes twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.calendar import Calendar, Hours, stretches_on
from core.catalogue import offer
from core.catalogue.days import calendar_of, holidays_in_english
from core.catalogue.model import PriorityGroup, Site
from core.catalogue.sheet import IMMEDIATE, Sheet, in_english, untranslated
from core.information.actions import in_force
from core.information.gaps import Content, Known, ServiceKnown, TextKnown
from core.information.model import CHARTER, COMPLAINTS, PublicText, Review
from core.information.writing import Section, sections

_CONTENT_OF = {CHARTER: Content.RIGHTS, COMPLAINTS: Content.COMPLAINTS}
CLOSED_DAYS_TOLD, CLOSED_DAYS_WITHIN = 3, timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in both languages; what has no English is said in Spanish."""

    es: str
    en: str

    def in_language(self, language: str) -> str:
        return (language == "en" and self.en) or self.es


@dataclass(frozen=True, slots=True)
class Text:
    """A text in force, in its parts; `parts_en` is empty when nobody has translated it."""

    year: int
    number: int
    act: str
    since: date
    parts: tuple[Section, ...]
    parts_en: tuple[Section, ...]

    def in_language(self, language: str) -> tuple[Section, ...]:
        return (language == "en" and self.parts_en) or self.parts


@dataclass(frozen=True, slots=True)
class ServiceTold:
    """A service, its sheet as it was published, and where it is asked for."""

    id: int
    topic: Said
    sheet: Sheet
    office: str
    windows: tuple[str, ...]
    since: date

    def in_language(self, language: str) -> Sheet:
        return in_english(self.sheet) if language == "en" else self.sheet


@dataclass(frozen=True, slots=True)
class TopicTold:
    """A topic and its services, in the order of the kiosk."""

    id: int
    name: Said
    hint: Said
    icon: str
    services: tuple[ServiceTold, ...]


@dataclass(frozen=True, slots=True)
class ClosedTold:
    """A day on which the site would open by its hours and does not; `why` is the holiday or the act that says so."""

    day: date
    why: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What the public is told of a site. `updated`: when anything of it last changed or was last seen to be true."""

    site_id: int
    site: str
    address: str
    way: Said
    charter: Text | None
    complaints: Text | None
    contact: Mapping[str, str]
    topics: tuple[TopicTold, ...]
    hours: tuple[Hours, ...]
    closed_days: tuple[ClosedTold, ...]
    priority: tuple[tuple[Said, Said], ...]
    reviewed: Mapping[Content, date]
    updated: date

    @property
    def services(self) -> list[ServiceTold]:
        return [service for topic in self.topics for service in topic.services]


def pieces(session: Session, site: Site, at: datetime) -> Pieces:
    """What every face tells of the site at `at`."""
    charter, complaints = in_force(session, CHARTER), in_force(session, COMPLAINTS)
    topics = _topics(session, site.id)
    hours = tuple(Hours(row.weekday, row.opens, row.closes) for row in site.hours)
    reviewed = _reviewed(session, site.id, charter, complaints)
    days = [*reviewed.values(), *(service.since for topic in topics for service in topic.services)]
    return Pieces(
        site_id=site.id,
        site=site.name,
        address=site.address,
        way=Said(site.way, site.way_en),
        charter=as_read(charter) if charter else None,
        complaints=as_read(complaints) if complaints else None,
        contact=complaints.contact if complaints else {},
        topics=topics,
        hours=hours,
        closed_days=_closed_days(session, site, at.date(), hours),
        priority=_priority(session, site.id),
        reviewed=reviewed,
        updated=max(days, default=at.date()),
    )


def known(sight: Pieces) -> Known:
    """What the rules of `gaps` ask of the pieces."""
    return Known(
        charter=_known_text(sight.charter),
        complaints=_known_text(sight.complaints),
        contact=sight.contact,
        services=[_known_service(service.id, service.sheet) for service in sight.services],
        hours=sight.hours,
        has_address=bool(sight.address),
        has_way=bool(sight.way.es),
        reviewed=sight.reviewed,
    )


def known_on(session: Session, site: Site, sheets: Sequence[tuple[int, Sheet]], at: datetime) -> Known:
    """What was known before an instant that is past, `sheets` being the services that were published then.

    Of hours, addresses and the way in no version is kept: they are those of today.
    """
    charter, complaints = in_force(session, CHARTER, before=at), in_force(session, COMPLAINTS, before=at)
    return Known(
        charter=_known_text(as_read(charter) if charter else None),
        complaints=_known_text(as_read(complaints) if complaints else None),
        contact=complaints.contact if complaints else {},
        services=[_known_service(service_id, sheet) for service_id, sheet in sheets],
        hours=[Hours(row.weekday, row.opens, row.closes) for row in site.hours],
        has_address=bool(site.address),
        has_way=bool(site.way),
        reviewed=_reviewed(session, site.id, charter, complaints, before=at),
    )


def as_read(text: PublicText) -> Text:
    """A text as the public reads it, or, of a draft, as it would."""
    parts, parts_en = tuple(sections(text.body)), tuple(sections(text.body_en))
    return Text(text.year, text.number, text.act, (text.published_at or text.written_at).date(), parts, parts_en)


def _known_text(text: Text | None) -> TextKnown | None:
    return TextKnown(text.year, text.act, bool(text.parts_en)) if text else None


def _known_service(service_id: int, sheet: Sheet) -> ServiceKnown:
    return ServiceKnown(
        service_id,
        sheet.name,
        described=bool(sheet.hint),
        in_english=not untranslated(sheet),
        has_time=sheet.time_unit == IMMEDIATE or bool(sheet.time_unit and sheet.time_value),
        requirements_told=bool(sheet.requirements) or "requirements" in sheet.without,
    )


def _topics(session: Session, site_id: int) -> tuple[TopicTold, ...]:
    published = offer.published(session, site_id)
    topics = []
    for topic, services in groupby(published, lambda one: one.service.topic):
        name = Said(topic.name, topic.name_en)
        topics.append(
            TopicTold(
                topic.id,
                name,
                Said(topic.hint, topic.hint_en),
                topic.icon,
                tuple(
                    ServiceTold(one.service.id, name, one.sheet, one.place.office, one.place.windows, one.since.date())
                    for one in services
                ),
            )
        )
    return tuple(topics)


def _reviewed(
    session: Session, site_id: int, *texts: PublicText | None, before: datetime | None = None
) -> dict[Content, date]:
    """When each content was last seen to be true. To publish a text is to have read it, if somebody did it."""
    query = select(Review.content, func.max(Review.at)).where(Review.site_id == site_id).group_by(Review.content)
    rows = session.execute(query if before is None else query.where(Review.at < before))
    days = {Content(content): at.date() for content, at in rows}
    for text in texts:
        if text and text.published_at and text.published_by:
            content = _CONTENT_OF[text.kind]
            days[content] = max(days.get(content, date.min), text.published_at.date())
    return days


def _priority(session: Session, site_id: int) -> tuple[tuple[Said, Said], ...]:
    groups = session.scalars(
        select(PriorityGroup)
        .where(PriorityGroup.site_id == site_id, PriorityGroup.active)
        .order_by(PriorityGroup.position)
    )
    return tuple((Said(group.name, group.name_en), Said(group.who, group.who_en)) for group in groups)


def _closed_days(session: Session, site: Site, today: date, hours: Sequence[Hours]) -> tuple[ClosedTold, ...]:
    """The next days on which it would open by its hours and does not."""
    calendar, usual = calendar_of(session, site.id), {row.weekday for row in hours}
    days = (today + timedelta(days=ahead) for ahead in range(CLOSED_DAYS_WITHIN.days + 1))
    closed = (day for day in days if day.isoweekday() in usual and not stretches_on(day, hours, calendar))
    return tuple(ClosedTold(day, _why(day, calendar)) for day in islice(closed, CLOSED_DAYS_TOLD))


def _why(day: date, calendar: Calendar) -> Said:
    """The act that closes the day, which has one language, or the holidays that fall on it."""
    act = next((special.act for special in calendar.special.get(day, ())), "")
    if act:
        return Said(act, "")
    return Said(" y ".join(calendar.holidays(day)), " and ".join(holidays_in_english(day)))
