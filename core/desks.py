"""Who sits at which window, and what else than attending they do: pauses, other work, calls for help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, bindparam, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Reason, Window, window_services
from core.db import Base, Event
from core.errors import N_, Invalid, Missing, Refused
from core.events import Happened, Who, record
from core.people.model import Official, official_services
from core.prepared import run

FORGOTTEN_AFTER = timedelta(hours=12)
"""Who sat down so long ago went home without saying so: the window may be taken and gives no hope of attention."""

HELP_COMES_FOR = timedelta(minutes=10)
"""How long after «Voy» the window says who is on the way."""

_OPEN = text("ended_at IS NULL")
_UNANSWERED = text("answered_at IS NULL")


class Sitting(Base):
    """An official at a window, from when to when; a window has one official and an official one window."""

    __tablename__ = "sittings"
    __table_args__ = (
        Index("ux_sittings_window_open", "window_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ux_sittings_official_open", "official_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("windows.id"))
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    window: Mapped[Window] = relationship()
    official: Mapped[Official] = relationship()


class Away(Base):
    """Time at the window without calling: a pause or other work (`kind`), with its reason.

    `expected_until`: when the official said that they come back, if they did.
    """

    __tablename__ = "aways"
    __table_args__ = (
        Index("ux_aways_official_open", "official_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "window_id", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reason: Mapped[str]
    window_id: Mapped[int] = mapped_column(ForeignKey("windows.id"))
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    started_at: Mapped[datetime]
    expected_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class HelpCall(Base):
    """An official asks the supervisor to come; open until somebody answers."""

    __tablename__ = "help_calls"
    __table_args__ = (
        Index(
            "ux_help_calls_official_open",
            "official_id",
            unique=True,
            sqlite_where=_UNANSWERED,
            postgresql_where=_UNANSWERED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("windows.id"))
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))

    window: Mapped[Window] = relationship()
    official: Mapped[Official] = relationship(foreign_keys=official_id)


class WindowTaken(Refused):
    message = N_("La ventanilla %(window)s ya la usa otra persona. Elija otra o pida que la libere.")


class SomebodySits(Refused):
    message = N_("%(who)s está en la ventanilla %(window)s. Pídale que la deje, o libérela en la sala en vivo.")


class NotAtAWindow(Refused):
    message = N_("Elija primero la ventanilla en que va a atender.")


class IsAway(Refused):
    message = N_("Está en pausa. Termine la pausa para llamar.")


@dataclass(frozen=True, slots=True)
class Desk:
    """An official at a window of a site and the services that can be attended there by that official."""

    site_id: int
    window_id: int
    window: str
    official_id: int
    services: frozenset[int]

    @property
    def who(self) -> Who:
        return Who("official", self.official_id, self.window_id)


def sit(session: Session, site_id: int, window_id: int, official_id: int, at: datetime) -> None:
    """Take a window of the site; the official leaves the one they had. Raises WindowTaken, Missing."""
    window = session.get(Window, window_id)
    if window is None or window.site_id != site_id or not window.active:
        raise Missing(N_("Esa ventanilla no existe en su sede."))
    stand_up(session, site_id, official_id, at)
    try:
        with session.begin_nested():
            session.add(Sitting(window_id=window_id, official_id=official_id, started_at=at))
    except IntegrityError:
        raise WindowTaken(window=window.label) from None
    _record(session, "sat down", site_id, window_id, official_id, at)


def check_empty(session: Session, window_id: int) -> None:
    """Raises SomebodySits while an official sits at the window."""
    sitting = session.scalar(select(Sitting).where(Sitting.window_id == window_id, Sitting.ended_at.is_(None)))
    if sitting is not None:
        raise SomebodySits(who=sitting.official.name, window=sitting.window.label)


def who_forgot_to_leave(session: Session, window_id: int, at: datetime) -> int | None:
    """The official who sat down at the window so long ago that they went home without saying so."""
    return session.scalar(
        select(Sitting.official_id).where(
            Sitting.window_id == window_id, Sitting.ended_at.is_(None), Sitting.started_at < at - FORGOTTEN_AFTER
        )
    )


def sitting_now(at: datetime) -> ColumnElement[bool]:
    """The sittings of who is still there: not ended, and not forgotten."""
    return Sitting.ended_at.is_(None) & (Sitting.started_at >= at - FORGOTTEN_AFTER)


def stand_up(session: Session, site_id: int, official_id: int, at: datetime) -> None:
    """Leave the window, ending any pause. Nothing happens to who sits nowhere."""
    come_back(session, site_id, official_id, at)
    sitting = sitting_of(session, official_id)
    if sitting is not None:
        sitting.ended_at = at
        session.flush()
        _record(session, "stood up", site_id, sitting.window_id, official_id, at)


def free(session: Session, site_id: int, official_id: int, by: int, at: datetime) -> None:
    """A supervisor frees the window that an official left without saying so. Raises Missing when nobody is there."""
    sitting = sitting_of(session, official_id)
    if sitting is None or sitting.window.site_id != site_id:
        raise Missing(N_("Esa ventanilla ya está libre."))
    stand_up(session, site_id, official_id, at)
    _record(session, "freed", site_id, sitting.window_id, by, at)
    on = On(Thing.WINDOW, sitting.window_id)
    audit.record(session, Act.WINDOW_FREED, on, Who("official", by), at, site_id=site_id)


def freed_by_supervisor(session: Session, official_id: int, at: datetime) -> bool:
    """Whether a supervisor ended the official's last sitting, today."""
    last = session.scalar(
        select(Sitting).where(Sitting.official_id == official_id).order_by(Sitting.id.desc()).limit(1)
    )
    if last is None or last.ended_at is None or last.ended_at <= at - FORGOTTEN_AFTER:
        return False
    freed = select(Event.seq).where(
        Event.site_id == last.window.site_id,
        Event.kind == "freed",
        Event.at == last.ended_at,
        Event.window_id == last.window_id,
    )
    return session.scalar(freed.limit(1)) is not None


