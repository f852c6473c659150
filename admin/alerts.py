"""What in the hall asks for somebody now, the most pressing first; pure: times in seconds, nothing is read here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.breaks.planned import Span
from core.disk import Need, Room
from core.openings import Brings
from core.turns.outlook.risk import standing, worst
from core.turns.outlook.row import ServiceOutlook, Standing

CALLED_TOO_LONG = 5 * 60
"""Nobody answers a call for so long: the window was left, or the person is not in the hall."""

ATTENDED_TOO_LONG = 3
"""Times the usual length of a service after which an attention asks for a look, if it lasts half an hour at least."""

NOTICEABLE = 30 * 60
IDLE_TOO_LONG = 2 * 60


class Doing(StrEnum):
    """What happens at a window."""

    CLOSED = "closed"
    FREE = "free"
    CALLING = "calling"
    ATTENDING = "attending"
    PAUSE = "pause"
    TASK = "task"


class Kind(StrEnum):
    """What an alert is about."""

    HELP = "help"
    DISK = "disk"
    NOBODY = "nobody"
    CLOCK = "clock"
    LATE = "late"
    UNANSWERED = "unanswered"
    LONG = "long"
    APART = "apart"
    IDLE = "idle"
    AT_RISK = "at risk"
    DISK_SOON = "disk soon"
    ESTIMATES = "estimates"
    LEFTOVERS = "leftovers"


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who waits: for what, since when, and how that stands to the target.

    `alone`: kept for an official who is at no window; `lets_pass_until`: nobody has to call it before then. `fails`:
    their service is foreseen to miss its target.
    """

    turn_id: int
    code: str
    service_id: int
    service: str
    group: str
    priority: bool
    since: int
    waited: float
    target: float
    alone: bool = False
    lets_pass_until: datetime | None = None
    fails: bool = False

    @property
    def standing(self) -> Standing:
        """As every bar, alert and tile says it; who lets others pass is late for nobody."""
        if self.lets_pass_until is not None:
            return Standing.ON_TARGET
        return standing(self.waited, self.target, fails=self.fails)

    @property
    def share(self) -> float:
        """The wait as a share of its target."""
        return self.waited / self.target


