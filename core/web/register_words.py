"""What an entry of a register says, field by field, as people read it: on its page, in lists and in files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from core.errors import N_
from core.plan.registers.faults import CITIZENS
from core.plan.registers.fields import Asks, Field, Kind, Mark
from core.plan.registers.kinds import KINDS
from core.plan.registers.model import RegisterEntry, RegisterProof, RegisterVersion
from core.plan.registers.names import MARKS
from core.reports.table import Cell, written
from core.web.words import language, translate


@dataclass(frozen=True, slots=True)
class Line:
    """A field and what it says; `link`: the address that it is."""

    label: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A figure of a service before and after it was streamlined."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a checklist, how it stands, and its photograph if there is one."""

    words: str
    mark: Mark
    told: str
    photo: RegisterProof | None


def lines(one: RegisterVersion, offices: dict[int, str], *, public: bool = False) -> list[Line]:
    """All that was said of an entry, but its title, its figures before and after, and its checklist."""
    kind, found = KINDS[one.entry.kind], []
    apart = {name for pair in kind.pairs for name in (pair.before, pair.after)} | {"title"}
    for asked in kind.fields:
        if asked.name in apart or asked.asks is Asks.CHECKLIST or (public and not asked.public):
            continue
        text = text_of(asked, one, offices, public=public)
        if text:
            link = text if asked.asks is Asks.LINK else ""
            found.append(Line(translate(asked.label), text, link))
    return found


def text_of(asked: Field, one: RegisterVersion, offices: dict[int, str], *, public: bool = False) -> str:
    """What an entry says in a field; of people, in public only how many they were."""
    if asked.asks is Asks.PEOPLE:
        return written(one.reached) if public else people_text(one, offices)
    return written(cell_of(asked, one))


def cell_of(asked: Field, one: RegisterVersion) -> Cell:
    """The same as a value of a table; empty for what was not said."""
    value: Any = one.said.get(asked.name)
    if asked.asks is Asks.PEOPLE:
        return one.reached
    if asked.asks is Asks.SERVICE:
        return service_name(one)
    if asked.asks is Asks.OFFICIAL:
        return one.official.name if one.official else ""
    if value in (None, ""):
        return ""
    if asked.asks is Asks.CHOICE:
        return translate(dict(asked.choices)[value])
    return value if isinstance(value, (int, date)) else str(value)


def people_text(one: RegisterVersion, offices: dict[int, str]) -> str:
    """«62: 12 de Hacienda, 50 de la ciudadanía»"""
    if not one.reached:
        return ""
    each = [
        _("%(n)s de la ciudadanía", n=many)
        if name == CITIZENS
        else _("%(n)s de %(office)s", n=many, office=offices.get(int(name), ""))
        for name, many in one.people.items()
    ]
    return each[0] if len(each) == 1 else f"{one.reached}: {', '.join(each)}"


def service_name(one: RegisterVersion) -> str:
    if one.service is None:
        return ""
    return (one.service.name_en if language() == "en" else "") or one.service.name


def steps(one: RegisterVersion) -> list[Step]:
    """The figures before and after that were given."""
    kind = KINDS[one.entry.kind]
    return [
        Step(translate(pair.label), written(one.facts[pair.before]), written(one.facts[pair.after]))
        for pair in kind.pairs
        if one.facts.get(pair.before) is not None and one.facts.get(pair.after) is not None
    ]


def points(one: RegisterVersion) -> list[Point]:
    """The points of its checklist in order; none if its kind has no such thing."""
    photos = {proof.point: proof for proof in one.proofs if proof.point}
    found = []
    for asked in KINDS[one.entry.kind].fields:
        if asked.asks is Asks.CHECKLIST:
            for code, words in asked.choices:
                mark = Mark(one.facts[asked.name][code])
                found.append(Point(translate(words), mark, translate(MARKS[mark]), photos.get(code)))
    return found


def listed(kind: Kind) -> list[Field]:
    """The fields that lists show, besides the title."""
    return [asked for asked in kind.fields if asked.listed and asked.name != "title"]


def proofs_text(proofs: Sequence[RegisterProof]) -> str:
    """What shows an entry, in one line: names of files and addresses."""
    return " · ".join(proof.label or proof.link for proof in proofs)


def due_line(one: RegisterEntry, day: str, *, late: bool) -> str:
    """«Arreglar la vía (RG-0012): vencido, era para el lunes 30 de noviembre»"""
    sentence = (
        N_("%(what)s (%(code)s): vencido, era para el %(day)s") if late else N_("%(what)s (%(code)s): para el %(day)s")
    )
    return translate(sentence, what=one.now.title, code=one.code, day=day)
