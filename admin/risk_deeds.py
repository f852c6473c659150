"""What may be done with a corruption risk: for each deed how it is offered, the form that asks for it and its verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from admin.improvement_deeds import chosen, hands
from admin.risk_forms import (
    YES,
    ControlForm,
    ReviewForm,
    RewriteForm,
    TreatForm,
    WhyForm,
    rate_form,
)
from core.clock import today
from core.errors import N_, Invalid
from core.improvement import actions as improving
from core.improvement.actions import Plan
from core.improvement.model import Source
from core.plan.risk import METHODS
from core.plan.risks import actions, names, overview
from core.plan.risks.actions import Looked
from core.plan.risks.model import Risk
from core.web.forms import PressForm
from core.web.words import translate

Do = Callable[[Session, Risk, Any, int, datetime], object]
Make = Callable[[Session, Risk], PressForm]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that may be done: how it is offered, the form that asks for it, and the verb that does it."""

    name: str
    title: str
    lead: str
    drawing: str
    make: Make
    do: Do
    danger: bool = False


def _describe_form(_session: Session, risk: Risk) -> PressForm:
    last = risk.texts[-1]
    begins = ("process_name", "act", "power", "deviation", "benefit", "internal", "external", "consequences")
    return RewriteForm(data={name: getattr(last, name) for name in begins})


def _rate_form(session: Session, risk: Risk) -> PressForm:
    """The questions of the method of the site, answered as the last time that they were asked."""
    method = METHODS[overview.method_of(session, risk.site_id)]
    begins: dict[str, Any] = {}
    if risk.valuations and risk.valuations[-1].method == method.code:
        last = risk.valuations[-1]
        yes = last.answered_yes
        begins = {f"q{n}": YES if n in yes else "no" for n in range(1, method.questions + 1)}
        begins |= {"probability": str(last.probability), "why": last.why}
    return rate_form(method.questions)(data=begins)


def _treat_form(session: Session, risk: Risk) -> PressForm:
    form = TreatForm(data={"office": str(risk.office_id)})
    form.office.choices, form.official.choices = hands(session, risk.office_id)
    return form


def _treat(session: Session, risk: Risk, form: TreatForm, by: int, at: datetime) -> None:
    """Open the action that treats it, and note that it does."""
    text = risk.texts[-1]
    plan = Plan(
        source=Source.RISK,
        reference=risk.code,
        finding=text.description[: improving.LONGEST],
        cause=" ".join([*text.internal, *text.external])[: improving.LONGEST],
        action=form.action.data,
        office_id=chosen(form.office, "office"),
        official_id=chosen(form.official, "official"),
        due_on=form.due_on.data,
    )
    action = improving.open_one(session, risk.site_id, plan, by, at)
    actions.treat(session, risk, action, form.chosen_response(), form.indicator.data, by, at)


def _review_form(session: Session, risk: Risk) -> PressForm:
    due = overview.to_review(risk, overview.recent_cutoffs(session, risk.site_id, today()), today())
    form = ReviewForm(data={"cutoff": due[-1].key if due else ""})
    form.cutoff.choices = [SelectChoice(one.key, _cutoff_text(one)) for one in due]
    return form


def _cutoff_text(due: overview.Due) -> str:
    """«Corte 3 de 2026 (31/12/2026), por hacer»"""
    said = {"number": due.cutoff.number, "year": due.year, "day": f"{due.cutoff.last:%d/%m/%Y}"}
    return str(_("Corte %(number)s de %(year)s (%(day)s)", **said)) + f", {translate(names.NEEDS[due.need])}"


def _review(session: Session, risk: Risk, form: ReviewForm, by: int, at: datetime) -> None:
    recent = overview.to_review(risk, overview.recent_cutoffs(session, risk.site_id, at.date()), at.date())
    due = next((one for one in recent if one.key == form.cutoff.data), None)
    if due is None:
        raise Invalid(N_("Elija un corte de la lista."), field="cutoff")
    looked = Looked(form.causes_hold.data == YES, form.note.data or "", form.changed.data or "")
    actions.review(session, risk, due.year, due.cutoff, looked, by, at)


DEEDS: dict[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed(
            name="rate",
            title=N_("Valorar"),
            lead=N_("Qué tan posible es y cuánto daño haría. La zona se calcula sola."),
            drawing="scale",
            make=_rate_form,
            do=lambda s, risk, form, by, at: actions.rate(s, risk, form.rated(), by, at),
        ),
        Deed(
            name="control",
            title=N_("Agregar un control"),
            lead=N_("Lo que ya se hace para que no pase, o para que dañe menos."),
            drawing="shield",
            make=lambda _session, _risk: ControlForm(),
            do=lambda s, risk, form, by, at: actions.control(s, risk, form.controlled(), by, at),
        ),
        Deed(
            name="treat",
            title=N_("Abrir un tratamiento"),
            lead=N_("Lo que se hará de ahora en adelante, con responsable y fecha. Queda como acción de mejora."),
            drawing="leaf",
            make=_treat_form,
            do=_treat,
        ),
        Deed(
            name="review",
            title=N_("Hacer la revisión"),
            lead=N_("En cada corte se vuelven a mirar las causas. Otra persona la verifica."),
            drawing="search",
            make=_review_form,
            do=_review,
        ),
        Deed(
            name="rewrite",
            title=N_("Cambiar la descripción"),
            lead=N_("Los cuatro elementos, las causas y las consecuencias. Lo de antes queda en la historia."),
            drawing="pencil",
            make=_describe_form,
            do=lambda s, risk, form, by, at: actions.rewrite(s, risk, form.described(), form.why.data, by, at),
        ),
        Deed(
            name="retire",
            title=N_("Retirar el riesgo"),
            lead=N_("Ya no puede pasar, o lo dice mejor otro. Su historia queda."),
            drawing="ban",
            make=lambda _session, _risk: WhyForm(),
            do=lambda s, risk, form, by, at: actions.retire(s, risk, form.why.data, by, at),
            danger=True,
        ),
    )
}
