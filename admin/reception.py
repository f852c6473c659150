"""How petitions are received: the form by which it is set, and every change that was made to it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from wtforms import RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from admin import bp
from core.catalogue.model import Office
from core.clock import now
from core.db import transaction
from core.people.model import Official
from core.people.rights import Permission
from core.petitions import reminders
from core.petitions.facts import Policy
from core.petitions.model import PetitionSettings
from core.petitions.reception import MOST_DAYS, Reception, may_keep_reserve, set_reception, settings
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text, Whole
from core.web.guard import requires

POLICIES = {Policy.STRICT: _l("Estricta"), Policy.LAX: _l("Laxa")}
EXPLAINED = {
    Policy.STRICT: _l("El día en que llega es el día 0, aunque sea de noche o festivo. Nunca da una respuesta tardía."),
    Policy.LAX: _l("Lo que llega cerrado o en día no hábil cuenta como llegado el siguiente día hábil (art. 54)."),
}
HISTORY_SHOWN = 20
HEAD = "head_"


class ReceptionForm(Form):
    reception = RadioField(
        _l("¿Cómo cuenta el día en que llega una petición?"),
        [InputRequired(_l("Elija cómo se cuenta."))],
        choices=[SelectChoice(policy.value, name) for policy, name in POLICIES.items()],
    )
    act = Text(_l("Acto que lo adopta"), [Optional()], most=200, description=_l("Solo si no es la estricta."))
    office_id = SelectField(
        _l("Dependencia que recibe lo que no nombra otra"), [InputRequired(_l("Elija una dependencia."))], coerce=int
    )
    soon_days = Whole(
        _l("Días hábiles antes del final en que está por vencer"),
        [InputRequired(_l("Escriba un número."))],
        least=1,
        most=MOST_DAYS,
    )
    draft_days = Whole(
        _l("Días hábiles antes del final en que debe haber borrador"),
        [InputRequired(_l("Escriba un número."))],
        least=1,
        most=MOST_DAYS,
    )
    custodians = SelectMultipleField(
        _l("¿Quién lee las denuncias de corrupción y las de identidad reservada?"),
        [InputRequired(_l("Elija al menos a una persona."))],
        coerce=int,
        description=_l("Nadie más las ve, tampoco quien administra. Vale para las que lleguen desde ahora."),
    )

    def heads(self) -> list[str]:
        """The names of the fields that say who answers for each office."""
        return [name for name in self._fields if name.startswith(HEAD)]

    def wanted(self) -> Reception:
        """What the form asks for."""
        return Reception(
            reception=Policy(self.reception.data),
            office_id=self.office_id.data,
            soon_days=self.soon_days.data,
            draft_days=self.draft_days.data,
            custodians=tuple(self.custodians.data),
            act=self.act.data,
        )


def _form() -> ReceptionForm:
    """The form, filled with what rules now."""
    session = db.session()
    now_set = settings(session)
    names = ("reception", "act", "office_id", "soon_days", "draft_days", "custodians")
    offices = session.scalars(select(Office).where(Office.active).order_by(Office.name)).all()
    people = session.scalars(select(Official).where(Official.active).order_by(Official.name)).all()
    keepers = [one for one in people if may_keep_reserve(one)]
    filled = {name: getattr(now_set, name) for name in names}
    filled |= {f"{HEAD}{office_id}": str(who) for office_id, who in reminders.heads(session).items()}
    fields = {f"{HEAD}{office.id}": _head_field(office, keepers) for office in offices}
    form: ReceptionForm = type("EntityReceptionForm", (ReceptionForm,), fields)(data=filled)
    form.office_id.choices = [(office.id, office.name) for office in offices]
    form.custodians.choices = [(one.id, one.name) for one in keepers]
    return form


def _head_field(office: Office, people: list[Official]) -> SelectField:
    mine = [SelectChoice(str(one.id), one.name) for one in people if one.office_id == office.id]
    return SelectField(office.name, choices=[SelectChoice("", _l("Nadie en particular")), *mine], default="")


@bp.get("/reception")
@requires(Permission.CONFIGURE)
def reception_set() -> ResponseReturnValue:
    return _page(_form())


@bp.post("/reception")
@requires(Permission.CONFIGURE)
@asks(_form, lambda form: _page(form))
def reception_act(form: ReceptionForm) -> ResponseReturnValue:
    """Receive petitions so from now on."""
    with transaction(db.session) as session:
        set_reception(session, form.wanted(), current_user.id, now())
        for name in form.heads():
            head = form[name].data
            reminders.set_head(session, int(name.removeprefix(HEAD)), int(head) if head else None)
    flash(_("Guardado. Rige para las peticiones que lleguen desde ahora."), "success")
    return redirect(url_for(".reception_set"))


def _page(form: ReceptionForm) -> str:
    rows = db.session.execute(
        select(PetitionSettings, Official.name, Office.name)
        .outerjoin(Official, Official.id == PetitionSettings.set_by)
        .outerjoin(Office, Office.id == PetitionSettings.office_id)
        .order_by(PetitionSettings.id.desc())
        .limit(HISTORY_SHOWN)
    ).all()
    return render_template("admin/reception.html", form=form, history=rows, policies=POLICIES, explained=EXPLAINED)
