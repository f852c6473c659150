"""What is done to a protocol: begun, written, sent to review, approved by a second person, withdrawn."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from wtforms import SelectChoice

from admin import bp
from admin.hall import ID
from admin.protocol_act_forms import ApproveForm, BackForm, WithdrawForm
from admin.protocol_form import GROUPS, ForForm, NewForm, TextForm, form_of, form_rearranged, told_for
from admin.protocols import address_of, one, review_page, version_page
from core.catalogue.model import Service, Site
from core.clock import now
from core.db import transaction
from core.people.rights import Permission
from core.protocols import actions as protocols
from core.protocols.actions.writing import NotADraft
from core.protocols.model import ProtocolVersion, VersionState
from core.protocols.text import ProtocolText, read
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form
from core.web.guard import requires
from core.web.protocol_words import MOMENTS
from core.web.words import translate


@bp.get("/protocols/new")
@requires(Permission.WRITE_PROTOCOLS)
def protocols_new() -> ResponseReturnValue:
    return _new(_new_form())


@bp.post("/protocols/new")
@requires(Permission.WRITE_PROTOCOLS)
@asks(lambda: _new_form(), lambda form: _new(form))
def protocols_new_act(form: NewForm) -> ResponseReturnValue:
    """Begin a protocol, and go on to write it."""
    with transaction(db.session) as session:
        text = ProtocolText(title=form.title.data)
        protocol_id = protocols.begin(session, form.whom(), text, current_user.id, now()).protocol_id
    flash(_("Se creó el borrador. Ahora escriba lo que dice."), "success")
    return redirect(url_for(".protocols_edit", protocol_id=protocol_id))


@bp.get(f"/protocols/<{ID}:protocol_id>/edit")
@requires(Permission.WRITE_PROTOCOLS)
def protocols_edit(protocol_id: int) -> ResponseReturnValue:
    return _edit(_text_form(protocol_id), protocol_id)


@bp.post(f"/protocols/<{ID}:protocol_id>/edit")
@requires(Permission.WRITE_PROTOCOLS)
@asks(lambda protocol_id: _text_form(protocol_id), lambda form, protocol_id: _edit(form, protocol_id))
def protocols_edit_act(form: TextForm, protocol_id: int) -> ResponseReturnValue:
    """Keep what is written as a draft."""
    with transaction(db.session) as session:
        protocols.save(session, protocol_id, form.text(), int(form.seen.data), current_user.id, now())
    flash(_("Se guardó el borrador."), "success")
    return redirect(address_of(protocol_id))


@bp.post(f"/protocols/<{ID}:protocol_id>/edit/rows")
@requires(Permission.WRITE_PROTOCOLS)
def protocols_edit_rows(protocol_id: int) -> ResponseReturnValue:
    """The same page with a row more or less, or in another place; nothing is kept yet."""
    return _edit(form_rearranged(), protocol_id)


@bp.get(f"/protocols/<{ID}:protocol_id>/for")
@requires(Permission.WRITE_PROTOCOLS)
def protocols_for(protocol_id: int) -> ResponseReturnValue:
    return _for(_for_form(protocol_id), protocol_id)


@bp.post(f"/protocols/<{ID}:protocol_id>/for")
@requires(Permission.WRITE_PROTOCOLS)
@asks(lambda protocol_id: _for_form(protocol_id), lambda form, protocol_id: _for(form, protocol_id))
def protocols_for_act(form: ForForm, protocol_id: int) -> ResponseReturnValue:
    """Say for whom it is from now on."""
    with transaction(db.session) as session:
        protocols.assign(session, protocol_id, form.whom(), current_user.id, now())
    flash(_("Se guardó. Rige desde ahora."), "success")
    return redirect(address_of(protocol_id))


@bp.post(f"/protocols/<{ID}:protocol_id>/again")
@requires(Permission.WRITE_PROTOCOLS)
@asks(lambda protocol_id: Form(), lambda form, protocol_id: one(protocol_id, form))
def protocols_again(form: Form, protocol_id: int) -> ResponseReturnValue:
    """A new draft from what rules, and on to write it."""
    with transaction(db.session) as session:
        protocols.begin_version(session, protocol_id, current_user.id, now())
    flash(
        _("Se copió lo que rige en un borrador nuevo. Lo que rige sigue igual hasta que otra persona lo apruebe."),
        "success",
    )
    return redirect(url_for(".protocols_edit", protocol_id=protocol_id))


@bp.post(f"/protocols/<{ID}:protocol_id>/discard")
@requires(Permission.WRITE_PROTOCOLS)
@asks(lambda protocol_id: Form(), lambda form, protocol_id: one(protocol_id, form))
def protocols_discard(form: Form, protocol_id: int) -> ResponseReturnValue:
    """Forget the draft."""
    with transaction(db.session) as session:
        stays = protocols.discard(session, protocol_id, current_user.id, now())
    flash(_("Se descartó el borrador."), "success")
    return redirect(address_of(protocol_id) if stays else url_for(".protocols"))


@bp.post(f"/protocols/<{ID}:protocol_id>/ask")
@requires(Permission.WRITE_PROTOCOLS)
@asks(lambda protocol_id: Form(), lambda form, protocol_id: one(protocol_id, form))
def protocols_ask(form: Form, protocol_id: int) -> ResponseReturnValue:
    """Hand the draft to a second person."""
    with transaction(db.session) as session:
        protocols.ask_review(session, protocol_id, current_user.id, now())
    flash(_("Quedó en revisión: lo aprueba otra persona, que no lo haya escrito."), "success")
    return redirect(address_of(protocol_id))


@bp.post(f"/protocols/<{ID}:protocol_id>/approve")
@requires(Permission.APPROVE_PROTOCOLS)
@asks(lambda protocol_id: ApproveForm(), lambda form, protocol_id: review_page(protocol_id, approve=form))
def protocols_approve(form: ApproveForm, protocol_id: int) -> ResponseReturnValue:
    """A second person approves what they have read."""
    with transaction(db.session) as session:
        asked = (int(form.seen.data), form.approval(), current_user.id)
        number = protocols.approve(session, protocol_id, *asked, now()).number
    flash(_("Aprobada la versión %(number)s. Se pide leerla a quienes deben.", number=number), "success")
    return redirect(address_of(protocol_id))


@bp.post(f"/protocols/<{ID}:protocol_id>/back")
@requires(Permission.WRITE_PROTOCOLS, Permission.APPROVE_PROTOCOLS)
@asks(lambda protocol_id: BackForm(), lambda form, protocol_id: review_page(protocol_id, back=form))
def protocols_back(form: BackForm, protocol_id: int) -> ResponseReturnValue:
    """It is not ready: it goes back to who writes it, with what must change."""
    with transaction(db.session) as session:
        protocols.send_back(session, protocol_id, form.reason.data, current_user.id, now())
    flash(_("Volvió a borrador, con lo que debe cambiar."), "success")
    return redirect(address_of(protocol_id))


@bp.post(f"/protocols/<{ID}:protocol_id>/versions/<{ID}:number>/withdraw")
@requires(Permission.WRITE_PROTOCOLS)
@asks(
    lambda protocol_id, number: WithdrawForm(),
    lambda form, protocol_id, number: version_page(protocol_id, number, withdraw=form),
)
def protocols_withdraw(form: WithdrawForm, protocol_id: int, number: int) -> ResponseReturnValue:
    """Let a version rule no more."""
    with transaction(db.session) as session:
        protocols.withdraw(session, protocol_id, number, form.reason.data, current_user.id, now())
    flash(_("Se retiró la versión %(number)s. Ya no rige.", number=number), "success")
    return redirect(address_of(protocol_id))


def _new_form() -> NewForm:
    form = NewForm()
    form.services.choices = _service_choices()
    return form


def _new(form: NewForm) -> str:
    return render_template("admin/protocol_for.html", form=form, protocol=None)


def _for_form(protocol_id: int) -> ForForm:
    """The form filled with whom it is for now. Raises NoProtocol."""
    form = ForForm(data=told_for(protocols.protocol_of(db.session(), protocol_id)))
    form.services.choices = _service_choices()
    return form


def _for(form: ForForm, protocol_id: int) -> str:
    protocol = protocols.protocol_of(db.session(), protocol_id)
    return render_template("admin/protocol_for.html", form=form, protocol=protocol)


def _service_choices() -> list[SelectChoice]:
    """Every service that is attended, with its site where there is more than one."""
    found = db.session.execute(
        select(Service.id, Service.name, Site.name)
        .join(Site, Site.id == Service.site_id)
        .where(Service.active)
        .order_by(Site.id, Service.name)
    ).all()
    alone = len({site for _id, _name, site in found}) == 1
    return [SelectChoice(number, name if alone else f"{name} ({site})") for number, name, site in found]


def _text_form(protocol_id: int) -> TextForm:
    """The form of the draft in hand. Raises NotADraft, NoProtocol."""
    draft = _draft(protocol_id)
    return form_of(read(draft.text), draft.saving)


def _edit(form: TextForm, protocol_id: int) -> str:
    moments = {moment.value: translate(text) for moment, text in MOMENTS.items()}
    return render_template(
        "admin/protocol_edit.html", form=form, draft=_draft(protocol_id), moments=moments, groups=GROUPS
    )


def _draft(protocol_id: int) -> ProtocolVersion:
    found = protocols.in_hand(protocols.protocol_of(db.session(), protocol_id))
    if found is None or found.state != VersionState.DRAFT:
        raise NotADraft
    return found
