"""What an official sees from the window: the turn in hand, the queue around it, and what can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import desks, openings
from core.breaks import actions as breaks
from core.breaks.planned import Span
from core.catalogue.model import PriorityGroup, Reason, Result, Window
from core.db import Event
from core.desks import Away, Desk, HelpCall, NotAtAWindow, Sitting
from core.errors import N_
from core.openings import OpeningRequest
from core.turns import actions as turns
from core.turns import board
from core.turns.actions.aside import place_kept_until
from core.turns.actions.change import settings_of
from core.turns.actions.send import TRANSFERRED
from core.turns.actions.undo import UNDO_WITHIN
from core.turns.lifecycle import State, Step
from core.turns.model import AskedService, QueueSettings, Turn
from core.turns.policy import GENERAL

UNDO = {
    Step.CALLED: N_("Deshacer el llamado de %(code)s"),
    Step.PICKED: N_("Deshacer el llamado de %(code)s"),
    Step.STARTED: N_("Deshacer el inicio de %(code)s"),
    Step.ABSENT: N_("Deshacer la ausencia de %(code)s"),
    Step.HELD: N_("Deshacer que %(code)s quede aparte"),
    Step.RESUMED: N_("Deshacer el regreso de %(code)s"),
    Step.TRANSFERRED: N_("Deshacer la transferencia de %(code)s"),
    Step.PASSED_ON: N_("Deshacer el cierre de %(code)s"),
    Step.SERVICE_ADDED: N_("Deshacer el servicio agregado a %(code)s"),
    Step.REGROUPED: N_("Deshacer el cambio de grupo de %(code)s"),
    Step.FINISHED: N_("Deshacer el cierre de %(code)s"),
    Step.SKIPPED: N_("Deshacer «dejar pasar» de %(code)s"),
    Step.CANCELLED: N_("Deshacer la anulación de %(code)s"),
}

UNDO_STANDS_OUT = timedelta(seconds=10)
"""How long after a step its undo is drawn so that it is seen at once."""


@dataclass(frozen=True, slots=True)
class Recall:
    """How many more times the turn may be called, and from when."""

    left: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """The desk of an official as it is at an instant; without a `desk`, the windows to choose from."""

    at: datetime
    settings: QueueSettings
    groups: list[PriorityGroup]
    desk: Desk | None = None
    window: Window | None = None
    windows: list[board.WindowNow] = field(default_factory=list)
    usual_window: int | None = None
    away: Away | None = None
    away_reason: str = ""
    due_break: Span | None = None
    turn: Turn | None = None
    results: list[Result] = field(default_factory=list)
    lines: list[board.Line] = field(default_factory=list)
    next_few: list[Turn] = field(default_factory=list)
    aside: list[Turn] = field(default_factory=list)
    last: Event | None = None
    help_since: datetime | None = None
    who_comes: str | None = None
    freed: bool = False
    asked_openings: Sequence[OpeningRequest] = ()
    places: dict[int, str] = field(default_factory=dict)

    def asked_opening(self, window_id: int) -> OpeningRequest | None:
        """What the supervisor asked of a closed window, if that is so."""
        return next((one for one in self.asked_openings if one.window_id == window_id), None)

    @property
    def waiting(self) -> int:
        return sum(line.waiting for line in self.lines)

    @property
    def priority(self) -> int:
        return sum(line.priority for line in self.lines)

    @property
    def oldest(self) -> datetime | None:
        return min((line.oldest for line in self.lines), default=None)

    @property
    def free(self) -> bool:
        """Whether the official may take a turn now."""
        return self.turn is None and self.away is None

    @property
    def recall(self) -> Recall:
        """For a turn that has been called."""
        assert self.turn is not None
        last = self.turn.last_called_at or self.at
        left = self.settings.recall_limit + 1 - self.turn.calls
        return Recall(max(0, left), last + timedelta(seconds=self.settings.recall_pause_s))

    @property
    def pending(self) -> list[AskedService]:
        """What is asked on the turn in hand besides its present service, and nobody has attended."""
        assert self.turn is not None
        return [a for a in self.turn.asked if a.attended_at is None and a.service_id != self.turn.service_id]

    @property
    def undo_until(self) -> datetime | None:
        return self.last.at + UNDO_WITHIN if self.last else None

    @property
    def undo_stands_out_until(self) -> datetime | None:
        return self.last.at + UNDO_STANDS_OUT if self.last else None

    @property
    def undo_sentence(self) -> str:
        assert self.last is not None
        return _(UNDO[Step(self.last.kind)], code=self.last.public["code"])

    def waited(self, turn: Turn) -> float:
        """Seconds from the issue to the last call, or to now for who still waits."""
        until = self.at if turn.state is State.WAITING else turn.last_called_at or self.at
        return (until - turn.issued_at).total_seconds()

    def late(self, turn: Turn) -> bool:
        """Whether a waiting turn is past the target of its group."""
        return self.waited(turn) > self.settings.target_min(turn.group != GENERAL, turn.service.target_min) * 60

    def line_late(self, line: board.Line) -> bool:
        """Whether anybody of a line is past their target."""
        promised = line.service.target_min
        targets = (
            (line.oldest, self.settings.target_min(False, promised)),
            (line.oldest_priority, self.settings.target_min(True, promised)),
        )
        return any(since and (self.at - since).total_seconds() > target * 60 for since, target in targets)

    def keeps_place(self, turn: Turn) -> bool:
        """Whether an absent turn that comes back now keeps its place."""
        until = place_kept_until(turn, self.settings)
        return until is not None and self.at <= until

    def lets_pass(self, turn: Turn) -> bool:
        """Whether a waiting turn lets others pass until its `not_before`."""
        return turn.state is State.WAITING and turn.not_before is not None and turn.not_before > self.at

    def group_name(self, turn: Turn) -> str:
        """The priority group of the person; empty for none."""
        return next((group.name for group in self.groups if group.code == turn.group), "")

    def state_of(self, asked: AskedService) -> str:
        """What has become of a service asked on the turn."""
        if asked.attended_at is None:
            here = self.turn is not None and asked.service_id == self.turn.service_id
            return _("Ahora") if here else _("Pendiente")
        if asked.result == TRANSFERRED:
            return _("Pasó a otra ventanilla")
        return next((result.name for result in self.results if result.code == asked.result), _("Atendido"))


def look(session: Session, site_id: int, official_id: int, at: datetime) -> Seen:
    """Read all that the official's page shows at `at`."""
    settings = settings_of(session, site_id)
    groups = list(
        session.scalars(
            select(PriorityGroup)
            .where(PriorityGroup.site_id == site_id, PriorityGroup.active)
            .order_by(PriorityGroup.position)
        )
    )
    try:
        desk = desks.desk_of(session, site_id, official_id)
    except NotAtAWindow:
        usual = select(Sitting.window_id).where(Sitting.official_id == official_id).order_by(Sitting.id.desc()).limit(1)
        return Seen(
            at,
            settings,
            groups,
            windows=board.windows_now(session, site_id),
            usual_window=session.scalar(usual),
            freed=desks.freed_by_supervisor(session, official_id, at),
            asked_openings=openings.waiting(session, site_id, at),
        )
    away = desks.away_now(session, official_id)
    return Seen(
        at,
        settings,
        groups,
        desk=desk,
        window=session.get_one(Window, desk.window_id),
        away=away,
        away_reason=_reason_name(session, site_id, away) if away else "",
        due_break=None if away else breaks.due(session, site_id, at).get(desk.window_id),
        turn=board.turn_at(session, desk),
        results=_results(session, site_id),
        lines=board.lines(session, desk, at),
        next_few=board.next_few(session, desk, at, most=5),
        aside=board.set_aside(session, desk, at),
        last=turns.last_action(session, desk, at),
        help_since=session.scalar(
            select(HelpCall.asked_at).where(HelpCall.official_id == official_id, HelpCall.answered_at.is_(None))
        ),
        who_comes=desks.who_comes(session, official_id, at),
        places={key: where_to(serving) for key, serving in board.windows_serving(session, site_id, at).items()},
    )


