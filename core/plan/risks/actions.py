"""What is done with a corruption risk: identified, valued, controlled, treated, reviewed; nothing is ever rewritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Office
from core.errors import N_, Forbidden, Invalid, Refused
from core.events import Who
from core.improvement.model import Improvement, Source
from core.personal import pieces
from core.plan.cutoffs import Cutoff
from core.plan.risk import CONTROL_POINTS, METHODS, Aim, Probability
from core.plan.risks import names, overview
from core.plan.risks.describing import Elements, faults
from core.plan.risks.model import (
    Kind,
    Response,
    Risk,
    RiskControl,
    RiskMethod,
    RiskReview,
    RiskText,
    RiskTreatment,
    Valuation,
)
from core.plan.risks.reviewing import Need, WhyNot, why_not_verify

LONGEST, LONGEST_LINE, MOST_LINES = 1000, 300, 12


class Retired(Refused):
    message = N_("El riesgo está retirado: su historia se lee y ya no cambia.")


class NotNow(Refused):
    message = N_("El riesgo ya cambió y eso no se le puede hacer. Vuelva a cargar la página.")


class OwnReview(Forbidden):
    message = N_("Verifica otra persona: no quien hizo la revisión ni quien valoró el riesgo.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A risk in words: where it is, its four elements, why it could happen and what would follow."""

    process_name: str
    elements: Elements
    internal: Collection[str]
    external: Collection[str]
    consequences: Collection[str]


