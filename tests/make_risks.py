"""Risks for tests: one that was only identified, and one that has all that the map asks for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from core.improvement.model import Source
from core.plan.risk import CONTROL_POINTS, Aim
from core.plan.risks import actions
from core.plan.risks.actions import Controlled, Described, Rated
from core.plan.risks.describing import Elements
from core.plan.risks.model import Kind, Response, Risk, RiskTreatment
from tests import make

ELEMENTS = Elements(
    act="Ajustar los requisitos de un contrato",
    power="la facultad de elaborar los estudios previos",
    deviation="la alcaldía no escoge la mejor oferta",
    benefit="un proponente que paga por ello",
)
GOOD = tuple(name for name in CONTROL_POINTS if name != "manual")
"""What a control has that scores most."""


def described(**more: Any) -> Described:
    said = {"process_name": "Contratación", "elements": ELEMENTS, "consequences": ("Obras que cuestan más.",)}
    said |= {"internal": ("Los estudios previos los hace una sola persona.",)}
    said |= {"external": ("Hay pocos proponentes en la región.",)}
    return Described(**(said | more))


def risk(session: Session, minute: float = 0, office: str = "front-desk", **more: Any) -> Risk:
    """One that the clerk of petitions identified; `more` says what the test is about."""
    by, place = make.official(session, "pqrsd").id, make.office(session, office)
    return actions.identify(session, place.site_id, place.id, described(**more), by, make.at(minute))


def rated(probability: int | None = 3, yes: Collection[int] = range(1, 8), questions: int = 19) -> Rated:
    """An answer to every question, with yes to these."""
    return Rated(probability, "Pasó el año pasado.", {n: n in yes for n in range(1, questions + 1)})


def controlled(has: Collection[str] = GOOD, **more: Any) -> Controlled:
    said = {"what": "Dos personas revisan los estudios previos.", "kind": Kind.PREVENTIVE, "aim": Aim.PROBABILITY}
    said |= {"who": "Jefe de Planeación", "how_often": "En cada contrato", "evidence": "Acta de revisión"}
    return Controlled(**(said | {"has": has} | more))


def treatment(session: Session, of: Risk, minute: float = 0, **more: Any) -> RiskTreatment:
    """An action of the clerk that treats a valued risk, due in a month."""
    told = {"source": Source.RISK, "reference": of.code, "finding": of.texts[-1].description}
    action = make.improvement(session, minute, **{**told, "office_id": of.office_id, **more})
    by, indicator = make.official(session, "pqrsd").id, "Contratos revisados por dos personas"
    return actions.treat(session, of, action, Response.REDUCE, indicator, by, make.at(minute))


def whole(session: Session, minute: float = 0, **more: Any) -> Risk:
    """A risk that is valued, controlled and treated, as it may stand on the map."""
    made, by = risk(session, minute, **more), make.official(session, "pqrsd").id
    actions.rate(session, made, rated(), by, make.at(minute))
    actions.control(session, made, controlled(), by, make.at(minute))
    treatment(session, made, minute)
    return made
