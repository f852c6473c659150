"""The ways through the administration: each official sees those to which their roles open."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from admin import bp
from core.people.rights import Permission

Way = tuple[str, str, bool, str]


@bp.context_processor
def _everywhere() -> dict[str, Any]:
    return {"ways": ways}


def ways() -> list[Way]:
    """The entries of the navigation, as `ui/nav.html` wants them; for a signed-in official."""
    every = (
        ((Permission.ATTEND,), "counter.desk", _("Mi ventanilla"), "monitor"),
        ((Permission.SUPERVISE, Permission.SEE_FIGURES), "admin.hall", _("Sala en vivo"), "layout-dashboard"),
        ((Permission.CONFIGURE,), "admin.devices", _("Equipos"), "tablet-smartphone"),
        ((Permission.CONFIGURE,), "admin.order", _("Orden de llamado"), "list-ordered"),
        ((Permission.CONFIGURE,), "admin.notices", _("Avisos"), "megaphone"),
        ((Permission.MANAGE_PEOPLE,), "admin.people", _("Personas"), "users"),
    )
    here = (request.endpoint or "").removesuffix("_act")
    open_to_me = [way for way in every if any(current_user.may(permission) for permission in way[0])]
    return [_way(endpoint, text, here, icon) for _needs, endpoint, text, icon in open_to_me]


def _way(endpoint: str, text: str, here: str, icon: str) -> Way:
    return (url_for(endpoint), text, here == endpoint or here.startswith(f"{endpoint}_"), icon)
