"""Setting the town hall up: what each site still lacks, the entity itself, and the site that is in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Optional, Regexp

from admin import bp
from admin.history import chapters
from admin.kinds import PAGES, ThingForm
from admin.mail import mail_needs
from core import changes, desks
from core.catalogue.model import Entity, Site
from core.errors import N_, Missing, Refused
from core.people import actions as people
from core.people.rights import Permission
from core.petitions.reception import custodians
from core.readiness import Line, Need, readiness
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text, whole
from core.web.guard import requires
from core.web.line import in_line


class LeaveYourWindow(Refused):
    message = N_("Está en la ventanilla %(window)s. Déjela antes de tomar otra sede.")


class SiteInHandForm(Form):
    site = RadioField(_l("¿Qué sede va a configurar?"), [InputRequired(_l("Elija una sede."))], coerce=whole)


class EntityForm(ThingForm):
    name = Text(_l("Nombre de la entidad"), [InputRequired(_l("Escriba el nombre."))], most=120)
    short_name = Text(
        _l("Nombre corto"), [InputRequired(_l("Escriba el nombre corto."))], most=40, description=_l("El de la barra.")
    )
    municipality = Text(_l("Municipio"), [InputRequired(_l("Escriba el municipio."))], most=60)
    department = Text(_l("Departamento"), [InputRequired(_l("Escriba el departamento."))], most=60)
    phone = Text(_l("Teléfono"), [Optional()], most=60)
    email = Text(
        _l("Correo"),
        [Optional(), Regexp(r"[^@\s]+@[^@\s]+\.[^@\s.]+\Z", message=_l("Escriba el correo completo, con @ y punto."))],
        most=120,
    )
    web = Text(
        _l("Página web"),
        [Optional(), Regexp(r"https?://[^\s]+\Z", message=_l("Escríbala completa, con https:// adelante."))],
        most=160,
    )
    english = BooleanField(_l("Ofrecer inglés en el quiosco, el portal y el teléfono (el español está siempre)"))


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the list: what is asked, whether it is there, what is missing, and where it is set up."""

    title: str
    met: bool
    told: str
    url: str


@bp.context_processor
def site_in_hand() -> dict[str, Any]:
    """The site that the administrator has in hand, on every page of the administration, where there are several."""
    if not current_user.is_authenticated or not current_user.may(Permission.CONFIGURE):
        return {"site_in_hand": None}
    sites = _sites(db.session())
    mine = next((site for site in sites if site.id == current_user.site_id), None)
    return {"site_in_hand": mine if len(sites) > 1 else None}


@bp.get("/setup")
@requires(Permission.CONFIGURE)
def setup() -> ResponseReturnValue:
    session = db.session()
    lines = readiness(session, current_user.site_id)
    steps = [_step(line) for line in lines]
    site = session.get_one(Site, current_user.site_id)
    missing = sum(not step.met for step in steps)
    return render_template(
        "admin/setup.html",
        steps=steps,
        site=site,
        missing=missing,
        pages=PAGES,
        mail_needs=mail_needs(session),
        somebody_keeps_reserve=bool(custodians(session)),
    )


@bp.get("/setup/site")
@requires(Permission.CONFIGURE)
def setup_site() -> ResponseReturnValue:
    return _choose(_site_form())


@bp.post("/setup/site")
@requires(Permission.CONFIGURE)
@asks(lambda: _site_form(), lambda form: _choose(form))
def setup_site_act(form: SiteInHandForm) -> ResponseReturnValue:
    """Have another site in hand, in this session."""
    with in_line(current_user.site_id) as (session, _at):
        sitting = desks.sitting_of(session, current_user.id)
        if sitting is not None and sitting.window.site_id != form.site.data:
            raise LeaveYourWindow(window=sitting.window.label)
        name = people.take_site(session, current_user.id, current_user.sign_in_id, form.site.data).name
    flash(_("Ahora tiene en la mano la sede «%(name)s».", name=name), "success")
    return redirect(url_for(".setup"))


@bp.get("/setup/entity")
@requires(Permission.CONFIGURE)
def setup_entity() -> ResponseReturnValue:
    return _entity_page(_entity_form())


