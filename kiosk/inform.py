"""«Información»: the six contents of the plan, read at the kiosk before a turn is taken, also outside hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from core.errors import Missing
from core.information.pieces import Pieces, ServiceTold, Text, TopicTold
from core.information.writing import Block, Section, leaves
from core.web.database import db
from core.web.guard import for_device, this_device
from core.web.information import closed_day_text, told_of, week_of
from core.web.line import hour_of
from core.web.words import cost_text, language, term_text
from kiosk import bp
from kiosk.listen import spoken

ROOM, ROOM_IN_LARGE_LETTERS = 430, 250
"""Letters that a page holds on the smallest screen."""


@dataclass(frozen=True, slots=True)
class Way:
    """Something to touch."""

    title: str
    hint: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Book:
    """What is read page by page: its title, its pages, and the menu from which it was opened."""

    title: str
    pages: Sequence[Sequence[Section]]
    menu: str


@bp.get("/information")
@for_device("kiosk")
def information() -> ResponseReturnValue:
    return _menu(_("Información"), _("Toque lo que quiere saber."), _contents(_told()))


@bp.get("/information/speech")
@for_device("kiosk")
def information_speech() -> Response:
    return _said_menu(_("Información"), _contents(_told()))


@bp.get("/information/<content>")
@for_device("kiosk")
def chapters(content: str) -> ResponseReturnValue:
    """What a content is made of: the parts of a text, or the topics of the services."""
    title, ways = _chapters(content)
    return _menu(title, _("Toque lo que quiere saber."), ways, speech=url_for(".chapters_speech", content=content))


@bp.get("/information/<content>/speech")
@for_device("kiosk")
def chapters_speech(content: str) -> Response:
    return _said_menu(*_chapters(content))


@bp.get("/information/topics/<int:topic_id>")
@for_device("kiosk")
def topic_told(topic_id: int) -> ResponseReturnValue:
    """The services of a topic, to be read about."""
    title, ways = _services(topic_id)
    speech = url_for(".topic_told_speech", topic_id=topic_id)
    back = url_for(".chapters", content="services")
    return _menu(title, _("¿Sobre qué trámite quiere saber?"), ways, speech=speech, back=back)


@bp.get("/information/topics/<int:topic_id>/speech")
@for_device("kiosk")
def topic_told_speech(topic_id: int) -> Response:
    return _said_menu(*_services(topic_id))


@bp.get("/information/<content>/<int:part>/<int:page>")
@for_device("kiosk")
def reading(content: str, part: int, page: int) -> ResponseReturnValue:
    book = _book(content, part)
    return render_template(
        "kiosk/reading.html", book=book, sections=_page(book, page), content=content, part=part, page=page
    )


@bp.get("/information/<content>/<int:part>/<int:page>/speech")
@for_device("kiosk")
def reading_speech(content: str, part: int, page: int) -> Response:
    book = _book(content, part)
    lines = [
        said
        for section in _page(book, page)
        for said in (f"{section.title}." if section.title else "", *(line for b in section.blocks for line in b.lines))
    ]
    return spoken([f"{book.title}.", *lines])


def _told() -> Pieces:
    site_id = this_device().site_id
    return told_of(db.session(), site_id, hour_of(site_id).at)


def _contents(told: Pieces) -> list[Way]:
    """The first page: what there is to read."""
    ways = []
    if told.topics:
        hint = _("Requisitos, tiempo y costo.")
        ways.append(Way(_("Trámites"), hint, "file-text", url_for(".chapters", content="services")))
    if told.charter:
        hint = _("Qué puede exigir y cómo.")
        ways.append(Way(_("Sus derechos"), hint, "scale", url_for(".chapters", content="rights")))
    hint = _("Cuándo y dónde atendemos.")
    ways.append(Way(_("Horarios y puntos"), hint, "clock", url_for(".reading", content="hours", part=1, page=1)))
    if told.complaints:
        hint = _("A quién decirle qué salió mal.")
        ways.append(Way(_("Poner una queja"), hint, "message-square", url_for(".chapters", content="complaints")))
    return ways


def _chapters(content: str) -> tuple[str, list[Way]]:
    """Raises Missing for what has no chapters."""
    told = _told()
    if content == "services":
        return _("Trámites"), [
            Way(_name(topic), topic.hint.in_language(language()), topic.icon, _topic_url(topic))
            for topic in told.topics
        ]
    title = _("Carta de trato digno") if content == "rights" else _("A quién poner una queja")
    return title, [
        Way(section.title or title, "", "arrow-right", url_for(".reading", content=content, part=part, page=1))
        for part, section in enumerate(_sections(told, content), 1)
    ]


def _services(topic_id: int) -> tuple[str, list[Way]]:
    topic = next((topic for topic in _told().topics if topic.id == topic_id), None)
    if topic is None:
        raise Missing
    return _name(topic), [
        Way(
            service.in_language(language()).name,
            "",
            "arrow-right",
            url_for(".reading", content="service", part=service.id, page=1),
        )
        for service in topic.services
    ]


def _book(content: str, part: int) -> Book:
    """Raises Missing for a part that there is not."""
    told, room = _told(), ROOM_IN_LARGE_LETTERS if visit.get("text") == "large" else ROOM
    if content == "hours":
        return Book(_("Horarios y puntos"), leaves(_hours(told), room), url_for(".information"))
    if content == "service":
        service = next((service for service in told.services if service.id == part), None)
        if service is None:
            raise Missing
        menu = next(topic for topic in told.topics if service in topic.services)
        return Book(service.in_language(language()).name, leaves(_sheet(service), room), _topic_url(menu))
    parts = _sections(told, content)
    if not 1 <= part <= len(parts):
        raise Missing
    section = parts[part - 1]
    title = _("Carta de trato digno") if content == "rights" else _("A quién poner una queja")
    pages = leaves([Section("", section.blocks)], room)
    return Book(section.title or title, pages, url_for(".chapters", content=content))


def _page(book: Book, page: int) -> Sequence[Section]:
    if not 1 <= page <= len(book.pages):
        raise Missing
    return book.pages[page - 1]


def _sections(told: Pieces, content: str) -> list[Section]:
    """The parts of a text; before those of the complaints, to whom they are addressed, when that is known.

    Raises Missing for another text, and for one that nobody has published.
    """
    text: Text | None = {"rights": told.charter, "complaints": told.complaints}.get(content)
    if text is None:
        raise Missing
    whom = tuple(told.contact.get(field, "") for field in ("person", "position", "office", "place", "phone", "email"))
    first = [] if content == "rights" else _listed(_("Diríjala a"), whom)
    return [*first, *text.in_language(language())]


def _hours(told: Pieces) -> list[Section]:
    week = [f"{days.days}: {_stretches(days.hours)}." for days in week_of(told.hours)]
    return [
        *_listed(_("Horario"), week),
        *_listed(_("Próximos días sin atención"), map(closed_day_text, told.closed_days)),
        *_listed(_("Dónde"), [f"{told.site}. {told.address}."]),
        *_listed(_("Cómo llegar y entrar"), [told.way.in_language(language())]),
    ]


def _stretches(hours: Sequence[str]) -> str:
    return _(" y de ").join(hours) if hours else _("cerrado")


def _sheet(service: ServiceTold) -> list[Section]:
    """What a service asks for and gives, shortest first."""
    sheet = service.in_language(language())
    named = ", ".join(service.windows)
    count = len(service.windows)
    windows = ngettext("Ventanilla %(labels)s", "Ventanillas %(labels)s", count, labels=named) if named else ""
    bring = sheet.requirements or ((_("No tiene que traer documentos."),) if "requirements" in sheet.without else ())
    return [
        *_listed(_("Qué traer"), bring),
        *_listed(_("Cuánto demora"), [term_text(sheet)]),
        *_listed(_("Cuánto cuesta"), [cost_text(sheet)]),
        *_listed(_("Quién puede pedirlo"), [sheet.who]),
        *_listed(_("Qué recibe"), [sheet.result]),
        *_listed(_("Paso a paso"), sheet.steps),
        *_listed(_("Dónde"), [f"{service.office}. {windows}".strip(". ")]),
    ]


def _listed(title: str, lines: Iterable[str]) -> list[Section]:
    """A section with these lines, or none if they say nothing."""
    said = tuple(line for line in lines if line)
    return [Section(title, (Block(len(said) > 1, said),))] if said else []


def _menu(title: str, lead: str, ways: list[Way], speech: str | None = None, back: str | None = None) -> str:
    speech = speech or url_for(".information_speech")
    page: dict[str, Any] = {"title": title, "lead": lead, "ways": ways, "speech_url": speech, "back": back}
    return render_template("kiosk/information.html", **page)


def _said_menu(title: str, ways: list[Way]) -> Response:
    return spoken([f"{title}.", *(part for way in ways for part in (f"{way.title}.", way.hint))])


def _name(topic: TopicTold) -> str:
    return topic.name.in_language(language())


def _topic_url(topic: TopicTold) -> str:
    return url_for(".topic_told", topic_id=topic.id)