def _results(session: Session, site_id: int) -> list[Result]:
    """How an attention may end, in the order of the site's list."""
    listed = select(Result).where(Result.site_id == site_id, Result.active)
    return list(session.scalars(listed.order_by(Result.position)))


def reasons(session: Session, site_id: int) -> dict[str, list[Reason]]:
    """The reasons that the site's list gives for each kind of exception."""
    found: dict[str, list[Reason]] = {}
    for reason in session.scalars(
        select(Reason).where(Reason.site_id == site_id, Reason.active).order_by(Reason.position)
    ):
        found.setdefault(reason.kind, []).append(reason)
    return found


def group_name(session: Session, site_id: int, code: str) -> str:
    """A priority group as people say it, or what is said of who has none."""
    name = select(PriorityGroup.name).where(PriorityGroup.site_id == site_id, PriorityGroup.code == code)
    return session.scalar(name) or _("General")


def where_to(windows: Sequence[tuple[str, bool]]) -> str:
    """Where to send a person for a service: to the open windows; if there is none, to whom to tell it."""
    if open_now := [label for label, is_open in windows if is_open]:
        opened = ", ".join(_("Ventanilla %(label)s (abierta)", label=label) for label in open_now)
        return _("Pase a: %(windows)s.", windows=opened)
    if windows:
        return ngettext(
            "Ahora no hay ventanilla abierta. Lo atiende %(windows)s. Avise a la supervisión.",
            "Ahora no hay ventanilla abierta. Lo atienden %(windows)s. Avise a la supervisión.",
            len(windows),
            windows=_and(_("la %(label)s", label=label) for label, _open in windows),
        )
    return _("Ninguna ventanilla atiende este servicio. Avise a la supervisión.")


def _and(texts: Iterable[str]) -> str:
    """«la 1, la 2 y la 3»"""
    *most, last = texts
    return _("%(most)s y %(last)s", most=", ".join(most), last=last) if most else last


def _reason_name(session: Session, site_id: int, away: Away) -> str:
    name = select(Reason.name).where(Reason.site_id == site_id, Reason.kind == away.kind, Reason.code == away.reason)
    return session.scalar(name) or away.reason
