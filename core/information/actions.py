"""What the office does with its public texts: writes a draft, publishes it, and says that a content is still true."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Site
from core.errors import N_, Invalid, Missing
from core.events import Happened, Who, record
from core.information.gaps import Content
from core.information.model import CHARTER, CONTACT, KINDS, PublicText, Review
from core.information.writing import sections

LONGEST_BODY = 12_000
LONGEST_LINE = 600
MOST_SECTIONS = 9
LONGEST_FIELD = 120
FIRST_YEAR = 2000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()-]{5,30}(ext\.? ?[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote of a text: the Spanish, the English, the year it is for, and of whom to complain to."""

    body: str
    body_en: str
    year: int
    contact: Mapping[str, str] = field(default_factory=dict)


def in_force(session: Session, kind: str, before: datetime | None = None) -> PublicText | None:
    """The version that the public sees, or that it saw before an instant."""
    query = _of(kind).where(PublicText.published_at.is_not(None))
    return session.scalar((query if before is None else query.where(PublicText.published_at < before)).limit(1))


def draft_of(session: Session, kind: str) -> PublicText | None:
    """The version that is being written, if any."""
    return session.scalar(_of(kind).where(PublicText.published_at.is_(None)))


def versions(session: Session, kind: str) -> Sequence[PublicText]:
    """Every published version, the last first."""
    return session.scalars(_of(kind).where(PublicText.published_at.is_not(None))).all()


def version_of(session: Session, kind: str, number: int) -> PublicText:
    """A published version. Raises Missing."""
    found = session.scalar(_of(kind).where(PublicText.number == number, PublicText.published_at.is_not(None)))
    if found is None:
        raise Missing
    return found


def write(session: Session, site_id: int, kind: str, written: Written, by: int, at: datetime) -> PublicText:
    """Keep a draft, which nobody outside sees. Raises Invalid, Missing."""
    _check_kind(kind)
    _check(kind, written, at)
    draft = draft_of(session, kind)
    if draft is None:
        last = session.scalar(select(func.max(PublicText.number)).where(PublicText.kind == kind)) or 0
        draft = PublicText(kind=kind, number=last + 1, act="")
        session.add(draft)
    draft.body, draft.body_en, draft.year = written.body, written.body_en, written.year
    draft.contact = {name: written.contact.get(name, "") for name in CONTACT} if kind != CHARTER else {}
    draft.written_by, draft.written_at = by, at
    session.flush()
    _record(session, "text written", site_id, by, at, {"kind": kind, "number": draft.number})
    return draft


def publish(session: Session, site_id: int, kind: str, act: str, by: int, at: datetime) -> PublicText:
    """From now on every face shows the draft; `act` is what adopts it. Raises Invalid, Missing."""
    _check_kind(kind)
    draft = draft_of(session, kind)
    if draft is None:
        raise Missing(N_("No hay un borrador para publicar."))
    if kind == CHARTER and not act:
        raise Invalid(N_("Escriba el acto que adopta la carta, por ejemplo «Decreto 012 de 2027»."), field="act")
    draft.act, draft.published_by, draft.published_at = act, by, at
    session.flush()
    _record(session, "text published", site_id, by, at, {"kind": kind, "number": draft.number, "act": act})
    return draft


def discard(session: Session, site_id: int, kind: str, by: int, at: datetime) -> None:
    """Throw the draft away; what is in force stays. Raises Missing."""
    _check_kind(kind)
    draft = draft_of(session, kind)
    if draft is None:
        raise Missing(N_("No hay un borrador para descartar."))
    session.delete(draft)
    _record(session, "text discarded", site_id, by, at, {"kind": kind, "number": draft.number})


def review(session: Session, site_id: int, content: Content, by: int, at: datetime) -> None:
    """Somebody read the content as the public sees it in this site, and it is true."""
    session.add(Review(site_id=site_id, content=content.value, by=by, at=at))
    _record(session, "information reviewed", site_id, by, at, {"content": content.value})