@dataclass(frozen=True, slots=True)
class Stall:
    """A window: who is there, what they do and since when (epoch ms and seconds), and what can be attended there.

    `back`: when who pauses said that they come back; `rest`: the planned break that is due and was not begun.
    """

    window_id: int
    label: str
    name: str
    doing: Doing
    serves: frozenset[int]
    official_id: int | None = None
    official: str = ""
    turn_id: int | None = None
    code: str = ""
    service: str = ""
    reason: str = ""
    since: int = 0
    lasted: float = 0
    usual: float = 0
    back: datetime | None = None
    rest: Span | None = None

    @property
    def open(self) -> bool:
        return self.doing is not Doing.CLOSED


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening a closed window would do: within how many minutes nine of ten would be called, without and with it.

    Both None while nothing is foreseen; `asked_at`: when somebody asked for it already.
    """

    window_id: int
    label: str
    before: int | None = None
    after: int | None = None
    asked_at: datetime | None = None

    @property
    def brings(self) -> float:
        """How many minutes less; without end where nobody attends now."""
        if self.after is None:
            return 0
        return float("inf") if self.before is None else self.before - self.after


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What is foreseen of the waits: of each service, and of each closed window for each service that it would help.

    `asked`: the closed windows that somebody asked for already, and when. `worse`: what is drawn has erred more than a
    forward run.
    """

    services: Mapping[int, ServiceOutlook] = field(default_factory=dict)
    brings: Mapping[tuple[int, int], Brings] = field(default_factory=dict)
    asked: Mapping[int, datetime] = field(default_factory=dict)
    worse: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to attend to; the windows that could, by what they do now."""

    kind: Kind
    place: Place | None = None
    stall: Stall | None = None
    count: int = 0
    help_id: int | None = None
    since: int = 0
    lead: float = 0
    room: Room | None = None
    free: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    to_open: tuple[Opening, ...] = ()
    foreseen: ServiceOutlook | None = None


def alerts(
    places: Sequence[Place],
    stalls: Sequence[Stall],
    help_calls: Iterable[tuple[int, int, int]],
    leftovers: int,
    lead: timedelta = timedelta(),
    room: Room | None = None,
    foreseen: Foreseen | None = None,
) -> list[Alert]:
    """All that asks for somebody.

    `help_calls`: (id of the call, id of its window, since when in epoch ms). `lead`: by how much the hours of the
    site lead a clock that was set back. `room`: what is left on the disk of the data.
    """
    foreseen = foreseen or Foreseen()
    by_window = {stall.window_id: stall for stall in stalls}
    found = [
        Alert(Kind.HELP, stall=by_window.get(window), help_id=call, since=since) for call, window, since in help_calls
    ]
    in_line = [place for place in places if place.lets_pass_until is None]
    found += _waits(in_line, stalls, foreseen)
    found += _windows(in_line, stalls)
    found += [Alert(Kind.APART, place=place) for place in places if place.alone]
    if lead:
        found.append(Alert(Kind.CLOCK, lead=lead.total_seconds()))
    if room and room.need:
        found.append(Alert(Kind.DISK if room.need is Need.NOW else Kind.DISK_SOON, room=room))
    if foreseen.worse:
        found.append(Alert(Kind.ESTIMATES))
    if leftovers:
        found.append(Alert(Kind.LEFTOVERS, count=leftovers))
    return sorted(found, key=lambda alert: list(Kind).index(alert.kind))


def _waits(places: Sequence[Place], stalls: Sequence[Stall], foreseen: Foreseen) -> list[Alert]:
    """One alert for each service: nobody attends it, or it is late or at risk, as its bar says."""
    found = []
    for service_id in dict.fromkeys(place.service_id for place in places):
        waiting = [place for place in places if place.service_id == service_id]
        stands = worst(place.standing for place in waiting)
        able = [stall for stall in stalls if service_id in stall.serves]
        if not any(stall.open for stall in able):
            kind = Kind.NOBODY
        elif stands is Standing.ON_TARGET:
            continue
        else:
            kind = Kind.LATE if stands is Standing.OVER else Kind.AT_RISK
        found.append(
            Alert(
                kind,
                place=max(waiting, key=lambda place: place.share),
                count=len(waiting),
                free=_labels(able, Doing.FREE),
                busy=_labels(able, Doing.CALLING, Doing.ATTENDING),
                away=_labels(able, Doing.PAUSE, Doing.TASK),
                closed=_labels(able, Doing.CLOSED),
                to_open=_to_open(able, service_id, foreseen),
                foreseen=foreseen.services.get(service_id),
            )
        )
    return sorted(found, key=lambda alert: -alert.place.share if alert.place else 0)


def _windows(places: Sequence[Place], stalls: Sequence[Stall]) -> list[Alert]:
    """Windows that call somebody who does not come, attend for very long, or are free while people wait."""
    found = []
    for stall in stalls:
        theirs = sum(place.service_id in stall.serves for place in places)
        if stall.doing is Doing.CALLING and stall.lasted >= CALLED_TOO_LONG:
            found.append(Alert(Kind.UNANSWERED, stall=stall))
        elif stall.doing is Doing.ATTENDING and stall.lasted >= max(ATTENDED_TOO_LONG * stall.usual, NOTICEABLE):
            found.append(Alert(Kind.LONG, stall=stall))
        elif stall.doing is Doing.FREE and stall.lasted >= IDLE_TOO_LONG and theirs:
            found.append(Alert(Kind.IDLE, stall=stall, count=theirs))
    return found


def _to_open(able: Iterable[Stall], service_id: int, foreseen: Foreseen) -> tuple[Opening, ...]:
    """The closed windows that would attend it, the one that helps most first."""
    found = []
    for stall in able:
        if stall.doing is Doing.CLOSED:
            brought = foreseen.brings.get((stall.window_id, service_id), (None, None))
            found.append(Opening(stall.window_id, stall.label, *brought, foreseen.asked.get(stall.window_id)))
    return tuple(sorted(found, key=lambda opening: -opening.brings))


def _labels(stalls: Iterable[Stall], *doing: Doing) -> tuple[str, ...]:
    return tuple(stall.label for stall in stalls if stall.doing in doing)
