"""Templates of replies: plain text with fields in braces, of a closed list; filled by replacing, never by running."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Invalid, Missing
from core.events import Who
from core.petitions.reply_model import Template, TemplateVersion

FIELDS = {
    "radicado": N_("el número de radicado"),
    "fecha_radicado": N_("el día en que se recibió"),
    "nombre": N_("el nombre de quien pide"),
    "documento": N_("su documento"),
    "asunto": N_("el asunto de la petición"),
    "clase": N_("la clase de petición"),
    "dependencia": N_("la dependencia que responde"),
    "funcionario": N_("quien redacta"),
    "entidad": N_("el nombre de la entidad"),
    "hoy": N_("la fecha de hoy"),
}
"""What a template may ask for; a field that is not here is refused when the template is saved."""
LONGEST_NAME, LONGEST_SUBJECT, LONGEST_BODY = 100, 200, 30_000
_FIELD = re.compile(r"\{([^{}\n]*)\}")


class NoTemplate(Missing):
    message = N_("Esa plantilla no existe o no es de su dependencia.")


def fields_in(text: str) -> list[str]:
    """The fields that a text names, in order."""
    return [name.strip() for name in _FIELD.findall(text)]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each field in its place; what comes in a value is never read as a field."""
    return _FIELD.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def add(session: Session, office_id: int | None, name: str, subject: str, body: str, by: int, at: datetime) -> Template:
    """A new template, of an office or of all. Raises Invalid."""
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Invalid(N_("Escriba un nombre de %(most)s letras o menos."), field="name", most=LONGEST_NAME)
    _check(subject, body)
    template = Template(office_id=office_id, name=name.strip())
    session.add(template)
    session.flush()
    _add_version(session, template, 1, subject, body, by, at)
    _tell(session, template, Act.ADDED, by, at)
    return template


def rewrite(session: Session, template: Template, subject: str, body: str, by: int, at: datetime) -> None:
    """Say it otherwise from now on; replies that began with another version keep naming that one. Raises Invalid."""
    _check(subject, body)
    if (template.last.subject, template.last.body) != (subject.strip(), body.strip()):
        _add_version(session, template, template.last.number + 1, subject, body, by, at)
        _tell(session, template, Act.CHANGED, by, at)


def withdraw(session: Session, template: Template, by: int, at: datetime) -> None:
    """Offer it no more; what was written with it stays."""
    template.active = False
    _tell(session, template, Act.WITHDRAWN, by, at)


def offered(session: Session, offices: Collection[int]) -> Sequence[Template]:
    """The templates of these offices and of all, by name."""
    mine = or_(Template.office_id.is_(None), Template.office_id.in_(offices))
    return session.scalars(select(Template).where(Template.active, mine).order_by(Template.name)).all()


def template_of(session: Session, template_id: int, offices: Collection[int], *, lock: bool = False) -> Template:
    """One that these offices may use. Raises NoTemplate."""
    mine = or_(Template.office_id.is_(None), Template.office_id.in_(offices))
    query = select(Template).where(Template.id == template_id, Template.active, mine)
    found = session.scalar(query.with_for_update(of=Template) if lock else query)
    if found is None:
        raise NoTemplate
    return found


def _check(subject: str, body: str) -> None:
    for field, text, most in (("subject", subject, LONGEST_SUBJECT), ("body", body, LONGEST_BODY)):
        if not text.strip():
            raise Invalid(N_("Escriba el texto de la plantilla."), field=field)
        if len(text) > most:
            raise Invalid(N_("Escriba %(most)s letras o menos."), field=field, most=most)
        if unknown := [name for name in fields_in(text) if name not in FIELDS]:
            raise Invalid(
                N_("«{%(unknown)s}» no es un campo. Los campos son: %(known)s."),
                field=field,
                **{"known": ", ".join(FIELDS), "unknown": unknown[0]},
            )


def _add_version(
    session: Session, template: Template, number: int, subject: str, body: str, by: int, at: datetime
) -> None:
    said = {"subject": subject.strip(), "body": body.strip()}
    version = TemplateVersion(template_id=template.id, number=number, written_by=by, written_at=at, **said)
    session.add(version)
    session.flush()
    session.refresh(template, ["versions"])


def _tell(session: Session, template: Template, act: Act, by: int, at: datetime) -> None:
    audit.record(session, act, On(Thing.REPLY_TEMPLATE, template.id), Who("official", by), at)
