"""Cases as people write them, in options or in a CSV file: cells become facts, or one sentence says which is wrong."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.calendar import Calendar, Hours, Special
from core.clock import BOGOTA
from core.petitions.counting import after_hours
from core.petitions.facts import Clarification, Extension, Facts, Ground, Policy
from core.petitions.limits import LONGEST_FIXED, WhyNot, check_asking
from core.petitions.names import WHY_NOT
from core.petitions.terms import Kind, NoTerm

COLUMNS = ("kind", "received", "asked", "answered", "extended", "closed", "policy")
NEEDED = COLUMNS[:2]
DUE = "due"
MOST_ROWS = 100_000
FIRST_YEAR, LAST_YEAR = 2000, 2100
CLOSED_BY_HAND = "indicado a mano"
YES, NO = {"1", "true", "yes", "si", "sí", "x"}, {"", "0", "false", "no"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


class BadCase(Exception):
    """A cell, row or file that says nothing that can be counted; the Spanish sentence says which and why."""


@dataclass(frozen=True, slots=True)
class Case:
    """What was written: the facts, the calendar with the days closed by hand, and what the law would not allow."""

    facts: Facts
    calendar: Calendar
    instant: datetime | None = None
    warnings: tuple[WhyNot, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A CSV file: its titles, its cells by title with the line on which each row ends, and what parts its cells."""

    titles: list[str]
    rows: list[tuple[int, dict[str, str]]]
    separator: str


def case_of(cells: Mapping[str, str], calendar: Calendar, hours: Sequence[Hours]) -> Case:
    """The case that a row tells, over the calendar and the office hours. Raises BadCase."""
    kind = Kind(_one_of(cells, "kind", Kind))
    policy = Policy(_one_of(cells, "policy", Policy)) if _cell(cells, "policy") else Policy.STRICT
    received, instant = _received(cells)
    calendar = with_closed(calendar, _days(cells, "closed"))
    facts = Facts(
        kind=kind,
        received=received,
        after_hours=instant is not None and after_hours(instant, hours, calendar),
        policy=policy,
        length=_length(cells),
    )
    try:
        term = facts.term
    except NoTerm:
        raise BadCase(f"received: no se conoce el término que regía el {received:%d/%m/%Y}") from None
    if facts.length is not None and not term.editable:
        raise BadCase(f"days: {WHY_NOT[WhyNot.TERM_IS_FIXED]}")
    if _yes(cells, "extended"):
        if term.extra is None:
            raise BadCase(f"extended: {WHY_NOT[WhyNot.KIND_NEVER_EXTENDED]}")
        facts = replace(facts, extension=Extension())
    pause = _pause(cells, received)
    if pause is None:
        return Case(facts, calendar, instant)
    refused = check_asking(facts, pause.asked, Ground.INCOMPLETE, calendar)
    return Case(replace(facts, clarifications=(pause,)), calendar, instant, (refused,) if refused else ())


def with_closed(calendar: Calendar, days: Iterable[date]) -> Calendar:
    """The calendar, with days on which the entity was closed and nothing counted."""
    closed = [Special(opens=False, act=CLOSED_BY_HAND, affects_terms=True)]
    more = dict.fromkeys(days, closed)
    return replace(calendar, special={**calendar.special, **more}) if more else calendar


