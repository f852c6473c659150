"""Information in sight: what is missing or old of the six contents, and the texts written and published here."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import TextAreaField, ValidationError
from wtforms.validators import InputRequired, Optional

from admin import bp
from core.catalogue.model import Site
from core.errors import Missing
from core.information import actions as texts
from core.information.gaps import Content, Gap, Lack, gaps
from core.information.model import CHARTER, COMPLAINTS, CONTACT, KINDS, PublicText
from core.information.pieces import Pieces, as_read, known, pieces
from core.people.rights import Permission
from core.reports.pdf import draw
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text, Whole, clean
from core.web.guard import requires
from core.web.line import hour_of, in_line
from core.web.office import entity
from core.web.poster import poster

NAMES = {
    Content.RIGHTS: _l("Derechos y medios para garantizarlos"),
    Content.SERVICES: _l("Procedimientos, trámites y servicios"),
    Content.TIMES: _l("Tiempos de entrega"),
    Content.REQUIREMENTS: _l("Requisitos e indicaciones"),
    Content.HOURS: _l("Horarios y puntos de atención"),
    Content.COMPLAINTS: _l("A quién dirigir una queja"),
}
SEEN_AT = {
    Content.RIGHTS: "portal.rights",
    Content.SERVICES: "portal.services",
    Content.TIMES: "portal.services",
    Content.REQUIREMENTS: "portal.services",
    Content.HOURS: "portal.hours",
    Content.COMPLAINTS: "portal.complaints",
}
SENTENCES = {
    Lack.NO_TEXT: _l("No hay texto publicado."),
    Lack.ANOTHER_YEAR: _l("La carta no es de este año. La ley ordena renovarla cada año."),
    Lack.NO_ACT: _l("Ningún acto la adopta todavía. Publíquela con su decreto o resolución."),
    Lack.NO_ENGLISH: _l("Falta el inglés."),
    Lack.NO_SERVICES: _l("No hay trámites publicados."),
    Lack.NO_DESCRIPTION: _l("Hay trámites sin descripción."),
    Lack.NO_TIME: _l("Hay trámites sin tiempo de entrega."),
    Lack.NO_REQUIREMENTS: _l("Hay trámites que no dicen qué traer, ni que no se trae nada."),
    Lack.NO_HOURS: _l("La sede no tiene horario."),
    Lack.FEW_HOURS: _l("El horario suma menos de 40 horas a la semana, el mínimo de la ley."),
    Lack.NO_ADDRESS: _l("La sede no tiene dirección."),
    Lack.NO_WAY: _l("No dice cómo llegar y entrar sin escaleras."),
    Lack.NO_CONTACT: _l("Faltan datos de a quién dirigir la queja."),
    Lack.NO_CHANNEL: _l("No hay teléfono, correo ni lugar para dirigir la queja."),
    Lack.NOT_REVIEWED: _l("Nadie la ha revisado en el último año."),
}
TALL = {"rows": 16, "spellcheck": "true"}
FIELDS = {"office": _l("dependencia"), "person": _l("nombre"), "position": _l("cargo")}


class Paragraphs(TextAreaField):
    """Text of several lines, of a few pages at most."""

    most = 20_000

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].replace("\r\n", "\n") if valuelist else ""
        try:
            self.data = clean(self.data, lines=True)
        except ValueError:
            raise ValidationError(_("Tiene caracteres no permitidos. Escríbalo de nuevo.")) from None
        if len(self.data) > self.most:
            sentence = _("Escriba %(most)s caracteres o menos. Tiene %(count)s.", most=self.most, count=len(self.data))
            raise ValidationError(sentence)


class CharterForm(Form):
    """The charter: its year, and its text in both languages."""

    year = Whole(_l("Año"), [InputRequired(_l("Escriba el año."))], least=texts.FIRST_YEAR, most=9999)
    body = Paragraphs(_l("Texto"), [InputRequired(_l("Escriba el texto en español."))], render_kw=TALL)
    body_en = Paragraphs(_l("El mismo texto en inglés"), [Optional()], render_kw=TALL | {"lang": "en"})

    def written(self) -> texts.Written:
        """What the form asks for."""
        contact = {name: self[name].data for name in CONTACT if name in self}
        return texts.Written(self.body.data, self.body_en.data, self.year.data, contact)


class ComplaintsForm(CharterForm):
    """Whom to complain to: the person first, then the text."""

    office = Text(_l("Dependencia"), [Optional()], most=texts.LONGEST_FIELD)
    person = Text(_l("Nombre del servidor"), [Optional()], most=texts.LONGEST_FIELD)
    position = Text(_l("Cargo"), [Optional()], most=texts.LONGEST_FIELD)
    place = Text(_l("Oficina o ventanilla"), [Optional()], most=texts.LONGEST_FIELD)
    phone = Text(_l("Teléfono"), [Optional()], most=texts.LONGEST_FIELD)
    email = Text(_l("Correo"), [Optional()], most=texts.LONGEST_FIELD)


class PublishForm(Form):
    """The act that adopts what is published."""

    act = Text(_l("Acto que lo adopta"), [Optional()], most=texts.LONGEST_FIELD)


class WayForm(Form):
    """How to reach and enter the site."""

    way = Text(_l("Cómo llegar y entrar"), [Optional()], most=texts.LONGEST_LINE)
    way_en = Text(_l("Lo mismo en inglés"), [Optional()], most=texts.LONGEST_LINE)


@bp.get("/information")
@requires(Permission.CONFIGURE)
def information() -> ResponseReturnValue:
    """Each content: when it was last seen to be true, and what to mend with the way to mend it."""
    told = _told()
    found = gaps(known(told), hour_of(current_user.site_id).at.date())
    rows = [(content, NAMES[content], [_mend(gap) for gap in found if gap.content is content]) for content in Content]
    return render_template(
        "admin/information.html",
        rows=rows,
        told=told,
        seen_at=SEEN_AT,
        missing=len({gap.content for gap in found}),
        drafts={text_kind: texts.draft_of(db.session(), text_kind) for text_kind in (CHARTER, COMPLAINTS)},
    )


@bp.post("/information/review/<content>")
@requires(Permission.CONFIGURE)
def information_review(content: str) -> ResponseReturnValue:
    """It was read as the public sees it, and it is true."""
    Form().checked()
    if content not in NAMES:
        raise Missing
    reviewed = Content(content)
    with in_line(current_user.site_id) as (session, at):
        texts.review(session, current_user.site_id, reviewed, current_user.id, at)
    flash(_("Quedó revisado hoy: %(content)s.", content=str(NAMES[reviewed])), "success")
    return redirect(url_for(".information"))


@bp.get("/information/poster.pdf")
@requires(Permission.CONFIGURE)
def information_poster() -> Response:
    """The poster of the site, to be printed."""
    here = entity()
    if here is None:
        raise Missing
    paper = draw("poster", poster(_told(), here, current_app.config["PUBLIC_URL"]), hour_of(current_user.site_id).at)
    return Response(paper, mimetype="application/pdf", headers={"Content-Disposition": "inline; filename=afiche.pdf"})


def _way_form() -> WayForm:
    told = _told()
    return WayForm(data={"way": told.way.es, "way_en": told.way.en})


@bp.get("/information/way")
@requires(Permission.CONFIGURE)
def information_way() -> ResponseReturnValue:
    return _way_page(_way_form())


@bp.post("/information/way")
@requires(Permission.CONFIGURE)
@asks(_way_form, lambda form: _way_page(form))
def information_way_act(form: WayForm) -> ResponseReturnValue:
    """Tell how to reach and enter the site."""
    with in_line(current_user.site_id) as (session, at):
        texts.tell_the_way(session, current_user.site_id, form.way.data, form.way_en.data, current_user.id, at)
    flash(_("Se guardó cómo llegar."), "success")
    return redirect(url_for(".information"))


def _text_form(text_kind: str) -> CharterForm:
    """The form, filled with the draft or, if there is none, with what is in force. Raises Missing."""
    if text_kind not in KINDS:
        raise Missing
    text = texts.draft_of(db.session(), text_kind) or texts.in_force(db.session(), text_kind)
    filled: dict[str, Any] = {"year": hour_of(current_user.site_id).at.year}
    if text is not None:
        filled = {"year": text.year, "body": text.body, "body_en": text.body_en} | text.contact
    return (CharterForm if text_kind == CHARTER else ComplaintsForm)(data=filled)


@bp.get("/information/<text_kind>")
@requires(Permission.CONFIGURE)
def information_text(text_kind: str) -> ResponseReturnValue:
    return _text_page(_text_form(text_kind), text_kind)


@bp.post("/information/<text_kind>")
@requires(Permission.CONFIGURE)
@asks(_text_form, lambda form, text_kind: _text_page(form, text_kind))
def information_text_act(form: CharterForm, text_kind: str) -> ResponseReturnValue:
    """Keep the draft."""
    with in_line(current_user.site_id) as (session, at):
        texts.write(session, current_user.site_id, text_kind, form.written(), current_user.id, at)
    flash(_("Se guardó el borrador. Mírelo antes de publicarlo."), "success")
    return redirect(url_for(".information_draft", text_kind=text_kind))


@bp.get("/information/<text_kind>/draft")
@requires(Permission.CONFIGURE)
def information_draft(text_kind: str) -> ResponseReturnValue:
    return _draft_page(PublishForm(), text_kind)


@bp.post("/information/<text_kind>/draft")
@requires(Permission.CONFIGURE)
@asks(lambda text_kind: PublishForm(), lambda form, text_kind: _draft_page(form, text_kind))
def information_draft_act(form: PublishForm, text_kind: str) -> ResponseReturnValue:
    """Show the draft to everybody from now on."""
    with in_line(current_user.site_id) as (session, at):
        texts.publish(session, current_user.site_id, text_kind, form.act.data, current_user.id, at)
    flash(_("Publicado: ya se ve en el portal, el quiosco, las pantallas y el afiche."), "success")
    return redirect(url_for(".information"))


@bp.post("/information/<text_kind>/discard")
@requires(Permission.CONFIGURE)
def information_discard(text_kind: str) -> ResponseReturnValue:
    """Forget the draft; what is in force stays."""
    Form().checked()
    with in_line(current_user.site_id) as (session, at):
        texts.discard(session, current_user.site_id, text_kind, current_user.id, at)
    flash(_("Se descartó el borrador. Sigue en vigor lo publicado."), "success")
    return redirect(url_for(".information"))


def _told() -> Pieces:
    """What the public is told of the site, read anew."""
    site_id = current_user.site_id
    return pieces(db.session(), db.session().get_one(Site, site_id), hour_of(site_id).at)


def _mend(gap: Gap) -> tuple[str, list[tuple[str, str | None]], str | None]:
    """What is the matter, with which services or data, and where it is mended; a review is done on the page itself."""
    about: list[tuple[str, str | None]] = [(name, url_for(".sheets_one", service_id=id)) for id, name in gap.about]
    about += [(str(FIELDS[field]), None) for field in gap.fields]
    where = {
        Content.RIGHTS: url_for(".information_text", text_kind=CHARTER),
        Content.COMPLAINTS: url_for(".information_text", text_kind=COMPLAINTS),
        Content.HOURS: url_for(".information_way") if gap.lack is Lack.NO_WAY else None,
        Content.SERVICES: url_for(".sheets"),
    }.get(gap.content)
    return str(SENTENCES[gap.lack]), about, None if gap.lack is Lack.NOT_REVIEWED else where


def _text_page(form: CharterForm, text_kind: str) -> str:
    return render_template(
        "admin/information_text.html",
        form=form,
        text_kind=text_kind,
        contact=[name for name in CONTACT if name in form],
        has_draft=texts.draft_of(db.session(), text_kind) is not None,
        versions=texts.versions(db.session(), text_kind),
    )


def _draft_page(form: PublishForm, text_kind: str) -> str:
    draft: PublicText | None = texts.draft_of(db.session(), text_kind)
    if draft is None:
        raise Missing
    return render_template(
        "admin/information_draft.html", form=form, text_kind=text_kind, draft=draft, preview=as_read(draft)
    )


def _way_page(form: WayForm) -> str:
    return render_template("admin/information_way.html", form=form)
