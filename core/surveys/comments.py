"""What people wrote in surveys: who reads it, sorted by themes, blacked out where it names somebody, and passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.db import leave_no_trace
from core.errors import N_, Invalid, Missing, Refused
from core.events import Who
from core.people.rights import Permission, Reach, Reader, reaches
from core.personal import BLACK, blacked
from core.surveys.model import Comment, SurveyVersion, Theme

A_PAGE, MOST_PAGES = 30, 200
LONGEST_THEME = 60
UNTHEMED = "-"
"""What a filter asks for that wants the comments without a theme."""


class Why(StrEnum):
    """Why something of a comment is blacked out for good."""

    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SOMEBODY_ELSE = "somebody_else"


class NoComment(Missing):
    message = N_("Ese comentario no existe o no es de su dependencia.")


class FiledAlready(Refused):
    message = N_("De ese comentario ya se radicó una petición.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is asked for; `first` and `last` are days, and a comment knows its month. `theme` may be UNTHEMED."""

    survey_id: int | None = None
    first: date | None = None
    last: date | None = None
    theme: str = ""
    unread: bool = False
    office_id: int | None = None
    service_id: int | None = None
    page: int = 1


def readable(reader: Reader) -> ColumnElement[bool]:
    """The comments that this official may read: of the own office or site, and those that say of neither."""
    far = {reaches(role, Permission.READ_SURVEY_COMMENTS) for role in reader.roles} - {None}
    here = Comment.site_id.is_(None) | (Comment.site_id == reader.site_id)
    if far - {Reach.OFFICE}:
        return here
    mine = Comment.office_id.is_(None) | Comment.office_id.in_(reader.offices)
    return and_(here, mine) if far else Comment.id.is_(None)


def comment_for(session: Session, reader: Reader, comment_id: int, *, lock: bool = False) -> Comment:
    """One that this official may read; `lock` holds it until the transaction ends. Raises NoComment."""
    query = select(Comment).where(Comment.id == comment_id, readable(reader))
    query = query.execution_options(populate_existing=True)
    found = session.scalar(query.with_for_update(of=Comment) if lock else query)
    if found is None:
        raise NoComment
    return found


def look(session: Session, reader: Reader, asked: Asked) -> tuple[Sequence[Comment], bool]:
    """A page of the list and whether there is more: by month, and within it in the order of numbers drawn at random."""
    query = select(Comment).where(*_filters(reader, asked)).order_by(Comment.month.desc(), Comment.id)
    rows = session.scalars(query.offset((asked.page - 1) * A_PAGE).limit(A_PAGE + 1)).all()
    return rows[:A_PAGE], len(rows) > A_PAGE


def count(session: Session, reader: Reader, asked: Asked) -> int:
    """How many there are of what was asked for."""
    return session.scalar(select(func.count()).select_from(Comment).where(*_filters(reader, asked))) or 0


def note_read(session: Session, site_id: int, by: int, at: datetime, comment_id: int | None = None) -> None:
    """Write into the trail who read the list, or one comment whole."""
    _record(session, Act.READ, {"comment": comment_id}, site_id, by, at)


def themes(session: Session) -> Sequence[str]:
    """The themes in use, by name."""
    return sorted(session.scalars(select(Theme.name).where(Theme.active)), key=str.casefold)


def themes_had(session: Session) -> Sequence[str]:
    """Every theme that some comment has, withdrawn ones among them."""
    return session.scalars(select(Comment.theme).where(Comment.theme != "").distinct().order_by(Comment.theme)).all()


def add_theme(session: Session, written: str, site_id: int, by: int, at: datetime) -> None:
    """One more theme, or one that was withdrawn again. Raises Invalid."""
    name = " ".join(written.split())
    if not name:
        raise Invalid(N_("Escriba el tema."), field="name")
    if len(name) > LONGEST_THEME:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field="name", most=LONGEST_THEME)
    there = session.scalars(select(Theme).with_for_update())
    found = next((theme for theme in there if theme.name.casefold() == name.casefold()), None)
    if found is not None and found.active:
        raise Invalid(N_("Ese tema ya está en la lista."), field="name")
    if found is None:
        session.add(Theme(name=name))
    else:
        found.active = True
    session.flush()
    audit.record(session, Act.ADDED, On(Thing.COMMENT_THEME), Who("official", by), at, site_id=site_id)


