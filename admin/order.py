"""The calling order of the site: what rules now, what each order does, and every change that was made to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired, Optional

from admin import bp, picture
from admin.hall import me
from core.catalogue.model import PriorityGroup
from core.events import Who
from core.people.model import Official
from core.people.rights import Permission
from core.turns import actions as turns
from core.turns.actions.change import settings_of
from core.turns.actions.supervise import LONGEST_HEAD_START
from core.turns.model import QueueSettings
from core.turns.policy import Order
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm, Text, Whole
from core.web.guard import requires
from core.web.line import once_in_line

ORDERS = (
    (Order.HEAD_START, _l("Con adelanto")),
    (Order.STRICT, _l("Preferenciales siempre primero")),
    (Order.FIFO, _l("Por orden de llegada")),
    (Order.RATIO, _l("Por cuotas")),
)
EXPLAINED = {
    Order.HEAD_START: _l("Cada turno preferencial cuenta como tomado unos minutos antes. Nadie es pasado sin límite."),
    Order.STRICT: _l("Mientras espere alguien preferencial, nadie más pasa. Los demás pueden esperar sin límite."),
    Order.FIFO: _l("Pasa quien llegó antes. Solo se adelantan niños, niñas y adolescentes que vienen por sí mismos."),
    Order.RATIO: _l(
        "Por cada turno general pasan varios preferenciales. Con muchos preferenciales, ya no pasan antes."
    ),
}
NUMBERS = (
    "ratio",
    "recall_limit",
    "recall_pause_s",
    "tolerance_min",
    "more_time_min",
    "target_priority_min",
    "target_general_min",
)
AFTER_THE_GROUPS = ("recall_limit", "recall_pause_s", "tolerance_min", "more_time_min", "reason", "note")
"""The questions that the page asks after the minutes of each group; what is wrong is listed in its order."""

_NUMBER = InputRequired(_l("Escriba un número."))
HISTORY_SHOWN = 30


def whole(label: Any, least: int, most: int, hint: Any = "") -> Whole:
    return Whole(label, [_NUMBER], least=least, most=most, description=hint)


class OrderForm(PressForm):
    """The order; the minutes of each priority group are added to it by their code."""

    order = RadioField(
        _l("¿En qué orden se llama?"),
        [InputRequired(_l("Elija un orden."))],
        choices=[SelectChoice(order.value, name) for order, name in ORDERS],
    )
    ratio = whole(_l("Preferenciales por cada general"), 1, 20, _l("Solo cuenta si se llama por cuotas."))
    target_priority_min = whole(_l("Meta de espera preferencial (minutos)"), 1, 240)
    target_general_min = whole(_l("Meta de espera general (minutos)"), 1, 240)
    recall_limit = whole(_l("Veces que se repite un llamado"), 0, 10)
    recall_pause_s = whole(_l("Pausa entre llamados (segundos)"), 5, 300)
    tolerance_min = whole(_l("Tolerancia para volver (minutos)"), 0, 120, _l("Quien no se presentó conserva su lugar."))
    more_time_min = whole(_l("Minutos que se dejan pasar"), 1, 60, _l("Cuando alguien pide más tiempo."))
    reason = RadioField(_l("¿Por qué lo cambia?"), [InputRequired(_l("Elija un motivo de la lista."))])
    note = Text(_l("Explicación"), [Optional()], most=200)

    def wanted(self) -> turns.QueueOrder:
        """What the form asks for."""
        return turns.QueueOrder(
            order=Order(self.order.data),
            head_start={name.removeprefix("head_start_"): self[name].data for name in self.head_starts()},
            **{name: self[name].data for name in NUMBERS},
        )

    def head_starts(self) -> list[str]:
        """The names of the fields that hold the minutes of each group."""
        return [name for name in self._fields if name.startswith("head_start_")]

    def why(self) -> str:
        """The reason of the list, with what was added to it."""
        name = next(str(choice.label) for choice in self.reason.choices if choice.value == self.reason.data)
        return f"{name}. {self.note.data}" if self.note.data else name


def _form() -> OrderForm:
    """The form, filled with the order that rules the site now."""
    session, site_id = db.session(), current_user.site_id
    groups = session.scalars(
        select(PriorityGroup).where(PriorityGroup.site_id == site_id).order_by(PriorityGroup.position)
    ).all()
    minutes = {f"head_start_{group.code}": whole(group.name, 0, LONGEST_HEAD_START) for group in groups}
    settings = settings_of(session, site_id)
    filled: dict[str, Any] = {name: getattr(settings, name) for name in ("order", *NUMBERS)}
    filled |= {f"head_start_{group.code}": settings.head_start.get(group.code, 0) for group in groups}
    form: OrderForm = type("SiteOrderForm", (OrderForm,), minutes)(data=filled)
    for name in AFTER_THE_GROUPS:
        form._fields[name] = form._fields.pop(name)
    form.reason.choices = [SelectChoice(*reason) for reason in picture.reasons(session, site_id, "order")]
    return form


@bp.get("/order")
@requires(Permission.CONFIGURE)
def order() -> ResponseReturnValue:
    return _page(_form())


@bp.post("/order")
@requires(Permission.CONFIGURE)
@asks(_form, lambda form: _page(form))
def order_act(form: OrderForm) -> ResponseReturnValue:
    """Rule the queue by another order from now on."""

    def settle(session: Session, at: datetime) -> dict[str, Any]:
        who = Who("official", current_user.id)
        turns.set_order(session, current_user.site_id, form.wanted(), form.why(), who, at)
        return {}

    once_in_line(current_user.site_id, form.pressed(me(), "order"), settle)
    flash(_("El nuevo orden rige desde ahora, también para quienes ya esperan."), "success")
    return redirect(url_for(".order"))


def _page(form: OrderForm) -> str:
    return render_template("admin/order.html", form=form, history=_history(), explained=EXPLAINED)


@dataclass(frozen=True, slots=True)
class Change:
    """One setting of the history: its name, what it was and what it became."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One row of the history: when, by whom, why, and what changed."""

    since: datetime
    by: str
    reason: str
    changes: list[Change]


