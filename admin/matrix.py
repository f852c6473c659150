"""The two tables of the services of a site: which window attends each, and in how long it should be called."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import SelectMultipleField
from wtforms.validators import Optional

from admin import bp
from core.catalogue import attending
from core.catalogue.attending import LONGEST_TARGET, services_of, windows_of
from core.people.rights import Permission
from core.turns.actions.change import settings_of
from core.turns.actions.depend import nobody_left_waiting
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text, Whole
from core.web.guard import requires
from core.web.line import in_line

_PAIR = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,8})")


def pair(written: str | tuple[int, int]) -> tuple[int, int]:
    """A window and a service, as a box of the table says it: «3-12». Raises ValueError."""
    if isinstance(written, tuple):
        return written
    found = _PAIR.fullmatch(written)
    if found is None:
        raise ValueError(written)
    return int(found[1]), int(found[2])


class MatrixForm(Form):
    several = frozenset({"attends"})

    attends = SelectMultipleField(_l("Qué atiende cada ventanilla"), coerce=pair, validate_choice=False)
    why = Text(_l("Motivo o acto que lo ordena"), [Optional()], most=200)


class TargetsForm(Form):
    why = Text(_l("Motivo o acto que lo ordena"), [Optional()], most=200)


def _matrix_form() -> MatrixForm:
    windows = windows_of(db.session(), current_user.site_id)
    return MatrixForm(data={"attends": [(window.id, each.id) for window in windows for each in window.services]})


@bp.get("/setup/matrix")
@requires(Permission.CONFIGURE)
def matrix() -> ResponseReturnValue:
    return _matrix_page(_matrix_form())


@bp.post("/setup/matrix")
@requires(Permission.CONFIGURE)
@asks(_matrix_form, lambda form: _matrix_page(form))
def matrix_act(form: MatrixForm) -> ResponseReturnValue:
    """Have each window attend what is marked under it; nobody is left waiting for nobody."""
    site_id = current_user.site_id
    with in_line(site_id) as (session, at), nobody_left_waiting(session, site_id, at):
        chosen = set(form.attends.data or ())
        changed = attending.set_matrix(session, site_id, chosen, current_user.id, at, form.why.data)
    flash(_("Se guardó. Rige desde ahora.") if changed else _("No había nada que cambiar."), "success")
    return redirect(url_for(".matrix"))


@bp.get("/setup/targets")
@requires(Permission.CONFIGURE)
def targets() -> ResponseReturnValue:
    return _targets_page(_targets_form())


@bp.post("/setup/targets")
@requires(Permission.CONFIGURE)
@asks(lambda: _targets_form(), lambda form: _targets_page(form))
def targets_act(form: TargetsForm) -> ResponseReturnValue:
    """Promise a wait of its own for each service that has one written."""
    site_id = current_user.site_id
    with in_line(site_id) as (session, at):
        minutes = {service.id: form[f"target_{service.id}"].data for service in services_of(session, site_id)}
        changed = attending.set_targets(session, site_id, minutes, current_user.id, at, form.why.data)
    flash(_("Se guardó. Rige desde ahora.") if changed else _("No había nada que cambiar."), "success")
    return redirect(url_for(".targets"))


def _matrix_page(form: MatrixForm) -> str:
    session, site_id = db.session(), current_user.site_id
    return render_template(
        "admin/matrix.html",
        form=form,
        windows=windows_of(session, site_id),
        services=services_of(session, site_id),
        marked=set(form.attends.data or ()),
    )


def _targets_form() -> TargetsForm:
    services = services_of(db.session(), current_user.site_id)
    asked: dict[str, Any] = {
        f"target_{service.id}": Whole(service.name, [Optional()], least=1, most=LONGEST_TARGET) for service in services
    }
    filled = {f"target_{service.id}": service.target_min for service in services}
    form: TargetsForm = type("SiteTargetsForm", (TargetsForm,), asked)(data=filled)
    form._fields["why"] = form._fields.pop("why")
    return form


def _targets_page(form: TargetsForm) -> str:
    session, site_id = db.session(), current_user.site_id
    return render_template(
        "admin/targets.html",
        form=form,
        services=services_of(session, site_id),
        settings=settings_of(session, site_id),
    )
