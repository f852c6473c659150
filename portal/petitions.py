"""File a petition: one page, in one's own words, with or without a name; and what the person takes home of it."""

from __future__ import annotations

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.clock import now
from core.db import transaction
from core.errors import N_, Invalid
from core.events import Who
from core.files.kinds import PETITION
from core.petitions.filing import LONGEST_SUBJECT, code_hash
from core.petitions.model import Channel, Identity
from core.petitions.once import filed_already
from core.petitions.reckoning import deadline_of
from core.petitions.terms import Kind
from core.plan.registers import looking
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text, receives
from core.web.guard import public
from core.web.information import begun
from core.web.office import entity
from core.web.pace import Pace, check_pace
from core.web.petition_form import PetitionForm
from core.web.petition_intake import bring_in, in_sight, keep_in_sight, out_of_sight, place_files, receipt
from core.web.petition_paper import due_text, follow_address, missing_text, notes, receipt_paper, rows
from core.web.petition_words import account_told
from core.web.qr import qr_drawing
from portal import bp
from portal.plan_cutoffs import comment_begun

FILINGS = "portal filings"
FILINGS_PER_MINUTE = 20
"""Petitions a minute from one network: a whole hall of phones behind one address files fewer."""


class CorruptionForm(PetitionForm):
    """The same, for what is told of corruption: its kind is known, and all of it is kept sealed."""

    kind = None

    @property
    def asked_kind(self) -> Kind:
        return Kind.CORRUPTION


class KeptForm(Form):
    """The person has the receipt; who gave no name types the code once, because nobody can give it again."""

    code = Text(_l("Código"), most=40)


@bp.get("/petitions/new")
@public
def petition() -> ResponseReturnValue:
    return _page(PetitionForm(data=comment_begun() or _about_a_process()))


@bp.post("/petitions/new")
@public
@receives(PETITION.total)
@asks(PetitionForm, lambda form: _page(form))
def petition_act(form: PetitionForm) -> ResponseReturnValue:
    return _file(form)


@bp.get("/petitions/corruption")
@public
def petition_corruption() -> ResponseReturnValue:
    return _page(CorruptionForm())


@bp.post("/petitions/corruption")
@public
@receives(PETITION.total)
@asks(CorruptionForm, lambda form: _page(form))
def petition_corruption_act(form: CorruptionForm) -> ResponseReturnValue:
    return _file(form)


@bp.get("/petitions/receipt")
@public
def petition_receipt() -> ResponseReturnValue:
    return _receipt(KeptForm())


@bp.get("/petitions/receipt.pdf")
@public
def petition_receipt_pdf() -> ResponseReturnValue:
    """The receipt on paper; its name says nothing of what it is about."""
    session = db.session()
    filed, code = in_sight(now())
    found = deadline_of(session, filed, filed.filed_on)
    here = entity()
    paper = receipt_paper(receipt(session, filed, code), found, here.name if here else "")
    answer = Response(paper, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=_("constancia.pdf"))
    return answer


@bp.post("/petitions/kept")
@public
@asks(KeptForm, lambda form: _receipt(form))
def petition_kept(form: KeptForm) -> ResponseReturnValue:
    """Forget here what was filed. Raises Invalid for an anonymous one until the code comes back right."""
    filed, code = in_sight(now())
    if filed.identity is Identity.ANONYMOUS and code_hash(form.code.data) != code_hash(code):
        raise Invalid(N_("Ese no es el código que ve arriba. Cópielo otra vez, sin prisa."), field="code")
    out_of_sight()
    answer = make_response(render_template("portal/petition_kept.html"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@bp.record
def count_filings(setup: BlueprintSetupState) -> None:
    setup.app.extensions[FILINGS] = Pace(FILINGS_PER_MINUTE)


def _file(form: PetitionForm) -> ResponseReturnValue:
    """Keep what the form says, once however often it is sent. Raises TooMany, Invalid, NoOffice, NotTaken."""
    check_pace(current_app.extensions[FILINGS])
    at = now()
    code = form.code("citizen", request.path)
    placed = place_files(form, at)
    with transaction(db.session) as session:
        if filed_already(session, code, at) is None:
            bring_in(session, form, Channel.WEB, placed, code, Who("citizen"), at)
    keep_in_sight(code, at)
    return redirect(url_for(".petition_receipt"))


def _about_a_process() -> dict[str, str]:
    """What the form begins with for who comes from a process of SECOP: a suggestion about contracting that names it."""
    named = request.args.get("process", "")
    if not (named.isascii() and named.isdigit() and len(named) < 10):
        return {}
    now = looking.published(db.session(), "secop", int(named)).now
    subject = _("Contratación: proceso %(number)s del SECOP. %(title)s", number=now.facts["number"], title=now.title)
    return {"kind": Kind.SUGGESTION, "subject": subject[:LONGEST_SUBJECT]}


def _page(form: PetitionForm) -> str:
    page = "portal/petition_corruption.html" if isinstance(form, CorruptionForm) else "portal/petition.html"
    return render_template(page, form=form)


def _receipt(form: KeptForm) -> str:
    session = db.session()
    filed, code = in_sight(now())
    told, found = receipt(session, filed, code), deadline_of(session, filed, filed.filed_on)
    return render_template(
        "portal/petition_receipt.html",
        form=form,
        told=told,
        rows=rows(told, found),
        due=begun(due_text(found)),
        missing=missing_text(told),
        notes=notes(told),
        account=account_told(found, filed.filed_on),
        qr=qr_drawing(follow_address(code), _("Código QR que abre la página de seguimiento")),
        typed_back=filed.identity is Identity.ANONYMOUS,
    )
