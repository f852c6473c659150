"""The registers of the plan: which there are, the list of each with its totals, and the page of an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID
from admin.register_form import needed_right
from core.catalogue.model import Office
from core.clock import today
from core.errors import Missing
from core.files.actions import content_of
from core.people.rights import Permission
from core.plan import loading
from core.plan.measures.effects import before, effect_of
from core.plan.measures.registers import with_action
from core.plan.registers import looking
from core.plan.registers.actions import LONGEST_REASON
from core.plan.registers.fields import Kind
from core.plan.registers.kinds import ALL, KINDS
from core.plan.registers.looking import Asked
from core.plan.registers.model import RegisterEntry
from core.plan.registers.names import STATES, TONES
from core.plan.registers.standing import State
from core.web import register_words
from core.web.database import db
from core.web.forms import PressForm, Prose
from core.web.guard import requires
from core.web.uploads import answer, store
from core.web.words import translate


class WithdrawForm(PressForm):
    reason = Prose(_l("Motivo"), most=LONGEST_REASON, render_kw={"rows": 3, "spellcheck": "true", "lang": "es"})


@dataclass(frozen=True, slots=True)
class Typed:
    """The filters of the address; what is not of a list counts as nothing."""

    kind: Kind
    said: dict[str, str]
    asked: Asked

    def address(self, **changes: object) -> str:
        """The same list with something else asked for, from its first page unless a page is named."""
        told = {name: value for name, value in (self.said | {"page": ""} | changes).items() if value}
        return url_for(".registers_kind", slug=self.kind.slug, **told)

    def table(self, form: str) -> str:
        """The whole of it as a file."""
        told = {name: value for name, value in self.said.items() if value and name != "page"}
        return url_for(".registers_table", slug=self.kind.slug, form=form, **told)


@bp.get("/registers")
@requires(Permission.READ_PLAN)
def registers() -> ResponseReturnValue:
    """Every kind, with how many entries of the year count and how many lack something."""
    session = db.session()
    year = _year(loading.years(session))
    return render_template(
        "admin/registers.html",
        kinds=[kind for kind in ALL if not kind.below],
        counts=looking.how_many(session, year),
        year=year,
        years=loading.years(session),
        may=may_record,
        door_of=door_of,
    )


@bp.get("/registers/<slug>")
@requires(Permission.READ_PLAN)
def registers_kind(slug: str) -> ResponseReturnValue:
    session, typed, day = db.session(), typed_filters(slug), today()
    rows, more = looking.look(session, typed.asked, day)
    return render_template(
        "admin/register.html",
        typed=typed,
        kind=typed.kind,
        rows=rows,
        more=more,
        states={one.id: looking.standing(one, day) for one in rows},
        totals=looking.totals(session, typed.asked, day),
        fields=register_words.listed(typed.kind),
        text_of=lambda asked, one: register_words.text_of(asked, one, {}, public=True),
        year_choices=[(str(year), str(year)) for year in loading.years(session)],
        offices=offices_of(session),
        may=may_record,
        **words(),
    )


@bp.get(f"/registers/entry/<{ID}:entry_id>")
@requires(Permission.READ_PLAN)
def registers_entry(entry_id: int) -> ResponseReturnValue:
    return page(entry_id)


@bp.get(f"/registers/entry/<{ID}:entry_id>/proof/<{ID}:proof_id>")
@requires(Permission.READ_PLAN)
def registers_proof(entry_id: int, proof_id: int) -> ResponseReturnValue:
    """A file that shows what was done, to take away. Raises NoEntry."""
    found = looking.proof(db.session(), entry_id, proof_id)
    assert found.file is not None
    return answer(content_of(store(), found.file), found.file.kind, found.label)


def page(entry_id: int, refused: Any = None) -> str:
    """The page of an entry; `refused`: the form of its withdrawal, that says why it was not done."""
    session = db.session()
    one = looking.entry(session, entry_id)
    kind, offices = KINDS[one.kind], dict(offices_of(session))
    return render_template(
        "admin/register_entry.html",
        one=one,
        now=one.now,
        kind=kind,
        state=looking.standing(one, today()),
        lines=register_words.lines(one.now, offices),
        steps=register_words.steps(one.now),
        points=register_words.points(one.now),
        photo_of=lambda proof: url_for(".registers_proof", entry_id=proof.entry_id, proof_id=proof.id),
        below=[(each, looking.standing(each, today())) for each in looking.below(session, one)],
        below_kind=next((each for each in ALL if each.below == kind.slug), None),
        action=with_action(session, [one]).get(one.id) if kind.judged else None,
        effect=effect_of(session, one.now.service_id, one.now.day, today()) if kind.pairs else None,
        measured=before(session, one.now.service_id, one.now.day) if kind.slug == "diagnosis" else None,
        offices=offices,
        refused=refused,
        withdrawing=WithdrawForm(formdata=None),
        may_write=may_write(one),
        **words(),
    )


def kind_of(slug: str) -> Kind:
    """The kind that an address names. Raises Missing."""
    if slug not in KINDS:
        raise Missing
    return KINDS[slug]


def may_record(kind: Kind) -> bool:
    return bool(current_user.may(needed_right(kind)))


def may_write(one: RegisterEntry) -> bool:
    """Whether who is signed in may correct or withdraw it."""
    return bool(current_user.may_in(needed_right(KINDS[one.kind]), one.now.office_id))


def offices_of(session: Session) -> list[tuple[int, str]]:
    return [(number, name) for number, name in session.execute(select(Office.id, Office.name).order_by(Office.name))]


def words() -> dict[str, Any]:
    return {
        "state_names": {state: translate(name) for state, name in STATES.items()},
        "tones": TONES,
        "door_of": door_of,
    }


def door_of(deed: str, kind: Kind, entry_id: int | None = None, below: int | None = None) -> str:
    """The address by which an entry is recorded («new»), corrected or withdrawn: findings have their own doors."""
    named: dict[str, Any] = {"slug": kind.slug} if deed.startswith("new") else {"entry_id": entry_id}
    if kind.judged:
        named = {} if deed.startswith("new") else {"finding_id": entry_id}
    return url_for(f".{'findings' if kind.judged else 'registers'}_{deed}", **named, below=below)


def typed_filters(slug: str) -> Typed:
    """What the address asks of the list of a kind. Raises Missing."""
    kind = kind_of(slug)
    said = {name: request.args.get(name, "").strip()[:20] for name in ("year", "state", "office", "page")}
    said["state"] = said["state"] if said["state"] in set(State) else ""
    for name in ("year", "office", "page"):
        said[name] = said[name] if said[name].isascii() and said[name].isdigit() and len(said[name]) < 10 else ""
    asked = Asked(
        kind=slug,
        year=int(said["year"]) if said["year"] else _year(loading.years(db.session())),
        state=State(said["state"]) if said["state"] else None,
        office_id=int(said["office"]) if said["office"] else None,
        page=min(max(int(said["page"] or 1), 1), looking.MOST_PAGES),
    )
    return Typed(kind, said, asked)


def _year(years: list[int]) -> int:
    """The year that the address names; without one, this year or the last before that has a plan."""
    named = request.args.get("year", "")
    if named.isascii() and named.isdigit() and int(named[:5]) in years:
        return int(named)
    return next((year for year in years if year <= today().year), today().year)
