"""What the daily reminder tells besides petitions: improvement actions, protocols to read, and what the plan awaits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import Session

from core.errors import N_
from core.improvement import overview
from core.improvement.model import Improvement
from core.improvement.standing import State as Standing
from core.improvement.standing import state_of
from core.plan.followup import reminders as followup
from core.plan.followup.marks import Mark
from core.plan.followup.reminders import Due
from core.plan.registers import looking
from core.plan.risks import overview as risks
from core.plan.risks.model import Risk
from core.plan.risks.overview import Due as ReviewDue
from core.plan.risks.reviewing import Need
from core.protocols import actions as protocols
from core.protocols.actions import ToRead
from core.web.register_words import due_line
from core.web.words import day_text, translate

_MARKS = {
    Mark.CUTOFF: N_("El corte es el %(last)s; se publica hasta el %(day)s"),
    Mark.PUBLISHING: N_("El corte al %(last)s se publica hasta el %(day)s"),
    Mark.LATE: N_("El corte al %(last)s está sin publicar; era hasta el %(day)s"),
}


@dataclass(frozen=True, slots=True)
class Pile:
    """Lines of other work than petitions under their title; `subject`: of a message that holds nothing else."""

    title: str
    subject: str
    lines: tuple[str, ...]


def besides(session: Session, today: date) -> dict[int, list[Pile]]:
    """What is told today, by official: their actions, what is to be read, and what the plan waits for."""
    found: defaultdict[int, list[Pile]] = defaultdict(list)
    with force_locale("es"):
        for who, actions in overview.pressing(session, today).items():
            title = translate(N_("Acciones de mejora por las que responde"))
            subject = translate(N_("Acciones de mejora: lo que vence pronto"))
            lines = tuple(action_line(one, today) for one in actions)
            found[who].append(Pile(title, subject, lines))
        for who, entries in looking.pressing(session, today).items():
            subject = translate(N_("Compromisos del plan: lo que vence pronto"))
            lines = tuple(due_line(one, day_text(one.now.day), late=one.now.day < today) for one in entries)
            found[who].append(Pile(translate(N_("Compromisos y etapas del plan por los que responde")), subject, lines))
        for who, unread in protocols.everybody_to_read(session, today).items():
            subject = translate(N_("Protocolos por leer: %(n)s"), n=len(unread))
            lines = tuple(unread_line(one) for one in unread)
            found[who].append(Pile(translate(N_("Protocolos por leer")), subject, lines))
        for who, due in followup.due_today(session, today).items():
            lines = tuple(line for one in due for line in followup_lines(one))
            subject = translate(N_("Seguimiento del plan: lo que falta"))
            found[who].append(Pile(translate(N_("Seguimiento del plan")), subject, lines))
        for who, reviews in risks.pressing(session, today).items():
            title = translate(N_("Riesgos de corrupción por revisar"))
            lines = tuple(review_line(risk, due) for risk, due in reviews)
            found[who].append(Pile(title, title, lines))
    return dict(found)


def action_line(one: Improvement, today: date) -> str:
    """«AM-0012: atrasada, vencía el lunes 30 de noviembre»"""
    late = state_of(one.stage, one.due_on, today) is Standing.LATE
    sentence = N_("%(code)s: atrasada, vencía el %(day)s") if late else N_("%(code)s: vence el %(day)s")
    return translate(sentence, code=one.code, day=day_text(one.due_on))


def unread_line(one: ToRead) -> str:
    """«P-02, Atención por teléfono: hasta el lunes 30 de noviembre»"""
    sentence = N_("%(what)s: atrasado, era hasta el %(day)s") if one.late else N_("%(what)s: hasta el %(day)s")
    what = f"{one.version.protocol.code}, {one.version.text['title']}"
    return translate(sentence, what=what, day=day_text(one.due))


def followup_lines(one: Due) -> list[str]:
    """«El corte al 30/04/2026 se publica hasta el viernes 15 de mayo»; and what it lacks of whom it is told."""
    last, by = f"{one.cutoff.last:%d/%m/%Y}", day_text(one.cutoff.publish_by)
    lines = [translate(_MARKS[one.mark], last=last, day=by)]
    if one.unreported:
        lines.append(translate(N_("Por reportar: %(codes)s"), codes=", ".join(one.unreported)))
    if one.sent_back:
        lines.append(translate(N_("Devueltas para corregir: %(codes)s"), codes=", ".join(one.sent_back)))
    if one.to_verify:
        lines.append(translate(N_("Por verificar: %(codes)s"), codes=", ".join(one.to_verify)))
    return [*lines, f"{current_app.config['PUBLIC_URL']}/admin/followup"]


def review_line(risk: Risk, due: ReviewDue) -> str:
    """«RC-0007: revisión del corte 3 de 2026, hasta el jueves 31 de diciembre»"""
    missing = N_("%(code)s: falta la revisión del corte %(number)s de %(year)s")
    open_still = N_("%(code)s: revisión del corte %(number)s de %(year)s, hasta el %(day)s")
    said = {"code": risk.code, "number": due.cutoff.number, "year": due.year}
    if due.need is Need.MISSING:
        return translate(missing, **said)
    return translate(open_still, **said, day=day_text(due.cutoff.last))
