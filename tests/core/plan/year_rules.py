"""What of the services and of the six contents was there on a day: plain queries for the rows, and the law said again.

Nothing of the product reads or judges them here: it would only agree with itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.clock import BOGOTA

PUBLISHED = """SELECT v.service_id, CAST(v.sheet AS TEXT) AS sheet FROM service_versions v
    JOIN services s ON s.id = v.service_id
    WHERE v.since < :after AND (v.until IS NULL OR v.until >= :after) AND s.site_id = :site"""
SITES = "SELECT id, address, way FROM sites WHERE active"
HOURS = "SELECT CAST(opens AS TEXT) AS opens, CAST(closes AS TEXT) AS closes FROM opening_hours WHERE site_id = :site"
TEXT = """SELECT year, act, body_en, CAST(contact AS TEXT) AS contact, published_at, published_by FROM public_texts
    WHERE kind = :kind AND published_at < :after ORDER BY number DESC LIMIT 1"""
REVIEWED = "SELECT max(at) FROM information_reviews WHERE site_id = :site AND content = :content AND at < :after"

IN_BOTH = (
    *("name", "hint", "who", "result", "requirements", "documents", "steps", "cost", "time_note", "where_note"),
    "keywords",
)
"""What a sheet says in Spanish and in English."""


def whole_services(session: Session, last: date) -> set[int]:
    """The services that were published at the end of a day and whose sheet lacked nothing then."""
    every = session.execute(text("SELECT id FROM sites")).scalars()
    sheets = [one for site in every for one in _published(session, site, last)]
    return {number for number, sheet in sheets if _is_whole(sheet, last)}


def what_lacks(session: Session, last: date) -> list[int]:
    """How many things each of the six contents lacked at the sites together, in the order of activity 4.1.5."""
    found = [0] * 6
    for site in session.execute(text(SITES)).all():
        each = (
            _rights(session, last),
            *_services([sheet for _number, sheet in _published(session, site.id, last)]),
            _hours(session, site),
            _complaints(session, last),
        )
        unseen = _not_reviewed(session, site.id, last)
        found = [sum(three) for three in zip(found, each, unseen, strict=True)]
    return found


def _published(session: Session, site: int, last: date) -> list[tuple[int, dict[str, Any]]]:
    rows = session.execute(text(PUBLISHED), {"after": _after(last), "site": site}).all()
    return [(row.service_id, json.loads(row.sheet)) for row in rows]


def _is_whole(sheet: Mapping[str, Any], last: date) -> bool:
    """Ley 1712 art. 11 (b): norms, steps, costs, forms; CPACA art. 8: requirements, documents, time; and the rest."""
    rightly_without = sheet.get("without", ())
    return (
        all(sheet.get(part) for part in ("who", "result", "steps", "norms", "keywords"))
        and all(sheet.get(part) or part in rightly_without for part in ("requirements", "documents", "online", "suit"))
        and bool(sheet.get("form") or sheet.get("form_link") or "form" in rightly_without)
        and bool(sheet.get("cost_kind") == "free" or (sheet.get("cost_kind") == "tariff" and sheet.get("cost")))
        and _has_time(sheet)
        and _in_english(sheet)
        and "reviewed" in sheet
        and (last - date.fromisoformat(sheet["reviewed"])).days <= 365
    )


def _has_time(sheet: Mapping[str, Any]) -> bool:
    unit = sheet.get("time_unit")
    return unit == "immediate" or bool(unit and sheet.get("time_value"))


def _in_english(sheet: Mapping[str, Any]) -> bool:
    return all(sheet.get(f"{part}_en") for part in IN_BOTH if sheet.get(part))


def _rights(session: Session, last: date) -> int:
    """CPACA art. 7.5: the charter is written, adopted and renewed every year; and it is told in English."""
    charter = _text(session, "charter", last)
    return (charter.year != last.year) + (not charter.act) + (not charter.body_en.strip())


def _services(sheets: Sequence[Mapping[str, Any]]) -> tuple[int, int, int]:
    """What services there are, how long they take and what they ask for."""
    if not sheets:
        return 1, 0, 0
    told = all(one.get("hint") for one in sheets), all(_in_english(one) for one in sheets)
    asks = all(one.get("requirements") or "requirements" in one.get("without", ()) for one in sheets)
    return 2 - sum(told), 1 - all(_has_time(one) for one in sheets), 1 - asks


def _hours(session: Session, site: Any) -> int:
    """CPACA art. 7.2: forty hours a week at least; and where it is and how one gets in."""
    rows = session.execute(text(HOURS), {"site": site.id}).all()
    week = sum(_minutes(row.closes) - _minutes(row.opens) for row in rows)
    return (week < 40 * 60) + (not site.address) + (not site.way)


def _complaints(session: Session, last: date) -> int:
    """Whom to complain to (office, name, post), by which way, and the same in English."""
    told = _text(session, "complaints", last)
    contact = json.loads(told.contact)
    named = all(contact.get(part) for part in ("office", "person", "position"))
    reached = any(contact.get(part) for part in ("phone", "email", "place"))
    return 3 - named - reached - bool(told.body_en.strip())


def _not_reviewed(session: Session, site: int, last: date) -> list[bool]:
    """Of each content whether nobody saw within the year that it is true; who publishes a text has seen it."""
    found = []
    for content in ("rights", "services", "times", "requirements", "hours", "complaints"):
        values = {"site": site, "content": content, "after": _after(last)}
        seen = session.execute(text(REVIEWED), values).scalar_one() or 0
        kind = {"rights": "charter"}.get(content, content)
        written = _text(session, kind, last) if kind in ("charter", "complaints") else None
        if written and written.published_by:
            seen = max(seen, written.published_at)
        found.append(datetime.fromtimestamp(seen / 1000, BOGOTA).date() < last.replace(year=last.year - 1))
    return found


def _text(session: Session, kind: str, last: date) -> Any:
    """The version in force at the end of a day."""
    return session.execute(text(TEXT), {"kind": kind, "after": _after(last)}).one()


def _after(last: date) -> int:
    """The first instant after a day, as the rows say it."""
    end = last + timedelta(days=1)
    return int(datetime(end.year, end.month, end.day, tzinfo=BOGOTA).timestamp() * 1000)


def _minutes(hour: str) -> int:
    return 60 * int(hour[:2]) + int(hour[3:5])
