"""What a display is told: the calls, the waits, the notices and the hour of its site, and nothing of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.hours import opening
from core.catalogue.model import Notice, Picture, Service, Site, Topic, window_services
from core.clock import milliseconds
from core.devices import DEFAULTS, Paired
from core.information.pieces import Pieces
from core.information.writing import gist
from core.turns import board
from core.turns.waits import whole_range
from core.web.information import closed_day_text, told_of, week_of
from core.web.shared import once_a_minute
from core.web.words import LANGUAGES, term_text, wait_text

Told = dict[str, Any]
ROOM = Path(__file__).parent
LONGEST_FACT = 100
"""Letters of a line of the foot that is still read from the farthest seat."""
SHOWN_FOR = board.STILL_VALID_FOR // timedelta(milliseconds=1)
"""How long the last call stays on the big panel, in milliseconds; then the panel greets whoever enters."""


def told_to(session: Session, device: Paired, at: datetime) -> Told:
    """The state of the hall as this display may know it; `now` and `at` in milliseconds.

    The number of the last event is read first: what comes after it is told by its own message.
    """
    settings = settings_of(device)
    zone = board.Zone(settings["windows"], settings["services"])
    return {
        "seq": board.last_seq(session, device.site_id),
        "now": milliseconds(at),
        "version": version(device),
        "site": session.get_one(Site, device.site_id).name,
        "windows": zone.windows,
        "services": zone.services,
        "volume": settings["volume"],
        "voice": settings["voice"],
        "calls": [call.as_json() for call in board.wall(session, device.site_id, at, zone)],
        "waits": waits_by_topic(session, device.site_id, zone, at),
        "notices": notices_of(session, device.site_id),
        "facts": facts_of(session, device.site_id, at),
        "pictures": pictures_of(session, device.site_id),
    }


def shown(calls: list[Told], at: datetime) -> tuple[Told | None, list[Told]]:
    """The call on the big panel, if any is that recent, and the others beside it; as screen.js draws them."""
    current = next((call for call in calls if milliseconds(at) - call["at"] < SHOWN_FOR), None)
    return current, [call for call in calls if call is not current]


def is_name(window: str) -> bool:
    """Whether a window is called by a word («Comisaría») and not by a number; as screen.js tells them apart."""
    return re.search(r"[^\W\d_]{3,}", window) is not None


def settings_of(device: Paired) -> dict[str, Any]:
    """The settings of this display, with the usual value for what nobody has set."""
    return {**DEFAULTS["display"], **device.settings}


def waits_by_topic(session: Session, site_id: int, zone: board.Zone, at: datetime) -> list[dict[str, str]]:
    """For each topic of the zone attended now, how long who arrived now would wait; nobody arrives outside hours."""
    if not opening(session, site_id, at).open:
        return []
    topics: dict[str, list[int]] = {}
    offered = (
        select(Topic.name, Service.id)
        .join(Service, Service.topic_id == Topic.id)
        .where(Service.site_id == site_id, Service.active, Topic.active)
        .order_by(Topic.position, Service.position)
    )
    if zone.windows:
        here = select(window_services.c.service_id).where(window_services.c.window_id.in_(zone.windows))
        offered = offered.where(Service.id.in_(here))
    if zone.services:
        offered = offered.where(Service.id.in_(zone.services))
    for name, service_id in session.execute(offered):
        topics.setdefault(name, []).append(service_id)
    waits = board.wait_for(session, site_id, [service for services in topics.values() for service in services], at)
    ranges = {name: whole_range(waits[service] for service in services) for name, services in topics.items()}
    return [{"topic": name, "wait": wait_text(wait)} for name, wait in ranges.items() if wait.high is not None]


def notices_of(session: Session, site_id: int) -> list[dict[str, str]]:
    """The notices that are shown between calls, in their order, each in Spanish and then in English."""
    rows = select(Notice.text, Notice.text_en).where(Notice.site_id == site_id, Notice.active).order_by(Notice.position)
    return [
        {"language": language, "text": text}
        for row in session.execute(rows)
        for language, text in zip(LANGUAGES, row, strict=True)
        if text
    ]


def facts_of(session: Session, site_id: int, at: datetime) -> list[dict[str, str]]:
    """The six contents in lines that a hall reads from afar, one of each content after another."""

    def lines() -> list[dict[str, str]]:
        told = told_of(session, site_id, at)
        with force_locale("es"):
            by_content = [_rights(told), _times(told), _bring(told), _hours(told), _complaints(told)]
        return [line for lines in zip_longest(*by_content) for line in lines if line is not None]

    return once_a_minute(session, site_id, at, "facts of the wall", lines)


def _line(title: str, text: str) -> dict[str, str]:
    return {"title": title, "text": text}


def _fits(lines: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Those that are read from the farthest seat; a longer one is read on the other faces."""
    return [line for line in lines if 0 < len(line["text"]) <= LONGEST_FACT]


def _rights(told: Pieces) -> list[dict[str, str]]:
    """The gist of each right and duty."""
    parts = told.charter.parts if told.charter else ()
    return _fits(
        _line(part.title, gist(line))
        for part in parts
        for block in part.blocks
        if part.title and block.is_list
        for line in block.lines
    )


def _times(told: Pieces) -> list[dict[str, str]]:
    return _fits(
        _line(service.sheet.name, _("Demora: %(time)s", time=term_text(service.sheet).lower()))
        for service in told.services
        if term_text(service.sheet)
    )


def _bring(told: Pieces) -> list[dict[str, str]]:
    return _fits(
        _line(service.sheet.name, _("Traiga: %(what)s", what=requirement))
        for service in told.services
        for requirement in service.sheet.requirements[:1]
    )


def _hours(told: Pieces) -> list[dict[str, str]]:
    week = [_line(days.days, _(" y de ").join(days.hours)) for days in week_of(told.hours) if days.stretches]
    closed = [_line(_("Próximo día sin atención"), closed_day_text(day)) for day in told.closed_days[:1]]
    return _fits([*week, *closed])


def _complaints(told: Pieces) -> list[dict[str, str]]:
    """Whom to address, when that is known; then what to do, in short."""
    whom = ", ".join(part for part in map(told.contact.get, ("person", "position", "office")) if part)
    parts = told.complaints.parts if told.complaints else ()
    lines = [gist(line) for part in parts for block in part.blocks if block.is_list for line in block.lines]
    return _fits([_line(_("Quejas y reclamos"), line) for line in (whom, *lines)])


def pictures_of(session: Session, site_id: int) -> list[dict[str, str]]:
    """The images that are shown between calls, in their order: where each is, and what is on it."""
    rows = select(Picture.digest, Picture.name).where(Picture.site_id == site_id, Picture.active)
    return [
        {"url": url_for("display.picture", digest=digest), "text": name}
        for digest, name in session.execute(rows.order_by(Picture.position, Picture.id))
    ]


def call_words() -> dict[str, dict[str, str]]:
    """What stands beside the number and the window, by the language in which the turn was asked for."""
    words = {}
    for language in LANGUAGES:
        with force_locale(language):
            words[language] = {"turn": _("Turno"), "window": _("Ventanilla")}
    return words


def version(device: Paired) -> str:
    """A word that changes when the page of this display would: a new product, or new settings of the screen."""
    return sha256(f"{_files()} {sorted(settings_of(device).items())}".encode()).hexdigest()[:12]


@cache
def _files() -> str:
    parts = sorted(path for kind in ("static", "templates") for path in (ROOM / kind).rglob("*") if path.is_file())
    return sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()
