"""The form of an entry of a register, made of the fields of its kind: one for all kinds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import Optional

from core.catalogue.model import Office, Service
from core.clock import now, today
from core.errors import N_
from core.files.kinds import EVIDENCE, PHOTO
from core.people.model import Official
from core.people.rights import Permission
from core.plan.model import Plan
from core.plan.registers.actions import LONGEST_REASON, Draft, Photo
from core.plan.registers.faults import CITIZENS, LONGEST, MOST_MONEY, MOST_NUMBER, MOST_PEOPLE, Fault, faults
from core.plan.registers.fields import Asks, Field, Kind
from core.plan.registers.kinds import KINDS
from core.plan.registers.model import RegisterEntry
from core.plan.registers.names import FAULTS, MARKS
from core.web.forms import OneDay, PressForm, Prose, Text, Whole, is_link
from core.web.uploads import Files
from core.web.words import translate

_TALL = {"rows": 3, "spellcheck": "true", "lang": "es"}
_PESOS = re.compile(r"[$.\s]")
Made = Any
"""A field as WTForms wants it before there is a form."""


class Pesos(Whole):
    """An amount as people write it: «$ 1.200.000»."""

    def process_formdata(self, valuelist: list[str]) -> None:
        written = _PESOS.sub("", valuelist[0]) if valuelist else ""
        self.data = int(written) if written.isascii() and written.isdigit() and len(written) < 15 else None
        if written and self.data is None:
            raise ValidationError(translate(N_("Escriba el valor en pesos, solo con números.")))


class EntryForm(PressForm):
    """What all kinds ask: which office did it, what shows it, and for which activities it counts."""

    kind: Kind
    office = SelectField(_l("Dependencia que lo hizo"), validate_choice=False)
    files = Files(_l("Archivos"), EVIDENCE)
    proof_link = Text(_l("O su dirección en la web"), [Optional(), is_link], most=LONGEST[Asks.LINK])
    activities = SelectMultipleField(_l("Actividades del plan para las que cuenta"))
    several = frozenset({"activities", "keeps"})

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        for fault in faults(self.kind, self.said(), today()):
            field = self[_name_in(self, fault)]
            if not field.errors:
                field.errors = [translate(FAULTS[fault.why], **fault.values)]
                good = False
        return good

    def said(self) -> dict[str, Any]:
        """What the form says, by the names of the fields of its kind."""
        return {asked.name: self._value(asked) for asked in self.kind.fields}

    def _value(self, asked: Field) -> Any:
        if asked.asks is Asks.PEOPLE:
            return {each.name[7:]: each.data for each in self.people_fields if each.data}
        if asked.asks is Asks.CHECKLIST:
            return {code: self[f"{asked.name}-{code}"].data for code, _words in asked.choices}
        data = self[asked.name].data
        if asked.asks in (Asks.SERVICE, Asks.OFFICIAL):
            return _chosen(self[asked.name])
        return data

    @property
    def people_fields(self) -> list[Any]:
        """How many of each office and of the town; the first tells what is wrong with any."""
        return [each for each in self if each.name.startswith("people-")]

    @property
    def pair_fields(self) -> list[tuple[str, Any, Any]]:
        return [(translate(pair.label), self[pair.before], self[pair.after]) for pair in self.kind.pairs]

    def draft(self) -> Draft:
        """The same with its files on the disk; so it comes before the transaction."""
        at = now()
        brought = [Photo(placed) for placed in self.files.place(at)]
        for each in self._photos():
            point = each.name.removeprefix("photo-")
            seen = self[f"seen-{point}"].data or ""
            brought += [Photo(placed, point, seen) for placed in each.place(at, clean=True)]
        keeps = frozenset(int(one) for one in self["keeps"].data or ()) if "keeps" in self else frozenset()
        return Draft(
            said=self.said(),
            office_id=_chosen(self.office) or 0,
            activities=self.activities.data or (),
            files=brought,
            link=self.proof_link.data or "",
            keeps=keeps,
        )

    def let_go(self, session: Session) -> None:
        """It was obeyed: forget what was put aside for it."""
        for each in (self.files, *self._photos()):
            each.let_go(session)

    def _photos(self) -> list[Files]:
        return [each for each in self if each.name.startswith("photo-")]


def new_form(session: Session, kind: Kind, below: RegisterEntry | None) -> EntryForm:
    """An empty form of a kind, with the lists of this official's site."""
    plan = (
        below.plan
        if below
        else session.scalar(select(Plan).where(Plan.year <= today().year).order_by(Plan.year.desc()))
    )
    begins = {"day": None if kind.falls_due else today(), "office": _own_office(session, kind)}
    return _made(session, kind, current_user.site_id, plan, {}, begins)


