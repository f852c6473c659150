"""The forms of a corruption risk: for who has never seen one, each question with its help, in order, without script."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from admin.improvement_deeds import AS_FIRST_DRAWN
from admin.petition_deeds import with_own_ids
from core.plan.names import QUESTIONS
from core.plan.risk import CONTROL_POINTS, Aim, Probability
from core.plan.risks import names
from core.plan.risks.actions import LONGEST, LONGEST_LINE, MOST_LINES, Controlled, Described, Rated
from core.plan.risks.describing import Elements, faults
from core.plan.risks.model import Kind, Response
from core.web.forms import Lines, OneDay, PressForm, Prose, Text
from core.web.words import translate

YES, NO = "yes", "no"
_TALL = {"rows": 3, "spellcheck": "true", "lang": "es"}
_SHORT = {"rows": 2, "spellcheck": "true", "lang": "es"}
_NEEDED = InputRequired(_l("Escriba este dato: queda en la historia del riesgo."))
_ONE = InputRequired(_l("Escriba al menos una, en una línea."))
_CHOOSE = InputRequired(_l("Elija una."))
_SAY = InputRequired(_l("Conteste sí o no."))
ASKED_OF_CONTROLS = tuple(name for name in CONTROL_POINTS if name not in ("automatic", "manual"))
BY_HAND, BY_SYSTEM = "manual", "automatic"


def _yes_or_no(label: Any, description: Any = "") -> RadioField:
    said = [SelectChoice(YES, _l("Sí")), SelectChoice(NO, _l("No"))]
    return RadioField(label, [_SAY], choices=said, description=description)


def _lines(label: Any, description: Any) -> Lines:
    return Lines(label, [_ONE], most=MOST_LINES, longest=LONGEST_LINE, render_kw=_TALL, description=description)


def _element(label: Any, description: Any) -> Prose:
    return Prose(label, most=LONGEST_LINE, render_kw=_SHORT, description=description)


class WhyForm(PressForm):
    why = Prose(_l("Motivo"), [_NEEDED], most=LONGEST, render_kw=_TALL)


def _why_changed() -> Prose:
    """What is asked of who says anew what was said already."""
    return Prose(
        _l("Por qué se cambia"),
        [_NEEDED],
        most=LONGEST,
        render_kw=_TALL,
        description=_l("Lo de antes queda en la historia."),
    )


class DescribeForm(PressForm):
    """Where it could happen, its four elements, why, and what would follow."""

    process_name = Text(
        _l("Proceso"),
        [_NEEDED],
        most=LONGEST_LINE,
        description=_l("Lo que se hace allí: «Contratación», «Recaudo de predial»."),
    )
    act = _element(
        _l("Posibilidad de…"),
        _l("La acción u omisión: «ajustar los requisitos de un contrato», «no cobrar una sanción»."),
    )
    power = _element(_l("usando…"), _l("El poder que da el cargo: «la facultad de elaborar los estudios previos»."))
    deviation = _element(
        _l("de modo que…"),
        _l("Cómo lo público deja de servir a lo público: «la alcaldía no escoge la mejor oferta»."),
    )
    benefit = _element(
        _l("para beneficio de…"), _l("Quién gana algo privado: «un proponente que paga por ello». Nunca un nombre.")
    )
    internal = _lines(
        _l("Causas internas"),
        _l("Lo que dentro de la alcaldía deja que pase. Una por línea: «Los estudios los hace una sola persona»."),
    )
    external = _lines(
        _l("Causas externas"),
        _l("Lo que viene de afuera. Una por línea: «Hay pocos proponentes en la región»."),
    )
    consequences = _lines(_l("Consecuencias"), _l("Qué dañaría si pasara. Una por línea: «Obras que cuestan más»."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also whether the four elements are there, told beside each that is not."""
        good = super().validate(extra_validators)
        for name, fault in faults(self._elements()).items():
            if not self[name].errors:
                self[name].errors = [translate(names.FAULTS[fault])]
                good = False
        return good

    def described(self) -> Described:
        return Described(
            process_name=self.process_name.data or "",
            elements=self._elements(),
            internal=self.internal.data or (),
            external=self.external.data or (),
            consequences=self.consequences.data or (),
        )

    def _elements(self) -> Elements:
        return Elements(*(self[name].data or "" for name in Elements.__slots__))


class NewForm(DescribeForm):
    office = SelectField(_l("Dependencia"), validate_choice=False)


class RewriteForm(DescribeForm):
    why = _why_changed()


class RateForm(PressForm):
    """How likely and why; the questions of the method are added by `rate_form`."""

    probability = RadioField(
        _l("¿Qué tan posible es que pase?"),
        [InputRequired(_l("Elija de 1 a 5 qué tan posible es."))],
        choices=[SelectChoice(str(int(each)), _l(names.PROBABILITIES[each])) for each in Probability],
    )
    why = Prose(
        _l("¿Cómo lo sabe?"),
        [_NEEDED],
        most=LONGEST,
        render_kw=_TALL,
        description=_l("Lo que ha pasado aquí o en alcaldías parecidas: hallazgos, quejas, investigaciones."),
    )

    @property
    def questions(self) -> list[RadioField]:
        return [field for field in self if field.name.startswith("q")]

    def rated(self) -> Rated:
        answers = {int(field.name[1:]): {YES: True, NO: False}.get(field.data) for field in self.questions}
        return Rated(int(self.probability.data), self.why.data or "", answers)


@cache
def rate_form(questions: int) -> type[RateForm]:
    """The form of a method that asks so many questions."""
    asked = {f"q{n}": _yes_or_no(_l(QUESTIONS[n - 1])) for n in range(1, questions + 1)}
    return type("RateForm", (RateForm,), asked)