def read(data: bytes) -> Rows:
    """The rows of a CSV file in UTF-8, with or without its mark, parted by comma, semicolon or tab. Raises BadCase."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadCase("La entrada no está escrita en UTF-8.") from None
    if "\0" in text:
        raise BadCase("La entrada tiene caracteres que no son de texto.")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        titles = [title.strip().lower() for title in next(lines, [])]
        _check_titles(titles)
        rows = [(lines.line_num, cells) for cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error:
        raise BadCase(f"Línea {lines.line_num}: no es un CSV bien escrito.") from None
    if not rows:
        raise BadCase("La entrada no trae ningún caso después de los títulos.")
    if len(rows) > MOST_ROWS:
        raise BadCase(f"Son demasiados casos: traiga {MOST_ROWS} o menos a la vez.")
    for line, cells in rows:
        if len(cells) != len(titles):
            raise BadCase(f"Línea {line}: tiene {len(cells)} celdas y los títulos son {len(titles)}.")
    return Rows(titles, [(line, dict(zip(titles, cells, strict=True))) for line, cells in rows], separator)


def write(rows: Rows, due_of: Callable[[dict[str, str]], date | None]) -> str:
    """The same rows with the day on which each is due, empty where there is none. Raises BadCase naming the line."""
    titles = [title for title in rows.titles if title != DUE]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=rows.separator, lineterminator="\n")
    writer.writerow([*titles, DUE])
    for line, cells in rows.rows:
        try:
            due = due_of(cells)
        except BadCase as bad:
            raise BadCase(f"Línea {line}, {bad}") from None
        writer.writerow([*(cells[title] for title in titles), due.isoformat() if due else ""])
    return out.getvalue()


def _check_titles(titles: Sequence[str]) -> None:
    for column in NEEDED:
        if column not in titles:
            raise BadCase(f"Línea 1: falta la columna {column}. Las columnas son {', '.join(COLUMNS)}.")
    for title in titles:
        if titles.count(title) > 1:
            raise BadCase(f"Línea 1: la columna {title[:40] or 'sin título'} está repetida.")


def _cell(cells: Mapping[str, str], column: str) -> str:
    return cells.get(column, "").strip()


def _quoted(text: str) -> str:
    return f"«{' '.join(text.split())[:40]}»"


def _one_of(cells: Mapping[str, str], column: str, known: Iterable[str]) -> str:
    text, words = _cell(cells, column), list(known)
    if text not in words:
        said = f"{_quoted(text)} no es una de" if text else "falta; escriba una de"
        raise BadCase(f"{column}: {said} {', '.join(words)}")
    return text


def _yes(cells: Mapping[str, str], column: str) -> bool:
    text = _cell(cells, column).lower()
    if text not in YES | NO:
        raise BadCase(f"{column}: {_quoted(text)} no es sí ni no")
    return text in YES


def _length(cells: Mapping[str, str]) -> int | None:
    text = _cell(cells, "days")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LONGEST_FIXED):
        raise BadCase(f"days: {_quoted(text)} no es un número de 1 a {LONGEST_FIXED}")
    return int(text)


def day_of(column: str, text: str) -> date:
    """«2026-06-26» as a day; no other form. Raises BadCase."""
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise BadCase(f"{column}: {_quoted(text)} no es una fecha como 2026-06-26")
    _check_year(column, found)
    return found


def _check_year(column: str, day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCase(f"{column}: el año {day.year} no está entre {FIRST_YEAR} y {LAST_YEAR}")


def _received(cells: Mapping[str, str]) -> tuple[date, datetime | None]:
    """The civil day of Bogotá, and the instant if an hour is said; one without a zone is of Bogotá."""
    text = _cell(cells, "received")
    if not text:
        raise BadCase("received: falta; escriba una fecha como 2026-06-26 o 2026-06-26T09:30")
    if not _INSTANT.fullmatch(text):
        return day_of("received", text), None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadCase(f"received: {_quoted(text)} no es una fecha con hora como 2026-06-26T09:30") from None
    _check_year("received", instant.date())
    instant = instant.astimezone(BOGOTA) if instant.tzinfo else instant.replace(tzinfo=BOGOTA)
    return instant.date(), instant


def _days(cells: Mapping[str, str], column: str) -> list[date]:
    return [day_of(column, text.strip()) for text in _cell(cells, column).split(",") if text.strip()]


def _pause(cells: Mapping[str, str], received: date) -> Clarification | None:
    asked, answered = _cell(cells, "asked"), _cell(cells, "answered")
    if not asked:
        if answered:
            raise BadCase("answered: falta la fecha en que se pidió completar (asked)")
        return None
    request = day_of("asked", asked)
    if request < received:
        raise BadCase(f"asked: {WHY_NOT[WhyNot.BEFORE_RECEIVED]}")
    completed = day_of("answered", answered) if answered else None
    if completed and completed < request:
        raise BadCase(f"answered: {WHY_NOT[WhyNot.BEFORE_ASKED]}")
    return Clarification(request, completed)
