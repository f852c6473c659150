"""The kinds of things that are set up by form: what each asks, how a list tells it, and what it does to the hall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, ValidationError
from wtforms.validators import InputRequired, Optional

from admin.sheet_form import LONGEST_HINT, LONGEST_NAME
from core import desks, first_content
from core.catalogue import publishing, things
from core.catalogue.model import Office, Site, Topic, Window
from core.catalogue.things import Kind
from core.speech import SERIES_LETTERS
from core.turns.actions.depend import check_nobody_is_left
from core.web.database import db
from core.web.forms import Form, Lines, Text, Whole, whole

NOT_OF_THE_THING = ("csrf_token", "why")
_NAME = InputRequired(_l("Escriba el nombre."))
ICONS = {
    "receipt": _l("Recibo"),
    "house": _l("Casa"),
    "users": _l("Personas"),
    "hand-heart": _l("Ayuda"),
    "file-text": _l("Documento"),
    "message-square": _l("Mensaje"),
    "scale": _l("Balanza"),
    "briefcase": _l("Trabajo"),
    "building-2": _l("Edificio"),
    "landmark": _l("Alcaldía"),
    "leaf": _l("Hoja"),
    "id-card": _l("Documento de identidad"),
    "shield": _l("Escudo"),
    "phone": _l("Teléfono"),
    "info": _l("Información"),
}
GROUP_ICONS = {
    "accessibility": _l("Silla de ruedas"),
    "heart": _l("Corazón"),
    "baby": _l("Niño en brazos"),
    "user-round": _l("Persona"),
    "backpack": _l("Morral"),
    "medal": _l("Medalla"),
    "hand-heart": _l("Ayuda"),
    "users": _l("Personas"),
}
REASON_KINDS = {
    "pause": _l("Hacer una pausa"),
    "task": _l("Hacer otra labor"),
    "pick": _l("Llamar fuera de orden"),
    "skip": _l("Saltar un turno"),
    "group": _l("Cambiar el grupo"),
    "transfer": _l("Trasladar a otro servicio"),
    "cancel": _l("Anular un turno"),
    "close_leftover": _l("Cerrar turnos de días pasados"),
    "order": _l("Cambiar el orden de llamado"),
    "undo": _l("Deshacer"),
}


class ThingForm(Form):
    """What a thing is asked; beside it, why it is changed."""

    why = Text(_l("Motivo o acto que lo ordena"), [Optional()], most=200)

    def ready(self, session: Session, site_id: int, thing: Any | None) -> None:
        """Fill in the choices that the site gives."""

    def values(self, session: Session) -> dict[str, Any]:
        """What the thing is to be."""
        return {name: asked.data for name, asked in self._fields.items() if name not in NOT_OF_THE_THING}


class Reference(SelectField):
    """Another thing of the site; `missing` is said where there is none to choose yet."""

    def __init__(self, label: Any, model: type[Any], missing: Any, **kwargs: Any) -> None:
        super().__init__(label, coerce=whole, choices=[], **kwargs)
        self.model, self.missing = model, missing

    def offer(self, session: Session, site_id: int) -> None:
        """The things in use, and the one that is chosen already."""
        rows = session.execute(
            select(self.model.id, self.model.name)
            .where(self.model.site_id == site_id, self.model.active | (self.model.id == (self.object_data or 0)))
            .order_by(self.model.name)
        )
        self.choices = [SelectChoice(*row) for row in rows]

    def pre_validate(self, form: Any) -> None:
        if self.data not in {choice.value for choice in self.choices}:
            raise ValidationError(str(self.missing))


def icons(label: Any, names: Mapping[str, Any]) -> SelectField:
    return SelectField(label, choices=[SelectChoice(icon, name) for icon, name in names.items()])


class SiteForm(ThingForm):
    name = Text(_l("Nombre de la sede"), [_NAME], most=80)
    address = Text(_l("Dirección"), [InputRequired(_l("Escriba la dirección."))], most=160)
    way = Text(
        _l("Cómo llegar y entrar"),
        [Optional()],
        most=400,
        description=_l("También en silla de ruedas o con bastón: rampa, ascensor, parqueadero, entrada sin escalones."),
    )
    way_en = Text(_l("Cómo llegar y entrar, en inglés"), [Optional()], most=400)
    phone = Text(_l("Teléfono"), [Optional()], most=60)
    contact = Text(
        _l("Horario en que contestan"), [Optional()], most=120, description=_l("Por ejemplo: lunes a viernes, 8 a 12.")
    )


class OfficeForm(ThingForm):
    name = Text(_l("Nombre de la dependencia"), [_NAME], most=120)


class TopicForm(ThingForm):
    name = Text(
        _l("Nombre"), [_NAME], most=40, description=_l("Como lo diría quien llega, por ejemplo: «Impuestos y pagos».")
    )
    name_en = Text(_l("Nombre en inglés"), [Optional()], most=40)
    hint = Text(_l("Explicación"), [Optional()], most=90, description=_l("Una frase con verbo, debajo del nombre."))
    hint_en = Text(_l("Explicación en inglés"), [Optional()], most=90)
    series = RadioField(
        _l("Letra de sus turnos"),
        [InputRequired(_l("Elija una letra."))],
        description=_l("Solo letras que no se confunden al verlas ni al oírlas, y que no tiene otro tema."),
    )
    icon = icons(_l("Dibujo"), ICONS)

    def ready(self, session: Session, site_id: int, thing: Any | None) -> None:
        others = select(Topic.series).where(Topic.site_id == site_id, Topic.id != (thing.id if thing else 0))
        taken = set(session.scalars(others))
        self.series.choices = [SelectChoice(letter, letter) for letter in SERIES_LETTERS if letter not in taken]


class ServiceForm(ThingForm):
    name = Text(
        _l("Nombre"), [_NAME], most=LONGEST_NAME, description=_l("Lo oye toda la sala: que no diga nada de la persona.")
    )
    name_en = Text(_l("Nombre en inglés"), [Optional()], most=LONGEST_NAME)
    hint = Text(_l("Explicación"), [Optional()], most=LONGEST_HINT)
    hint_en = Text(_l("Explicación en inglés"), [Optional()], most=LONGEST_HINT)
    topic_id = Reference(_l("Tema del quiosco"), Topic, _l("Elija un tema. Si no hay ninguno, créelo antes."))
    office_id = Reference(_l("Dependencia"), Office, _l("Elija una dependencia. Si no hay ninguna, créela antes."))
    minutes = Whole(_l("Minutos que suele tomar"), [InputRequired(_l("Escriba un número."))], least=1, most=240)
    requirements = Lines(
        _l("Qué debe traer"), [Optional()], most=8, longest=90, description=_l("Un requisito por renglón.")
    )
    requirements_en = Lines(_l("Qué debe traer, en inglés"), [Optional()], most=8, longest=90)

    def ready(self, session: Session, site_id: int, thing: Any | None) -> None:
        """What citizens read of a service that was ever published is written on its sheet, and only there."""
        self.topic_id.offer(session, site_id)
        self.office_id.offer(session, site_id)
        if thing is not None and publishing.last_version(session, thing.id) is not None:
            for written_there in ("name", "name_en", "hint", "hint_en", "requirements", "requirements_en"):
                del self[written_there]

    def values(self, session: Session) -> dict[str, Any]:
        asked = super().values(session)
        topic, office = (
            session.get_one(kind, asked.pop(name)) for kind, name in ((Topic, "topic_id"), (Office, "office_id"))
        )
        lists = {name: list(value) for name, value in asked.items() if isinstance(value, tuple)}
        return {**asked, **lists, "topic": topic, "office": office}


class WindowForm(ThingForm):
    label = Text(
        _l("Número en la pared"),
        [InputRequired(_l("Escriba el número o la palabra que se ve en la pared."))],
        most=12,
        description=_l("Lo muestra la pantalla y lo dice la voz, por ejemplo: 3 o Comisaría."),
    )
    name = Text(_l("Nombre"), [_NAME], most=60, description=_l("Qué se atiende ahí, por ejemplo: Hacienda."))


class GroupForm(ThingForm):
    name = Text(_l("Nombre"), [_NAME], most=40)
    name_en = Text(_l("Nombre en inglés"), [Optional()], most=40)
    who = Text(_l("Quiénes son"), [Optional()], most=120, description=_l("Lo declara la persona: no se piden pruebas."))
    who_en = Text(_l("Quiénes son, en inglés"), [Optional()], most=120)
    icon = icons(_l("Dibujo"), GROUP_ICONS)
    first_of_all = BooleanField(_l("Pasa antes que cualquier otro turno (menores que piden por sí mismos)"))


class ReasonForm(ThingForm):
    kind = SelectField(
        _l("Para qué se pide el motivo"), choices=[SelectChoice(kind, name) for kind, name in REASON_KINDS.items()]
    )
    name = Text(_l("Motivo"), [InputRequired(_l("Escriba el motivo."))], most=60)


class ResultForm(ThingForm):
    name = Text(_l("Resultado"), [InputRequired(_l("Escriba cómo puede terminar."))], most=60)


class PictureForm(ThingForm):
    name = Text(
        _l("Qué se ve en la imagen"),
        [InputRequired(_l("Diga qué se ve, para quien no la ve."))],
        most=120,
        description=_l("Con sus palabras y lo que la imagen diga. Lo lee quien no ve la pantalla."),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """How a kind is set up on its pages. `columns`: what a list tells, beside the name, and the field it is in."""

    kind: Kind
    title: Any
    one: Any
    lead: Any
    form: type[ThingForm]
    columns: tuple[tuple[Any, str], ...] = ()
    values_told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    begin: Callable[[Session, Any, datetime, int], None] = lambda session, thing, at, by: None
    before_withdrawing: Callable[[Session, Any, datetime], None] = lambda session, thing, at: None


def _begin_site(session: Session, site: Site, at: datetime, by: int) -> None:
    first_content.begin_site(session, site, first_content.california(), at, by)


def _withdraw_window(session: Session, window: Window, at: datetime) -> None:
    desks.check_empty(session, window.id)


PAGES: dict[str, Page] = {
    "sites": Page(
        things.SITES,
        _l("Sedes"),
        _l("sede"),
        _l("Cada lugar donde se atiende, con su propia fila, su horario y sus equipos."),
        SiteForm,
        ((_l("Dirección"), "address"), (_l("Teléfono"), "phone")),
        begin=_begin_site,
        before_withdrawing=check_nobody_is_left,
    ),
    "offices": Page(
        things.OFFICES,
        _l("Dependencias"),
        _l("dependencia"),
        _l("Las secretarías y oficinas que responden por los servicios."),
        OfficeForm,
    ),
    "topics": Page(
        things.TOPICS,
        _l("Temas del quiosco"),
        _l("tema"),
        _l("La primera pregunta del quiosco. Los turnos de un tema comparten una letra."),
        TopicForm,
        ((_l("Letra"), "series"), (_l("Explicación"), "hint")),
        {"icon": ICONS},
    ),
    "services": Page(
        things.SERVICES,
        _l("Servicios"),
        _l("servicio"),
        _l("Lo que la gente viene a hacer, cada uno dentro de un tema."),
        ServiceForm,
        ((_l("Tema"), "topic"), (_l("Dependencia"), "office"), (_l("Minutos"), "minutes")),
    ),
    "windows": Page(
        things.WINDOWS,
        _l("Ventanillas"),
        _l("ventanilla"),
        _l("Los puestos de atención. Qué atiende cada uno se elige en su cuadro."),
        WindowForm,
        ((_l("Número"), "label"),),
        before_withdrawing=_withdraw_window,
    ),
    "groups": Page(
        things.GROUPS,
        _l("Grupos preferenciales"),
        _l("grupo"),
        _l("A quiénes atiende primero la ley. Cuántos minutos se adelanta cada uno está en «Orden de llamado»."),
        GroupForm,
        ((_l("Quiénes son"), "who"), (_l("Antes que todos"), "first_of_all")),
        {"icon": GROUP_ICONS},
    ),
    "reasons": Page(
        things.REASONS,
        _l("Motivos"),
        _l("motivo"),
        _l("Las listas de donde se elige por qué se hace una pausa o una excepción."),
        ReasonForm,
        ((_l("Para qué"), "kind"),),
        {"kind": REASON_KINDS},
    ),
    "results": Page(
        things.RESULTS,
        _l("Resultados de la atención"),
        _l("resultado"),
        _l("Cómo puede terminar una atención. Se elige con un toque al finalizar."),
        ResultForm,
    ),
    "pictures": Page(
        things.PICTURES,
        _l("Imágenes de las pantallas"),
        _l("imagen"),
        _l("Se ven entre un llamado y otro, diez segundos cada una. Un llamado siempre las quita."),
        PictureForm,
        ((_l("Ancho"), "width"), (_l("Alto"), "height")),
    ),
}
"""The pages by the word of their address."""


def form_of(page: Page, site_id: int, thing: Any | None) -> ThingForm:
    """The form of a kind, filled with a thing if one is given."""
    form = page.form(obj=thing)
    form.ready(db.session(), site_id, thing)
    return form
