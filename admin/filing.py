"""What comes by telephone, on paper, by e-mail or while the system was away: filed by an official, with its label."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from wtforms import SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from admin import bp
from admin.hall import ID
from core.catalogue.model import Office
from core.clock import BOGOTA, now
from core.db import transaction
from core.errors import Missing
from core.events import Who
from core.files.kinds import PETITION
from core.people.rights import Permission
from core.petitions import filing, finding
from core.petitions.model import Channel, Petition
from core.petitions.once import filed_already
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Moment, OneDay, Prose, Text, Whole, receives
from core.web.guard import requires
from core.web.petition_filed import draw_filed, draw_paper, paper_answer
from core.web.petition_form import TakenDownForm
from core.web.petition_intake import bring_in, keep_in_sight, out_of_sight, place_files, receipt
from core.web.petition_paper import label_paper

SHOWN = 20
CHANNELS = (
    (Channel.PAPER, _l("Papel")),
    (Channel.PHONE, _l("Teléfono")),
    (Channel.EMAIL, _l("Correo")),
    (Channel.IN_PERSON, _l("En persona")),
)
SPOKEN = (Channel.PHONE, Channel.IN_PERSON)


class FilingForm(TakenDownForm):
    """A petition that somebody else made: by where and when it came, and what came with it."""

    channel = SelectField(_l("Por dónde llegó"), default=Channel.PAPER, choices=[SelectChoice(*c) for c in CHANNELS])
    day = OneDay(_l("Día en que llegó"), [InputRequired(_l("Escriba el día en que llegó."))])
    hour = Moment(_l("Hora"), [InputRequired(_l("Escriba la hora en que llegó."))])
    folios = Whole(_l("Folios"), [Optional()], least=1, most=9999)
    annexes = Text(_l("Otros anexos"), [Optional()], most=filing.LONGEST_FIELD)
    office = SelectField(_l("Dependencia"), [Optional()])
    contingency = Text(_l("Número de la planilla de contingencia"), [Optional()], most=40)

    @property
    def came_at(self) -> datetime:
        return datetime.combine(self.day.data, self.hour.data, tzinfo=BOGOTA)

    def more(self) -> dict[str, Any]:
        """What the filing wants besides what every petition says."""
        return {
            "received_at": self.came_at,
            "verbal": self.channel.data in SPOKEN,
            "office_id": int(self.office.data) if self.office.data else None,
            "folios": self.folios.data,
            "annexes": self.annexes.data or "",
            "contingency": self.contingency.data or "",
        }


class AnnulForm(Form):
    reason = Prose(_l("Motivo"), [InputRequired(_l("Escriba por qué se anula el radicado."))], most=500)


def _filing_form() -> FilingForm:
    at = now()
    form = FilingForm(data={"day": at.date(), "hour": at.time()})
    offices = db.session().execute(select(Office.id, Office.name).where(Office.active).order_by(Office.name))
    form.office.choices = [SelectChoice("", _("La que recibe peticiones"))]
    form.office.choices += [SelectChoice(str(office_id), name) for office_id, name in offices]
    return form


def _annul_form(petition_id: int) -> AnnulForm:
    """Raises NotYours."""
    finding.petition_for(db.session(), current_user, petition_id)
    return AnnulForm()


@bp.get("/filing")
@requires(Permission.RECEIVE_PETITIONS)
def filing_new() -> ResponseReturnValue:
    return _page(_filing_form())


@bp.post("/filing")
@requires(Permission.RECEIVE_PETITIONS)
@receives(PETITION.total)
@asks(_filing_form, lambda form: _page(form))
def filing_new_act(form: FilingForm) -> ResponseReturnValue:
    at = now()
    code, who = form.code(f"official {current_user.id}", str(request.endpoint)), Who("official", current_user.id)
    placed = place_files(form, at)
    with transaction(db.session) as session:
        if filed_already(session, code, at) is None:
            bring_in(session, form, Channel(form.channel.data), placed, code, who, at, **form.more())
    keep_in_sight(code, at)
    return redirect(url_for(".filing_done"))


@bp.get("/filing/done")
@requires(Permission.RECEIVE_PETITIONS)
def filing_done() -> ResponseReturnValue:
    return draw_filed(paper="admin.filing_paper", done="admin.filing_kept")


@bp.get("/filing/done/<paper>-<int:width>.pdf")
@requires(Permission.RECEIVE_PETITIONS)
def filing_paper(paper: str, width: int) -> ResponseReturnValue:
    return draw_paper(paper, width)


@bp.post("/filing/kept")
@requires(Permission.RECEIVE_PETITIONS)
def filing_kept() -> ResponseReturnValue:
    """The person has the number and the code: this browser forgets them."""
    Form().checked()
    out_of_sight()
    return redirect(url_for(".filing_new"))


@bp.get(f"/filing/<{ID}:petition_id>/label-<int:width>.pdf")
@requires(Permission.RECEIVE_PETITIONS)
def filing_label(petition_id: int, width: int) -> Response:
    """The label again, for a petition that the official may read and that is not reserved. Raises NotYours, Missing."""
    petition = finding.petition_for(db.session(), current_user, petition_id)
    if petition.confidential:
        raise Missing
    return paper_answer(lambda here: label_paper(receipt(db.session(), petition), here, width), width)


@bp.get(f"/filing/<{ID}:petition_id>/annul")
@requires(Permission.RECEIVE_PETITIONS)
def filing_annul(petition_id: int) -> ResponseReturnValue:
    return _annul_page(_annul_form(petition_id), petition_id)


@bp.post(f"/filing/<{ID}:petition_id>/annul")
@requires(Permission.RECEIVE_PETITIONS)
@asks(_annul_form, lambda form, petition_id: _annul_page(form, petition_id))
def filing_annul_act(form: AnnulForm, petition_id: int) -> ResponseReturnValue:
    """The number stays, without a petition, and says why. Raises NotYours, Refused."""
    with transaction(db.session) as session:
        petition = finding.petition_for(session, current_user, petition_id, lock=True)
        filing.annul(session, petition, form.reason.data, current_user.id, now())
    flash(_("Se anuló el radicado. El número no se vuelve a usar."), "success")
    return redirect(url_for(".filing_new"))


def _page(form: FilingForm) -> str:
    mine = select(Petition).where(Petition.filed_by == current_user.id, finding.readable(current_user))
    last = db.session.scalars(mine.order_by(Petition.id.desc()).limit(SHOWN)).all()
    return render_template("admin/filing.html", form=form, last=last)


def _annul_page(form: AnnulForm, petition_id: int) -> str:
    petition = finding.petition_for(db.session(), current_user, petition_id)
    return render_template("admin/filing_annul.html", form=form, petition=petition)