@dataclass(frozen=True, slots=True)
class Rated:
    """How likely and why, and the answer to each question of the impact by its number."""

    probability: int | None
    why: str
    answers: Mapping[int, bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Controlled:
    """A control: what is done, by whom, how often, what it leaves, and what it has to score by."""

    what: str
    kind: Kind
    aim: Aim
    who: str
    how_often: str
    evidence: str
    has: Collection[str]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen in a review: whether the causes still hold, what is noted, and what was changed."""

    causes_hold: bool
    note: str
    changed: str


def identify(session: Session, site_id: int, office_id: int, said: Described, by: int, at: datetime) -> Risk:
    """One more risk of an office. Raises Invalid."""
    office = session.get(Office, office_id)
    if office is None or office.site_id != site_id or not office.active:
        raise Invalid(N_("Elija una dependencia de la lista."), field="office")
    values = _described(said)
    risk = Risk(site_id=site_id, office_id=office_id, opened_at=at, opened_by=by)
    risk.texts.append(RiskText(number=1, by=by, at=at, **values))
    session.add(risk)
    session.flush()
    _record(session, risk, Act.ADDED, by, at)
    return risk


def rewrite(session: Session, risk: Risk, said: Described, why: str, by: int, at: datetime) -> None:
    """It is described otherwise, and why; what was written stays. Raises Invalid, Retired."""
    _check_stands(risk)
    values, last = _described(said), risk.texts[-1]
    if all(getattr(last, name) == new for name, new in values.items()):
        raise Invalid(N_("No cambió nada: escriba lo que es distinto."), field="why")
    text = RiskText(number=last.number + 1, why=_text(why, "why"), by=by, at=at, **values)
    risk.texts.append(text)
    _record(session, risk, Act.CHANGED, by, at, text=text.number)


def rate(session: Session, risk: Risk, rated: Rated, by: int, at: datetime) -> Valuation:
    """How likely and grave it is, by the method of the site. Raises Invalid, Retired.

    Every question is answered, and one at least with yes.
    """
    _check_stands(risk)
    method = METHODS[overview.method_of(session, risk.site_id)]
    if rated.probability not in [each.value for each in Probability]:
        raise Invalid(N_("Elija de 1 a 5 qué tan posible es."), field="probability")
    why = _text(rated.why, "why")
    numbers = range(1, method.questions + 1)
    if set(rated.answers) - set(numbers):
        raise Invalid(N_("Este método pregunta %(count)s cosas."), count=method.questions)
    for number in numbers:
        if rated.answers.get(number) is None:
            raise Invalid(N_("Conteste sí o no a la pregunta %(number)s."), field=f"q{number}", number=number)
    yes = [str(number) for number in numbers if rated.answers[number]]
    if not yes:
        raise Invalid(N_("Si nada de esto pasaría, no es un riesgo de corrupción. Conteste sí al menos una vez."))
    number = len(risk.valuations) + 1
    row = Valuation(number=number, method=method.code, probability=rated.probability, why=why, yes=yes, by=by, at=at)
    risk.valuations.append(row)
    _record(session, risk, Act.CHANGED, by, at, valuation=number, method=method.code)
    return row


def control(session: Session, risk: Risk, said: Controlled, by: int, at: datetime) -> RiskControl:
    """One more control. Raises Invalid, Retired."""
    number = max((row.number for row in risk.controls), default=0) + 1
    return _control(session, risk, number, 1, _controlled(said), by, at)


def change_control(
    session: Session, risk: Risk, number: int, said: Controlled, why: str, by: int, at: datetime
) -> RiskControl:
    """A control is otherwise from now on, and why; as it was, it stays in the history. Raises Invalid, NotNow."""
    last, values = control_of(risk, number), _controlled(said)
    if all(getattr(last, name) == new for name, new in values.items()):
        raise Invalid(N_("No cambió nada: escriba lo que es distinto."), field="why")
    return _control(session, risk, number, last.version + 1, values | {"why": _text(why, "why")}, by, at)


def drop_control(session: Session, risk: Risk, number: int, why: str, by: int, at: datetime) -> RiskControl:
    """A control is done no more. Raises Invalid, NotNow, Retired."""
    last = control_of(risk, number)
    kept = {name: getattr(last, name) for name in ("what", "kind", "aim", "who", "how_often", "evidence", "has")}
    return _control(session, risk, number, last.version + 1, kept | {"why": _text(why, "why"), "stands": False}, by, at)


def control_of(risk: Risk, number: int) -> RiskControl:
    """The version of a control that rules. Raises NotNow for one that there is not, or that is done no more."""
    versions = [row for row in risk.controls if row.number == number]
    if not versions or not versions[-1].stands:
        raise NotNow
    return versions[-1]


def treat(
    session: Session, risk: Risk, improvement: Improvement, response: Response, indicator: str, by: int, at: datetime
) -> RiskTreatment:
    """What is done about it from now on is this action; `indicator` tells whether it was. Raises Invalid, Retired."""
    _check_stands(risk)
    if not risk.valuations:
        raise Refused(N_("Primero valore el riesgo: así se sabe cuánto hay que hacer."))
    if (improvement.source, improvement.reference) != (Source.RISK, risk.code):
        raise NotNow
    told = {"response": response, "indicator": _text(indicator, "indicator", LONGEST_LINE)}
    row = RiskTreatment(improvement=improvement, by=by, at=at, **told)
    risk.treatments.append(row)
    session.flush()
    _record(session, risk, Act.CHANGED, by, at, treatment=improvement.id)
    return row


def review(
    session: Session, risk: Risk, year: int, cutoff: Cutoff, looked: Looked, by: int, at: datetime
) -> RiskReview:
    """It was looked at again for a cut-off. Raises Invalid, Retired, NotNow if that is not asked for or made."""
    _check_stands(risk)
    due = overview.dues(risk, [(year, cutoff)], at.date())[0]
    if due.need not in (Need.OPEN, Need.MISSING):
        raise NotNow
    note = _text(looked.note, "note")
    changed = _text(looked.changed, "changed", needed=not looked.causes_hold)
    number = due.review.number + 1 if due.review else 1
    told = {"causes_hold": looked.causes_hold, "note": note, "changed": changed}
    row = RiskReview(year=year, cutoff=cutoff.number, number=number, by=by, at=at, **told)
    risk.reviews.append(row)
    session.flush()
    _record(session, risk, Act.REVIEWED, by, at, year=year, cutoff=cutoff.number)
    return row


def verify(session: Session, risk: Risk, review_id: int, agrees: bool, note: str, by: int, at: datetime) -> None:
    """Somebody else says whether a review was well made; one that was not is to be made again. Raises OwnReview."""
    made = next((one for one in risk.reviews if one.id == review_id), None)
    if made is None:
        raise NotNow
    check_may_verify(risk, made, by)
    made.verified_note = _text(note, "note")
    made.verified_by, made.verified_at, made.agrees = by, at, agrees
    _record(session, risk, Act.VERIFIED, by, at, review=made.id, agrees=agrees)


def check_may_verify(risk: Risk, made: RiskReview, by: int) -> None:
    """Raises OwnReview, NotNow."""
    valued_by = {row.by for row in risk.valuations}
    refused = why_not_verify(by, made.verified_by is not None, made.by, valued_by)
    if refused is WhyNot.VERIFIED:
        raise NotNow
    if refused is not None:
        raise OwnReview


def may_verify(risk: Risk, made: RiskReview, by: int) -> bool:
    """Whether a review waits for somebody who may judge it."""
    return why_not_verify(by, made.verified_by is not None, made.by, {row.by for row in risk.valuations}) is None


def retire(session: Session, risk: Risk, why: str, by: int, at: datetime) -> None:
    """It can happen no more, or another risk tells it better. Raises Invalid, Retired."""
    _check_stands(risk)
    risk.retired_because = _text(why, "why")
    risk.retired_at, risk.retired_by = at, by
    _record(session, risk, Act.WITHDRAWN, by, at)


def choose_method(session: Session, site_id: int, method: str, act: str, by: int, at: datetime) -> RiskMethod:
    """Value by another method from now on; what was valued keeps its own. Raises Invalid."""
    if method not in METHODS:
        raise Invalid(N_("Elija un método de la lista."), field="method")
    if method == overview.method_of(session, site_id):
        raise Invalid(N_("Ya se valora con ese método."), field="method")
    row = RiskMethod(site_id=site_id, method=method, act=_text(act, "act", LONGEST_LINE), by=by, at=at)
    session.add(row)
    session.flush()
    on, who = On(Thing.RISK_MAP), Who("official", by)
    audit.record(session, Act.CHANGED, on, who, at, site_id=site_id, detail={"method": method})
    return row


def _control(
    session: Session, risk: Risk, number: int, version: int, values: Mapping[str, Any], by: int, at: datetime
) -> RiskControl:
    _check_stands(risk)
    row = RiskControl(number=number, version=version, by=by, at=at, **values)
    risk.controls.append(row)
    session.flush()
    _record(session, risk, Act.CHANGED, by, at, control=number, version=version)
    return row


def _controlled(said: Controlled) -> dict[str, Any]:
    if unknown := set(said.has) - set(CONTROL_POINTS):
        raise Invalid(N_("Conteste las preguntas del control."), field=next(iter(unknown)))
    if {"automatic", "manual"} <= set(said.has):
        raise Invalid(N_("O lo hace un sistema o lo hace una persona: deje una de las dos."), field="manual")
    texts = {name: _text(getattr(said, name), name, LONGEST_LINE) for name in ("who", "how_often", "evidence")}
    has = [name for name in CONTROL_POINTS if name in said.has]
    return {"what": _text(said.what, "what"), "kind": said.kind, "aim": said.aim, "has": has, **texts}


def _described(said: Described) -> dict[str, Any]:
    """Raises Invalid naming the first thing that is missing."""
    values: dict[str, Any] = {"process_name": _text(said.process_name, "process_name", LONGEST_LINE)}
    if lacking := faults(said.elements):
        name, fault = next(iter(lacking.items()))
        raise Invalid(names.FAULTS[fault], field=name)
    values |= {name: _text(getattr(said.elements, name), name, LONGEST_LINE) for name in Elements.__slots__}
    values |= {name: _lines(getattr(said, name), name) for name in ("internal", "external", "consequences")}
    return values


def _lines(said: Collection[str], field: str) -> list[str]:
    lines = [_text(line, field, LONGEST_LINE) for line in said if line.strip()]
    if not lines:
        raise Invalid(N_("Escriba al menos una, en una línea."), field=field)
    if len(lines) > MOST_LINES:
        raise Invalid(N_("Escriba %(most)s líneas o menos."), field=field, most=MOST_LINES)
    return lines


def _check_stands(risk: Risk) -> None:
    if risk.retired_at is not None:
        raise Retired


def _record(session: Session, risk: Risk, act: Act, by: int, at: datetime, **detail: object) -> None:
    """A row of the trail, which holds numbers and no text."""
    session.flush()
    on, who = On(Thing.RISK, risk.id), Who("official", by)
    audit.record(session, act, on, who, at, site_id=risk.site_id, detail=detail)


def _text(written: str, field: str, most: int = LONGEST, *, needed: bool = True) -> str:
    """A text as it is kept: said, not endless, and without the document, telephone or address of anybody."""
    said = written.strip()
    if needed and not said:
        raise Invalid(N_("Escriba este dato: queda en la historia del riesgo."), field=field)
    if len(said) > most:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field=field, most=most)
    if found := pieces(said):
        raise Invalid(N_("Aquí no van datos de personas. Quite «%(piece)s»."), field=field, piece=found[0])
    return said
