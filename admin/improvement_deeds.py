"""What may be done with an improvement action on its page: a form for each deed, and the verb that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from admin.petition_deeds import number, with_own_ids
from core.catalogue.model import Office
from core.clock import now
from core.errors import N_
from core.files.actions import Placed
from core.files.kinds import EVIDENCE
from core.improvement import actions
from core.improvement.actions import LONGEST, LONGEST_TOLD, Proof, Verdict
from core.improvement.model import Improvement
from core.improvement.standing import FITS
from core.improvement.standing import Deed as Done
from core.people.model import Official
from core.people.rights import Permission, Reach, reaches
from core.web.forms import OneDay, PressForm, Prose, Text, is_link
from core.web.uploads import Files

REASON = _l("Motivo")
_TALL = {"rows": 3, "spellcheck": "true", "lang": "es"}
_A_DAY = InputRequired(_l("Escriba una fecha como 23/11/2026."))
AS_FIRST_DRAWN: dict[str, Any] = {"formdata": None}
"""What a form is made with that another one of its page was sent for."""
Do = Callable[[Session, Improvement, Any, Proof, int, datetime], None]


class ReasonForm(PressForm):
    reason = Prose(REASON, most=LONGEST, render_kw=_TALL)


class ProofForm(PressForm):
    """What was done, and what shows it."""

    text = Prose(_l("Qué se hizo"), most=LONGEST, render_kw=_TALL)
    link = Text(
        _l("Dirección en la web"), [Optional(), is_link], most=500, description=_l("Si lo que lo muestra está allí.")
    )
    files = Files(_l("Archivos que lo muestran"), EVIDENCE)


class MoveForm(PressForm):
    due_on = OneDay(_l("Nueva fecha"), [_A_DAY])
    reason = Prose(REASON, most=LONGEST, render_kw=_TALL)


class HandsForm(PressForm):
    office = SelectField(_l("Dependencia"), validate_choice=False)
    official = SelectField(_l("Quién responde"), validate_choice=False)
    reason = Prose(REASON, most=LONGEST, render_kw=_TALL)


class RewriteForm(PressForm):
    cause = Prose(_l("Por qué pasa"), most=LONGEST, render_kw=_TALL)
    action = Prose(_l("Qué se va a hacer"), most=LONGEST, render_kw=_TALL)
    reason = Prose(_l("Por qué se cambia"), most=LONGEST, render_kw=_TALL)


class ReopenForm(PressForm):
    action = Prose(_l("Qué se va a hacer ahora"), most=LONGEST, render_kw=_TALL)
    due_on = OneDay(_l("Para cuándo"), [_A_DAY])
    reason = Prose(REASON, most=LONGEST, render_kw=_TALL)


class TellForm(PressForm):
    told = Prose(
        _l("Lo que lee la ciudadanía"),
        [Optional()],
        most=LONGEST_TOLD,
        render_kw={"rows": 2, "lang": "es"},
        description=_l("Una frase: «Cambiamos los avisos de la sala para que se lean de lejos». Vacía, no se publica."),
    )
    told_en = Prose(
        _l("La misma frase en inglés"), [Optional()], most=LONGEST_TOLD, render_kw={"rows": 2, "lang": "en"}
    )


class VerifyForm(TellForm):
    effective = RadioField(
        _l("¿Sirvió?"),
        [InputRequired(_l("Diga si sirvió o no."))],
        choices=[SelectChoice("yes", _l("Sí: se cierra")), SelectChoice("no", _l("No: se abrirá otra vez"))],
    )
    why = Prose(_l("Cómo lo comprobó"), most=LONGEST, render_kw=_TALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that may be done: what it leaves in the log, how it is offered, what is asked for it and who may."""

    name: str
    done: Done
    title: str
    drawing: str
    form: type[PressForm]
    do: Do
    needs: Permission = Permission.RUN_IMPROVEMENTS
    hint: str = ""
    danger: bool = False

    def fits(self, improvement: Improvement) -> bool:
        return improvement.stage in FITS[self.done]


def proof_of(form: PressForm) -> Proof:
    """What the form brings to show it, its files on the disk; so it comes before the transaction."""
    placed: Sequence[Placed] = form.files.place(now()) if isinstance(form, ProofForm) else ()
    return Proof(placed, (form.link.data or "") if isinstance(form, ProofForm) else "")


def form_of(deed: Deed, improvement: Improvement, session: Session, *, fresh: bool = False) -> PressForm:
    """The form of a deed, each field with an id of its own; `fresh`: as it is first drawn, whatever was sent."""
    begins = {name: getattr(improvement, name) for name in ("cause", "action", "told", "told_en")}
    begins |= {"office": str(improvement.office_id), "official": str(improvement.official_id)}
    form = with_own_ids(deed.form(data=begins, **(AS_FIRST_DRAWN if fresh else {})), deed.name)
    if isinstance(form, HandsForm):
        form.office.choices, form.official.choices = hands(session, improvement.office_id)
    return form


