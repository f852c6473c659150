"""How long each kind of working data is kept, as data; what is over is erased, and the counts go to the trail.

What is an archive (the trail, the log of turns, the history of the set-up, the petitions with their steps, letters and
documents) is not here: it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, inspect, literal, select, update
from sqlalchemy.orm import Session

from core import audit, presses
from core.audit import Act, On, Thing
from core.catalogue.model import Picture
from core.changes import Change
from core.db import leave_no_trace
from core.devices import Pairing
from core.events import Who
from core.files.model import PendingUpload
from core.mail.model import MailAttachment, OutgoingMail
from core.people.actions import FAILURES_KEPT
from core.people.model import FailedSignIn, SecondFactor, SignIn
from core.petitions.reminders import PURPOSE as REMINDER
from core.surveys.model import Mark
from core.turns.lifecycle import ENDED
from core.turns.model import Turn
from core.turns.outlook.model import WaitPrediction

AT_ONCE = 500
"""Rows of one transaction, so that nobody who calls a turn waits behind the broom."""

GONE = "gone-"
_newest = select(func.max(SignIn.id)).group_by(SignIn.official_id)
_proposing = select(SecondFactor.proposed_in).where(SecondFactor.proposed_in.is_not(None))


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of `model` for which `over(limit)` holds, `limit` being `keep` ago, are deleted, or `overwritten`."""

    code: str
    keep: timedelta
    model: Any
    over: Callable[[datetime], ColumnElement[bool]]
    overwritten: Mapping[str, Any] | None = None

    @property
    def key(self) -> Any:
        """The attribute of the model that names a row."""
        mapped = inspect(self.model)
        return mapped.get_property_by_column(mapped.primary_key[0]).class_attribute


def _withdrawn_before(limit: datetime) -> ColumnElement[bool]:
    touched = (Change.kind == "pictures") & (Change.thing_id == Picture.id) & (Change.at >= limit)
    return Picture.active.is_(False) & ~exists().where(touched)


def _followed_before(limit: datetime) -> ColumnElement[bool]:
    return Turn.state.in_(ENDED) & (Turn.state_since < limit) & Turn.token.not_like(f"{GONE}%")


def _carried_before(limit: datetime) -> ColumnElement[bool]:
    return exists().where(OutgoingMail.id == MailAttachment.mail_id, OutgoingMail.sent_at < limit)


RULES = (
    Rule("failed-sign-ins", FAILURES_KEPT, FailedSignIn, lambda limit: FailedSignIn.at < limit),
    Rule("pairing-codes", timedelta(0), Pairing, lambda limit: Pairing.expires_at < limit),
    Rule("opinion-marks", timedelta(0), Mark, lambda limit: Mark.until <= limit.date()),
    Rule("presses", presses.KEPT, presses.KeptPress, lambda limit: presses.KeptPress.at < limit),
    Rule(
        "turn-addresses",
        timedelta(hours=24),
        Turn,
        _followed_before,
        {"token": literal(GONE) + cast(Turn.id, String)},
    ),
    Rule(
        "sign-ins",
        timedelta(days=90),
        SignIn,
        lambda limit: (SignIn.seen_at < limit) & SignIn.id.not_in(_newest) & SignIn.id.not_in(_proposing),
    ),
    Rule("withdrawn-pictures", timedelta(days=90), Picture, _withdrawn_before),
    Rule("wait-predictions", timedelta(days=90), WaitPrediction, lambda limit: WaitPrediction.told_at < limit),
    Rule("pending-uploads", timedelta(0), PendingUpload, lambda limit: PendingUpload.until < limit),
    Rule(
        "reminders",
        timedelta(days=30),
        OutgoingMail,
        lambda limit: (OutgoingMail.purpose == REMINDER) & (OutgoingMail.sent_at < limit),
    ),
    Rule(
        "mail-texts",
        timedelta(days=90),
        OutgoingMail,
        lambda limit: (OutgoingMail.sent_at < limit) & (OutgoingMail.text != "") & (OutgoingMail.purpose != REMINDER),
        {"text": literal(""), "subject": literal(""), "name": literal("")},
    ),
    Rule("mail-attachments", timedelta(days=90), MailAttachment, _carried_before),
)
"""The newest sign-in of each account stays, which says when they were last here. Of a sent mail it
stays to whom, when and what the server said: that proves a delivery."""


def count(session: Session, rule: Rule, at: datetime) -> int:
    """How many rows are over at this hour."""
    over = select(func.count()).select_from(rule.model).where(rule.over(at - rule.keep))
    return session.scalar(over) or 0


def forget_some(session: Session, rule: Rule, at: datetime) -> int:
    """Erase up to AT_ONCE rows that are over; how many they were."""
    leave_no_trace(session)
    key = rule.key
    over = select(key).where(rule.over(at - rule.keep)).order_by(key).limit(AT_ONCE)
    chosen = session.scalars(over).all()
    if rule.overwritten is None:
        session.execute(delete(rule.model).where(key.in_(chosen)))
    else:
        session.execute(
            update(rule.model)
            .where(key.in_(chosen))
            .values(rule.overwritten)
            .execution_options(synchronize_session=False)
        )
    return len(chosen)


def note(session: Session, counts: Mapping[str, int], at: datetime) -> None:
    """Tell the trail how much was erased of each kind, also when it was nothing: so it is known that it ran."""
    audit.record(session, Act.FORGOTTEN, On(Thing.OLD_DATA), Who("command line"), at, detail=counts)
