"""What a person does with their own petition after filing it, known only by its number and its code."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.calendar import Calendar, nth_working_day
from core.catalogue.days import calendar_of
from core.errors import N_, Missing, Refused
from core.events import Who
from core.files.actions import Placed
from core.petitions import attachments, delivering, filing, messages, recipients, replies, sealing, steps
from core.petitions.attachments import Attachment
from core.petitions.clocks import last_to_complete
from core.petitions.filing import NOBODY, Filed, Person, Received, code_hash
from core.petitions.finding import NotYours
from core.petitions.limits import check_more_time
from core.petitions.model import Channel, Identity, Petition, Stage, Step, StepKind
from core.petitions.reckoning import facts_of, reckon, tell
from core.petitions.reply_model import Reply, Way
from core.petitions.terms import Kind

CITIZEN = Who("citizen")
TO_APPEAL = 10
"""Working days to appeal, from the notification on (Ley 1437 de 2011, art. 76)."""
TO_INSIST = 10
"""Working days to insist on what was denied for being reserved (Ley 1437 de 2011, art. 26)."""
OF_INFORMATION = frozenset({Kind.INFORMATION, Kind.DOCUMENTS, Kind.PUBLIC_INFORMATION})
_ASKS = {StepKind.CLARIFICATION_ASKED: StepKind.CLARIFIED, StepKind.CORRECTION_ASKED: StepKind.CORRECTED}
_NUMBER = re.compile(r"([0-9]{4})\W*[Ee]?\W*([0-9]{1,9})")


class NotNow(Refused):
    message = N_("Eso ya no se puede hacer en esta petición. Mire cómo está ahora.")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person may do now. `asked` is what they were asked to complete and have not, `asked_until` its last day.

    `longer`: they may ask for one month more. `appeal_until`, `insist_until`: the last days for it, after the answer.
    """

    asked: Step | None
    asked_until: date | None
    longer: bool
    may_write: bool
    may_withdraw: bool
    appeal_until: date | None
    insist_until: date | None


# ---------------------------------------------------------------- coming in


def opened_by(session: Session, number: str, code: str) -> int | None:
    """The petition that this number and this code open together; None for whatever is wrong, after the same work."""
    found = session.execute(
        select(Petition.id, Petition.year, Petition.number).where(Petition.code_hash == code_hash(code))
    ).first()
    petition_id, *kept = found or (None, 0, 0)
    typed = _NUMBER.fullmatch(number.strip())
    asked = f"{int(typed[1])}-{int(typed[2])}" if typed else ""
    return petition_id if hmac.compare_digest(asked, f"{kept[0]}-{kept[1]}") and petition_id else None


def typed_back(kept_hash: str, typed: str) -> bool:
    """Whether somebody has the code before them and could write it again."""
    return hmac.compare_digest(code_hash(typed), kept_hash)


def held(session: Session, petition_id: int, *, lock: bool = False) -> Petition:
    """A petition that its person has opened; `lock` until the transaction ends. Raises NotYours if it is gone."""
    query = select(Petition).where(Petition.id == petition_id).execution_options(populate_existing=True)
    petition = session.scalar(query.with_for_update(of=Petition) if lock else query)
    if petition is None:
        raise NotYours
    return petition


