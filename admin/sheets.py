"""The catalogue of services: the list with what each sheet lacks, and one sheet from its draft to its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin import bp
from admin.hall import ID
from admin.sheet_form import SheetForm, sheet_form
from core.catalogue import offer, publishing
from core.catalogue.completeness import Completeness, completeness, is_stale
from core.catalogue.differences import differences
from core.catalogue.model import Service, ServiceDraft, ServiceVersion, Site, Topic
from core.catalogue.sheet import Sheet, in_english, read
from core.clock import today
from core.differences import Difference, Line
from core.errors import Missing
from core.people.model import Official
from core.people.rights import Permission
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Prose, Text
from core.web.guard import requires
from core.web.line import in_line

PART_NAMES = {
    "steps": _l("los pasos"),
    "cost": _l("el costo"),
    "time": _l("el plazo"),
    "norms": _l("las normas"),
    "requirements": _l("qué traer"),
    "who": _l("para quién es"),
    "documents": _l("los documentos"),
    "result": _l("qué obtiene"),
    "reviewed": _l("la revisión de este año"),
    "english": _l("el inglés"),
    "keywords": _l("las palabras de búsqueda"),
    "form": _l("el formulario"),
    "online": _l("el enlace en línea"),
    "suit": _l("el código SUIT"),
}
"""The parts of `core.catalogue.completeness.PARTS`, as they go into «Falta: …»."""

CODED = {
    "cost_kind": {"free": _l("Gratis"), "tariff": _l("Tiene tarifa")},
    "time_unit": {
        "immediate": _l("En la misma visita"),
        "hours": _l("Horas"),
        "working_days": _l("Días hábiles"),
        "calendar_days": _l("Días calendario"),
        "months": _l("Meses"),
    },
    "without": PART_NAMES,
}
ORDERS = ("topic", "score", "name", "reviewed")


class PublishForm(Form):
    act = Text(_l("Acto que lo ordena, si lo hay"), most=120)


class WithdrawForm(Form):
    reason = Prose(
        _l("¿Por qué se retira?"),
        most=publishing.LONGEST_REASON,
        description=_l("Deja de verse y no se dan más turnos. Los turnos ya tomados se atienden."),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A service in the list: the sheet in hand, its state, how complete it is, and the windows that attend it."""

    service: Service
    sheet: Sheet
    version: ServiceVersion | None
    draft: ServiceDraft | None
    found: Completeness
    windows: tuple[str, ...]

    @property
    def published(self) -> bool:
        return self.version is not None and self.version.until is None


@bp.get("/sheets")
@requires(Permission.CONFIGURE)
def sheets() -> ResponseReturnValue:
    """Every service with the score of its sheet; `?sort=` orders the list."""
    order = request.args.get("sort")
    order = order if order in ORDERS else "topic"
    rows = _rows(db.session(), current_user.site_id)
    if order == "score":
        rows.sort(key=lambda row: row.found.score)
    elif order == "name":
        rows.sort(key=lambda row: row.service.name.casefold())
    elif order == "reviewed":
        rows.sort(key=lambda row: (row.sheet.reviewed is not None, row.sheet.reviewed))
    stale = [row for row in rows if is_stale(row.sheet, today())]
    mean = round(sum(row.found.score for row in rows) / len(rows)) if rows else 0
    return render_template("admin/sheets.html", rows=rows, order=order, parts=PART_NAMES, mean=mean, stale=len(stale))


def _rows(session: Session, site_id: int) -> list[Row]:
    services = session.scalars(
        select(Service)
        .join(Topic, Topic.id == Service.topic_id)
        .where(Service.site_id == site_id)
        .options(joinedload(Service.topic), joinedload(Service.office))
        .order_by(Topic.position, Service.position, Service.id)
    ).all()
    ids = [service.id for service in services]
    versions = {
        version.service_id: version
        for version in session.scalars(
            select(ServiceVersion).where(ServiceVersion.service_id.in_(ids)).order_by(ServiceVersion.number)
        )
    }
    drafts = {d.service_id: d for d in session.scalars(select(ServiceDraft).where(ServiceDraft.service_id.in_(ids)))}
    windows = offer.windows_of(session, site_id)
    return [_row(service, versions.get(service.id), drafts.get(service.id), windows) for service in services]


