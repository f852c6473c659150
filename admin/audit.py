"""The trail: whether it is sound and, for internal control, every act by what it was, by day and by person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import bp
from core.audit import Act, On, Thing, record
from core.audit.model import Entry
from core.audit.telling import sentence
from core.catalogue.model import Reason, Site, Window
from core.clock import BOGOTA, now
from core.db import transaction
from core.devices import Device
from core.events import Who
from core.people.model import Official
from core.people.rights import Permission
from core.turns.model import Turn
from core.web.database import db
from core.web.forms import Form
from core.web.guard import requires
from core.web.proving import prover
from core.web.words import translate

SHOWN = 40
WAITED_S = 10
"""Seconds that the page waits for the proof of the trail."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,15}")

ACT_NAMES = {
    Act.ADDED: _l("Agregó"),
    Act.CHANGED: _l("Cambió"),
    Act.MOVED: _l("Cambió de lugar"),
    Act.WITHDRAWN: _l("Retiró"),
    Act.RESTORED: _l("Puso otra vez"),
    Act.PUBLISHED: _l("Publicó"),
    Act.DISCARDED: _l("Descartó"),
    Act.REVIEWED: _l("Revisó"),
    Act.LOADED: _l("Cargó el contenido inicial"),
    Act.SIGNED_IN: _l("Ingresó"),
    Act.SIGN_IN_FAILED: _l("Contraseña equivocada"),
    Act.SIGNED_OUT: _l("Salió"),
    Act.SESSIONS_ENDED: _l("Cerró sesiones"),
    Act.PASSWORD_CHANGED: _l("Cambió su contraseña"),
    Act.PASSWORD_GIVEN: _l("Dio una contraseña"),
    Act.SECOND_FACTOR_SET: _l("Activó el segundo factor"),
    Act.SECOND_FACTOR_TAKEN: _l("Quitó el segundo factor"),
    Act.RECOVERY_CODE_USED: _l("Usó un código de recuperación"),
    Act.IDENTITY_LINKED: _l("Vinculó su identidad del proveedor"),
    Act.IDENTITY_UNLINKED: _l("Desvinculó su identidad del proveedor"),
    Act.ACCESS_GIVEN: _l("Dio acceso"),
    Act.ACCESS_TAKEN: _l("Quitó el acceso"),
    Act.PROPOSED: _l("Propuso un cambio"),
    Act.CONFIRMED: _l("Confirmó un cambio"),
    Act.TURNED_DOWN: _l("No confirmó un cambio"),
    Act.DEPUTISED: _l("Encargó"),
    Act.DEPUTY_ENDED: _l("Terminó un encargo"),
    Act.LET_IN: _l("Vinculó"),
    Act.REVOKED: _l("Desvinculó"),
    Act.REGROUPED: _l("Cambió de grupo"),
    Act.TRANSFERRED: _l("Pasó a otro servicio"),
    Act.SKIPPED: _l("Hizo esperar"),
    Act.CANCELLED: _l("Anuló"),
    Act.LEFTOVERS_CLOSED: _l("Cerró turnos de otros días"),
    Act.WINDOW_FREED: _l("Liberó"),
    Act.CLOCK_TRUSTED: _l("Confirmó la hora del equipo"),
    Act.FILED: _l("Radicó"),
    Act.ANNULLED: _l("Anuló un radicado"),
    Act.RETRIED: _l("Volvió a intentar"),
    Act.ACTED: _l("Actuó en una petición"),
    Act.TYPED: _l("Digitó una encuesta de papel"),
    Act.IDENTITY_OPENED: _l("Vio una identidad reservada"),
    Act.KEPT_OUT: _l("Excluyó a alguien de un caso"),
    Act.READ: _l("Consultó"),
    Act.DENIED: _l("Quiso entrar sin permiso"),
    Act.VERIFIED: _l("Verificó"),
    Act.BLOCK_SEALED: _l("Selló un tramo"),
    Act.DAY_CLOSED: _l("Sacó el acta de cierre"),
    Act.ANCHORED: _l("Guardó el extremo"),
    Act.FORGOTTEN: _l("Borró lo vencido"),
    Act.BLACKED_OUT: _l("Tachó datos personales"),
}
THING_NAMES = {
    Thing.ENTITY: _l("Entidad"),
    Thing.SITE: _l("Sede"),
    Thing.OFFICE: _l("Dependencia"),
    Thing.WINDOW: _l("Ventanilla"),
    Thing.TOPIC: _l("Tema"),
    Thing.SERVICE: _l("Servicio"),
    Thing.PRIORITY_GROUP: _l("Grupo con prioridad"),
    Thing.REASON: _l("Motivo"),
    Thing.RESULT: _l("Resultado"),
    Thing.CALENDAR_DAY: _l("Día del calendario"),
    Thing.QUEUE_ORDER: _l("Orden de llamado"),
    Thing.NOTICE: _l("Aviso"),
    Thing.MEDIA: _l("Imagen o video"),
    Thing.DEVICE: _l("Equipo"),
    Thing.OFFICIAL: _l("Persona"),
    Thing.MAIL: _l("Correo"),
    Thing.SIGN_IN: _l("Sesión"),
    Thing.TURN: _l("Turno"),
    Thing.PROCEDURE: _l("Trámite"),
    Thing.PUBLIC_TEXT: _l("Texto público"),
    Thing.INFORMATION: _l("Información a la vista"),
    Thing.PETITION: _l("Petición"),
    Thing.REPLY_TEMPLATE: _l("Plantilla de respuesta"),
    Thing.SURVEY: _l("Encuesta"),
    Thing.DOOR: _l("Página"),
    Thing.PROTOCOL: _l("Protocolo"),
    Thing.LOG: _l("Diario de turnos"),
    Thing.TRAIL: _l("Registro de auditoría"),
    Thing.PLAN: _l("Plan"),
    Thing.PLAN_REPORT: _l("Reporte del plan"),
    Thing.PLAN_CUTOFF: _l("Corte del plan"),
    Thing.OLD_DATA: _l("Datos de trabajo vencidos"),
    Thing.IMPROVEMENT: _l("Acción de mejora"),
    Thing.SURVEY_COMMENT: _l("Comentarios de encuestas"),
    Thing.COMMENT_THEME: _l("Tema de comentarios"),
    Thing.REGISTER_ENTRY: _l("Registro del plan"),
    Thing.RISK: _l("Riesgo de corrupción"),
    Thing.RISK_MAP: _l("Mapa de riesgos"),
    Thing.SPECIAL_DAY: _l("Día especial"),
    Thing.PLANNED_BREAK: _l("Pausa prevista"),
    Thing.SIMULATION: _l("Simulación"),
}
ACTORS = {
    "system": _l("El sistema"),
    "command line": _l("Quien opera el servidor"),
    "stranger": _l("Alguien sin ingresar"),
    "citizen": _l("La ciudadanía"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row as people read it."""

    seq: int
    at: datetime
    clock_right: bool
    who: str
    act: str
    refused: bool
    thing: str
    why: str
    mark: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked to show, as it was typed; `wrong` says what cannot be understood."""

    act: str = ""
    day: str = ""
    who: str = ""
    before: str = ""
    wrong: str = ""


@bp.get("/audit")
@requires(Permission.VERIFY_AUDIT, Permission.READ_AUDIT)
def audit() -> ResponseReturnValue:
    """The state of the trail; who may read it leaves a row of having done so."""
    if not current_user.may(Permission.READ_AUDIT):
        return _page(Asked())
    asked = _asked()
    with transaction(db.session) as session:
        who, on = Who("official", current_user.id), On(Thing.TRAIL)
        filters = {"act": asked.act if asked.act in set(Act) else None, "of": bool(asked.who), "day": bool(asked.day)}
        record(session, Act.READ, on, who, now(), site_id=current_user.site_id, detail=filters)
    return _page(asked), 422 if asked.wrong else 200


@bp.post("/audit/verify")
@requires(Permission.VERIFY_AUDIT)
def audit_verify() -> ResponseReturnValue:
    """Prove the whole chain, which leaves a row of the result; a long one goes on while the page answers."""
    Form().checked()
    prover().begin(Who("official", current_user.id), current_user.sign_in_id, now()).join(WAITED_S)
    proof = prover().proof
    for finding in proof.findings if proof else ():
        words, values = sentence(finding)
        flash(translate(words, **values), "error")
    if proof and proof.sound:
        flash(_("El registro está completo: %(rows)s filas verificadas.", rows=proof.rows), "success")
    elif proof is None:
        flash(_("Se está verificando. El resultado queda en esta página: vuelva en un momento."), "info")
    return redirect(url_for(".audit"))


def _asked() -> Asked:
    """The filters of the address."""
    told = {name: request.args.get(name, "").strip()[:40] for name in ("act", "day", "who", "before")}
    wrong = ""
    if told["act"] not in ("", *Act):
        wrong = _("Elija un acto de la lista.")
    elif told["day"] and not _day(told["day"]):
        wrong = _("Escriba el día así: 2026-11-23.")
    elif any(told[name] and not _NUMBER.fullmatch(told[name]) for name in ("who", "before")):
        wrong = _("Elija una persona de la lista.")
    return Asked(**told, wrong=wrong)


def _day(written: str) -> date | None:
    if not _DAY.fullmatch(written):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _page(asked: Asked) -> str:
    session, reads = db.session(), current_user.may(Permission.READ_AUDIT)
    rows = _rows(session, asked) if reads and not asked.wrong else []
    last = session.scalar(select(Entry).where(Entry.act == Act.VERIFIED.value).order_by(Entry.seq.desc()).limit(1))
    people = session.execute(select(Official.id, Official.name).order_by(Official.name)).all() if reads else []
    return render_template(
        "admin/audit.html",
        asked=asked,
        reads=reads,
        lines=_lines(session, rows[:SHOWN]),
        older=rows[SHOWN - 1].seq if len(rows) > SHOWN else None,
        acts=sorted(((act.value, str(name)) for act, name in ACT_NAMES.items()), key=lambda each: each[1]),
        people=[(str(key), name) for key, name in people],
        last=last,
        proving_since=prover().since,
    )


def _rows(session: Session, asked: Asked) -> list[Entry]:
    """The rows that were asked for, newest first, and one more if there are others."""
    wanted = select(Entry).order_by(Entry.seq.desc()).limit(SHOWN + 1)
    if asked.act:
        wanted = wanted.where(Entry.act == asked.act)
    if day := _day(asked.day):
        begin = datetime.combine(day, time(), BOGOTA)
        wanted = wanted.where(Entry.at >= begin, Entry.at < begin + timedelta(days=1))
    if asked.who:
        wanted = wanted.where(Entry.who_kind == "official", Entry.who_id == min(int(asked.who), 2**31 - 1))
    if asked.before:
        wanted = wanted.where(Entry.seq < int(asked.before))
    return list(session.scalars(wanted))


def _lines(session: Session, rows: Iterable[Entry]) -> list[Line]:
    rows = list(rows)
    named = _named(session, rows)
    reasons: dict[str, str] = dict(session.execute(select(Reason.code, Reason.name)).all())
    return [_line(row, named, reasons) for row in rows]


def _line(row: Entry, named: dict[tuple[str, int], str], reasons: dict[str, str]) -> Line:
    who = str(ACTORS.get(row.who_kind, row.who_kind))
    if row.who_id is not None:
        who = named.get((row.who_kind, row.who_id), who)
    thing = str(THING_NAMES[Thing(row.thing)])
    if row.thing_id is not None and row.thing not in (Thing.SIGN_IN, Thing.LOG):
        thing = f"{thing}: {named.get((row.thing, row.thing_id), row.thing_id)}"
    said: dict[str, Any] = json.loads(row.detail)
    why = reasons.get(row.reason or "", row.reason or "")
    if row.act == Act.BLOCK_SEALED:
        why = _("hechos %(first)s a %(last)s", first=said["first"], last=said["last"])
    return Line(
        seq=row.seq,
        at=row.at,
        clock_right=row.clock_right,
        who=who,
        act=str(ACT_NAMES[Act(row.act)]),
        refused=row.result != "done",
        thing=thing,
        why=why or said.get("door", ""),
        mark=row.hash[:8],
    )


def _named(session: Session, rows: list[Entry]) -> dict[tuple[str, int], str]:
    """What the numbers of these rows are called today; what is gone keeps its number."""
    mentioned = {(row.thing, row.thing_id) for row in rows} | {(row.who_kind, row.who_id) for row in rows}
    named: dict[tuple[str, int], str] = {}
    for kind, model in (("official", Official), ("device", Device), ("site", Site), ("window", Window), ("turn", Turn)):
        ids = {number for what, number in mentioned if what == kind and number is not None}
        for thing in session.scalars(select(model).where(model.id.in_(ids))) if ids else ():
            named[kind, thing.id] = thing.code if isinstance(thing, Turn) else thing.name
    return named
