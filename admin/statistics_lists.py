"""What is behind a figure of turns: its turns one by one, and the exceptions, without anybody's data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select

from admin import bp, picture
from admin.statistics_asked import Typed, narrowed_by, typed
from core.clock import today
from core.db import Event
from core.errors import Missing
from core.people.rights import Permission
from core.reports.table import written
from core.turns.model import Turn
from core.turns.statistics import exceptions as unusual
from core.turns.statistics.behind import OF_VISITS, Chosen, places_of_levels, rows_behind, times_behind, visit_at
from core.turns.statistics.facts import LEVELS, Numbers, Times
from core.turns.statistics.journey import Journey, Outcome
from core.turns.statistics.reading import Counted, lines, read
from core.web.database import db
from core.web.guard import requires
from core.web.report_parts import NONE
from core.web.turn_report_words import EXCEPTION_NAMES, OUTCOMES, STEP_NAMES, Names, days_text, minutes_said, names_at
from core.web.words import clock_text, translate

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A turn of a list, or one of its visits, with what became of it and, in short, its log.

    `marks`: the percentiles that stand here, in a list with the longest first.
    """

    turn: Turn
    service: str
    group: str
    windows: str
    wait: str
    walk: str
    attention: str
    outcome: str
    steps: Sequence[str]
    marks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A percentile of what a list shows: how it is called, how long it is, and its place in the list, from 0."""

    name: str
    long: str
    place: int


@bp.get("/statistics/turns")
@requires(Permission.SUPERVISE)
def statistics_turns() -> ResponseReturnValue:
    """The turns that a figure counts, newest first; those of a time with the longest first."""
    session, asked, page, chosen = db.session(), _typed(), _page(), _chosen()
    counted = read(session, asked.asked)
    rows = rows_behind(counted, chosen)
    names = names_at(session, asked.asked.sites)
    first = (page - 1) * SHOWN
    some = [int(row) for row in rows[first : first + SHOWN]]
    timed = times_behind(counted, rows, chosen.what)
    marks = _marks(timed)
    return render_template(
        "admin/statistics_turns.html",
        asked=asked,
        count=_how_many(counted, rows, chosen.what),
        mean=minutes_said(timed.mean),
        marks=marks,
        measure=chosen.what,
        rows=_rows(counted, some, names, chosen.what, [(mark.place - first, mark.name) for mark in marks]),
        page=page,
        more=len(rows) > page * SHOWN,
        address=lambda page: url_for(".statistics_turns", **_again(), page=page),
        page_of=lambda mark: mark.place // SHOWN + 1,
        chosen=days_text(asked.period),
        missing=counted.missing,
        named=_named(names),
    )


@bp.get("/statistics/exceptions")
@requires(Permission.SUPERVISE)
def statistics_exceptions() -> ResponseReturnValue:
    """The single exceptions or pauses of a kind, newest first."""
    session, asked, page = db.session(), _typed(), _page()
    kind, reason = request.args.get("kind", unusual.KINDS[0]), request.args.get("reason")
    if kind not in EXCEPTION_NAMES:
        raise Missing
    names = names_at(session, asked.asked.sites)
    which = unusual.Which(kind, reason, next(iter(asked.asked.official), None))
    found = unusual.each(session, current_user.site_id, asked.period, which, SHOWN + 1, (page - 1) * SHOWN)
    return render_template(
        "admin/statistics_exceptions.html",
        asked=asked,
        found=found[:SHOWN],
        page=page,
        more=len(found) > SHOWN,
        address=lambda page: url_for(".statistics_exceptions", **_again(), page=page),
        names=names,
        kind=translate(EXCEPTION_NAMES[kind]),
        chosen=" · ".join(
            [days_text(asked.period), *narrowed_by(names, {"official": request.args.get("official", "")})]
        ),
        lasted=_lasted,
    )


def _named(names: Names) -> list[str]:
    """What the list is narrowed by, in words: whose turns, and which of them."""
    what = {"called": _("llamados"), "abandoned": _("abandonaron la espera"), "visits": _("llamados a una ventanilla")}
    what |= {"sent_on": _("pasaron a otra fila"), "returned": _("volvieron a la fila")}
    what |= {"late": _("esperaron más que su meta, primero la espera más larga")}
    what |= {"wait": _("llamados, primero la espera más larga"), "walk": _("primero el camino más largo")}
    what |= {"attention": _("primero la atención más larga"), "attended": _("atenciones terminadas")}
    what |= {outcome.name.lower(): translate(text) for outcome, text in OUTCOMES.items()}
    said = what.get(request.args.get("what", ""))
    return [*narrowed_by(names, request.args), *([said] if said else [])]


def _typed() -> Typed:
    """Of the site that the reader supervises and, if the address names one, of one of its officials."""
    asked = typed(db.session(), {current_user.site_id: ""}, today())
    said = request.args.get("official", "")
    if said.isdecimal() and len(said) < 6:
        asked = replace(asked, asked=replace(asked.asked, official=(int(said),)))
    return asked


def _chosen() -> Chosen:
    said = {name: request.args.get(name, "") for name in ("weekday", "hour")}
    numbers = {name: int(value) for name, value in said.items() if value.isdecimal() and len(value) < 3}
    return Chosen(request.args.get("what", ""), **numbers)


def _page() -> int:
    said = request.args.get("page", "1")
    return max(int(said) if said.isdecimal() and len(said) < 6 else 1, 1)


def _again() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if name != "page"}


def _how_many(counted: Counted, rows: Numbers, what: str) -> str:
    """How many the figure counts, as it does: turns, visits, or how often something was done in so many turns."""
    count, said = len(rows), {"n": written(len(rows))}
    if what in ("attended", "attention"):
        return ngettext("%(n)s atención", "%(n)s atenciones", count, **said)
    if what in OF_VISITS:
        return ngettext("%(n)s llamado a una ventanilla", "%(n)s llamados a una ventanilla", count, **said)
    turns = ngettext("%(n)s turno", "%(n)s turnos", count, **said)
    if what in ("sent_on", "returned"):
        times = int(counted.facts[what][rows].sum())
        return ngettext("%(n)s vez, en %(turns)s", "%(n)s veces, en %(turns)s", times, n=written(times), turns=turns)
    return turns


def _marks(timed: Times) -> list[Mark]:
    """The percentiles of times, each at its place in the list."""
    names = dict(zip(LEVELS, (_("la mitad"), _("9 de cada 10"), _("95 de cada 100")), strict=True))
    places = places_of_levels(timed.count)
    return [Mark(names[level], minutes_said(timed.at(level)), place) for level, place in places.items()]


def _rows(
    counted: Counted, some: Sequence[int], names: Names, what: str, marks: Sequence[tuple[int, str]]
) -> list[Row]:
    """The turns of these rows of facts; in a list of visits only what each row tells."""
    session, told = db.session(), lines(db.session(), counted, some)
    ids = [line.turn_id for line in told]
    by_id = {turn.id: turn for turn in session.scalars(select(Turn).where(Turn.id.in_(ids)))}
    steps: defaultdict[int, list[str]] = defaultdict(list)
    log = select(Event.turn_id, Event.kind, Event.at).where(Event.turn_id.in_(ids)).order_by(Event.seq)
    for turn_id, kind, at in session.execute(log):
        steps[turn_id].append(_step(kind, at))
    groups = picture.group_names(session, current_user.site_id)
    found = []
    for place, (row, line) in enumerate(zip(some, told, strict=True)):
        own = visit_at(counted.facts, row)
        turn, visits = by_id[line.turn_id], (own,) if what in OF_VISITS else line.journey.visits
        service, group = names.of("service", own.service or 0), groups.get(turn.group, turn.group)
        journey = replace(line.journey, visits=visits)
        found.append(_row(turn, journey, service, group, names, steps[turn.id], [m for n, m in marks if n == place]))
    return found


def _row(
    turn: Turn,
    journey: Journey,
    service: str,
    group: str,
    names: Names,
    steps: Sequence[str],
    marks: Sequence[str],
) -> Row:
    walks = [visit.walk for visit in journey.visits if visit.walk is not None]
    attended = [visit.attention for visit in journey.visits if visit.attention is not None]
    windows = dict.fromkeys(names.of("window", visit.window) for visit in journey.visits if visit.window)
    return Row(
        turn=turn,
        service=service,
        group=group,
        windows=", ".join(windows) or NONE,
        wait=minutes_said(journey.wait),
        walk=minutes_said(sum(walks) if walks else None),
        attention=minutes_said(sum(attended) if attended else None),
        outcome=translate(OUTCOMES[Outcome(journey.outcome)]),
        steps=steps,
        marks=marks,
    )


def _step(kind: str, at: datetime) -> str:
    return f"{clock_text(at)} {translate(STEP_NAMES[kind]) if kind in STEP_NAMES else kind}"


def _lasted(one: unusual.One) -> str:
    return minutes_said((one.until - one.at).total_seconds()) if one.until else NONE