def _history() -> list[Chapter]:
    """The changes of the order, newest first."""
    session, site_id = db.session(), current_user.site_id
    rows = session.execute(
        select(QueueSettings, Official.name)
        .outerjoin(Official, Official.id == QueueSettings.set_by)
        .where(QueueSettings.site_id == site_id)
        .order_by(QueueSettings.id.desc())
        .limit(HISTORY_SHOWN + 1)
    ).all()
    groups = picture.group_names(session, site_id)
    before: Sequence[QueueSettings | None] = [*(row[0] for row in rows[1:]), None]
    return [
        Chapter(settings.since, name or _("El sistema"), settings.reason, changes(earlier, settings, groups))
        for (settings, name), earlier in zip(rows, before, strict=True)
    ][:HISTORY_SHOWN]


def changes(before: QueueSettings | None, after: QueueSettings, groups: dict[str, str]) -> list[Change]:
    """What differs between two settings, in words; nothing for the first ones."""
    if before is None:
        return []
    old, new = told(before, groups), told(after, groups)
    return [Change(name, old.get(name, "–"), value) for name, value in new.items() if old.get(name) != value]


def told(settings: QueueSettings, groups: dict[str, str]) -> dict[str, str]:
    """Settings as people read them: name → value with its unit."""
    minutes = [
        (_("Meta preferencial"), settings.target_priority_min),
        (_("Meta general"), settings.target_general_min),
        (_("Tolerancia para volver"), settings.tolerance_min),
        (_("Minutos que se dejan pasar"), settings.more_time_min),
        *((_("Adelanto: %(group)s", group=groups.get(code, code)), n) for code, n in settings.head_start.items()),
    ]
    return {
        _("Orden"): str(dict(ORDERS)[settings.order]),
        _("Preferenciales por cada general"): str(settings.ratio),
        _("Veces que se repite un llamado"): str(settings.recall_limit),
        _("Pausa entre llamados"): f"{settings.recall_pause_s} s",
        **{name: f"{value} min" for name, value in minutes},
    }