def sitting_of(session: Session, official_id: int) -> Sitting | None:
    """The window where the official sits now, if any."""
    return session.scalar(select(Sitting).where(Sitting.official_id == official_id, Sitting.ended_at.is_(None)))


_SITS_AT = (
    select(Sitting.window_id, Window.label)
    .join(Window, Window.id == Sitting.window_id)
    .where(
        Sitting.official_id == bindparam("official"), Sitting.ended_at.is_(None), Window.site_id == bindparam("site")
    )
)
_ALLOWED = select(window_services.c.service_id).where(window_services.c.window_id == bindparam("window"))
_SKILLS = select(official_services.c.service_id).where(official_services.c.official_id == bindparam("official"))
_AWAY = select(Away.id).where(Away.official_id == bindparam("official"), Away.ended_at.is_(None))


def desk_of(session: Session, site_id: int, official_id: int) -> Desk:
    """The desk from which the official acts. Raises NotAtAWindow."""
    sits_at = run(session, _SITS_AT, official=official_id, site=site_id).first()
    if sits_at is None:
        raise NotAtAWindow
    window_id, label = sits_at
    allowed = set(run(session, _ALLOWED, window=window_id).scalars())
    skills = set(run(session, _SKILLS, official=official_id).scalars())
    return Desk(site_id, window_id, label, official_id, frozenset(allowed & skills if skills else allowed))


def go_away(session: Session, desk: Desk, kind: str, reason: str, at: datetime, until: datetime | None = None) -> None:
    """Begin a pause (``"pause"``) or other work (``"task"``), for a reason of the list; `until` when, if said."""
    known = session.scalar(
        select(Reason.code).where(
            Reason.site_id == desk.site_id, Reason.kind == kind, Reason.code == reason, Reason.active
        )
    )
    if kind not in ("pause", "task") or known is None:
        raise Invalid(N_("Elija el motivo de la pausa de la lista."), field="reason")
    come_back(session, desk.site_id, desk.official_id, at)
    session.add(
        Away(
            kind=kind,
            reason=reason,
            window_id=desk.window_id,
            official_id=desk.official_id,
            started_at=at,
            expected_until=until,
        )
    )
    _record(session, "went away", desk.site_id, desk.window_id, desk.official_id, at, reason=f"{kind}:{reason}")


def come_back(session: Session, site_id: int, official_id: int, at: datetime) -> None:
    """End the pause or other work, if any."""
    away = away_now(session, official_id)
    if away is not None:
        away.ended_at = at
        session.flush()
        _record(session, "came back", site_id, away.window_id, official_id, at)


def away_now(session: Session, official_id: int) -> Away | None:
    """The pause or other work that the official is in, if any."""
    return session.scalar(select(Away).where(Away.official_id == official_id, Away.ended_at.is_(None)))


def check_present(session: Session, official_id: int) -> None:
    """Raises IsAway for who is in a pause: the queue is not called from there."""
    if run(session, _AWAY, official=official_id).first() is not None:
        raise IsAway


def ask_for_help(session: Session, desk: Desk, at: datetime) -> None:
    """Ask the supervisor to come; asking again while nobody has answered changes nothing."""
    open_call = select(HelpCall.id).where(HelpCall.official_id == desk.official_id, HelpCall.answered_at.is_(None))
    if session.scalar(open_call) is None:
        session.add(HelpCall(window_id=desk.window_id, official_id=desk.official_id, asked_at=at))
        _record(session, "asked for help", desk.site_id, desk.window_id, desk.official_id, at)


def withdraw_help(session: Session, desk: Desk, at: datetime) -> None:
    """It is not needed any more: who asked answers the call themself. Nothing happens to a call already answered."""
    call = session.scalar(
        select(HelpCall)
        .where(HelpCall.official_id == desk.official_id, HelpCall.answered_at.is_(None))
        .with_for_update(of=HelpCall)
    )
    if call is not None:
        call.answered_at, call.answered_by = at, desk.official_id
        _record(session, "withdrew help", desk.site_id, desk.window_id, desk.official_id, at)


def who_comes(session: Session, official_id: int, at: datetime) -> str | None:
    """The name of who answered the official's last call for help within `HELP_COMES_FOR`; None of one withdrawn."""
    last = session.scalar(
        select(HelpCall).where(HelpCall.official_id == official_id).order_by(HelpCall.id.desc()).limit(1)
    )
    if last is None or last.answered_at is None or last.answered_by in (None, official_id):
        return None
    return session.get_one(Official, last.answered_by).name if at - last.answered_at < HELP_COMES_FOR else None


def answer_help(session: Session, site_id: int, help_id: int, by: int, at: datetime) -> None:
    """The supervisor goes. Raises Missing for a call of another site or already answered."""
    call = session.get(HelpCall, help_id, with_for_update=True)
    if call is None or call.window.site_id != site_id or call.answered_at is not None:
        raise Missing
    call.answered_at, call.answered_by = at, by
    _record(session, "answered help", site_id, call.window_id, by, at)


def _record(
    session: Session, kind: str, site_id: int, window_id: int, official_id: int, at: datetime, reason: str | None = None
) -> None:
    record(
        session,
        Happened(
            kind=kind,
            site_id=site_id,
            at=at,
            who=Who("official", official_id),
            window_id=window_id,
            reason=reason,
        ),
    )
