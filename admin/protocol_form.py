"""The forms of a protocol: whom it is for, and its text, whose rows come, go and move without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import DataRequired, Optional, Regexp

from core.errors import N_, Invalid
from core.people.rights import PEOPLE
from core.protocols.actions import For
from core.protocols.completeness import (
    LONGEST,
    LONGEST_DO,
    LONGEST_LINE,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    LONGEST_SAY,
    LONGEST_TIME,
    LONGEST_WHAT,
    MOST_LINES,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    MOST_STEPS,
    MOST_TARGETS,
)
from core.protocols.model import Protocol
from core.protocols.text import Channel, Moment, Population, ProtocolText, QuizQuestion, Step, Target
from core.web.forms import Form, Lines, Prose, Text
from core.web.protocol_words import CHANNELS, POPULATIONS

Row = dict[str, str]
Rows = dict[str, list[Row]]
NO_OPTION = -1
_CHANGE = re.compile(r"(add|up|down|remove)-([a-z]+)-([0-9]{1,2})")


class ForForm(Form):
    """Whom and what a protocol is for."""

    several = frozenset({"audience", "services"})

    code = Text(
        _l("Código"),
        [DataRequired(_l("Escriba el código."))],
        most=8,
        description=_l("Como se cita: letras, un guion y un número. Por ejemplo P-11."),
    )
    channel = RadioField(
        _l("¿Por qué canal se atiende?"),
        [DataRequired(_l("Elija uno."))],
        choices=[SelectChoice(code.value, _l(text)) for code, text in CHANNELS.items()],
    )
    population = RadioField(
        _l("¿De quién o de qué trata?"),
        [DataRequired(_l("Elija una."))],
        choices=[SelectChoice(code.value, _l(text)) for code, text in POPULATIONS.items()],
    )
    audience = SelectMultipleField(
        _l("¿Quiénes deben leerlo?"),
        [DataRequired(_l("Elija al menos un papel."))],
        choices=[SelectChoice(code, role.name) for code, role in PEOPLE.items()],
        description=_l("Se les pide leer cada versión nueva, y queda quién la leyó."),
    )
    services = SelectMultipleField(
        _l("¿Solo para algunos servicios?"),
        [Optional()],
        coerce=int,
        validate_choice=False,
        description=_l("Sin marcar ninguno, es para todos."),
    )

    def whom(self) -> For:
        return For(
            code=self.code.data,
            channel=Channel(self.channel.data),
            population=Population(self.population.data),
            audience=self.audience.data,
            services=self.services.data or (),
        )


class NewForm(ForForm):
    """A protocol that begins: whom it is for, and how it is called."""

    title = Text(
        _l("Título"),
        [DataRequired(_l("Escriba el título."))],
        most=LONGEST["title"],
        description=_l("Lo que se hace y con quién: «Atender a una persona sorda»."),
    )


def told_for(protocol: Protocol) -> dict[str, Any]:
    """A protocol as its form shows it."""
    return {
        "code": protocol.code,
        "channel": protocol.channel.value,
        "population": protocol.population.value,
        "audience": protocol.audience,
        "services": [service.id for service in protocol.services],
    }


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one kind: the parts of each and the most of them."""

    parts: Mapping[str, Callable[[], Any]]
    most: int


_STEP = {
    "do": lambda: Prose(_l("Qué se hace"), most=LONGEST_DO),
    "say": lambda: Prose(_l("Qué se dice"), [Optional()], most=LONGEST_SAY),
}
_TARGET = {
    "what": lambda: Text(_l("Qué"), most=LONGEST_WHAT),
    "time": lambda: Text(_l("En cuánto tiempo"), most=LONGEST_TIME),
}
_OPTIONS = tuple(f"option{n}" for n in range(MOST_OPTIONS))
_QUESTION = {
    "text": lambda: Prose(_l("Pregunta"), most=LONGEST_QUESTION),
    "right": lambda: RadioField(
        _l("La correcta"),
        [Optional()],
        choices=[SelectChoice(str(n), f"{n + 1}") for n in range(MOST_OPTIONS)],
    ),
} | {name: lambda: Text(_l("Opción"), most=LONGEST_OPTION) for name in _OPTIONS}
GROUPS = {moment.value: Group(_STEP, MOST_STEPS) for moment in Moment} | {
    "target": Group(_TARGET, MOST_TARGETS),
    "question": Group(_QUESTION, MOST_QUESTIONS),
}
"""The parts of a protocol that are rows, in the order of the page: the steps go each moment by itself."""