def _row(
    service: Service,
    version: ServiceVersion | None,
    draft: ServiceDraft | None,
    windows: Mapping[int, tuple[str, ...]],
) -> Row:
    kept = draft or version
    sheet = read(kept.sheet) if kept else publishing.shown(service)
    return Row(service, sheet, version, draft, completeness(sheet, today()), windows.get(service.id, ()))


@bp.get(f"/sheets/<{ID}:service_id>")
@requires(Permission.CONFIGURE)
def sheets_one(service_id: int) -> ResponseReturnValue:
    """One service: what it tells, what it lacks, what is not published yet, and the acts."""
    return _one(service_id)


@bp.post(f"/sheets/<{ID}:service_id>/publish")
@requires(Permission.CONFIGURE)
@asks(lambda service_id: PublishForm(), lambda form, service_id: _one(service_id, publish=form))
def sheets_publish(form: PublishForm, service_id: int) -> ResponseReturnValue:
    """Show the sheet in hand to everybody."""
    with in_line(current_user.site_id) as (session, at):
        asked = (current_user.site_id, service_id, form.act.data, current_user.id)
        number = publishing.publish(session, *asked, at).number
    flash(_("Publicada la versión %(number)s. Ya se ve en el quiosco y en la página.", number=number), "success")
    return redirect(url_for(".sheets_one", service_id=service_id))


@bp.post(f"/sheets/<{ID}:service_id>/discard")
@requires(Permission.CONFIGURE)
def sheets_discard(service_id: int) -> ResponseReturnValue:
    """Forget the draft."""
    Form().checked()
    with in_line(current_user.site_id) as (session, at):
        publishing.discard_draft(session, current_user.site_id, service_id, current_user.id, at)
    flash(_("Se descartó el borrador. Queda lo publicado."), "success")
    return redirect(url_for(".sheets_one", service_id=service_id))


@bp.post(f"/sheets/<{ID}:service_id>/withdraw")
@requires(Permission.CONFIGURE)
@asks(lambda service_id: WithdrawForm(), lambda form, service_id: _one(service_id, withdraw=form))
def sheets_withdraw(form: WithdrawForm, service_id: int) -> ResponseReturnValue:
    """Show the service no more."""
    with in_line(current_user.site_id) as (session, at):
        publishing.withdraw(session, current_user.site_id, service_id, form.reason.data, current_user.id, at)
    flash(_("Se retiró. Ya no se ve ni se dan turnos. Puede publicarlo otra vez."), "success")
    return redirect(url_for(".sheets_one", service_id=service_id))


@bp.get(f"/sheets/<{ID}:service_id>/edit")
@requires(Permission.CONFIGURE)
def sheets_edit(service_id: int) -> ResponseReturnValue:
    return _edit(_sheet_form(service_id), service_id)


@bp.post(f"/sheets/<{ID}:service_id>/edit")
@requires(Permission.CONFIGURE)
@asks(lambda service_id: _sheet_form(service_id), lambda form, service_id: _edit(form, service_id))
def sheets_edit_act(form: SheetForm, service_id: int) -> ResponseReturnValue:
    """Keep what is written as a draft."""
    with in_line(current_user.site_id) as (session, at):
        asked = (current_user.site_id, service_id, form.sheet(), int(form.seen.data), current_user.id)
        publishing.save_draft(session, *asked, at)
    flash(_("Se guardó el borrador. La ciudadanía lo verá cuando lo publique."), "success")
    return redirect(url_for(".sheets_one", service_id=service_id))


