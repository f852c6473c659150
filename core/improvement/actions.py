"""What is done with an improvement action, each deed a row of its log and one of the trail, from finding to effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Office
from core.errors import N_, Forbidden, Invalid, Refused
from core.events import Who
from core.files import actions as files
from core.files.actions import Placed
from core.improvement.model import Evidence, Improvement, ImprovementStep, IndividualNote, Source
from core.improvement.standing import FITS, Deed, Stage, WhyNot, why_not_verify
from core.people.model import Official
from core.personal import pieces

LONGEST, LONGEST_TOLD, LONGEST_REFERENCE = 2000, 200, 120
_ACTS = {
    Deed.OPENED: Act.ADDED,
    Deed.VERIFIED: Act.VERIFIED,
    Deed.TOLD: Act.PUBLISHED,
    Deed.WITHDRAWN: Act.WITHDRAWN,
}


class NotNow(Refused):
    message = N_("La acción ya cambió y eso no se le puede hacer. Vuelva a cargar la página.")


class OwnWork(Forbidden):
    message = N_("Verifica otra persona: no quien ha respondido por la acción ni quien la dio por hecha.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """From what was found to what will be done about it, by whom and until when."""

    source: Source
    reference: str
    finding: str
    cause: str
    action: str
    office_id: int
    official_id: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Proof:
    """Files that are on the disk, and the address of a page; either may be missing."""

    placed: Sequence[Placed] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it helped and why; `told`: what citizens may read of what changed, which may be nothing."""

    effective: bool
    why: str
    told: str = ""
    told_en: str = ""


NO_PROOF = Proof()


def open_one(session: Session, site_id: int, plan: Plan, by: int, at: datetime) -> Improvement:
    """Begin an action. Raises Invalid."""
    texts = {name: _text(getattr(plan, name), name) for name in ("finding", "cause", "action")}
    reference = _text(plan.reference, "reference", LONGEST_REFERENCE, needed=plan.source is not Source.BY_HAND)
    _check_hands(session, site_id, plan.office_id, plan.official_id)
    _check_day(plan.due_on, at)
    hands = {"office_id": plan.office_id, "official_id": plan.official_id}
    dates = {"due_on": plan.due_on, "stage_on": at.date()}
    improvement = Improvement(site_id=site_id, source=plan.source, reference=reference, **dates, **texts, **hands)
    session.add(improvement)
    session.flush()
    _log(session, improvement, Deed.OPENED, by, at, detail={**texts, **hands, "due_on": plan.due_on.isoformat()})
    return improvement


def note(session: Session, improvement: Improvement, text: str, proof: Proof, by: int, at: datetime) -> None:
    """How it goes, with what shows it if there is any. Raises Invalid, NotNow."""
    _check_fits(improvement, Deed.NOTED)
    _log(session, improvement, Deed.NOTED, by, at, text=_text(text, "text"), proof=proof)


def move(session: Session, improvement: Improvement, due_on: date, reason: str, by: int, at: datetime) -> None:
    """Another day on which it is due, and why. Raises Invalid, NotNow."""
    _check_fits(improvement, Deed.MOVED)
    _check_day(due_on, at)
    if due_on == improvement.due_on:
        raise Invalid(N_("Ya vence ese día: elija otro."), field="due_on")
    said, was = _text(reason, "reason"), improvement.due_on
    improvement.due_on = due_on
    told = {"due_on": due_on.isoformat(), "was": was.isoformat()}
    _log(session, improvement, Deed.MOVED, by, at, text=said, detail=told)


def assign(
    session: Session, improvement: Improvement, office_id: int, official_id: int, reason: str, by: int, at: datetime
) -> None:
    """Another one answers for it, and why. Raises Invalid, NotNow."""
    _check_fits(improvement, Deed.ASSIGNED)
    if (office_id, official_id) == (improvement.office_id, improvement.official_id):
        raise Invalid(N_("Ya responde esa persona: elija otra."), field="official")
    _check_hands(session, improvement.site_id, office_id, official_id)
    said = _text(reason, "reason")
    told = {"office_id": office_id, "official_id": official_id, "was": improvement.official_id}
    improvement.office_id, improvement.official_id = office_id, official_id
    _log(session, improvement, Deed.ASSIGNED, by, at, text=said, detail=told)