def tell_the_way(session: Session, site_id: int, way: str, way_en: str, by: int, at: datetime) -> None:
    """How to reach and enter the site. Raises Invalid."""
    for name, text in (("way", way), ("way_en", way_en)):
        if len(text) > LONGEST_LINE:
            raise Invalid(N_("Escriba %(most)s letras o menos."), field=name, most=LONGEST_LINE)
    site = session.get_one(Site, site_id, with_for_update=True)
    before = {"way": site.way, "way_en": site.way_en}
    site.way, site.way_en = way, way_en
    _record(session, "way told", site_id, by, at, {"before": before, "after": {"way": way, "way_en": way_en}})


def add_first_texts(session: Session, texts: Sequence[Mapping[str, str]], at: datetime) -> None:
    """The texts of a new town hall, in force from its first day and adopted by nobody yet."""
    for text in texts:
        session.add(
            PublicText(
                kind=text["kind"],
                number=1,
                year=at.year,
                body=text["body"].strip(),
                body_en=text["body_en"].strip(),
                contact={} if text["kind"] == CHARTER else dict.fromkeys(CONTACT, ""),
                act="",
                written_at=at,
                published_at=at,
            )
        )


def _of(kind: str) -> Select[PublicText]:
    return select(PublicText).where(PublicText.kind == kind).order_by(PublicText.number.desc())


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Missing


def _check(kind: str, written: Written, at: datetime) -> None:
    """Raises Invalid naming the first field to mend."""
    if not written.body:
        raise Invalid(N_("Escriba el texto en español."), field="body")
    for name, body in (("body", written.body), ("body_en", written.body_en)):
        _check_body(name, body)
    if not FIRST_YEAR <= written.year <= at.year + 1:
        raise Invalid(N_("El año va de %(first)s a %(last)s."), field="year", first=FIRST_YEAR, last=at.year + 1)
    for name, value in written.contact.items():
        if len(value) > LONGEST_FIELD:
            raise Invalid(N_("Escriba %(most)s letras o menos."), field=name, most=LONGEST_FIELD)
    email, phone = written.contact.get("email", ""), written.contact.get("phone", "")
    if email and not _EMAIL.fullmatch(email):
        raise Invalid(N_("Escriba el correo completo, por ejemplo atencion@alcaldia.gov.co."), field="email")
    if phone and not _PHONE.fullmatch(phone):
        raise Invalid(
            N_("Escriba el teléfono con números y espacios, por ejemplo 607 000 0000 ext. 12."), field="phone"
        )


def _check_body(name: str, body: str) -> None:
    if len(body) > LONGEST_BODY:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field=name, most=LONGEST_BODY)
    parts = sections(body)
    if len(parts) > MOST_SECTIONS:
        raise Invalid(
            N_("Use %(most)s títulos o menos: cada uno es una página del quiosco."), field=name, most=MOST_SECTIONS
        )
    for part in parts:
        if part.title and not part.blocks:
            raise Invalid(N_("Bajo el título «%(title)s» no hay nada escrito."), field=name, title=part.title)
        for block in part.blocks:
            for line in block.lines:
                if len(line) > LONGEST_LINE:
                    message = N_("Hay un párrafo de %(count)s letras. Pártalo: en el quiosco caben %(most)s.")
                    raise Invalid(message, field=name, count=len(line), most=LONGEST_LINE)


_ACTS = {
    "text written": (Act.CHANGED, Thing.PUBLIC_TEXT),
    "text published": (Act.PUBLISHED, Thing.PUBLIC_TEXT),
    "text discarded": (Act.DISCARDED, Thing.PUBLIC_TEXT),
    "information reviewed": (Act.REVIEWED, Thing.INFORMATION),
    "way told": (Act.CHANGED, Thing.SITE),
}


def _record(session: Session, kind: str, site_id: int, by: int, at: datetime, detail: Mapping[str, Any]) -> None:
    who = Who("official", by)
    record(session, Happened(kind=kind, site_id=site_id, at=at, who=who, detail=detail))
    act, thing = _ACTS[kind]
    on = On(thing, site_id if thing is Thing.SITE else None)
    codes = {name: detail[name] for name in ("kind", "number", "content") if name in detail}
    audit.record(session, act, on, who, at, site_id=site_id, detail=codes)
