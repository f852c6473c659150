"""The history of the set-up: every change with who, when, before and after, on the page of its thing and on its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from wtforms import SelectChoice, SelectField

from admin import bp
from admin.kinds import GROUP_ICONS, ICONS, PAGES, REASON_KINDS
from core import changes
from core.changes import Asked, Change
from core.people.model import Official
from core.people.rights import Permission
from core.web.database import db
from core.web.forms import Form, whole
from core.web.guard import requires

KINDS = {
    **{kind: page.title for kind, page in PAGES.items()},
    "priority_groups": _l("Grupos preferenciales"),
    "entities": _l("Entidad"),
    "officials": _l("Personas"),
    "devices": _l("Equipos"),
    "notices": _l("Avisos"),
    "queue_settings": _l("Orden de llamado"),
}
del KINDS["groups"]
OTHER_FIELDS = {
    "active": _l("En uso"),
    "position": _l("Lugar en la lista"),
    "services": _l("Servicios que atiende"),
    "topics": _l("Temas que ofrece"),
    "windows": _l("Ventanillas que anuncia"),
    "announced": _l("Trámites que anuncia"),
    "target_min": _l("Meta de espera (minutos)"),
    "topic": _l("Tema del quiosco"),
    "office": _l("Dependencia"),
    "short_name": _l("Nombre corto"),
    "municipality": _l("Municipio"),
    "department": _l("Departamento"),
    "email": _l("Correo"),
    "web": _l("Página web"),
    "english": _l("Inglés"),
    "text": _l("Aviso"),
    "text_en": _l("Aviso en inglés"),
    "order": _l("Orden"),
    "ratio": _l("Preferenciales por cada general"),
    "head_start": _l("Adelanto (minutos)"),
    "recall_limit": _l("Veces que se repite un llamado"),
    "recall_pause_s": _l("Pausa entre llamados (segundos)"),
    "tolerance_min": _l("Tolerancia para volver (minutos)"),
    "more_time_min": _l("Minutos que se dejan pasar"),
    "target_priority_min": _l("Meta preferencial (minutos)"),
    "target_general_min": _l("Meta general (minutos)"),
    "name": _l("Nombre"),
    "roles": _l("Qué puede hacer"),
    "diagonal_in": _l("Diagonal (pulgadas)"),
    "distance_m": _l("Distancia (metros)"),
    "resolution": _l("Puntos de la pantalla"),
    "mm_per_px": _l("Milímetros por punto"),
    "paper_mm": _l("Ancho del papel"),
    "printer_host": _l("Impresora"),
    "printer_code_page": _l("Letras de la impresora"),
    "opinions": _l("Encuestas"),
    "opinions_at": _l("Ventanilla de las encuestas"),
    "voice": _l("Voz"),
    "volume": _l("Volumen"),
    **dict(
        zip(
            (f"day_{day}" for day in range(1, 8)),
            (
                _l("Lunes"),
                _l("Martes"),
                _l("Miércoles"),
                _l("Jueves"),
                _l("Viernes"),
                _l("Sábado"),
                _l("Domingo"),
            ),
            strict=True,
        )
    ),
}
TOLD = {
    "icon": {**ICONS, **GROUP_ICONS},
    "kind": REASON_KINDS,
    "opinions": {"only": _l("Solo encuestas"), "window": _l("Junto a una ventanilla")},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a chapter, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """All that was changed of a thing at once: when, by whom, of what, why, and line by line."""

    at: datetime
    by: str
    kind: str
    thing: str
    reason: str
    lines: list[Line]


class FilterForm(Form):
    kind = SelectField(_l("De qué"))
    by = SelectField(_l("Quién lo hizo"), coerce=whole)


@bp.get("/history")
@requires(Permission.CONFIGURE)
def history() -> ResponseReturnValue:
    """Every change of the site in hand and of the whole town hall, narrowed by what the address asks."""
    session = db.session()
    names = dict(session.execute(select(Official.id, Official.name).order_by(Official.name)).all())
    kind = request.args.get("kind", "")
    by = request.args.get("by", "")
    asked = Asked(
        site_id=current_user.site_id,
        kind=kind if kind in KINDS else None,
        by=int(by) if by.isascii() and by.isdigit() and int(by) in names else None,
    )
    form = FilterForm(formdata=None, data={"kind": asked.kind or "", "by": asked.by or 0}, meta={"csrf": False})
    form.kind.choices = [SelectChoice("", _("Todo")), *(SelectChoice(name, told) for name, told in KINDS.items())]
    form.by.choices = [SelectChoice(0, _("Cualquiera")), *(SelectChoice(*row) for row in names.items())]
    return render_template("admin/history.html", form=form, history=chapters(changes.told(session, asked)))


def chapters(rows: Iterable[Change]) -> list[Chapter]:
    """Changes as people read them: those of one press together, newest first."""
    session = db.session()
    names = dict(session.execute(select(Official.id, Official.name)).all())

    def together(change: Change) -> tuple[Any, ...]:
        return change.at, change.by, change.kind, change.thing_id, change.thing, change.reason

    return [
        Chapter(
            at,
            names.get(by, _("El sistema")),
            str(KINDS.get(kind, kind)),
            thing,
            reason,
            [_line(change) for change in sorted(found, key=lambda change: change.id)],
        )
        for (at, by, kind, _id, thing, reason), found in groupby(rows, key=together)
    ]


def plainly(value: Any) -> str:
    """A kept value as people read it."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {plainly(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(plainly, value))
    return str(value)


def _line(change: Change) -> Line:
    words = TOLD.get(change.field, {})
    before, after = (
        plainly(words.get(value, value) if isinstance(value, str) else value) for value in (change.before, change.after)
    )
    return Line(field_name(change.kind, change.field), before, after)


def field_name(kind: str, field: str) -> str:
    """The name of a field as its form says it."""
    page = PAGES.get("groups" if kind == "priority_groups" else kind)
    asked = getattr(page.form, field, None) if page else None
    label = asked.args[0] if asked is not None else None
    return str(label or OTHER_FIELDS.get(field, field))