def rewrite(
    session: Session, improvement: Improvement, cause: str, action: str, reason: str, by: int, at: datetime
) -> None:
    """Another cause was found, or something else will be done; what was written stays in the log. Raises Invalid."""
    _check_fits(improvement, Deed.REWRITTEN)
    new = {"cause": _text(cause, "cause"), "action": _text(action, "action")}
    if (new["cause"], new["action"]) == (improvement.cause, improvement.action):
        raise Invalid(N_("No cambió nada: escriba otra causa u otra acción."), field="action")
    said = _text(reason, "reason")
    improvement.cause, improvement.action = new["cause"], new["action"]
    _log(session, improvement, Deed.REWRITTEN, by, at, text=said, detail=new)


def declare_done(session: Session, improvement: Improvement, text: str, proof: Proof, by: int, at: datetime) -> None:
    """It is done, and something shows it. Raises Invalid if nothing does since it was last opened, NotNow."""
    _check_fits(improvement, Deed.DONE)
    said = _text(text, "text")
    if not (proof.placed or proof.link or _shown(improvement)):
        raise Invalid(N_("Adjunte algo que lo muestre, o escriba su dirección en la web."), field="files")
    _log(session, improvement, Deed.DONE, by, at, text=said, proof=proof)
    _stand(improvement, Stage.DONE, at)


def verify(session: Session, improvement: Improvement, verdict: Verdict, by: int, at: datetime) -> None:
    """Somebody else says whether it helped. Raises OwnWork, NotNow, Invalid."""
    check_may_verify(improvement, by)
    said = _text(verdict.why, "why")
    _log(session, improvement, Deed.VERIFIED, by, at, text=said, detail={"effective": verdict.effective})
    _stand(improvement, Stage.EFFECTIVE if verdict.effective else Stage.NOT_EFFECTIVE, at)
    if verdict.effective and verdict.told.strip():
        tell(session, improvement, verdict.told, verdict.told_en, by, at)


def check_may_verify(improvement: Improvement, by: int) -> None:
    """Raises OwnWork, NotNow."""
    refused = why_not_verify(improvement.stage, by, *_hands(improvement))
    if refused is WhyNot.NOT_DONE:
        raise NotNow
    if refused is not None:
        raise OwnWork


def tell(session: Session, improvement: Improvement, told: str, told_en: str, by: int, at: datetime) -> None:
    """What citizens read of what changed; empty takes it down. Raises OwnWork, NotNow, Invalid."""
    _check_fits(improvement, Deed.TOLD)
    if by in frozenset().union(*_hands(improvement)):
        raise OwnWork
    said = {
        "told": _text(told, "told", LONGEST_TOLD, needed=False),
        "told_en": _text(told_en, "told_en", LONGEST_TOLD, needed=False),
    }
    improvement.told, improvement.told_en = said["told"], said["told_en"]
    improvement.told_on = at.date() if improvement.told else None
    _log(session, improvement, Deed.TOLD, by, at, detail=said)


def reopen(
    session: Session, improvement: Improvement, action: str, due_on: date, reason: str, by: int, at: datetime
) -> None:
    """It did not help: something else is tried, until another day. Raises Invalid, NotNow."""
    _check_fits(improvement, Deed.REOPENED)
    _check_day(due_on, at)
    new, said = _text(action, "action"), _text(reason, "reason")
    improvement.action, improvement.due_on = new, due_on
    told = {"action": new, "due_on": due_on.isoformat()}
    _log(session, improvement, Deed.REOPENED, by, at, text=said, detail=told)
    _stand(improvement, Stage.OPEN, at)


def withdraw(session: Session, improvement: Improvement, reason: str, by: int, at: datetime) -> None:
    """It is not done after all: opened by mistake, or another takes its place. Raises Invalid, NotNow."""
    _check_fits(improvement, Deed.WITHDRAWN)
    _log(session, improvement, Deed.WITHDRAWN, by, at, text=_text(reason, "reason"))
    _stand(improvement, Stage.WITHDRAWN, at)


