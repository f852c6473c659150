"""What an official sends from the window: one form for each kind of button, and nothing it does not know."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired

from core.breaks.planned import Span
from core.turns.actions import Outcome
from core.turns.actions.asked import MOST_QUANTITY, MOST_SERVICES
from core.web.forms import PressForm, Whole

_CODE = re.compile(r"[a-z0-9_-]{1,60}")
MOST_ROWS = MOST_SERVICES + 2
MINUTES = ("5", "10", "15", "30")
PLANNED, UNKNOWN = "planned", "unknown"
"""When who pauses comes back, besides in so many minutes."""


class Chosen(RadioField):
    """One code of a list that the site keeps; the rule that reads the list refuses what is not in it."""

    def __init__(self, label: str, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, validate_choice=False, **{"choices": [], **kwargs})
        self.type = "RadioField"

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else None
        if self.data and not _CODE.fullmatch(self.data):
            self.data = None
            raise ValidationError(_l("Elija una opción de la lista."))


class Wholes(Whole):
    """Several whole numbers under one name, in the order of the page; an empty one is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        numbers: list[int | None] = []
        wrong: list[ValidationError] = []
        for value in valuelist:
            try:
                super().process_formdata([value])
            except ValidationError as error:
                wrong.append(error)
            numbers.append(self.data)
        self.data = numbers
        if wrong:
            raise wrong[0]


def _service() -> Field:
    return Whole(_l("Servicio"), [InputRequired(_l("Elija un servicio de la lista."))], least=1)


def _reason() -> Field:
    return Chosen(_l("Motivo"), [InputRequired(_l("Elija un motivo de la lista."))])


class TurnForm(PressForm):
    """A button that acts on the turn that the page shows."""

    turn = Whole(_l("Turno"), [InputRequired(_l("Vuelva a cargar la página."))], least=1)


class ReasonForm(TurnForm):
    """Call this one, let it pass: with a reason."""

    reason = _reason()


class RegroupForm(ReasonForm):
    group = Chosen(_l("Grupo"), [InputRequired(_l("Elija un grupo de la lista."))])


class AddForm(TurnForm):
    service = _service()


class TransferForm(AddForm):
    position = Chosen(
        _l("Su lugar en la fila"),
        [AnyOf(["front", "arrival", "end"], message=_l("Elija un lugar de la lista."))],
        choices=[
            SelectChoice("arrival", _l("Por su hora de llegada")),
            SelectChoice("front", _l("Al frente de esa fila")),
            SelectChoice("end", _l("Al final, como si llegara ahora")),
        ],
        default="arrival",
    )
    back = BooleanField(_l("Que vuelva conmigo cuando terminen allá"))


class FinishForm(TurnForm):
    """The result of the attention, and how many of each service were done: row by row, one name for each column."""

    several = frozenset({"service", "quantity"})

    result = Chosen(_l("¿Cómo terminó?"), [InputRequired(_l("Diga cómo terminó la atención."))])
    service = Wholes(_l("Servicio"), least=1)
    quantity = Wholes(_l("Cantidad"), least=1, most=MOST_QUANTITY)
    then = Chosen("", [AnyOf(["call", "rest"], message=_l("Use los botones de la página."))])

    def validate_service(self, field: Field) -> None:
        if len(field.data) != len(self.quantity.data or []) or len(field.data) > MOST_ROWS:
            raise ValidationError(_l("La página envió datos que no se esperaban. Vuelva a cargarla."))
        done = [outcome.service_id for outcome in self.outcomes]
        if len(set(done)) != len(done):
            raise ValidationError(_l("Un servicio está dos veces. Sume las cantidades en una sola línea."))

    def validate_quantity(self, field: Field) -> None:
        if not field.process_errors and (not field.data or field.data[0] is None):
            raise ValidationError(_l("Escriba una cantidad de 1 a %(most)s.", most=MOST_QUANTITY))

    @property
    def written(self) -> dict[int, str]:
        """The quantity of each service as it was written, also one that has to be mended."""
        pairs = zip(self.service.data or [], self.quantity.raw_data or [], strict=False)
        return {service: text for service, text in pairs if service}

    @property
    def outcomes(self) -> list[Outcome]:
        """What was done here: the rows that have both a service and a quantity."""
        pairs = zip(self.service.data or [], self.quantity.data or [], strict=False)
        return [Outcome(service, self.result.data or "", count) for service, count in pairs if service and count]


class UndoForm(PressForm):
    """Undo the action that the page shows, by its number in the log, and no other."""

    action = Whole(_l("Acción"), [InputRequired(_l("Vuelva a cargar la página."))], least=1)


class IssueForm(PressForm):
    """A turn for somebody who cannot use the kiosk."""

    service = _service()
    group = Chosen(_l("Grupo"), [InputRequired(_l("Elija un grupo de la lista."))])
    language = Chosen(
        _l("Idioma del llamado"),
        choices=[SelectChoice("es", _l("Español")), SelectChoice("en", _l("Inglés"))],
        default="es",
    )


class WindowForm(PressForm):
    window = Whole(_l("Ventanilla"), [InputRequired(_l("Elija una ventanilla de la lista."))], least=1)


class AwayForm(PressForm):
    """A pause or other work, with its reason."""

    reason = _reason()


class PauseForm(AwayForm):
    """For how long, if who pauses says it: so many minutes, or as it was planned."""

    back = Chosen(
        _l("¿Cuándo vuelve?"),
        [AnyOf([PLANNED, *MINUTES, UNKNOWN, None], message=_l("Elija una opción de la lista."))],
        choices=[
            *(SelectChoice(minutes, _l("En %(minutes)s min", minutes=minutes)) for minutes in MINUTES),
            SelectChoice(UNKNOWN, _l("No sé")),
        ],
        default=UNKNOWN,
    )

    def offer(self, planned: Span) -> None:
        """Come back when the planned break ends, unless something else is chosen."""
        label = _l("A las %(time)s, lo previsto", time=f"{planned[1]:%H:%M}")
        self.back.choices = [SelectChoice(PLANNED, label), *self.back.choices]
        if not self.back.raw_data:
            self.back.data = PLANNED

    def until(self, at: datetime, planned: Span | None) -> datetime | None:
        """When they come back; None if they did not say, or what was planned is over already."""
        if self.back.data == PLANNED:
            return planned[1] if planned else None
        return at + timedelta(minutes=int(self.back.data)) if self.back.data in MINUTES else None