def correct_form(session: Session, entry: RegisterEntry) -> EntryForm:
    """The form of what is kept, to say it anew."""
    kind, was = KINDS[entry.kind], entry.now
    begins: dict[str, Any] = {"office": str(was.office_id), "latest": str(entry.latest)}
    begins["activities"] = [each.code for each in was.activities]
    begins["keeps"] = [str(proof.id) for proof in was.proofs]
    for asked in kind.fields:
        value = was.said.get(asked.name)
        if asked.asks is Asks.PEOPLE:
            begins |= {f"people-{name}": many for name, many in was.people.items()}
        elif asked.asks is Asks.CHECKLIST:
            begins |= {f"{asked.name}-{code}": mark for code, mark in (value or {}).items()}
        else:
            begins[asked.name] = str(value) if asked.asks in (Asks.SERVICE, Asks.OFFICIAL) and value else value
    for proof in was.proofs:
        if proof.point:
            begins[f"seen-{proof.point}"] = proof.seen
    more = {
        "keeps": SelectMultipleField(_l("Lo que ya lo muestra; quite la marca de lo que sobra")),
        "reason": Prose(_l("Por qué se corrige"), most=LONGEST_REASON, render_kw=_TALL),
        "latest": HiddenField(),
    }
    form = _made(session, kind, entry.site_id, entry.plan, more, begins)
    form["keeps"].choices = [
        SelectChoice(str(proof.id), proof.seen or proof.label or proof.link) for proof in was.proofs
    ]
    return form


def _made(
    session: Session, kind: Kind, site_id: int, plan: Plan | None, more: dict[str, Made], begins: dict[str, Any]
) -> EntryForm:
    offices = session.scalars(
        select(Office).where(Office.site_id == site_id, Office.active).order_by(Office.name)
    ).all()
    fields: dict[str, Made] = {"kind": kind}
    for asked in kind.fields:
        fields |= _fields_of(asked, kind, offices)
    form: EntryForm = type("KindForm", (EntryForm,), fields | more)(data=begins)
    needs = needed_right(kind)
    mine = [one for one in offices if current_user.may_in(needs, one.id)]
    form.office.choices = _list([(one.id, one.name) for one in mine])
    form.activities.choices = [
        SelectChoice(each.code, f"{each.code} {each.text}") for each in (plan.activities if plan else ())
    ]
    for asked in kind.fields:
        if asked.asks is Asks.SERVICE:
            services = select(Service.id, Service.name).where(Service.site_id == site_id, Service.active)
            form[asked.name].choices = _list(session.execute(services.order_by(Service.name)).all())
        elif asked.asks is Asks.OFFICIAL:
            people = select(Official.id, Official.name).where(Official.site_id == site_id, Official.active)
            form[asked.name].choices = _list(session.execute(people.order_by(Official.name)).all())
    return form


def needed_right(kind: Kind) -> Permission:
    """Who records a kind: control interno what it judges, everybody who reports the plan the rest."""
    return Permission.JUDGE_PLAN if kind.judged else Permission.REPORT_PLAN


def _fields_of(asked: Field, kind: Kind, offices: Sequence[Office]) -> dict[str, Made]:
    """The fields by which one question is asked."""
    if asked.asks is Asks.PEOPLE:
        each = {f"people-{one.id}": Whole(one.name, [Optional()], most=MOST_PEOPLE) for one in offices}
        return each | {f"people-{CITIZENS}": Whole(_l("Ciudadanía"), [Optional()], most=MOST_PEOPLE)}
    if asked.asks is Asks.CHECKLIST:
        marks = [SelectChoice(mark.value, _l(name)) for mark, name in MARKS.items()]
        found: dict[str, Made] = {}
        for code, words in asked.choices:
            found[f"{asked.name}-{code}"] = RadioField(_l(words), choices=marks, validate_choice=False)
            found[f"photo-{code}"] = Files(_l("Foto"), PHOTO)
            found[f"seen-{code}"] = Text(_l("Qué se ve en la foto"), [Optional()], most=LONGEST_REASON)
        return found
    return {asked.name: _field_of(asked)}


def _field_of(asked: Field) -> Made:
    label, hint = _l(asked.label), _l(asked.hint) if asked.hint else ""
    said: dict[str, Any] = {"description": hint}
    may: list[Any] = [] if asked.needed else [Optional()]
    if asked.asks is Asks.PROSE:
        return Prose(label, may, most=LONGEST[Asks.PROSE], render_kw=_TALL, **said)
    if asked.asks is Asks.NUMBER:
        return Whole(label, may, most=MOST_NUMBER, **said)
    if asked.asks is Asks.MONEY:
        return Pesos(label, may, most=MOST_MONEY, **said)
    if asked.asks is Asks.DAY:
        return OneDay(label, may, **said)
    if asked.asks is Asks.CHOICE:
        choices = [SelectChoice(code, _l(name)) for code, name in asked.choices]
        return SelectField(
            label, may, choices=[SelectChoice("", _l("Elija de la lista")), *choices], validate_choice=False, **said
        )
    if asked.asks in (Asks.SERVICE, Asks.OFFICIAL):
        return SelectField(label, may, validate_choice=False, **said)
    return Text(label, may, most=LONGEST[asked.asks], **said)


def _own_office(session: Session, kind: Kind) -> str:
    """The office of who records, if they have one."""
    own = session.get_one(Official, current_user.id).office_id
    return str(own) if own and current_user.may_in(needed_right(kind), own) else ""


def _list(rows: Sequence[Any]) -> list[SelectChoice]:
    return [SelectChoice("", _("Elija de la lista")), *(SelectChoice(str(number), name) for number, name in rows)]


def _chosen(field: SelectField) -> int | None:
    """The number that was chosen in a list; None for one that was not offered."""
    offered = {str(one.value) for one in field.choices}
    return int(field.data) if field.data and field.data in offered else None


def _name_in(form: EntryForm, fault: Fault) -> str:
    """The field beside which a fault is told."""
    if fault.field in form:
        return fault.field
    return next((each.name for each in form if each.name.startswith(f"{fault.field}-")), "office")
