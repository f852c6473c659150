"""The short texts that displays show between calls: written, ordered, withdrawn and shown again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, changes
from core.audit import Act, On, Thing
from core.catalogue.model import Notice
from core.errors import N_, Invalid, Missing
from core.events import Happened, Who, record

LONGEST = 120
MOST = 20


def of_site(session: Session, site_id: int) -> list[Notice]:
    """The site's notices in order, those on show first."""
    return list(
        session.scalars(
            select(Notice).where(Notice.site_id == site_id).order_by(Notice.active.desc(), Notice.position, Notice.id)
        )
    )


def notice_of(session: Session, site_id: int, notice_id: int) -> Notice:
    """A notice of the site, locked. Raises Missing for any other."""
    notice = session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
    if notice is None or notice.site_id != site_id:
        raise Missing(N_("Ese aviso no existe en su sede."))
    return notice


def add(session: Session, site_id: int, text: str, text_en: str, by: int, at: datetime) -> Notice:
    """Show one more notice, after the others; without English it is shown in Spanish. Raises Invalid."""
    _check(text, text_en)
    shown = session.scalar(select(func.count()).where(Notice.site_id == site_id, Notice.active)) or 0
    if shown >= MOST:
        raise Invalid(N_("Ya hay %(most)s avisos. Retire uno antes de agregar otro."), field="text", most=MOST)
    notice = Notice(site_id=site_id, position=_end(session, site_id))
    changes.apply(session, notice, {"text": text, "text_en": text_en or text}, by, at)
    _record(session, Act.ADDED, notice, by, at)
    return notice


def rewrite(session: Session, site_id: int, notice_id: int, text: str, text_en: str, by: int, at: datetime) -> None:
    """Say it with other words. Raises Invalid, Missing."""
    _check(text, text_en)
    notice = notice_of(session, site_id, notice_id)
    changes.apply(session, notice, {"text": text, "text_en": text_en or text}, by, at)
    _record(session, Act.CHANGED, notice, by, at)


def move(session: Session, site_id: int, notice_id: int, step: int, by: int, at: datetime) -> None:
    """Show it one place earlier (`step` -1) or later (1); at the end of the list nothing changes. Raises Missing."""
    notice = notice_of(session, site_id, notice_id)
    shown = [other for other in of_site(session, site_id) if other.active]
    if notice in shown:
        to = min(max(shown.index(notice) + step, 0), len(shown) - 1)
        shown.remove(notice)
        shown.insert(to, notice)
        for position, other in enumerate(shown):
            other.position = position
    _record(session, Act.MOVED, notice, by, at)


def withdraw(session: Session, site_id: int, notice_id: int, by: int, at: datetime) -> None:
    """Show it no more; it is kept, to be shown again another day. Raises Missing."""
    notice = notice_of(session, site_id, notice_id)
    changes.apply(session, notice, {"active": False}, by, at)
    _record(session, Act.WITHDRAWN, notice, by, at)


def show_again(session: Session, site_id: int, notice_id: int, by: int, at: datetime) -> None:
    """Show it again, after the others. Raises Missing."""
    notice = notice_of(session, site_id, notice_id)
    notice.position = _end(session, site_id)
    changes.apply(session, notice, {"active": True}, by, at)
    _record(session, Act.RESTORED, notice, by, at)


def _check(text: str, text_en: str) -> None:
    if not text:
        raise Invalid(N_("Escriba el aviso."), field="text")
    for field, written in (("text", text), ("text_en", text_en)):
        if len(written) > LONGEST:
            raise Invalid(N_("Escriba %(most)s letras o menos."), field=field, most=LONGEST)


def _end(session: Session, site_id: int) -> int:
    last = session.scalar(select(func.max(Notice.position)).where(Notice.site_id == site_id))
    return 0 if last is None else last + 1


def _record(session: Session, act: Act, notice: Notice, by: int, at: datetime) -> None:
    who, site_id = Who("official", by), notice.site_id
    detail = {"notice_id": notice.id, "text": notice.text, "active": notice.active}
    record(session, Happened(kind="notice changed", site_id=site_id, at=at, who=who, detail=detail))
    said = {"active": notice.active, "text": audit.digest([notice.text, notice.text_en])}
    audit.record(session, act, On(Thing.NOTICE, notice.id), who, at, site_id=site_id, detail=said)
