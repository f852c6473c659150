"""The form of a questionnaire: all its questions on one page, each field named for the key of its question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, HiddenField, SelectChoice, SelectField
from wtforms.validators import Regexp

from core.errors import N_, Invalid
from core.surveys.faults import MOST_CHOICES, Fault, Found
from core.surveys.questionnaire import (
    BRANCHES,
    END,
    FEEDS,
    Choice,
    Jump,
    Kind,
    Measure,
    Question,
    Questionnaire,
    Section,
    Sent,
)
from core.surveys.writing import WORDS
from core.web.forms import Form, Prose, Text
from core.web.survey_words import answer_text
from core.web.words import translate

KINDS = {
    Kind.FACES: _l("Caras, de 1 a 5"),
    Kind.SINGLE: _l("Elegir una opción"),
    Kind.MULTIPLE: _l("Elegir varias opciones"),
    Kind.YES_NO: _l("Sí o no"),
    Kind.SCALE: _l("De 0 a 10"),
    Kind.MATRIX: _l("Caras para varias cosas"),
    Kind.TEXT: _l("Texto libre"),
    Kind.CONSENT: _l("Autorización"),
}
MEASURES = {
    Measure.CSAT: _l("Satisfacción"),
    Measure.CES: _l("Facilidad"),
    Measure.NPS: _l("Recomendación"),
    Measure.THEMES: _l("Temas"),
}
WITH_CHOICES = (Kind.SINGLE, Kind.MULTIPLE, Kind.MATRIX)
MAY_NOT_APPLY = (Kind.FACES, Kind.MATRIX)
MOST_BLOCKS = 45
"""More questions and sections than may be published, so that what is too much can be told and mended."""
SECTION = "section-"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,19}|section-[0-9]{1,3}")
_OPTION = re.compile(r"[a-z0-9_]{1,20}")
_PARTS = ("title", "intro", "thanks")
_PLACES = {
    Fault.NO_TITLE: "title",
    Fault.WRONG_MEASURE: "measure",
    Fault.JUMP_OF_NOTHING: "jump",
    Fault.JUMP_TO_NOWHERE: "jump",
    Fault.CIRCLE: "jump",
}
"""Beside which field of its question a fault is told; any other, beside the text of the question."""


class Listed(Field):
    """Keys in their order; the page draws one hidden field for each, where its part stands."""

    several = True

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist


class Lenient(SelectField):
    """A choice of which what is no longer there is none."""

    def __init__(self, label: Any, choices: Iterable[tuple[str, Any]] = (), **kwargs: Any) -> None:
        offered = [SelectChoice(value, told) for value, told in choices]
        super().__init__(label, choices=offered, validate_choice=False, **kwargs)

    def offer(self, choices: Iterable[tuple[str, Any]]) -> None:
        self.choices = [SelectChoice(value, told) for value, told in choices]
        if self.data not in [choice.value for choice in self.choices]:
            self.data = ""


class BuilderForm(Form):
    """What is said of the whole; the fields of its questions are added by `builder_form`."""

    class Meta(Form.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: object) -> object:
            """The fields that it is made of, which a button may have changed since they were sent."""
            return formdata

    seen = HiddenField(validators=[Regexp(r"^[0-9]{1,9}$")])
    act = HiddenField()
    order = Listed()
    kind_to_add = Lenient(_l("Clase de pregunta"), KINDS.items())
    english = BooleanField(_l("Ofrecerla también en inglés"))
    title = Text(_l("Título"), most=100, description=_l("Lo primero que lee la persona. Corto."))
    title_en = Text(_l("Título en inglés"), most=100)
    intro = Prose(_l("Qué se le dice antes"), most=400, description=_l("Para qué es y cuánto tarda."))
    intro_en = Prose(_l("Qué se le dice antes, en inglés"), most=400)
    thanks = Prose(_l("Cómo se le agradece"), most=400)
    thanks_en = Prose(_l("Cómo se le agradece, en inglés"), most=400)

    @cached_property
    def blocks(self) -> list[Block]:
        """The sections and questions in their order."""
        numbers = iter(range(1, len(self.order.data) + 1))
        return [Block(key, 0 if key.startswith(SECTION) else next(numbers), self) for key in self.order.data]

    def questionnaire(self) -> Questionnaire:
        """What the form asks, as it stands."""
        sections: list[tuple[str, str, list[Question]]] = [("", "", [])]
        for block in self.blocks:
            if block.number:
                sections[-1][2].append(block.question())
            else:
                sections.append((block["title"].data, block["title_en"].data, []))
        said = {name: self[name].data for part in _PARTS for name in (part, f"{part}_en")}
        told = [Section(title=t, title_en=e, questions=tuple(q)) for t, e, q in sections]
        return Questionnaire(**said, sections=tuple(told if told[0].questions else told[1:]))

    def tell(self, found: Iterable[Found]) -> None:
        """Write each fault beside what has to be mended."""
        blocks = {block.key: block for block in self.blocks}
        for one in found:
            message = translate(WORDS[one.fault])
            for field in blocks[one.question].mended(one.fault) if one.question else self._mended(one.fault):
                field.errors = [*field.errors, message]
            if not one.question and one.fault in (Fault.NO_QUESTIONS, Fault.TOO_MANY_QUESTIONS):
                self.form_errors.append(message)

    def _mended(self, fault: Fault) -> list[Field]:
        if fault is Fault.NO_TITLE:
            return [self.title]
        if fault is not Fault.NOT_IN_ENGLISH:
            return []
        sections = [block for block in self.blocks if not block.number]
        pairs = [(self[part], self[f"{part}_en"]) for part in _PARTS]
        pairs += [(block["title"], block["title_en"]) for block in sections]
        return [english for spanish, english in pairs if spanish.data and not english.data]


@dataclass(frozen=True, slots=True)
class Block:
    """A section (its number is 0) or a question of the form, with its fields."""

    key: str
    number: int
    form: BuilderForm

    def __getitem__(self, name: str) -> Field:
        return self.form[f"{self.key}.{name}"]

    @property
    def kind(self) -> Kind:
        return Kind(self["kind"].data)

    @property
    def options(self) -> list[tuple[str, Field, Field]]:
        """Key, Spanish and English of each option, or of each thing that a matrix asks for."""
        return [(key, self[f"{key}.text"], self[f"{key}.text_en"]) for key in self["options"].data]

    @property
    def jumps(self) -> list[tuple[str, Field, Field]]:
        """Key, answer and where it leads."""
        return [(key, self[f"{key}.value"], self[f"{key}.to"]) for key in self["jumps"].data]

    @property
    def has_choices(self) -> bool:
        return self.kind in WITH_CHOICES

    @property
    def may_branch(self) -> bool:
        return self.kind in BRANCHES

    @property
    def feeds(self) -> bool:
        return self.kind in FEEDS

    @property
    def has_more(self) -> bool:
        """Whether something is said, or wrong, in what is folded away."""
        folded = [self["help"], self["help_en"], self["measure"], *(f for _key, *pair in self.jumps for f in pair)]
        return bool(self["jumps"].data) or any(field.data or field.errors for field in folded)

    def mended(self, fault: Fault) -> list[Field]:
        """The fields beside which a fault is told."""
        if fault is Fault.NOT_IN_ENGLISH:
            pairs = [(self["text"], self["text_en"]), (self["help"], self["help_en"])]
            pairs += [(spanish, english) for _key, spanish, english in self.options]
            return [english for spanish, english in pairs if spanish.data and not english.data]
        if fault is Fault.CHOICE_WITHOUT_TEXT:
            return [spanish for _key, spanish, _english in self.options if not spanish.data]
        if _PLACES.get(fault) == "jump":
            return [to for _key, _value, to in self.jumps if fault is not Fault.JUMP_TO_NOWHERE or not to.data]
        return [self[_PLACES.get(fault, "text")]]

    def question(self) -> Question:
        choices = [Choice(key=key, text=spanish.data, text_en=english.data) for key, spanish, english in self.options]
        return Question(
            key=self.key,
            kind=self.kind,
            **{name: self[name].data for name in ("text", "text_en", "help", "help_en", "required", "may_not_apply")},
            choices=tuple(choices) if self.has_choices else (),
            measure=self["measure"].data if self.feeds else "",
            jumps=tuple(self._jumps()) if self.may_branch else (),
        )

    def _jumps(self) -> Iterator[Jump]:
        """One for each place that answers lead to one after another."""
        values: list[str] = []
        rows = [(value.data, to.data) for _key, value, to in self.jumps]
        for n, (value, to) in enumerate(rows):
            values += [value] if value else []
            if n + 1 == len(rows) or rows[n + 1][1] != to:
                yield Jump(values=tuple(values), to=to)
                values = []


def as_sent(asked: Questionnaire, english: bool, saving: int) -> Sent:
    """The fields as the form of this questionnaire would send them."""
    sent: dict[str, list[str]] = {"seen": [str(saving)], "order": [], "kind_to_add": [Kind.FACES.value]}
    sent |= {name: [getattr(asked, name)] for part in _PARTS for name in (part, f"{part}_en")}
    sent |= {"english": ["y"]} if english else {}
    for n, section in enumerate(asked.sections):
        if n or section.title:
            key = f"{SECTION}{n + 1}"
            sent["order"].append(key)
            sent |= {f"{key}.title": [section.title], f"{key}.title_en": [section.title_en]}
        for question in section.questions:
            sent["order"].append(question.key)
            sent |= {f"{question.key}.{name}": values for name, values in _question_as_sent(question).items()}
    return sent


def _question_as_sent(question: Question) -> dict[str, list[str]]:
    sent = {name: [str(getattr(question, name))] for name in ("kind", "text", "text_en", "help", "help_en", "measure")}
    sent |= {name: ["y"] for name in ("required", "may_not_apply") if getattr(question, name)}
    rows = [(value, jump.to) for jump in question.jumps for value in jump.values or ("",)]
    sent |= {
        "options": [choice.key for choice in question.choices],
        "jumps": [f"j{n}" for n in range(1, len(rows) + 1)],
    }
    for choice in question.choices:
        sent |= {f"{choice.key}.text": [choice.text], f"{choice.key}.text_en": [choice.text_en]}
    for n, (value, to) in enumerate(rows, start=1):
        sent |= {f"j{n}.value": [value], f"j{n}.to": [to]}
    return sent


def check_keys(sent: Sent) -> None:
    """The keys are such as we make. Raises Invalid."""
    order = sent.get("order", ())
    inside = [sent.get(f"{key}.{name}", ()) for key in order for name in ("options", "jumps")]
    kinds = [sent.get(f"{key}.kind", ("",))[0] for key in order if not key.startswith(SECTION)]
    good = len(order) <= MOST_BLOCKS and _are_keys(order, _KEY) and END not in order and set(kinds) <= set(Kind)
    if not good or not all(_are_keys(keys, _OPTION) and len(keys) <= 2 * MOST_CHOICES for keys in inside):
        raise Invalid(N_("La página envió datos que no se esperaban. Vuelva a cargarla."))


def _are_keys(keys: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return len(set(keys)) == len(keys) and all(pattern.fullmatch(key) for key in keys)


def builder_form(sent: Sent) -> BuilderForm:
    """The form that these fields are of, filled with them. Raises Invalid for keys that are not ours."""
    check_keys(sent)
    added: dict[str, Any] = {}
    for key in sent.get("order", ()):
        made = _section_fields() if key.startswith(SECTION) else _question_fields(sent, key)
        added |= {f"{key}.{name}": field for name, field in made.items()}
    whole: type[BuilderForm] = type("WholeBuilderForm", (BuilderForm,), added)
    form = whole(formdata=MultiDict(sent))
    questions = [block for block in form.blocks if block.number]
    for block in questions:
        _offer(block, questions)
    return form


def _section_fields() -> dict[str, Any]:
    return {
        "title": Text(_l("Título de la sección"), most=100),
        "title_en": Text(_l("Título de la sección, en inglés"), most=100),
    }


def _question_fields(sent: Sent, key: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "kind": Lenient(_l("Cómo se responde"), KINDS.items()),
        "text": Prose(_l("Pregunta"), most=200),
        "text_en": Prose(_l("Pregunta en inglés"), most=200),
        "help": Prose(_l("Ayuda, si hace falta"), most=200),
        "help_en": Prose(_l("Ayuda en inglés"), most=200),
        "required": BooleanField(_l("Obligatoria")),
        "may_not_apply": BooleanField(_l("Ofrecer «No sabe / no aplica»")),
        "measure": Lenient(_l("Cifra que alimenta")),
        "options": Listed(),
        "jumps": Listed(),
    }
    for n, option in enumerate(sent.get(f"{key}.options", ()), start=1):
        fields[f"{option}.text"] = Text(_l("Opción %(n)s", n=n), most=100)
        fields[f"{option}.text_en"] = Text(_l("Opción %(n)s en inglés", n=n), most=100)
    for jump in sent.get(f"{key}.jumps", ()):
        fields[f"{jump}.value"] = Lenient(_l("Si responde"))
        fields[f"{jump}.to"] = Lenient(_l("pasa a"))
    return fields


def _offer(block: Block, questions: Sequence[Block]) -> None:
    """What the menus of a question offer depends on the rest of the form."""
    measures: Mapping[Measure, Any] = {measure: MEASURES[measure] for measure in FEEDS.get(block.kind, ())}
    block["measure"].offer([("", _l("Ninguna")), *((measure.value, told) for measure, told in measures.items())])
    question = block.question()
    values = [(value, answer_text(question, value) or "—") for value in question.values]
    others = [(one.key, f"{one.number}. {one['text'].data[:60]}") for one in questions if one is not block]
    for _key, value, to in block.jumps:
        value.offer([("", _l("Elija una respuesta")), *values])
        to.offer([("", _l("Elija una pregunta")), *others, (END, _l("El final de la encuesta"))])
