"""What was done for the plan, for everybody: each register with what is complete, as pages and as open data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Missing
from core.files.actions import content_of
from core.plan import loading
from core.plan.registers import looking
from core.plan.registers.fields import COLUMNS, Asks, Field, Kind
from core.plan.registers.kinds import ALL, KINDS
from core.plan.registers.model import RegisterEntry
from core.plan.registers.names import STATES, TONES
from core.plan.registers.standing import State
from core.reports import csv
from core.reports.table import Cell, Table
from core.web import register_words
from core.web.database import db
from core.web.guard import public
from core.web.register_words import Line, Point, Step
from core.web.report_files import download
from core.web.uploads import answer, store
from core.web.words import translate
from portal import bp

VERSION = 1
ID = "int(max=2147483647)"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as everybody reads it; `below`: what hangs on it."""

    entry: RegisterEntry
    state: State
    lines: Sequence[Line]
    steps: Sequence[Step]
    points: Sequence[Point]
    below: Sequence[Told]

    @property
    def links(self) -> list[str]:
        """Where it can be seen; of where people took part, nothing but how many they were."""
        kind = KINDS[self.entry.kind]
        return [] if kind.field("people") else [proof.link for proof in self.entry.now.proofs if proof.link]


@bp.get("/plan/registers")
@public
def registers() -> ResponseReturnValue:
    session, year = db.session(), _year()
    counts = {kind.slug: len(looking.public(session, kind.slug, year)) for kind in _kinds()}
    return render_template("portal/registers.html", kinds=_kinds(), counts=counts, year=year, years=_years(session))


@bp.get("/plan/registers/<slug>")
@public
def registers_kind(slug: str) -> ResponseReturnValue:
    session, kind, year = db.session(), _kind(slug), _year()
    found = [_told(session, one) for one in looking.public(session, slug, year)]
    return render_template(
        "portal/register.html",
        kind=kind,
        found=found,
        year=year,
        years=_years(session),
        state_names={state: translate(name) for state, name in STATES.items()},
        tones=TONES,
        photo_of=lambda proof: url_for(".registers_photo", space_id=proof.entry_id, photo_id=proof.id),
    )


@bp.get("/plan/registers/<slug>.<any(csv, json):form>")
@public
def registers_file(slug: str, form: str) -> ResponseReturnValue:
    """The register of a year as open data: nothing of a person is in it."""
    kind, year = _kind(slug), _year()
    rows = looking.public(db.session(), slug, year)
    if form == "json":
        return _as_json(kind, year, rows)
    asked = _open_fields(kind)
    columns = (_("Código"), *(translate(each.label) for each in asked), _("Dependencia"), _("Actividades"), _("Estado"))
    lines = tuple(
        (
            one.code,
            *(register_words.cell_of(each, one.now) for each in asked),
            *(one.now.office.name, ", ".join(each.code for each in one.now.activities), _state_text(one)),
        )
        for one in rows
    )
    table = Table(translate(kind.name), columns, lines)
    return download(csv.write(table), csv.MIME, f"{slug}-{year}.csv")


@bp.get(f"/plan/registers/photos/<{ID}:space_id>/<{ID}:photo_id>")
@public
def registers_photo(space_id: int, photo_id: int) -> ResponseReturnValue:
    """The photograph of a point of a space that was reviewed whole. Raises NoEntry."""
    session = db.session()
    one, found = looking.published(session, "space", space_id), looking.proof(session, space_id, photo_id)
    if not found.point or not found.file or found not in one.now.proofs:
        raise looking.NoEntry
    return answer(content_of(store(), found.file), found.file.kind, found.label)


def _told(session: Session, one: RegisterEntry) -> Told:
    return Told(
        entry=one,
        state=looking.standing(one, today()),
        lines=register_words.lines(one.now, {}, public=True),
        steps=register_words.steps(one.now),
        points=register_words.points(one.now),
        below=[_told(session, each) for each in looking.below(session, one)],
    )


def _as_json(kind: Kind, year: int, rows: Sequence[RegisterEntry]) -> Response:
    def told(one: RegisterEntry) -> dict[str, Any]:
        now = one.now
        marks = {each.name: now.facts[each.name] for each in kind.fields if each.asks is Asks.CHECKLIST}
        return {
            "code": one.code,
            "part_of": one.below.code if one.below else None,
            **{each.name.removesuffix("_id"): _value(each, one) for each in _open_fields(kind)},
            **marks,
            "office": now.office.name,
            "activities": [each.code for each in now.activities],
            "state": looking.standing(one, today()).value,
        }

    made = jsonify(version=VERSION, register=kind.slug, year=year, entries=[told(one) for one in rows])
    made.headers["Access-Control-Allow-Origin"] = "*"
    return made


def _value(asked: Field, one: RegisterEntry) -> Any:
    """A value as it is kept, for machines: codes, numbers and days of the calendar."""
    if asked.asks is Asks.PEOPLE:
        return one.now.reached
    if asked.asks is Asks.SERVICE:
        return one.now.service.name if one.now.service else None
    value: Cell | None = getattr(one.now, asked.name) if asked.name in COLUMNS else one.now.facts.get(asked.name)
    return value.isoformat() if isinstance(value, date) else value


def _open_fields(kind: Kind) -> list[Field]:
    return [each for each in kind.fields if each.public and each.asks is not Asks.CHECKLIST]


def _state_text(one: RegisterEntry) -> str:
    return translate(STATES[looking.standing(one, today())])


def _kinds() -> list[Kind]:
    """The registers that everybody may see; what hangs on an entry is told with it."""
    return [kind for kind in ALL if kind.public and not kind.below]


def _kind(slug: str) -> Kind:
    """Raises Missing."""
    kind = KINDS.get(slug)
    if kind is None or not kind.public:
        raise Missing
    return kind


def _years(session: Session) -> list[int]:
    return loading.years(session)


def _year() -> int:
    """The year that the address names, if it has a plan; else this one or the last before. Raises Missing."""
    years, named = loading.years(db.session()), request.args.get("year", "")
    if named:
        if not (named.isascii() and named.isdigit() and int(named[:5]) in years):
            raise Missing
        return int(named)
    return next((year for year in years if year <= today().year), today().year)
