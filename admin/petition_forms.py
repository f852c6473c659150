"""What an official is asked for each deed of a petition: one form for each, and the options of a closed list."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from core.petitions import messages
from core.web.forms import Lines, OneDay, PressForm, Prose, Text, Whole
from core.web.words import translate

REASON = _l("Motivo")
_CHOOSE = InputRequired(_l("Elija una opción."))


def choices_of(names: Any) -> list[SelectChoice]:
    """The options of a closed list, in its order."""
    return [SelectChoice(key.value, translate(name).capitalize()) for key, name in names.items()]


class ReasonForm(PressForm):
    reason = Prose(REASON, most=2000)


class HandsForm(PressForm):
    office = SelectField(_l("Dependencia"), validate_choice=False)
    official = SelectField(_l("Persona"), validate_choice=False)
    reason = Prose(REASON, [Optional()], most=2000, description=_l("Se pide al cambiar de manos."))


class NoteForm(PressForm):
    text = Prose(_l("Nota"), most=5000, description=_l("Solo la leen quienes trabajan aquí."))


class MessageForm(PressForm):
    text = Prose(_l("Mensaje"), most=messages.LONGEST)


class DraftDayForm(PressForm):
    day = OneDay(_l("Borrador listo el"), [InputRequired(_l("Escriba una fecha como 23/11/2026."))])


class KindForm(PressForm):
    kind = SelectField(_l("Qué pide en realidad"), validate_choice=False)
    own_term = Whole(
        _l("Días que fija quien pide"),
        [Optional()],
        least=1,
        most=30,
        description=_l("Solo para autoridades, Congreso y Defensoría."),
    )
    reason = Prose(REASON, most=2000)


class PriorityForm(PressForm):
    priority = RadioField(_l("Por qué va antes"), [_CHOOSE])
    reason = Prose(REASON, most=2000)


class AskForm(PressForm):
    what = Prose(_l("Qué debe completar o aclarar"), most=2000)


class LongerForm(PressForm):
    on = OneDay(_l("Día en que pidió más plazo"), [InputRequired(_l("Escriba una fecha como 23/11/2026."))])


class BroughtForm(PressForm):
    text = Prose(_l("Qué aportó la persona"), most=2000)


class ArchiveForm(PressForm):
    act = Text(_l("Acto que la archiva"), most=120, description=_l("Número y fecha. Procede reposición."))
    reason = Prose(REASON, most=1800)


class ExtendForm(PressForm):
    until = OneDay(_l("Nuevo plazo"))
    told = RadioField(_l("Cómo se le avisa a la persona"), [_CHOOSE])
    reason = Prose(_l("Motivo, como lo leerá la persona"), most=2000)


class TransferForm(PressForm):
    authority = Text(_l("Autoridad competente"), most=200)
    address = Text(_l("Dirección o correo"), [Optional()], most=200)
    reason = Prose(_l("Por qué es de su competencia"), most=2000)
    package = Lines(_l("Qué se envía"), most=40, description=_l("Una cosa por línea."))


class LinkForm(PressForm):
    other = Text(_l("Radicado anterior"), most=30, description=_l("Por ejemplo: 2026-E-000123."))


class SaidForm(PressForm):
    text = Prose(_l("Qué pide la persona"), most=2000)