class TextForm(Form):
    """The text of a draft; `seen` is the saving that the writer has before their eyes."""

    seen = HiddenField(validators=[Regexp(r"^[0-9]{1,9}$")])
    title = Text(_l("Título"), [DataRequired(_l("Escriba el título."))], most=LONGEST["title"])
    purpose = Prose(_l("Para qué es"), most=LONGEST["purpose"])
    scope = Prose(_l("Para qué casos y quiénes lo siguen"), most=LONGEST["scope"])
    responsible = Text(
        _l("Responde por él"),
        most=LONGEST["responsible"],
        description=_l("El cargo o la dependencia, no el nombre de una persona."),
    )
    phrases = Lines(
        _l("Frases que ayudan"),
        [Optional()],
        most=MOST_LINES,
        longest=LONGEST_LINE,
        description=_l("Una por línea, sin comillas, como se dicen."),
    )
    never = Lines(
        _l("Qué no hacer"),
        most=MOST_LINES,
        longest=LONGEST_LINE,
        description=_l("Una cosa por línea. Al menos una."),
    )

    def rows(self, group: str) -> list[dict[str, Field]]:
        """The fields of each row of a group, by part."""
        parts = GROUPS[group].parts
        found = []
        for n in range(GROUPS[group].most):
            if _name(group, n, next(iter(parts))) in self:
                found.append({part: self[_name(group, n, part)] for part in parts})
        return found

    def said(self, group: str) -> list[Row]:
        """What is written in the rows of a group, without those that say nothing."""
        rows = [{part: str(field.data or "") for part, field in row.items()} for row in self.rows(group)]
        return [row for row in rows if any(row.values())]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also that what is said, or a time, belongs to something."""
        good = super().validate(extra_validators)
        lonely = [(row["do"], row["say"]) for moment in Moment for row in self.rows(moment.value)]
        lonely += [pair for row in self.rows("target") for pair in ((row["what"], row["time"]),)]
        for first, second in lonely:
            if second.data and not first.data and not first.errors:
                first.errors = [_("Escriba también esto, o borre lo de al lado.")]
                good = False
        for row in self.rows("target"):
            if row["what"].data and not row["time"].data and not row["time"].errors:
                row["time"].errors = [_("Escriba también en cuánto tiempo.")]
                good = False
        return good

    def text(self) -> ProtocolText:
        """The protocol that is written."""
        return ProtocolText(
            title=self.title.data,
            purpose=self.purpose.data,
            scope=self.scope.data,
            responsible=self.responsible.data,
            steps=tuple(Step(moment=moment, **row) for moment in Moment for row in self.said(moment.value)),
            phrases=tuple(self.phrases.data),
            never=tuple(self.never.data),
            targets=tuple(Target(**row) for row in self.said("target")),
            quiz=tuple(_question(row) for row in self.said("question")),
        )


def form_of(text: ProtocolText, saving: int) -> TextForm:
    """The form of a draft, filled with its text, or with what was sent."""
    sent = request.method == "POST"
    plain = {name: getattr(text, name) for name in ("title", "purpose", "scope", "responsible", "phrases", "never")}
    return _made(_rows_sent() if sent else _rows_of(text), plain | {"seen": str(saving)})


def form_rearranged() -> TextForm:
    """The form as it was sent, with a row more or less or in another place, as its button asked. Raises Invalid."""
    rows, sent = _rows_sent(), request.form
    _rearrange(rows, sent.get("change", ""))
    plain: dict[str, Any] = {name: sent.get(name, "") for name in ("seen", "title", "purpose", "scope", "responsible")}
    plain |= {name: sent.get(name, "").splitlines() for name in ("phrases", "never")}
    return _made(rows, plain, formdata=None)


def _made(rows: Rows, plain: Mapping[str, Any], **more: Any) -> TextForm:
    fields: dict[str, Any] = {}
    data = dict(plain)
    for group, found in rows.items():
        for n, row in enumerate(found):
            for part, field in GROUPS[group].parts.items():
                fields[_name(group, n, part)] = field()
                data[_name(group, n, part)] = row.get(part, "")
    form: TextForm = type("TextForm", (TextForm,), fields)(data=data, **more)
    return form


def _name(group: str, n: int, part: str) -> str:
    return f"{group}_{n}_{part}"


def _rows_sent() -> Rows:
    """The rows that the page sent, as they were typed; what comes after a gap is no row."""
    found: Rows = {}
    for group, kind in GROUPS.items():
        found[group] = []
        for n in range(kind.most):
            if _name(group, n, next(iter(kind.parts))) not in request.form:
                break
            found[group].append({part: request.form.get(_name(group, n, part), "") for part in kind.parts})
    return found


def _rows_of(text: ProtocolText) -> Rows:
    """The rows of a text, with an empty one where there is none, to begin with."""
    found: Rows = {
        moment.value: [{"do": step.do, "say": step.say} for step in text.steps if step.moment == moment]
        for moment in Moment
    }
    found["target"] = [{"what": target.what, "time": target.time} for target in text.targets]
    found["question"] = [_row_of(question) for question in text.quiz]
    return {group: rows or ([{}] if group != "question" else []) for group, rows in found.items()}


def _row_of(question: QuizQuestion) -> Row:
    options = dict(zip(_OPTIONS, question.options, strict=False))
    return {"text": question.text, "right": "" if question.right < 0 else str(question.right), **options}


def _question(row: Row) -> QuizQuestion:
    """A question without the options that nobody wrote; what is right stays right."""
    options = [(n, row[name]) for n, name in enumerate(_OPTIONS) if row[name]]
    places = [str(n) for n, _option in options]
    right = places.index(row["right"]) if row["right"] in places else NO_OPTION
    return QuizQuestion(text=row["text"], options=tuple(option for _n, option in options), right=right)


def _rearrange(rows: Rows, change: str) -> None:
    asked = _CHANGE.fullmatch(change)
    if asked is None or asked[2] not in GROUPS:
        raise Invalid(N_("La página envió datos que no se esperaban. Vuelva a cargarla."))
    verb, group, n = asked[1], rows[asked[2]], int(asked[3])
    if verb == "add" and len(group) < GROUPS[asked[2]].most:
        group.append({})
    elif verb == "remove" and n < len(group):
        del group[n]
    elif verb == "up" and 0 < n < len(group):
        _swap(group, n - 1)
    elif verb == "down" and n < len(group) - 1:
        _swap(group, n)


def _swap(group: list[Row], n: int) -> None:
    group[n], group[n + 1] = group[n + 1], group[n]
