"""The forms of the plan: amounts as Colombians write them, goals, weights, sources, corrections and who answers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired

from core.errors import N_
from core.plan import amounts
from core.plan.actions import LONGEST, LONGEST_ACT, LONGEST_UNIT
from core.plan.figures import accumulation_of
from core.plan.measures import registered
from core.plan.model import Activity, Meta, Plan
from core.plan.sources import Sources
from core.reports.periods import Period
from core.web.forms import OneDay, PressForm, Prose, Text
from core.web.plan_words import ACCUMULATIONS
from core.web.words import translate

_TALL = {"rows": 2, "spellcheck": "true", "lang": "es"}
_A_DAY = InputRequired(_l("Escriba una fecha como 23/11/2026."))
_AN_AMOUNT = InputRequired(_l("Escriba un número como 12 o 12,5."))


class Amount(Text):
    """An amount as Colombians write it: «1.234» or «12,5»."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else amounts.written(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        typed, self.data = self.data, None
        if typed:
            try:
                self.data = amounts.read(typed)
            except ValueError:
                sentence = N_("Escriba un número como 12 o 12,5: la coma es de los decimales y el punto de los miles.")
                raise ValidationError(translate(sentence)) from None


def _act() -> Text:
    return Text(_l("Acto que lo fija"), most=LONGEST_ACT, description=_l("Por ejemplo, «Decreto 12 de 2026»."))


def _since() -> OneDay:
    return OneDay(_l("Rige desde"), [_A_DAY])


class GoalForm(PressForm):
    """What an activity has to reach, by an act, from a day on."""

    goal = Amount(_l("Meta"), [_AN_AMOUNT], most=20, description=_l("A cuánto se quiere llegar en el año."))
    baseline = Amount(_l("Línea base"), [_AN_AMOUNT], most=20, description=_l("De dónde se parte."))
    unit = Text(_l("De qué"), most=LONGEST_UNIT, description=_l("Por ejemplo, «jornadas» o «por ciento»."))
    accumulation = SelectField(
        _l("Cómo se junta el año"),
        choices=[SelectChoice(one.value, _l(name)) for one, name in ACCUMULATIONS.items()],
    )
    act, since = _act(), _since()


class ActForm(PressForm):
    """What is set by an act, from a day on; the weights of a meta are added to it."""

    act, since = _act(), _since()


class SourcesForm(PressForm):
    leads = SelectField(_l("El indicador se cuenta de"), validate_choice=False)
    beside = SelectMultipleField(_l("Al lado se muestra"), validate_choice=False)
    reason = Prose(_l("Por qué"), most=LONGEST, render_kw=_TALL)
    several = frozenset({"beside"})


class CorrectionForm(PressForm):
    period = SelectField(_l("Qué tramo"), validate_choice=False)
    value = Amount(_l("Cuánto fue"), [_AN_AMOUNT], most=20)
    reason = Prose(_l("Por qué se corrige"), most=LONGEST, render_kw=_TALL)
    evidence = Prose(_l("Acto o evidencia"), most=LONGEST, render_kw=_TALL, description=_l("Su número o su dirección."))


class CopyForm(PressForm):
    act = Text(
        _l("Acto que adopta el plan nuevo"),
        [InputRequired(_l("Escriba el acto que lo adopta."))],
        most=LONGEST_ACT,
        description=_l("Por ejemplo, «Decreto 12 de 2026»."),
    )


class HoldersForm(PressForm):
    officials = SelectMultipleField(_l("Quiénes responden"), validate_choice=False)
    several = frozenset({"officials"})


def goal_form(activity: Activity, *, fresh: bool = False) -> GoalForm:
    """Begins as the goal in force, or as the measure that leads adds up."""
    target = activity.target
    begins: dict[str, Any] = {"baseline": amounts.read("0"), "accumulation": accumulation_of(activity).value}
    if target is not None:
        goal = target.as_goal
        begins = {"goal": goal.value, "baseline": goal.baseline, "accumulation": goal.accumulation.value}
        begins |= {"unit": target.unit}
    return GoalForm(data=begins, **_as_drawn(fresh=fresh))


def sources_form(now: Sources, *, fresh: bool = False) -> SourcesForm:
    """Begins as it is; a measure that the house does not know stays in the list by its name."""
    form = SourcesForm(data={"leads": now.leads, "beside": list(now.beside)}, **_as_drawn(fresh=fresh))
    known = {name: translate(one.title) for name, one in registered().items()}
    known |= {name: name for name in (now.leads, *now.beside) if name and name not in known}
    choices = [SelectChoice(name, title) for name, title in sorted(known.items(), key=lambda each: each[1])]
    form.leads.choices = [SelectChoice("", translate(N_("Nada: se reporta a mano"))), *choices]
    form.beside.choices = choices
    return form


def correction_form(periods: list[tuple[Period, str]], *, fresh: bool = False) -> CorrectionForm:
    form = CorrectionForm(**_as_drawn(fresh=fresh))
    form.period.choices = [SelectChoice(f"{one.first}/{one.last}", text) for one, text in periods]
    return form


def weights_form(meta: Meta) -> ActForm:
    """The weight of every activity of a meta that has a goal, which stand or fall together."""
    fields = {
        f"weight_{activity.id}": Amount(f"{activity.code} {activity.text}", most=20, description=activity.indicator)
        for activity in meta.activities
        if activity.target is not None
    }
    made = type("WeightsForm", (ActForm,), fields)
    return made(
        data={
            f"weight_{activity.id}": activity.target.as_goal.weight
            for activity in meta.activities
            if activity.target is not None
        }
    )


def holders_form(plan: Plan, role: str, people: list[tuple[int, str]], *, fresh: bool = False) -> HoldersForm:
    now = [str(one.official_id) for one in plan.holders if one.role == role and one.until is None]
    form = HoldersForm(data={"officials": now}, **_as_drawn(fresh=fresh))
    form.officials.choices = [SelectChoice(str(one), name) for one, name in people]
    return form


def _as_drawn(*, fresh: bool) -> dict[str, Any]:
    """With what a form is made that another one of its page was sent for."""
    return {"formdata": None} if fresh else {}