class ControlForm(PressForm):
    """A control, and the questions by which it scores."""

    what = Prose(
        _l("Qué se hace"),
        [_NEEDED],
        most=LONGEST,
        render_kw=_TALL,
        description=_l("La acción que lo evita o lo descubre: «Dos personas revisan los estudios previos»."),
    )
    who = Text(
        _l("Quién lo hace"),
        [_NEEDED],
        most=LONGEST_LINE,
        description=_l("El cargo, no el nombre: «Jefe de Planeación»."),
    )
    how_often = Text(_l("Cada cuánto"), [_NEEDED], most=LONGEST_LINE, description=_l("«En cada contrato», «cada mes»."))
    evidence = Text(
        _l("Qué evidencia deja"),
        [_NEEDED],
        most=LONGEST_LINE,
        description=_l("«Acta de revisión firmada», «reporte del sistema»."),
    )
    kind = RadioField(
        _l("¿Cuándo actúa?"), [_CHOOSE], choices=[SelectChoice(k.value, _l(n)) for k, n in names.KINDS.items()]
    )
    aim = RadioField(
        _l("¿Qué hace menor?"), [_CHOOSE], choices=[SelectChoice(a.value, _l(n)) for a, n in names.AIMS.items()]
    )
    by = RadioField(
        _l("¿Cómo se hace?"),
        [_CHOOSE],
        choices=[
            SelectChoice(BY_SYSTEM, _l("Lo hace un sistema, sin que nadie intervenga")),
            SelectChoice(BY_HAND, _l("Lo hace una persona, a mano")),
        ],
    )

    @property
    def questions(self) -> list[RadioField]:
        return [field for field in self if field.name.startswith("has_")]

    def controlled(self) -> Controlled:
        has = {field.name.removeprefix("has_") for field in self.questions if field.data == YES} | {self.by.data}
        return Controlled(
            what=self.what.data or "",
            kind=Kind(self.kind.data),
            aim=Aim(self.aim.data),
            who=self.who.data or "",
            how_often=self.how_often.data or "",
            evidence=self.evidence.data or "",
            has=has,
        )


for _name in ASKED_OF_CONTROLS:
    setattr(ControlForm, f"has_{_name}", _yes_or_no(_l(names.CONTROL_QUESTIONS[_name])))


class ChangeControlForm(ControlForm):
    why = _why_changed()


class TreatForm(PressForm):
    response = RadioField(
        _l("¿Qué se hará con el riesgo?"),
        [_CHOOSE],
        choices=[SelectChoice(each.value, _l(name)) for each, name in names.RESPONSES.items()],
        description=_l("Aceptarlo no es una opción: un riesgo de corrupción nunca se acepta."),
    )
    action = Prose(
        _l("Qué acción"),
        [_NEEDED],
        most=LONGEST,
        render_kw=_TALL,
        description=_l("Algo que se pueda dar por hecho y mostrar: «Adoptar la lista de chequeo de estudios previos»."),
    )
    indicator = Text(
        _l("Cómo se sabrá que se hizo"),
        [_NEEDED],
        most=LONGEST_LINE,
        description=_l("El indicador: «Contratos revisados por dos personas / contratos»."),
    )
    office = SelectField(_l("Dependencia"), validate_choice=False)
    official = SelectField(_l("Quién responde"), validate_choice=False)
    due_on = OneDay(_l("Para cuándo"), [InputRequired(_l("Escriba una fecha como 23/11/2026."))])

    def chosen_response(self) -> Response:
        return Response(self.response.data)


class ReviewForm(PressForm):
    cutoff = SelectField(_l("¿De qué corte es la revisión?"), validate_choice=False)
    causes_hold = _yes_or_no(
        _l("¿Las causas siguen siendo esas?"), _l("Léalas otra vez, una por una, con quienes hacen el trabajo.")
    )
    note = Prose(
        _l("Qué se observó"),
        [_NEEDED],
        most=LONGEST,
        render_kw=_TALL,
        description=_l("Si los controles se hacen, si pasó algo, si hay quejas o hallazgos."),
    )
    changed = Prose(
        _l("Qué cambia"),
        [Optional()],
        most=LONGEST,
        render_kw=_TALL,
        description=_l("Obligatorio si las causas ya no son esas. Después cambie la descripción o la valoración."),
    )


class VerifyForm(PressForm):
    agrees = RadioField(
        _l("¿La revisión está bien hecha?"),
        [_CHOOSE],
        choices=[SelectChoice(YES, _l("Sí")), SelectChoice(NO, _l("No: se hace otra vez"))],
    )
    note = Prose(_l("Anotación"), [_NEEDED], most=LONGEST, render_kw=_TALL, description=_l("Qué comprobó y cómo."))


class PublishForm(PressForm):
    act = Text(
        _l("Acto que lo adopta"), [_NEEDED], most=LONGEST_LINE, description=_l("Por ejemplo «Resolución 12 de 2026».")
    )
    seen = HiddenField()


class MethodForm(PressForm):
    method = RadioField(
        _l("Con qué método se valora"), [_CHOOSE], choices=[SelectChoice(m, _l(n)) for m, n in names.METHODS.items()]
    )
    act = Text(_l("Acto que lo dice"), [_NEEDED], most=LONGEST_LINE, description=_l("Por ejemplo «Acta 3 del comité»."))


def verify_form(review_id: int, *, fresh: bool = False) -> PressForm:
    """The form about one review, beside those about others; `fresh`: as it is first drawn, whatever was sent."""
    return with_own_ids(VerifyForm(**(AS_FIRST_DRAWN if fresh else {})), f"review-{review_id}")
