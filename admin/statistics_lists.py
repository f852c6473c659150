"""What is behind a figure of turns: its turns one by one, and the exceptions, without anybody's data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import bp, picture
from admin.statistics_asked import Typed, narrowed_by, typed
from core.clock import today
from core.db import Event
from core.errors import Missing
from core.people.rights import Permission
from core.turns.model import Turn
from core.turns.statistics import exceptions as unusual
from core.turns.statistics.behind import Chosen, rows_behind
from core.turns.statistics.journey import Journey, Outcome
from core.turns.statistics.reading import lines, read
from core.web.database import db
from core.web.guard import requires
from core.web.report_parts import NONE
from core.web.turn_report_words import EXCEPTION_NAMES, OUTCOMES, STEP_NAMES, Names, days_text, minutes_said, names_at
from core.web.words import clock_text, translate

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A turn of a list with what became of it and, in short, its log."""

    turn: Turn
    group: str
    windows: str
    wait: str
    walk: str
    attention: str
    outcome: str
    steps: Sequence[str]


@bp.get("/statistics/turns")
@requires(Permission.SUPERVISE)
def statistics_turns() -> ResponseReturnValue:
    """The turns that a figure counts, newest first."""
    session, asked, page = db.session(), _typed(), _page()
    counted = read(session, asked.asked)
    rows = rows_behind(counted, _chosen())
    names = names_at(session, asked.asked.sites)
    some = [int(row) for row in rows[(page - 1) * SHOWN : page * SHOWN]]
    return render_template(
        "admin/statistics_turns.html",
        asked=asked,
        count=len(rows),
        rows=_rows([(line.turn_id, line.journey) for line in lines(session, counted, some)], names),
        page=page,
        more=len(rows) > page * SHOWN,
        address=lambda page: url_for(".statistics_turns", **_again(), page=page),
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


def _rows(found: Sequence[tuple[int, Journey]], names: Names) -> list[Row]:
    session, ids = db.session(), [turn_id for turn_id, _journey in found]
    turns = session.scalars(select(Turn).where(Turn.id.in_(ids)).options(joinedload(Turn.service)))
    by_id = {turn.id: turn for turn in turns}
    steps: defaultdict[int, list[str]] = defaultdict(list)
    told = select(Event.turn_id, Event.kind, Event.at).where(Event.turn_id.in_(ids)).order_by(Event.seq)
    for turn_id, kind, at in session.execute(told):
        steps[turn_id].append(_step(kind, at))
    groups = picture.group_names(session, current_user.site_id)
    return [_row(by_id[turn_id], journey, names, groups, steps[turn_id]) for turn_id, journey in found]


def _row(turn: Turn, journey: Journey, names: Names, groups: Mapping[str, str], steps: Sequence[str]) -> Row:
    walks = [visit.walk for visit in journey.visits if visit.walk is not None]
    attended = [visit.attention for visit in journey.visits if visit.attention is not None]
    return Row(
        turn,
        groups.get(turn.group, turn.group),
        ", ".join(dict.fromkeys(names.of("window", visit.window) for visit in journey.visits if visit.window)) or NONE,
        minutes_said(journey.wait),
        minutes_said(sum(walks) if walks else None),
        minutes_said(sum(attended) if attended else None),
        translate(OUTCOMES[Outcome(journey.outcome)]),
        steps,
    )


def _step(kind: str, at: datetime) -> str:
    return f"{clock_text(at)} {translate(STEP_NAMES[kind]) if kind in STEP_NAMES else kind}"


def _lasted(one: unusual.One) -> str:
    return minutes_said((one.until - one.at).total_seconds()) if one.until else NONE