def hands(session: Session, present: int | None = None) -> tuple[list[SelectChoice], list[SelectChoice]]:
    """The offices for which this official may open actions, and the people of the site who may answer for one.

    `present`: the office of an action, which may stay.
    """
    far = {reaches(role, Permission.RUN_IMPROVEMENTS) for role in current_user.roles} - {None}
    offices = select(Office).where(Office.site_id == current_user.site_id, Office.active).order_by(Office.name)
    if not far - {Reach.OFFICE}:
        offices = offices.where(Office.id.in_(current_user.offices | ({present} if present else set())))
    people = select(Official).where(Official.site_id == current_user.site_id, Official.active).order_by(Official.name)
    first = SelectChoice("", _("Elija de la lista"))
    return (
        [first, *(SelectChoice(str(one.id), one.name) for one in session.scalars(offices))],
        [first, *(SelectChoice(str(one.id), one.name) for one in session.scalars(people))],
    )


def chosen(field: SelectField, name: str) -> int:
    """The id that was chosen in a list; 0 for one that was not offered. Raises Invalid."""
    offered = {str(one.value) for one in field.choices}
    return (number(field.data, name) or 0) if field.data in offered else 0


def _assign(s: Session, one: Improvement, form: HandsForm, _proof: Proof, by: int, at: datetime) -> None:
    office, official = chosen(form.office, "office"), chosen(form.official, "official")
    actions.assign(s, one, office, official, form.reason.data, by, at)


def _verify(s: Session, one: Improvement, form: VerifyForm, _proof: Proof, by: int, at: datetime) -> None:
    told, told_en = form.told.data or "", form.told_en.data or ""
    actions.verify(s, one, Verdict(form.effective.data == "yes", form.why.data, told, told_en), by, at)


DEEDS: dict[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed(
            name="verify",
            done=Done.VERIFIED,
            title=N_("Verificar si sirvió"),
            drawing="scale",
            form=VerifyForm,
            needs=Permission.VERIFY_IMPROVEMENTS,
            do=_verify,
            hint=N_("Mire lo que lo muestra y compruebe si lo hallado dejó de pasar."),
        ),
        Deed(
            name="tell",
            done=Done.TOLD,
            title=N_("Contarlo a la ciudadanía"),
            drawing="megaphone",
            form=TellForm,
            needs=Permission.VERIFY_IMPROVEMENTS,
            do=lambda s, one, form, _proof, by, at: actions.tell(
                s, one, form.told.data or "", form.told_en.data or "", by, at
            ),
            hint=N_("Si nació de una encuesta, se lee al terminar de responder otra."),
        ),
        Deed(
            name="note",
            done=Done.NOTED,
            title=N_("Anotar un avance"),
            drawing="pencil",
            form=ProofForm,
            do=lambda s, one, form, proof, by, at: actions.note(s, one, form.text.data, proof, by, at),
        ),
        Deed(
            name="done",
            done=Done.DONE,
            title=N_("Darla por hecha"),
            drawing="check",
            form=ProofForm,
            do=lambda s, one, form, proof, by, at: actions.declare_done(s, one, form.text.data, proof, by, at),
            hint=N_("Con algo que lo muestre. Después otra persona verifica si sirvió."),
        ),
        Deed(
            name="reopen",
            done=Done.REOPENED,
            title=N_("Abrirla otra vez"),
            drawing="rotate-ccw",
            form=ReopenForm,
            do=lambda s, one, form, _proof, by, at: actions.reopen(
                s, one, form.action.data, form.due_on.data, form.reason.data, by, at
            ),
            hint=N_("No sirvió: se intenta otra cosa."),
        ),
        Deed(
            name="move",
            done=Done.MOVED,
            title=N_("Cambiar la fecha"),
            drawing="clock",
            form=MoveForm,
            do=lambda s, one, form, _proof, by, at: actions.move(s, one, form.due_on.data, form.reason.data, by, at),
            hint=N_("La fecha anterior y el motivo quedan en la historia."),
        ),
        Deed(
            name="assign",
            done=Done.ASSIGNED,
            title=N_("Cambiar quien responde"),
            drawing="user-plus",
            form=HandsForm,
            do=_assign,
        ),
        Deed(
            name="rewrite",
            done=Done.REWRITTEN,
            title=N_("Cambiar la causa o la acción"),
            drawing="file-text",
            form=RewriteForm,
            do=lambda s, one, form, _proof, by, at: actions.rewrite(
                s, one, form.cause.data, form.action.data, form.reason.data, by, at
            ),
            hint=N_("Lo que decía antes queda en la historia."),
        ),
        Deed(
            name="withdraw",
            done=Done.WITHDRAWN,
            title=N_("Retirarla"),
            drawing="ban",
            form=ReasonForm,
            do=lambda s, one, form, _proof, by, at: actions.withdraw(s, one, form.reason.data, by, at),
            hint=N_("Se abrió por error o la reemplaza otra. Queda en la historia con su motivo."),
            danger=True,
        ),
    )
}
