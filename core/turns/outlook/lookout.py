"""Who looks out for a site: what a process has learned of it, and the waits that it draws from that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.clock import milliseconds
from core.turns import chances
from core.turns.actions.change import settings_of
from core.turns.chances import Chances, Hall, Held, Newcomer
from core.turns.estimates import MOST_WAITING, Estimates, Told, certain, forward_run
from core.turns.outlook import predictions, risk
from core.turns.outlook.experience import Experience, catch_up, learn
from core.turns.outlook.hall import Seen, closed_windows, see
from core.turns.outlook.hints import hints
from core.turns.outlook.row import CHANCES, FORWARD, Content, NewcomerTold, ServiceOutlook
from core.turns.outlook.shown import Shown, show
from core.turns.outlook.windows import Alternatives, Foresight, alternatives

LEVELS = 20
"""The chances of who is told are kept at so many steps, to learn from when the truth is known."""
LONGEST, NEVER = 12 * 3600, float("inf")
A_MINUTE_MS = 60_000


@dataclass(slots=True)
class Lookout:
    """What was learned of a site, and how honest its estimates are after all that was judged until `judged_until`."""

    experience: Experience
    estimates: Estimates
    judged_until: datetime | None


def stand(session: Session, site_id: int, at: datetime, before: Lookout | None) -> Lookout:
    """Who looks out now: who did before, having learned what is new, or another at the start of a day."""
    judged = predictions.learned_until(session, site_id)
    if before is None or before.experience.day != at.date():
        experience = learn(session, site_id, at)
        return Lookout(experience, predictions.estimates(session, site_id, experience.learned), judged)
    catch_up(session, before.experience, at)
    if judged != before.judged_until:
        before.estimates = predictions.estimates(session, site_id, before.experience.learned)
        before.judged_until = judged
    return before


@dataclass(frozen=True, slots=True)
class View:
    """A hall as it was seen, its chances where they were drawn, what is foreseen of it and of any other, and by which.

    It is foreseen as the tickets are told, so that whoever reads the hall reads nothing else.
    """

    seen: Seen
    drawn: Chances | None
    by: str
    foresee: Callable[[Hall], Chances]
    foreseen: Chances


def view(session: Session, lookout: Lookout, at: datetime) -> View:
    """The hall of the site at an instant, and how it is foreseen: the same minute has the same luck."""
    site_id, estimates = lookout.experience.site_id, lookout.estimates
    seen = see(session, site_id, at, pause=lookout.experience.pause)
    seed = site_id * 10_000_000_000 + milliseconds(at) // A_MINUTE_MS
    drawn = None if len(seen.hall.waiting) > MOST_WAITING else chances.draw(seen.hall, estimates.learned, seed)
    by = FORWARD if drawn is None or estimates.worse_than_forward else CHANCES

    def foresee(hall: Hall) -> Chances:
        return certain(hall, estimates.learned) if by == FORWARD else chances.draw(hall, estimates.learned, seed)

    foreseen = drawn if by == CHANCES and drawn is not None else foresee(seen.hall)
    return View(seen, drawn, by, foresee, foreseen)


def look(session: Session, lookout: Lookout, before: Content, at: datetime) -> Content:
    """The waits of the site as they are drawn now, shown so that what was shown `before` does not tremble."""
    site_id, estimates = lookout.experience.site_id, lookout.estimates
    viewed = view(session, lookout, at)
    seen = viewed.seen
    told = tell(estimates, seen.hall, viewed.drawn)
    services = risk.outlooks(seen.hall, estimates.learned, viewed.foreseen, _targets(session, site_id))
    pressed = risk.pressed(services)
    return Content(
        by=viewed.by,
        worse=estimates.worse_than_forward,
        turns={turn.id: show(told[turn.id], _shown_before(turn, before)) for turn in seen.hall.waiting},
        newcomers=[_newcomer(one, told[one.id], before) for one in seen.hall.newcomers],
        stands_for=_stands_for(seen),
        services={int(service): outlook for service, outlook in services.items()},
        hints=hints(seen.hall, viewed.foresee, closed_windows(session, site_id, at), pressed) if pressed else [],
    )


def foresee_windows(session: Session, site_id: int, at: datetime) -> Alternatives:
    """What one window more or less would bring now; learned anew by whoever asks, as any process learns the same."""
    lookout = stand(session, site_id, at, None)
    viewed, learned = view(session, lookout, at), lookout.estimates.learned
    target = _targets(session, site_id)

    def judge(hall: Hall, told: Chances) -> dict[str, ServiceOutlook]:
        return risk.outlooks(hall, learned, told, target)

    return alternatives(
        viewed.seen.hall,
        viewed.seen.windows,
        closed_windows(session, site_id, at),
        Foresight(viewed.foreseen, viewed.foresee, judge),
    )


def tell(estimates: Estimates, hall: Hall, drawn: Chances | None) -> dict[int, Told]:
    """What all who wait and all who might come are told, from one drawing."""
    ahead = forward_run(hall, estimates.learned)
    everybody: list[Held | Newcomer] = [*hall.waiting, *hall.newcomers]
    return {one.id: estimates.of(one.id, one.priority, ahead.get(one.id, NEVER), drawn) for one in everybody}


def _shown_before(turn: Held, before: Content) -> Shown | None:
    """What is shown of a turn; of one that has just been issued, what its ticket said."""
    shown = before.turns.get(turn.id)
    if shown is not None:
        return shown
    ticket = before.newcomer(int(turn.service), turn.group)
    return ticket.shown if ticket else None


def _newcomer(one: Newcomer, told: Told, before: Content) -> NewcomerTold:
    was = before.newcomer(int(one.service), one.group)
    levels = [] if told.drawn is None else [told.drawn.level(one.id, n / LEVELS) for n in range(LEVELS + 1)]
    return NewcomerTold(
        shown=show(told, was.shown if was else None),
        point=_seconds(told.point),
        forward=_seconds(told.forward),
        levels=[round(min(level, LONGEST)) for level in levels],
    )


def _seconds(wait: float) -> int | None:
    return None if wait == NEVER else round(wait)


def _stands_for(seen: Seen) -> dict[int, dict[str, int]]:
    """Which of the newcomers speaks for who asks for each service, by group."""
    number = {one.id: n for n, one in enumerate(seen.hall.newcomers)}
    found = {int(service): dict[str, int]() for service in seen.minutes}
    for (service, group), newcomer in seen.newcomers.items():
        found[service][group] = number[newcomer]
    return found


def _targets(session: Session, site_id: int) -> risk.Target:
    settings = settings_of(session, site_id)
    promised = dict(session.execute(select(Service.id, Service.target_min).where(Service.site_id == site_id)).all())
    return lambda service, priority: settings.target_min(priority, promised.get(int(service)))