@bp.get(f"/sheets/<{ID}:service_id>/preview")
@requires(Permission.CONFIGURE)
def sheets_preview(service_id: int) -> ResponseReturnValue:
    """The sheet in hand as a citizen reads it; `?language=en` in English."""
    row = _row_of(service_id)
    place = _place(row)
    if request.args.get("language") != "en":
        return render_template("admin/sheet_preview.html", row=row, told=row.sheet, place=place, speaks="es")
    with force_locale("en"):
        english = in_english(row.sheet)
        return render_template("admin/sheet_preview.html", row=row, told=english, place=place, speaks="en")


@bp.get(f"/sheets/<{ID}:service_id>/versions")
@requires(Permission.CONFIGURE)
def sheets_versions(service_id: int) -> ResponseReturnValue:
    """Every version, who published it and what it changed."""
    row, session = _row_of(service_id), db.session()
    versions = publishing.versions_of(session, service_id)
    earlier = [*versions[1:], None]
    told = [
        VersionTold(
            version.number,
            version.since,
            _name_of(session, version.published_by),
            version.act or "",
            version.until,
            version.withdrawn_because or "",
            _changes(before, version) if before else [],
        )
        for version, before in zip(versions, earlier, strict=True)
    ]
    return render_template("admin/sheet_versions.html", row=row, versions=told, names=_field_names())


@dataclass(frozen=True, slots=True)
class VersionTold:
    """A version as the list tells it: its number, from when to when, by whom and by which act, and its changes."""

    number: int
    since: datetime
    by: str
    act: str
    until: datetime | None
    withdrawn_because: str
    changes: list[Difference]


def _changes(before: ServiceVersion, after: ServiceVersion) -> list[Difference]:
    return [_spoken(found) for found in differences(read(before.sheet), read(after.sheet))]


def _spoken(found: Difference) -> Difference:
    """The difference with words in the place of codes."""
    words: Mapping[str, Any] = CODED.get(found.field, {})
    return Difference(found.field, tuple(Line(line.sign, str(words.get(line.text, line.text))) for line in found.lines))


def _field_names() -> dict[str, str]:
    names = {field.name: str(field.label.text) for field in SheetForm()}
    return {**names, "norms": _("Normas")}


def _one(service_id: int, publish: PublishForm | None = None, withdraw: WithdrawForm | None = None) -> str:
    row = _row_of(service_id)
    waiting: list[Difference] = []
    if row.draft and row.published and row.version:
        waiting = [_spoken(found) for found in differences(read(row.version.sheet), row.sheet)]
    return render_template(
        "admin/sheet.html",
        row=row,
        place=_place(row),
        parts=PART_NAMES,
        waiting=waiting,
        names=_field_names() if waiting else {},
        publish=publish or PublishForm(formdata=None),
        withdraw=withdraw or WithdrawForm(formdata=None),
        told=publish or withdraw,
    )


def _edit(form: SheetForm, service_id: int) -> str:
    return render_template("admin/sheet_edit.html", form=form, row=_row_of(service_id))


def _row_of(service_id: int) -> Row:
    """A service of the site as the list has it. Raises Missing."""
    session, site_id = db.session(), current_user.site_id
    service = session.get(Service, service_id)
    if service is None or service.site_id != site_id:
        raise Missing
    version, draft = publishing.last_version(session, service_id), publishing.draft_of(session, service_id)
    return _row(service, version, draft, offer.windows_of(session, site_id))


def _place(row: Row) -> offer.Place:
    site = db.session.get_one(Site, row.service.site_id)
    return offer.Place(site.name, site.address, row.service.office.name, row.windows)


def _sheet_form(service_id: int) -> SheetForm:
    """The form of a service, filled with the sheet in hand. Raises Missing."""
    row = _row_of(service_id)
    return sheet_form(row.sheet, row.draft.saving if row.draft else 0)


def _name_of(session: Session, official_id: int | None) -> str:
    official = session.get(Official, official_id) if official_id is not None else None
    return official.name if official else _("El sistema")
