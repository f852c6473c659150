"""The protocol beside the work: those that fit the turn in hand, one of them open at the step that matters now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import PriorityGroup
from core.clock import today
from core.people.rights import Permission
from core.protocols import actions as protocols
from core.protocols import choosing
from core.protocols.choosing import AtTheWindow, Doing, Offered
from core.protocols.model import ProtocolVersion
from core.protocols.text import Moment, ProtocolText, read
from core.turns import board
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.turns.policy import GENERAL
from core.web.database import db
from core.web.guard import requires
from core.web.protocol_words import Stage, stages
from counter import acting, bp


@dataclass(frozen=True, slots=True)
class Panel:
    """The protocols `fitting` the turn and those of `cases`; one of them `chosen`, with the moments that are `open`."""

    fitting: Sequence[ProtocolVersion]
    cases: Sequence[ProtocolVersion]
    chosen: ProtocolVersion | None
    open: Sequence[Moment]

    @property
    def text(self) -> ProtocolText:
        """What the chosen one says."""
        return read(self.chosen.text) if self.chosen else ProtocolText()

    @property
    def stages(self) -> Sequence[Stage]:
        return list(stages(self.text))


@bp.get("/protocol")
@requires(Permission.ATTEND)
def protocol() -> ResponseReturnValue:
    """What the page puts beside the work: of `code`, if it is offered, or else the one that fits best."""
    session = db.session()
    turn = board.turn_at(session, acting.my_desk(session))
    panel = look(session, turn, request.args.get("code", ""), "finishing" in request.args)
    return render_template("counter/_protocol.html", panel=panel)


def look(session: Session, turn: Turn | None, code: str, finishing: bool) -> Panel:
    """Choose among the versions that rule today; `finishing`: the official already says how it ended."""
    ruling = {version.protocol.code: version for version in protocols.in_force(session, today())}
    offered = [_offered(version) for version in ruling.values()]
    at_the_window = _at_the_window(session, turn)
    fitting = [ruling[one.code] for one in choosing.fitting(offered, at_the_window)]
    cases = [ruling[one.code] for one in choosing.cases(offered, at_the_window)]
    every = [*fitting, *cases]
    chosen = next((version for version in every if version.protocol.code == code), next(iter(every), None))
    return Panel(fitting, cases, chosen, choosing.matter(_doing(turn, finishing)))


def _offered(version: ProtocolVersion) -> Offered:
    protocol = version.protocol
    services = frozenset(service.id for service in protocol.services)
    return Offered(code=protocol.code, channel=protocol.channel, population=protocol.population, services=services)


def _at_the_window(session: Session, turn: Turn | None) -> AtTheWindow:
    if turn is None:
        return AtTheWindow()
    first = select(PriorityGroup.first_of_all).where(
        PriorityGroup.site_id == turn.site_id, PriorityGroup.code == turn.group
    )
    return AtTheWindow(
        service_id=turn.service_id,
        has_priority=turn.group != GENERAL,
        first_of_all=bool(session.scalar(first)),
    )


def _doing(turn: Turn | None, finishing: bool) -> Doing:
    if turn is None:
        return Doing.WAITING
    if turn.state is State.CALLED:
        return Doing.CALLING
    return Doing.FINISHING if finishing else Doing.ATTENDING