def pass_on(
    session: Session, site_id: int, source: Source, reference: str, passed_to: str, on: date, by: int, at: datetime
) -> IndividualNote:
    """Note that a finding was passed on for an individual plan, from where and to which post. Raises Invalid."""
    if on > at.date():
        raise Invalid(N_("Escriba el día en que se pasó: hoy o antes."), field="passed_on")
    row = IndividualNote(
        site_id=site_id,
        source=source,
        reference=_text(reference, "reference", LONGEST_REFERENCE),
        passed_to=_text(passed_to, "passed_to", LONGEST_REFERENCE),
        passed_on=on,
        noted_by=by,
        noted_at=at,
    )
    session.add(row)
    session.flush()
    told = {"individual": True}
    audit.record(session, Act.ADDED, On(Thing.IMPROVEMENT), Who("official", by), at, site_id=site_id, detail=told)
    return row


def changed(session: Session, since: date, language: str = "es", most: int = 3) -> list[str]:
    """What people's answers changed and somebody else verified, told to citizens since that day: the newest first."""
    rows = session.execute(
        select(Improvement.told, Improvement.told_en)
        .where(Improvement.source == Source.SURVEY, Improvement.told != "", Improvement.told_on >= since)
        .order_by(Improvement.told_on.desc(), Improvement.id.desc())
        .limit(most)
    )
    return [row.told_en or row.told if language == "en" else row.told for row in rows]


def _log(
    session: Session,
    improvement: Improvement,
    deed: Deed,
    by: int,
    at: datetime,
    *,
    text: str = "",
    proof: Proof = NO_PROOF,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """One row more in the log, with its evidence, and one in the trail, which holds no text."""
    number = len(improvement.steps) + 1
    step = ImprovementStep(number=number, deed=deed, at=at, by=by, text=text, detail=dict(detail or {}))
    step.evidence = [Evidence(file=files.keep(session, one), label=one.label) for one in proof.placed]
    if proof.link:
        step.evidence.append(Evidence(link=proof.link))
    improvement.steps.append(step)
    session.flush()
    on, who = On(Thing.IMPROVEMENT, improvement.id), Who("official", by)
    told = {"deed": deed.value, "number": number}
    act = _ACTS.get(deed, Act.CHANGED)
    audit.record(session, act, on, who, at, site_id=improvement.site_id, detail=told)


def _hands(improvement: Improvement) -> tuple[frozenset[int], frozenset[int]]:
    """Everybody who has answered for it at any time, and everybody who ever said that it was done."""
    named = (step.detail.get("official_id") for step in improvement.steps)
    said_done = (step.by for step in improvement.steps if step.deed is Deed.DONE)
    return frozenset(int(official) for official in named if official is not None), frozenset(said_done)


def _stand(improvement: Improvement, stage: Stage, at: datetime) -> None:
    improvement.stage, improvement.stage_on = stage, at.date()


def _shown(improvement: Improvement) -> bool:
    """Whether there is evidence since it was last opened."""
    for step in reversed(improvement.steps):
        if step.evidence:
            return True
        if step.deed in (Deed.OPENED, Deed.REOPENED):
            return False
    return False


def _check_fits(improvement: Improvement, deed: Deed) -> None:
    if improvement.stage not in FITS[deed]:
        raise NotNow


def _check_day(due_on: date, at: datetime) -> None:
    if due_on < at.date():
        raise Invalid(N_("Elija un día desde hoy en adelante."), field="due_on")


def _check_hands(session: Session, site_id: int, office_id: int, official_id: int) -> None:
    office, official = session.get(Office, office_id), session.get(Official, official_id)
    if office is None or office.site_id != site_id or not office.active:
        raise Invalid(N_("Elija una dependencia de la lista."), field="office")
    if official is None or official.site_id != site_id or not official.active:
        raise Invalid(N_("Elija a quien responde de la lista."), field="official")


def _text(written: str, field: str, most: int = LONGEST, *, needed: bool = True) -> str:
    """A text as it is kept: said, not endless, and without the document, telephone or address of anybody."""
    said = written.strip()
    if needed and not said:
        raise Invalid(N_("Escriba este dato: queda en la historia de la acción."), field=field)
    if len(said) > most:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field=field, most=most)
    if found := pieces(said):
        raise Invalid(N_("Aquí no van datos de personas. Quite «%(piece)s»."), field=field, piece=found[0])
    return said
