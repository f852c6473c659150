"""Sheets are written, published and withdrawn: what was published once is kept as it was, with who, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Service, ServiceDraft, ServiceVersion
from core.catalogue.sheet import Sheet, read, written
from core.errors import N_, Invalid, Missing, Refused
from core.events import Happened, Who, record

LONGEST_REASON = 200
_OF_THE_SERVICE = ("name", "name_en", "hint", "hint_en", "requirements", "requirements_en")
"""What the queue itself shows of a service: it is copied from the sheet when that is published."""


class NothingNew(Refused):
    message = N_("La ficha publicada ya dice lo mismo. No hay nada nuevo que publicar.")


class NotPublished(Refused):
    message = N_("Ese servicio no está publicado.")


class WrittenMeanwhile(Refused):
    message = N_("Otra persona guardó esta ficha mientras usted escribía. Compare en otra pestaña y guarde de nuevo.")


def service_of(session: Session, site_id: int, service_id: int) -> Service:
    """A service of the site, attended or not, locked. Raises Missing for any other."""
    service = session.get(
        Service, service_id, with_for_update={"of": Service, "key_share": True}, populate_existing=True
    )
    if service is None or service.site_id != site_id:
        raise Missing(N_("Ese servicio no existe en su sede."))
    return service


def versions_of(session: Session, service_id: int) -> Sequence[ServiceVersion]:
    """Every version that was published, the newest first."""
    return session.scalars(
        select(ServiceVersion).where(ServiceVersion.service_id == service_id).order_by(ServiceVersion.number.desc())
    ).all()


def last_version(session: Session, service_id: int) -> ServiceVersion | None:
    """The version that is published now or, if none is, the last one that was."""
    return session.scalar(
        select(ServiceVersion)
        .where(ServiceVersion.service_id == service_id)
        .order_by(ServiceVersion.number.desc())
        .limit(1)
    )


def draft_of(session: Session, service_id: int) -> ServiceDraft | None:
    """What is written and not published yet."""
    return session.get(ServiceDraft, service_id, populate_existing=True)


def sheet_in_hand(session: Session, service: Service) -> Sheet:
    """The sheet to go on writing: the draft, or the last version, or what the queue shows of the service."""
    if draft := draft_of(session, service.id):
        return read(draft.sheet)
    if version := last_version(session, service.id):
        return read(version.sheet)
    return shown(service)


def shown(service: Service) -> Sheet:
    """What the queue shows of a service, as the beginning of a sheet."""
    return read({name: getattr(service, name) for name in _OF_THE_SERVICE})


def save_draft(
    session: Session, site_id: int, service_id: int, sheet: Sheet, seen: int, by: int, at: datetime
) -> ServiceDraft:
    """Keep what is written, for nobody but the office; `seen` is the saving that the writer had before their eyes.

    0 is none. Raises Invalid (what every face needs), WrittenMeanwhile, Missing.
    """
    check(sheet)
    service = service_of(session, site_id, service_id)
    draft = draft_of(session, service.id)
    if seen != (draft.saving if draft else 0):
        raise WrittenMeanwhile
    if draft is None:
        draft = ServiceDraft(service_id=service.id, saving=0)
        session.add(draft)
    draft.sheet, draft.saving, draft.saved_at, draft.saved_by = written(sheet), draft.saving + 1, at, by
    _record(session, "service sheet written", service, by, at, saving=draft.saving)
    return draft


def discard_draft(session: Session, site_id: int, service_id: int, by: int, at: datetime) -> None:
    """Forget what was written since the last version. Raises Missing."""
    service = service_of(session, site_id, service_id)
    if draft := draft_of(session, service.id):
        session.delete(draft)
        _record(session, "service draft discarded", service, by, at)


def publish(session: Session, site_id: int, service_id: int, act: str, by: int | None, at: datetime) -> ServiceVersion:
    """Show the sheet in hand to everybody, as a new version; the one before ends at the same instant.

    Raises NothingNew, Invalid, Missing.
    """
    service = service_of(session, site_id, service_id)
    sheet, before = sheet_in_hand(session, service), last_version(session, service.id)
    check(sheet)
    if before and before.until is None:
        if read(before.sheet) == sheet:
            raise NothingNew
        before.until = at
    version = ServiceVersion(
        service_id=service.id,
        number=before.number + 1 if before else 1,
        sheet=written(sheet),
        since=at,
        published_by=by,
        act=act or None,
    )
    if draft := draft_of(session, service.id):
        session.delete(draft)
    session.flush()
    session.add(version)
    show(service, sheet)
    _record(session, "service published", service, by, at, version=version.number, act=act or None)
    return version


def show(service: Service, sheet: Sheet) -> None:
    """Let the queue show what the sheet says, and give turns for the service."""
    service.name, service.hint = sheet.name, sheet.hint
    service.name_en, service.hint_en = sheet.name_en or sheet.name, sheet.hint_en or sheet.hint
    service.requirements = list(sheet.requirements)
    service.requirements_en = list(sheet.requirements_en or sheet.requirements)
    service.active = True


def withdraw(session: Session, site_id: int, service_id: int, reason: str, by: int, at: datetime) -> None:
    """Show it no more and give no more turns for it; those already given are attended.

    Raises Invalid without a reason, NotPublished, Missing.
    """
    service = service_of(session, site_id, service_id)
    version = last_version(session, service.id)
    if version is None or version.until is not None:
        raise NotPublished
    if not reason:
        raise Invalid(N_("Escriba por qué se retira."), field="reason")
    version.until, version.withdrawn_by, version.withdrawn_because = at, by, reason
    service.active = False
    _record(session, "service withdrawn", service, by, at, reason=reason, version=version.number)


def check(sheet: Sheet) -> None:
    """What every face needs of a sheet, and what it may not say at once. Raises Invalid."""
    if not sheet.name:
        raise Invalid(N_("Escriba el nombre."), field="name")
    if not sheet.hint:
        raise Invalid(N_("Escriba en una frase para qué sirve."), field="hint")
    for part in sheet.without:
        if getattr(sheet, part):
            raise Invalid(N_("Marcó que no hay, y escribió algo. Deje solo una de las dos."), field=part)


_ACTS = {
    "service sheet written": Act.CHANGED,
    "service draft discarded": Act.DISCARDED,
    "service published": Act.PUBLISHED,
    "service withdrawn": Act.WITHDRAWN,
}


def _record(
    session: Session,
    kind: str,
    service: Service,
    by: int | None,
    at: datetime,
    reason: str | None = None,
    **more: object,
) -> None:
    who = Who("official", by) if by is not None else Who("system")
    detail = {"service_id": service.id, **more}
    record(session, Happened(kind=kind, site_id=service.site_id, at=at, who=who, reason=reason, detail=detail))
    on = On(Thing.PROCEDURE, service.id)
    numbers: dict[str, object] = {name: more[name] for name in ("version", "saving") if name in more}
    audit.record(session, _ACTS[kind], on, who, at, site_id=service.site_id, detail=numbers)