def withdraw_theme(session: Session, name: str, site_id: int, by: int, at: datetime) -> None:
    """No comment gets this theme any more; those that have it keep it. Raises Missing."""
    found = session.scalar(select(Theme).where(Theme.name == name, Theme.active).with_for_update())
    if found is None:
        raise Missing
    found.active = False
    audit.record(session, Act.WITHDRAWN, On(Thing.COMMENT_THEME), Who("official", by), at, site_id=site_id)


def sort(session: Session, comments: Sequence[Comment], theme: str | None, site_id: int, by: int, at: datetime) -> None:
    """Mark them read and, unless it is None, put them under a theme; empty takes it away. Raises Invalid."""
    if theme and theme not in themes(session):
        raise Invalid(N_("Elija un tema de la lista."), field="theme")
    for comment in comments:
        if comment.read_by is None:
            comment.read_by, comment.read_on = by, at.date()
        comment.theme = comment.theme if theme is None else theme
    told = {"comments": [comment.id for comment in comments], "themed": theme is not None}
    _record(session, Act.CHANGED, told, site_id, by, at)


def black_out(
    session: Session, comment: Comment, parts: Iterable[str], why: str, site_id: int, by: int, at: datetime
) -> None:
    """Erase these parts for good; the trail says how many and why, and nothing of what they were. Raises Invalid."""
    chosen = [part for part in parts if part.strip()]
    if not chosen:
        raise Invalid(N_("Escriba qué se tacha, tal como está en el comentario."), field="parts")
    if why not in set(Why):
        raise Invalid(N_("Elija por qué se tacha."), field="why")
    try:
        comment.text = blacked(comment.text, chosen)
    except ValueError as absent:
        message = N_("El comentario no dice «%(part)s». Escríbalo tal como está.")
        raise Invalid(message, field="parts", part=str(absent)) from None
    leave_no_trace(session)
    told = {"comment": comment.id, "parts": len(chosen), "why": why}
    _record(session, Act.BLACKED_OUT, told, site_id, by, at)


def check_not_filed(comment: Comment) -> None:
    """Raises FiledAlready."""
    if comment.petition_id is not None:
        raise FiledAlready


def note_filed(
    session: Session, comment: Comment, petition_id: int, site_id: int, by: int, at: datetime, *, hide: bool = False
) -> None:
    """A petition was filed of it, once; `hide`: one that is confidential, and its words stay nowhere in sight.

    Raises FiledAlready.
    """
    check_not_filed(comment)
    comment.petition_id = petition_id
    if comment.read_by is None:
        comment.read_by, comment.read_on = by, at.date()
    if hide:
        comment.text = BLACK
        leave_no_trace(session)
    _record(session, Act.FILED, {"comment": comment.id}, site_id, by, at)


def _record(session: Session, act: Act, told: Mapping[str, Any], site_id: int, by: int, at: datetime) -> None:
    """A row of the trail; the number of a comment goes in its detail, where numbers may be as large as that."""
    on, who = On(Thing.SURVEY_COMMENT), Who("official", by)
    audit.record(session, act, on, who, at, site_id=site_id, detail=told)


def _filters(reader: Reader, asked: Asked) -> Iterable[ColumnElement[bool]]:
    yield readable(reader)
    if asked.survey_id is not None:
        yield Comment.version_id.in_(select(SurveyVersion.id).where(SurveyVersion.survey_id == asked.survey_id))
    if asked.first is not None:
        yield Comment.month >= asked.first.replace(day=1)
    if asked.last is not None:
        yield Comment.month <= asked.last
    if asked.theme:
        yield Comment.theme == ("" if asked.theme == UNTHEMED else asked.theme)
    if asked.unread:
        yield Comment.read_by.is_(None)
    if asked.office_id is not None:
        yield Comment.office_id == asked.office_id
    if asked.service_id is not None:
        yield Comment.service_id == asked.service_id
