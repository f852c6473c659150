"""The simulator: choose past days and another way, follow how far it is, and compare what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from wtforms import BooleanField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from admin import bp, picture
from admin.hall import ID
from admin.order import ORDERS, whole
from core.catalogue.model import PriorityGroup, Service, Window
from core.clock import now
from core.db import transaction
from core.errors import N_, Invalid, Missing
from core.people.rights import Permission
from core.turns.actions.change import rules_of, settings_of
from core.turns.actions.supervise import LONGEST_HEAD_START
from core.turns.foresight import simulations
from core.turns.foresight.crews import Targets
from core.turns.foresight.model import Simulation, Stage
from core.turns.foresight.otherwise import MOST_DAYS, Change, Pauses
from core.turns.foresight.proposals import promised
from core.turns.policy import Order, Rules
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Moment, OneDay, Whole
from core.web.guard import requires
from core.web.report_files import report_file
from core.web.simulation_report import Found, parts_of
from core.web.words import clock_text, day_text

STAGES = {
    Stage.WAITING: _l("En espera"),
    Stage.RUNNING: _l("En marcha"),
    Stage.DONE: _l("Lista"),
    Stage.CANCELLED: _l("Cancelada"),
    Stage.FAILED: _l("No se pudo hacer"),
}
PAUSES = (
    (Pauses.MADE, _l("Como fueron esos días")),
    (Pauses.PLANNED, _l("Solo las previstas hoy, a su hora")),
    (Pauses.NONE, _l("Ninguna")),
)
EARLIEST = 120
STARTS = "head_start_"


class SimulationForm(Form):
    first = OneDay(_l("Desde el día"), [InputRequired(_l("Escriba la fecha."))])
    last = OneDay(_l("hasta el día"), [InputRequired(_l("Escriba la fecha."))])
    order = SelectField(
        _l("Orden de llamado"),
        choices=[SelectChoice(order.value, name) for order, name in ORDERS],
        validate_choice=True,
    )
    ratio = whole(_l("Preferenciales por cada general"), 1, 20, _l("Solo cuenta si se llama por cuotas."))
    without = SelectField(_l("Sin la ventanilla"), [Optional()], default="")
    extra_from = Moment(
        _l("Una ventanilla más, desde las"), [Optional()], description=_l("Atiende todos los trámites.")
    )
    extra_until = Moment(_l("hasta las"), [Optional()])
    rest_from = Moment(
        _l("Con una pausa, desde las"), [Optional()], description=_l("De la ventanilla más. Vacío: no descansa.")
    )
    rest_until = Moment(_l("y la pausa, hasta las"), [Optional()])
    pauses = SelectField(
        _l("Pausas de las demás"),
        choices=[SelectChoice(pauses.value, name) for pauses, name in PAUSES],
        validate_choice=True,
    )
    earlier = Whole(
        _l("Abrir antes (minutos)"),
        [Optional()],
        least=-EARLIEST,
        most=EARLIEST,
        description=_l("Con signo menos, después."),
    )
    everything = BooleanField(_l("Todas las ventanillas atienden todos los trámites"))
    general = whole(_l("Meta de espera general (minutos)"), 1, 240)
    priority = whole(_l("Meta de espera preferencial (minutos)"), 1, 240)

    def head_starts(self) -> list[str]:
        """The names of the fields that hold the minutes of each group."""
        return [name for name in self._fields if name.startswith(STARTS)]

    def change(self, rules: Rules, promised: Mapping[str, float]) -> Change:
        """What the form asks for; where it does not differ from the `rules` of now, those. Raises Invalid.

        `promised`: the minutes of the services that promise their own.
        """
        extra = self._between("extra", N_("Escriba las dos horas de la ventanilla más, la primera antes."))
        rest = self._between("rest", N_("Escriba las dos horas de la pausa, la primera antes."))
        if rest and not (extra and extra[0] <= rest[0] and rest[1] <= extra[1]):
            raise Invalid(N_("La pausa debe caber en las horas de la ventanilla más."), field="rest_from")
        tried = {name.removeprefix(STARTS): self[name].data for name in self.head_starts()}
        return Change(
            Rules(Order(self.order.data), {**rules.head_start, **tried}, self.ratio.data),
            Targets(self.general.data, self.priority.data, promised),
            frozenset([self.without.data] if self.without.data else []),
            extra,
            self.earlier.data or 0,
            bool(self.everything.data),
            rest,
            Pauses(self.pauses.data),
        )

    def _between(self, name: str, wrong: str) -> tuple[int, int] | None:
        """The minutes of the day in two fields, or nothing if both are empty. Raises Invalid."""
        first, last = self[f"{name}_from"].data, self[f"{name}_until"].data
        if not (first or last):
            return None
        if not (first and last and first < last):
            raise Invalid(wrong, field=f"{name}_from")
        return first.hour * 60 + first.minute, last.hour * 60 + last.minute


def _form() -> SimulationForm:
    """The form, filled with the rules of now."""
    session, site_id = db.session(), current_user.site_id
    rules = settings_of(session, site_id)
    groups = session.scalars(
        select(PriorityGroup)
        .where(PriorityGroup.site_id == site_id, PriorityGroup.active)
        .order_by(PriorityGroup.position)
    ).all()
    minutes = {f"{STARTS}{group.code}": whole(group.name, 0, LONGEST_HEAD_START) for group in groups}
    filled: dict[str, Any] = {
        **{f"{STARTS}{group.code}": rules.head_start.get(group.code, 0) for group in groups},
        "order": rules.order.value,
        "ratio": rules.ratio,
        "general": rules.target_general_min,
        "priority": rules.target_priority_min,
        "earlier": 0,
        "pauses": Pauses.MADE.value,
    }
    form: SimulationForm = type("SiteSimulationForm", (SimulationForm,), minutes)(data=filled)
    labels = session.scalars(select(Window.label).where(Window.site_id == site_id, Window.active).order_by(Window.id))
    form.without.choices = [SelectChoice("", _l("Con todas")), *(SelectChoice(label, label) for label in labels)]
    return form


@bp.get("/foresight/simulations")
@requires(Permission.SUPERVISE)
def foresight_simulations() -> ResponseReturnValue:
    return _page(_form())


@bp.post("/foresight/simulations")
@requires(Permission.SUPERVISE)
@asks(_form, lambda form: _page(form))
def foresight_simulations_act(form: SimulationForm) -> ResponseReturnValue:
    """Ask for a simulation; a process takes it up within seconds."""
    with transaction(db.session) as session:
        days = simulations.days_between(session, current_user.site_id, form.first.data, form.last.data)
        change = form.change(rules_of(session, current_user.site_id), promised(session, current_user.site_id))
        made = simulations.ask(session, current_user.site_id, days, change, current_user.id, now()).id
    return redirect(url_for(".foresight_simulation", simulation_id=made))


@bp.get(f"/foresight/simulations/<{ID}:simulation_id>")
@requires(Permission.SUPERVISE)
def foresight_simulation(simulation_id: int) -> ResponseReturnValue:
    found = simulations.one(db.session(), current_user.site_id, simulation_id)
    parts = parts_of(_found(found)) if found.stage is Stage.DONE else []
    runs = found.stage in (Stage.WAITING, Stage.RUNNING)
    return render_template(
        "admin/foresight_simulation.html",
        one=found,
        runs=runs,
        cancelled=found.stage is Stage.CANCELLED,
        asked_by=_asked_by(found),
        stage=STAGES[found.stage],
        said=_said(found),
        parts=parts,
    )


@bp.get(f"/foresight/simulations/<{ID}:simulation_id>.<any(csv, xlsx, pdf):form>")
@requires(Permission.SUPERVISE)
def foresight_simulation_file(simulation_id: int, form: str) -> Response:
    found = simulations.one(db.session(), current_user.site_id, simulation_id)
    if found.stage is not Stage.DONE:
        raise Missing
    said, name = _said(found), f"simulacion-{simulation_id}"
    return report_file(form, name, _("Simulación"), said[0], parts_of(_found(found)), said[1:], now())


@bp.post(f"/foresight/simulations/<{ID}:simulation_id>/cancel")
@requires(Permission.SUPERVISE)
def foresight_simulation_cancel(simulation_id: int) -> ResponseReturnValue:
    """Stop it."""
    Form().checked()
    with transaction(db.session) as session:
        simulations.cancel(session, current_user.site_id, simulation_id, current_user.id, now())
    flash(_("Se canceló la simulación."), "success")
    return redirect(url_for(".foresight_simulations"))


def _page(form: SimulationForm) -> str:
    every = [
        (one, STAGES[one.stage], _said(one), _asked_by(one))
        for one in simulations.last(db.session(), current_user.site_id)
    ]
    return render_template("admin/foresight_simulations.html", form=form, every=every, most=MOST_DAYS)


def _asked_by(simulation: Simulation) -> str:
    """«Supervisora de la sala, jueves 26 de noviembre, 11:57 a. m.»"""
    at = simulation.asked_at
    return f"{simulation.official.name}, {day_text(at.date())}, {clock_text(at)}"


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _found(simulation: Simulation) -> Found:
    session, site_id = db.session(), current_user.site_id
    services = session.execute(select(Service.id, Service.name).where(Service.site_id == site_id))
    return Found(simulation.result, picture.group_names(session, site_id), {str(row.id): row.name for row in services})


def _said(simulation: Simulation) -> list[str]:
    """What was asked: the days, and what is otherwise."""
    change, days = simulations.read(simulation.asked), simulation.asked["days"]
    ends = [day_text(date.fromisoformat(days[n])) for n in (0, -1)]
    said = [_("Del %(first)s al %(last)s: %(n)s días", first=ends[0], last=ends[1], n=len(days))]
    if len(days) == 1:
        said = [ends[0]]
    rules = change.rules
    said.append(str(dict(ORDERS)[rules.order]))
    if rules.order is Order.HEAD_START:
        starts = sorted({minutes for minutes in rules.head_start.values() if minutes}) or [0]
        told = _("%(low)s a %(high)s", low=starts[0], high=starts[-1]) if starts[1:] else starts[0]
        said[-1] += f" ({told} min)"
    if rules.order is Order.RATIO:
        said[-1] += f" ({rules.ratio} × 1)"
    said += [_("Sin la ventanilla %(label)s", label=label) for label in sorted(change.without)]
    if change.extra:
        first, last = map(_hour, change.extra)
        said.append(_("Una ventanilla más, de %(first)s a %(last)s", first=first, last=last))
    if change.rest:
        first, last = map(_hour, change.rest)
        rest = _("con pausa de %(first)s a %(last)s", first=first, last=last)
        said[-1] += f" ({rest})"
    if change.pauses is not Pauses.MADE:
        said.append(_("Pausas: %(which)s", which=str(dict(PAUSES)[change.pauses]).lower()))
    if change.earlier:
        sentence = _("Abren %(n)s minutos antes") if change.earlier > 0 else _("Abren %(n)s minutos después")
        said.append(sentence % {"n": abs(change.earlier)})
    if change.everything:
        said.append(_("Todas las ventanillas atienden todos los trámites"))
    targets = (round(change.targets.general), round(change.targets.priority))
    return [
        *said,
        _("Metas: general %(general)s min, preferencial %(priority)s", general=targets[0], priority=targets[1]),
        *([_("Los trámites con meta propia, por la suya")] if change.targets.promised else []),
    ]
