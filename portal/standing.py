"""Where a turn stands, as the citizen who holds it may know it: public facts, and the sentence that says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import Event
from core.turns import board
from core.turns.actions.aside import place_kept_until
from core.turns.actions.call import CALLABLE_FOR
from core.turns.actions.change import settings_of
from core.turns.lifecycle import ENDED, State, Step, leads_to
from core.turns.model import QueueSettings, Turn
from core.turns.waits import Wait
from core.web.opinions import wants_one
from core.web.words import hour_text, wait_text
from portal.languages import name_of

FOLLOWED_AFTER_END = timedelta(hours=24)
ALMOST = "almost"
MOST_DOTS = 5
OFTEN_S, SELDOM_S, ENDED_S = 5, 15, 60
"""How often the page asks again, in seconds: close to the call, before it, and once it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the phone shows of a turn. `state` is the turn's, or ALMOST when it is soon to be called.

    `passes_until`: of who lets others pass, until when; None when that is over.
    `keep_until`: of who missed the call, until when the place is kept; None once it is lost.
    """

    state: str
    code: str
    service: str
    site: str
    issued_at: datetime
    window: str
    calls: int
    ahead: int
    wait: Wait | None
    passes_until: datetime | None
    moved: bool
    postponed: bool
    may_leave: bool
    may_postpone: bool
    may_return: bool
    keep_until: datetime | None
    more_time_min: int
    wants_opinion: bool

    @property
    def headline(self) -> str:
        """The state in one sentence: the title of the tab, and what a screen reader says when it changes."""
        come = _("Acérquese")
        sentences = {
            State.WAITING: self._waiting_text,
            ALMOST: f"{come}. {self.ahead_text}",
            State.CALLED: _("Es su turno: ventanilla %(window)s", window=self.window),
            State.ATTENDING: _("En atención: ventanilla %(window)s", window=self.window),
            State.ON_HOLD: _("En pausa: vuelva a la ventanilla %(window)s", window=self.window),
            State.ABSENT: _("Perdió el llamado"),
            State.FINISHED: _("Turno atendido"),
            State.LEFT: _("Se retiró de la fila"),
            State.CANCELLED: _("Turno anulado"),
        }
        return sentences[self.state]

    @property
    def _waiting_text(self) -> str:
        if self.passes_until is not None:
            return _("Otras personas pasan hasta %(hour)s", hour=hour_text(self.passes_until))
        if self.wait is not None and self.wait.low is None:
            return wait_text(self.wait)
        return self.ahead_text

    @property
    def ahead_text(self) -> str:
        """How many come before, in words."""
        return ngettext("Falta %(num)d turno", "Faltan %(num)d turnos", self.ahead) if self.ahead else _("Usted sigue")

    @property
    def waits(self) -> bool:
        """Whether the turn is still to be called."""
        return self.state in (State.WAITING, ALMOST)

    @property
    def may_be_called(self) -> bool:
        """Whether sound and vibration still have something to announce."""
        return self.waits or self.state == State.CALLED

    @property
    def is_near(self) -> bool:
        """Whether the call may come at any moment: the screen stays on and the page asks often."""
        return self.state == State.CALLED or (self.waits and self.passes_until is None and self.ahead <= board.ALMOST)

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    @property
    def almost(self) -> int:
        """With how many ahead it is time to come near."""
        return board.ALMOST

    @property
    def dots(self) -> int:
        """How many of those ahead are drawn."""
        return min(self.ahead, MOST_DOTS)

    @property
    def ask_again_s(self) -> int:
        return OFTEN_S if self.is_near else ENDED_S if self.is_over else SELDOM_S


def may_be_followed(turn: Turn, at: datetime) -> bool:
    """Whether the address of the turn still opens: while it can be called, and for a day after it ended."""
    if turn.state in ENDED:
        return at - turn.state_since <= FOLLOWED_AFTER_END
    return at - turn.issued_at < CALLABLE_FOR


def standing_of(session: Session, turn: Turn, at: datetime) -> Standing:
    """The turn as it stands at `at`."""
    settings = settings_of(session, turn.site_id)
    waiting = turn.state is State.WAITING
    ahead = board.ahead(session, turn, at) if waiting else 0
    wait = board.wait_of(session, turn, at) if waiting else None
    passes_until = turn.not_before if waiting and turn.not_before is not None and turn.not_before > at else None
    is_attended = wait is not None and wait.low is not None
    almost = is_attended and passes_until is None and ahead <= board.ALMOST
    return Standing(
        state=ALMOST if almost else turn.state.value,
        code=turn.code,
        service=name_of(turn.service),
        site=turn.site.name,
        issued_at=turn.issued_at,
        window=turn.window.label if turn.window else "",
        calls=turn.calls,
        ahead=ahead,
        wait=wait,
        passes_until=passes_until,
        moved=waiting and _came_from_another_service(session, turn),
        postponed=turn.postponed,
        may_leave=leads_to(Step.LEFT, turn.state) is not None,
        may_postpone=waiting and not turn.postponed,
        may_return=turn.state is State.ABSENT and not turn.returns,
        keep_until=_keep_until(turn, settings, at),
        more_time_min=settings.more_time_min,
        wants_opinion=wants_one(session, turn, at.date()),
    )


def _keep_until(turn: Turn, settings: QueueSettings, at: datetime) -> datetime | None:
    until = place_kept_until(turn, settings) if turn.state is State.ABSENT else None
    return until if until is not None and at <= until else None


def _came_from_another_service(session: Session, turn: Turn) -> bool:
    detail = session.scalar(
        select(Event.detail)
        .where(Event.turn_id == turn.id, Event.kind.in_((Step.TRANSFERRED, Step.PASSED_ON)))
        .order_by(Event.seq.desc())
        .limit(1)
    )
    return detail is not None and detail["before"]["service_id"] != detail["after"]["service_id"] == turn.service_id