@bp.post("/setup/entity")
@requires(Permission.CONFIGURE)
@asks(lambda: _entity_form(), lambda form: _entity_page(form))
def setup_entity_act(form: EntityForm) -> ResponseReturnValue:
    """Give the town hall its name, its contact and its languages."""
    with in_line(current_user.site_id) as (session, at):
        entity = _entity(session)
        changed = changes.apply(session, entity, form.values(session), current_user.id, at, form.why.data)
    flash(_("Se guardó. Rige desde ahora.") if changed else _("No había nada que cambiar."), "success")
    return redirect(url_for(".setup_entity"))


def _sites(session: Session) -> list[Site]:
    return list(session.scalars(select(Site).where(Site.active | (Site.id == current_user.site_id)).order_by(Site.id)))


def _site_form() -> SiteInHandForm:
    form = SiteInHandForm(data={"site": current_user.site_id})
    form.site.choices = [SelectChoice(site.id, site.name) for site in _sites(db.session())]
    return form


def _choose(form: SiteInHandForm) -> str:
    return render_template("admin/site_in_hand.html", form=form)


def _entity(session: Session) -> Entity:
    """The town hall. Raises Missing before there is one."""
    entity = session.scalar(select(Entity).limit(1))
    if entity is None:
        raise Missing
    return entity


def _entity_form() -> EntityForm:
    return EntityForm(obj=_entity(db.session()))


def _entity_page(form: EntityForm) -> str:
    session = db.session()
    history = chapters(changes.of_thing(session, _entity(session)))
    return render_template("admin/entity.html", form=form, history=history)


def _step(line: Line) -> Step:
    """A line in words, with the way to where it is put right."""
    many, left = line.many, ", ".join(line.left_out[:4]) + ("…" if len(line.left_out) > 4 else "")
    site = {"kind": "sites", "thing_id": current_user.site_id}
    there: dict[Need, tuple[str, str, str, str]] = {
        Need.ADDRESS: (_("Dirección de la sede"), _("Escrita"), _("Falta"), url_for(".things_one", **site)),
        Need.HOURS: (_("Horario"), _("Escrito"), _("No abre ningún día"), url_for(".hours")),
        Need.OFFICES: (_("Dependencias"), str(many), _("Ninguna"), url_for(".things", kind="offices")),
        Need.TOPICS: (_("Temas del quiosco"), str(many), _("Ninguno"), url_for(".things", kind="topics")),
        Need.SERVICES: (_("Servicios"), str(many), _("Ninguno"), url_for(".things", kind="services")),
        Need.WINDOWS: (_("Ventanillas"), str(many), _("Ninguna"), url_for(".things", kind="windows")),
        Need.MATRIX: (
            _("Qué atiende cada ventanilla"),
            _("Todos los servicios tienen ventanilla"),
            _("Sin ventanilla: %(left)s", left=left) if left else _("Elija qué atiende cada una"),
            url_for(".matrix"),
        ),
        Need.OFFICIALS: (_("Funcionarios que atienden"), str(many), _("Ninguno"), url_for(".people")),
        Need.SKILLS: (
            _("Quién sabe atender qué"),
            _("Todos los servicios tienen quien los atienda"),
            _("Nadie atiende: %(left)s", left=left) if left else _("Agregue antes a quienes atienden"),
            url_for(".people"),
        ),
        Need.GROUPS: (_("Grupos preferenciales"), str(many), _("Ninguno"), url_for(".things", kind="groups")),
        Need.LISTS: (
            _("Motivos y resultados"),
            _("Con las listas usuales"),
            _("Falta algún motivo de pausa o resultado"),
            url_for(".things", kind="reasons"),
        ),
        Need.KIOSK: (_("Quiosco"), str(many), _("Ninguno vinculado"), url_for(".devices")),
        Need.DISPLAY: (_("Pantalla"), str(many), _("Ninguna vinculada"), url_for(".devices")),
        Need.LEGAL_HOURS: (
            _("Horas que pide la ley"),
            _("%(many)s a la semana", many=many),
            _("La ley pide 40 a la semana y 8 cada día"),
            url_for(".hours"),
        ),
    }
    title, met, missing, url = there[line.need]
    return Step(title, line.met, met if line.met else missing, url)
