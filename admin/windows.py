"""What one window more or one less would bring to who waits now, drawn when a supervisor asks and never by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import bp
from core.catalogue.model import Service, Window
from core.people.rights import Permission
from core.turns.outlook.hints import NEVER, WORTH
from core.turns.outlook.lookout import foresee_windows
from core.turns.outlook.row import Standing
from core.turns.outlook.windows import Change, Effect
from core.web.database import db
from core.web.guard import requires
from core.web.line import hour_of


@dataclass(frozen=True, slots=True)
class Told:
    """A window that leaves or opens, in words: `kind` is that of the tag which says what comes of it.

    `rows`: the same as a table, of the services with people.
    """

    title: str
    kind: str
    verdict: str
    sentences: Sequence[str]
    rows: Sequence[tuple[str, Effect]]


@dataclass(frozen=True, slots=True)
class Names:
    """What the windows and the services of a site are called."""

    windows: Mapping[int, str]
    services: Mapping[int, str]

    def listed(self, window_ids: Sequence[int]) -> str:
        return ", ".join(self.windows[one] for one in window_ids)


@bp.get("/hall/windows")
@requires(Permission.SUPERVISE)
def hall_windows() -> ResponseReturnValue:
    session, site_id = db.session(), current_user.site_id
    at, names = hour_of(site_id).at, _names(session, site_id)
    found = foresee_windows(session, site_id, at)
    return render_template(
        "admin/windows.html",
        at=at,
        leaving=[leaves(change, names) for change in found.leaving],
        opening=[opens(change, names) for change in found.opening],
        untold=names.listed(found.untold),
    )


def leaves(change: Change, names: Names) -> Told:
    """What comes of it if a window leaves."""
    label, others = names.windows[change.window], names.listed(change.same)
    title = _("Si se va la ventanilla %(label)s", label=label)
    if others:
        title = _("Si se va la ventanilla %(label)s; es igual con %(others)s", label=label, others=others)
    waited_for = {effect.service for effect in change.effects}
    unattended = sorted(names.services[service] for service in change.alone - waited_for)
    sentences = [sentence(effect, names) for effect in change.effects if effect.matters]
    if unattended:
        sentences.append(_("Si llega alguien para %(services)s, nadie lo atendería.", services=_quoted(unattended)))
    if change.kept:
        sentences.append(
            ngettext(
                "Espera %(num)s persona que solo llama quien está allí.",
                "Esperan %(num)s personas que solo llama quien está allí.",
                change.kept,
            )
        )
    return Told(title, *_comes_of_leaving(change), [*sentences, *_unchanged(change, names)], _rows(change, names))


def opens(change: Change, names: Names) -> Told:
    """What comes of it if a window opens."""
    label, others = names.windows[change.window], names.listed(change.same)
    title = _("Si se abre la ventanilla %(label)s", label=label)
    if others:
        title = _("Si se abre la ventanilla %(label)s; es igual con %(others)s", label=label, others=others)
    sentences = [sentence(effect, names) for effect in change.effects if effect.matters]
    return Told(title, *_comes_of_opening(change), [*sentences, *_unchanged(change, names)], _rows(change, names))


def sentence(effect: Effect, names: Names) -> str:
    """What becomes of those who wait for a service."""
    before, after = effect.minutes
    about = {
        "service": names.services[effect.service],
        "whose": _("preferenciales") if effect.priority else _("generales"),
        "before": before,
        "after": after,
        "target": effect.target,
        "standing": _becomes(effect),
    }
    if after is None:
        return ngettext(
            "«%(service)s»: nadie lo atendería, y espera %(num)s persona.",
            "«%(service)s»: nadie lo atendería, y esperan %(num)s personas.",
            effect.waiting,
            service=about["service"],
        )
    if before is None:
        return _(
            "«%(service)s»: 9 de cada 10 %(whose)s esperarían %(after)s min o menos, y ahora nadie los atiende "
            "(meta: %(target)s). %(standing)s.",
            **about,
        )
    return _(
        "«%(service)s»: 9 de cada 10 %(whose)s esperarían %(after)s min o menos, en vez de %(before)s "
        "(meta: %(target)s). %(standing)s.",
        **about,
    )


def _becomes(effect: Effect) -> str:
    if effect.becomes is not effect.was:
        return {
            Standing.ON_TARGET: _("Vuelve a estar en meta"),
            Standing.AT_RISK: _("Pasa a estar en riesgo"),
            Standing.OVER: _("Queda fuera de meta"),
        }[effect.becomes]
    return {
        Standing.ON_TARGET: _("Sigue en meta"),
        Standing.AT_RISK: _("Sigue en riesgo"),
        Standing.OVER: _("Sigue fuera de meta: alguien ya esperó más"),
    }[effect.becomes]


def _comes_of_leaving(change: Change) -> tuple[str, str]:
    """The kind of tag and its words; what already stands badly and grows longer is no better than what comes to."""
    if change.abandons:
        return "error", _("Deja gente sin atención")
    longer = [effect for effect in change.effects if effect.matters and effect.rises > 0]
    if any(effect.becomes is not Standing.ON_TARGET for effect in longer):
        return "warning", _("Alarga esperas en riesgo")
    if change.alone:
        said = ngettext(
            "Deja %(num)s servicio sin ventanilla", "Deja %(num)s servicios sin ventanilla", len(change.alone)
        )
        return "warning", said
    return "success", _("No empeora ninguna meta")


def _comes_of_opening(change: Change) -> tuple[str, str]:
    if any(effect.rises == -NEVER for effect in change.effects):
        return "success", _("Atiende a quien nadie atiende")
    if any(effect.worsens < 0 for effect in change.effects):
        return "success", _("Saca esperas de riesgo")
    if any(effect.rises <= -WORTH for effect in change.effects):
        return "info", _("Acorta la espera")
    return "neutral", _("Casi no cambia nada")


def _unchanged(change: Change, names: Names) -> list[str]:
    same = [names.services[effect.service] for effect in change.effects if not effect.matters]
    return [_("Casi sin cambio: %(services)s.", services=_quoted(same))] if same else []


def _rows(change: Change, names: Names) -> list[tuple[str, Effect]]:
    return [(names.services[effect.service], effect) for effect in change.effects]


def _quoted(services: Sequence[str]) -> str:
    return ", ".join(f"«{service}»" for service in services)


def _names(session: Session, site_id: int) -> Names:
    windows = session.execute(select(Window.id, Window.label).where(Window.site_id == site_id)).all()
    services = session.execute(select(Service.id, Service.name).where(Service.site_id == site_id)).all()
    return Names(dict(windows), dict(services))
