"""The ways through the house for an official: the places that their roles open, and what waits to be read."""

from __future__ import annotations

from flask import g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from core.clock import today
from core.people.rights import Permission
from core.plan.finding import answers_for_any
from core.protocols import actions as protocols
from core.web.database import db

_SETUP = "setup things hours matrix targets history mail pictures order notices reception"
OF_THE_SETUP = tuple(f"admin.{page}" for page in _SETUP.split())
OF_THE_PLAN = ("admin.plan", "admin.followup", "admin.registers", "admin.findings", "admin.risks")
_PROTOCOLS = (Permission.WRITE_PROTOCOLS, Permission.APPROVE_PROTOCOLS, Permission.SEE_PROTOCOL_READINGS)
Way = tuple[str, str, bool, str]


def ways() -> list[Way]:
    """The entries of the navigation, as `ui/nav.html` wants them; none while there is only one place to be."""
    if not current_user.is_authenticated or current_user.must_change_password:
        return []
    every = (
        ((Permission.ATTEND,), "counter.desk", _("Mi ventanilla"), "monitor"),
        ((Permission.SUPERVISE, Permission.SEE_FIGURES), "admin.hall", _("Sala en vivo"), "layout-dashboard"),
        ((Permission.SEE_FIGURES,), "admin.statistics", _("Cifras de turnos"), "hourglass"),
        ((Permission.SUPERVISE,), "admin.foresight", _("Pronóstico"), "clock"),
        ((Permission.READ_PETITIONS,), "admin.petitions", _("PQRSD"), "message-square"),
        ((Permission.ANSWER_PETITIONS,), "admin.petitions_answers", _("Por aprobar"), "check"),
        ((Permission.RECEIVE_PETITIONS,), "admin.filing_new", _("Radicar"), "send"),
        ((Permission.SEE_PETITION_FIGURES,), "admin.figures", _("Cifras de PQRSD"), "list-ordered"),
        ((Permission.READ_PLAN,), "admin.plan", _("Plan"), "landmark"),
        *_to_report(),
        ((Permission.SEE_IMPROVEMENTS,), "admin.improvements", _("Mejora"), "leaf"),
        ((Permission.SEE_IMPROVEMENTS,), "admin.survey_results", _("Encuestas"), "star"),
        ((Permission.CONFIGURE,), "admin.setup", _("Puesta en marcha"), "settings"),
        ((Permission.SEE_DEVICES, Permission.CONFIGURE), "admin.devices", _("Equipos"), "tablet-smartphone"),
        ((Permission.CONFIGURE,), "admin.sheets", _("Trámites"), "file-text"),
        ((Permission.CONFIGURE,), "admin.calendar", _("Calendario"), "sun"),
        ((Permission.CONFIGURE,), "admin.information", _("Información"), "info"),
        ((Permission.DEFINE_SURVEYS,), "admin.surveys", _("Encuestas"), "star"),
        (_PROTOCOLS, "admin.protocols", _("Protocolos"), "list"),
        ((Permission.SEE_PEOPLE, Permission.MANAGE_PEOPLE), "admin.people", _("Personas"), "users"),
        ((Permission.READ_RESERVED, Permission.GRANT_RESERVED), "admin.reserved", _("Reservadas"), "key-round"),
        ((Permission.VERIFY_AUDIT,), "admin.audit", _("Auditoría"), "shield"),
    )
    here = (request.endpoint or "").removesuffix("_act")
    open_to_me = [way for way in every if any(current_user.may(permission) for permission in way[0])]
    if len(open_to_me) == 1:
        return []
    pages = {endpoint for _needs, endpoint, _text, _icon in open_to_me}
    return [_way(endpoint, text, here, icon, here in pages) for _needs, endpoint, text, icon in open_to_me]


def how_many_to_read() -> int:
    """How many protocols who is signed in has to read; asked once for each page, and not where there is no database."""
    if g.get("without_database") or not current_user.is_authenticated:
        return 0
    if not current_user.may(Permission.SEE_PROTOCOLS):
        return 0
    if "to_read" not in g:
        g.to_read = protocols.how_many_to_read(db.session(), current_user.id, current_user.roles, today())
    return int(g.to_read)


def _to_report() -> list[tuple[tuple[Permission, ...], str, str, str]]:
    """The follow-up of the plan, for who answers for something of it and does not read the whole of it."""
    if g.get("without_database") or current_user.may(Permission.READ_PLAN):
        return []
    if not answers_for_any(db.session(), current_user.id):
        return []
    return [((Permission.REPORT_CUTOFFS,), "admin.followup", _("Plan por reportar"), "landmark")]


def _way(endpoint: str, text: str, here: str, icon: str, exact: bool) -> Way:
    """An entry; `exact`: the page that is open is one of the entries itself, and no part of another."""
    face, _dot, page = endpoint.partition(".")
    whole = page == "desk" and here.startswith(f"{face}.")
    whole |= page == "setup" and here.startswith(OF_THE_SETUP)
    whole |= page == "plan" and here.startswith(OF_THE_PLAN)
    whole |= page == "followup" and here.startswith("admin.plan_records")
    part = here.startswith(f"{endpoint}_") and not exact
    return (url_for(endpoint), text, whole or here == endpoint or part, icon)