def kept_hour(petition: Petition, at: datetime) -> datetime:
    """The hour that may be kept beside a press of its person: of an anonymous one only the day is."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) if is_anonymous(petition) else at


def is_anonymous(petition: Petition) -> bool:
    return petition.identity == Identity.ANONYMOUS


# ---------------------------------------------------------------- what may be done


def choices(session: Session, petition: Petition, today: date) -> Choices:
    """What the person may do with the petition as it is today."""
    calendar, facts = calendar_of(session, petition.site_id), facts_of(petition, petition.steps)
    asked = asked_of(petition) if petition.stage == Stage.OPEN else None
    told = notified_on(petition) if petition.stage == Stage.ANSWERED else None
    return Choices(
        asked=asked,
        asked_until=last_to_complete(facts.waiting, facts.term, calendar) if asked and facts.waiting else None,
        longer=check_more_time(facts, today, calendar) is None,
        may_write=petition.stage != Stage.ANNULLED,
        may_withdraw=petition.stage == Stage.OPEN,
        appeal_until=_within(told, TO_APPEAL, calendar, today),
        insist_until=_within(told, TO_INSIST, calendar, today) if petition.kind in OF_INFORMATION else None,
    )


def asked_of(petition: Petition) -> Step | None:
    """The last thing that the person was asked to complete, unless they did."""
    asked = None
    for step in petition.steps:
        if step.kind in _ASKS:
            asked = step
        elif asked is not None and step.kind == _ASKS[asked.kind]:
            asked = None
    return asked


def notified_on(petition: Petition) -> date | None:
    """When the answer reached the person, which is when the days to appeal begin."""
    arrived = next((step for step in reversed(petition.steps) if step.kind == StepKind.DELIVERED), None)
    return date.fromisoformat(arrived.detail["day"]) if arrived else None


def public_steps(petition: Petition) -> list[Step]:
    """What the person is shown of its life, in order."""
    return [step for step in petition.steps if step.public]


def _within(told: date | None, days: int, calendar: Calendar, today: date) -> date | None:
    if told is None:
        return None
    last = nth_working_day(told, days, calendar)
    return last if today <= last else None


def answer_of(session: Session, petition: Petition) -> Reply | None:
    """The last signed answer."""
    return next(reversed(replies.signed(session, petition)), None)


def answer_waits(session: Session, petition: Petition) -> bool:
    """Whether an answer waits here to be opened. Of who is anonymous nobody notes when they read."""
    if is_anonymous(petition):
        return False
    return any(
        sent.way == Way.PORTAL and sent.delivered_on is None and sent.failed_on is None
        for sent in delivering.of_petition(session, petition)
    )


def documents_of(session: Session, petition: Petition) -> list[Attachment]:
    """The documents that its person sees; the paper of an answer, once they opened it."""
    shown = attachments.of_petition(session, petition, public=True)
    hidden = StepKind.SIGNED if answer_waits(session, petition) else None
    return [one for one in shown if one.step.kind != hidden]


# ---------------------------------------------------------------- doing it


def open_answer(session: Session, petition: Petition, at: datetime) -> None:
    """The person opens the answer that waits: it reached them today (Ley 1437 de 2011, art. 56). Raises NotNow."""
    if not answer_waits(session, petition):
        raise NotNow
    delivering.opened(session, petition, at)
    _note(session, Act.READ, petition, at)


def complete(session: Session, petition: Petition, text: str, at: datetime) -> Step:
    """Give what was asked for (Ley 1437 de 2011, arts. 17 and 19). Raises NotNow, Invalid."""
    asked = asked_of(petition) if petition.stage == Stage.OPEN else None
    if asked is None:
        raise NotNow
    step = steps.add(session, petition, _ASKS[asked.kind], None, at, text=messages.checked(text))
    reckon(session, petition, at)
    _note(session, Act.ADDED, petition, at)
    return step


def ask_longer(session: Session, petition: Petition, at: datetime) -> Step:
    """One month more to complete it. Raises NotNow."""
    if not choices(session, petition, at.date()).longer:
        raise NotNow
    step = steps.add(session, petition, StepKind.CLARIFICATION_LONGER, None, at)
    reckon(session, petition, at)
    _note(session, Act.ADDED, petition, at)
    return step


def write(session: Session, petition: Petition, text: str, at: datetime) -> Step:
    """A message to the office. Raises Invalid, Refused."""
    step = messages.write(session, petition, text, None, at)
    _note(session, Act.ADDED, petition, at)
    return step


def add_documents(session: Session, petition: Petition, placed: Sequence[Placed], at: datetime) -> Step:
    """Bring documents, sealed as the petition is. Raises Refused."""
    messages.check_takes(petition)
    step = steps.add(session, petition, StepKind.DOCUMENT_ADDED, None, at)
    for one in placed:
        attachments.attach(session, petition, step, one)
    _note(session, Act.ADDED, petition, at)
    return step


def document(session: Session, petition: Petition, position: int) -> Attachment:
    """The so-manyeth of the documents that its person sees, from 1 on. Raises Missing."""
    shown = documents_of(session, petition)
    if not 1 <= position <= len(shown):
        raise Missing
    return shown[position - 1]


def withdraw(session: Session, petition: Petition, text: str, at: datetime) -> Step:
    """The person wants it no more; the office may still go on of its own accord (art. 18). Raises NotNow."""
    if petition.stage != Stage.OPEN:
        raise NotNow
    petition.stage, petition.stage_on, petition.suspended = Stage.WITHDRAWN, at.date(), False
    step = steps.add(session, petition, StepKind.WITHDRAWN, None, at, text=text.strip())
    _note(session, Act.WITHDRAWN, petition, at)
    return step


def appeal(session: Session, petition: Petition, text: str, at: datetime) -> Filed:
    """File an appeal against the answer, under a number and a code of its own. Raises NotNow, Invalid."""
    if choices(session, petition, at.date()).appeal_until is None:
        raise NotNow
    said = messages.checked(text)
    filed = filing.file(
        session,
        Received(
            channel=Channel.WEB,
            kind=Kind.APPEAL,
            subject=f"Recurso contra la respuesta al radicado {petition.filing_number}",
            text=said,
            received_at=at,
            identity=petition.identity,
            person=_person_of(petition),
            office_id=petition.office_id,
            answer_by=petition.answer_by,
            language=petition.language,
            repeats_id=petition.id,
            goes_on=petition.confidential,
        ),
        CITIZEN,
        at,
    )
    filed_as = session.get_one(Petition, filed.petition_id)
    tell(filed_as)
    if petition.confidential:
        recipients.carry_over(session, petition, filed_as, at)
    steps.add(session, petition, StepKind.APPEALED, None, at, detail={"petition": filed.petition_id})
    return filed


def insist(session: Session, petition: Petition, text: str, at: datetime) -> Step:
    """Insist on what was denied for being reserved: the office sends it to the judge (art. 26). Raises NotNow."""
    if choices(session, petition, at.date()).insist_until is None:
        raise NotNow
    step = steps.add(session, petition, StepKind.INSISTED, None, at, text=messages.checked(text))
    _note(session, Act.ADDED, petition, at)
    return step


def appeal_of(session: Session, petition: Petition) -> Petition | None:
    """The last appeal against its answer: who has this petition open may open that too."""
    filed = next((s.detail["petition"] for s in reversed(petition.steps) if s.kind == StepKind.APPEALED), None)
    return session.get(Petition, filed) if filed else None


def _person_of(petition: Petition) -> Person:
    """Who made it, to be carried on to what goes on from it; nobody is shown it. Raises sealing.Unreadable."""
    row = petition.petitioner
    if row is None:
        return NOBODY
    if row.sealed is not None and row.wrapped_key is not None:
        return Person(**sealing.open_sealed(sealing.unwrap(row.wrapped_key), row.sealed))
    return Person(**{name: getattr(row, name) for name in Person.__dataclass_fields__})


def _note(session: Session, act: Act, petition: Petition, at: datetime) -> None:
    """The trail says what a citizen did, unless nobody may know when they did it."""
    if not is_anonymous(petition):
        audit.record(session, act, On(Thing.PETITION, petition.id), CITIZEN, at, site_id=petition.site_id)
