"""The map of risks as plain values: how it stands now or stood on a day, and the one that was approved by an act."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Site
from core.clock import BOGOTA
from core.errors import N_, Invalid, Refused
from core.events import Who
from core.improvement.standing import Stage
from core.plan.risk import METHODS, Impact, Probability, Zone, zone
from core.plan.risks import overview
from core.plan.risks.actions import LONGEST_LINE
from core.plan.risks.model import Risk, RiskMap, RiskTreatment
from core.plan.risks.overview import Standing, stood
from core.plan.risks.valuing import Value

Content = dict[str, Any]


class NothingToPublish(Refused):
    message = N_("Ningún riesgo está completo: valórelos y diga qué se hará con cada uno.")


class OtherMap(Refused):
    message = N_("El mapa cambió mientras lo leía. Léalo otra vez antes de publicarlo.")


class SameMap(Refused):
    message = N_("El mapa publicado ya dice esto mismo.")


def told(standings: Sequence[Standing], method: str, on: date) -> Content:
    """What a map says of these risks: codes, and the words of who wrote them; offices and posts, and nobody's name."""
    return {"method": method, "on": on.isoformat(), "risks": [_risk(one) for one in standings]}


def to_publish(session: Session, site_id: int, at: datetime) -> Content:
    """The map of a site as it stands at an instant: the risks that are complete, and how many are not yet."""
    found = stood(overview.risks_where(session, Risk.site_id == site_id), at)
    complete = [one for one in found if one.is_complete]
    content = told(complete, overview.method_of(session, site_id), at.astimezone(BOGOTA).date())
    return content | {"incomplete": len(found) - len(complete)}


def digest(content: Content) -> str:
    """The SHA-256 of what a map says, whatever the order in which it is written."""
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def publish(session: Session, site_id: int, act: str, seen: str, by: int, at: datetime) -> RiskMap:
    """Approve the map as it stands and was `seen`, by an act. Raises Invalid, NothingToPublish, OtherMap, SameMap."""
    said = act.strip()
    if not said or len(said) > LONGEST_LINE:
        raise Invalid(N_("Escriba el acto que lo adopta, por ejemplo «Resolución 12 de 2026»."), field="act")
    session.get_one(Site, site_id, with_for_update={"key_share": True})
    content, before = to_publish(session, site_id, at), in_force(session, site_id)
    if not content["risks"]:
        raise NothingToPublish
    if digest(content) != seen:
        raise OtherMap
    if before is not None and before.content["risks"] == content["risks"]:
        raise SameMap
    number = before.number + 1 if before else 1
    row = RiskMap(site_id=site_id, number=number, act=said, content=content, digest=seen, by=by, at=at)
    session.add(row)
    session.flush()
    on, who = On(Thing.RISK_MAP, row.id), Who("official", by)
    audit.record(session, Act.PUBLISHED, on, who, at, site_id=site_id, detail={"number": number, "digest": seen})
    return row


def published(session: Session, site_id: int) -> Sequence[RiskMap]:
    """The maps that were approved at a site, the last first."""
    query = select(RiskMap).where(RiskMap.site_id == site_id).order_by(RiskMap.number.desc())
    return session.scalars(query.options(joinedload(RiskMap.official))).all()


def all_in_force(session: Session) -> Sequence[RiskMap]:
    """The last map of each site."""
    last = select(func.max(RiskMap.id)).group_by(RiskMap.site_id)
    return session.scalars(select(RiskMap).where(RiskMap.id.in_(last)).order_by(RiskMap.site_id)).all()


def in_force(session: Session, site_id: int) -> RiskMap | None:
    """The last map that was approved at a site."""
    query = select(RiskMap).where(RiskMap.site_id == site_id).order_by(RiskMap.number.desc()).limit(1)
    return session.scalar(query)


def grid(method: str) -> list[list[Zone]]:
    """The zone of each box, the most likely row first, from moderate to catastrophic."""
    return [[zone(often, grave, METHODS[method]) for grave in Impact] for often in reversed(Probability)]


def _risk(one: Standing) -> Content:
    text, value = one.text, one.value
    return {
        "id": one.risk.id,
        "code": one.risk.code,
        "office": one.risk.office.name,
        "process": text.process_name,
        "description": text.description,
        "elements": {name: getattr(text, name) for name in ("act", "power", "deviation", "benefit")},
        "internal": list(text.internal),
        "external": list(text.external),
        "consequences": list(text.consequences),
        "method": one.valuation.method if one.valuation else None,
        "inherent": _inherent(value) if value else None,
        "controls": [
            {
                "what": row.what,
                "kind": row.kind.value,
                "aim": row.aim.value,
                "who": row.who,
                "how_often": row.how_often,
                "evidence": row.evidence,
                "score": row.scored.score,
            }
            for row in one.controls
        ],
        "residual": _box(value.residual.probability, value.residual.impact, value.residual.zone) if value else None,
        "treatments": [_treatment(row) for row in one.treatments if row.improvement.stage is not Stage.WITHDRAWN],
    }


def _inherent(value: Value) -> Content:
    return _box(value.probability, value.impact, value.zone) | {"points": value.points, "yes": value.yes}


def _box(probability: Probability, impact: Impact, zone: Zone) -> Content:
    return {"probability": int(probability), "impact": int(impact), "zone": zone.value}


def _treatment(row: RiskTreatment) -> Content:
    action = row.improvement
    return {
        "code": action.code,
        "action": action.action,
        "response": row.response.value,
        "indicator": row.indicator,
        "office": action.office.name,
        "begun_on": row.at.astimezone(BOGOTA).date().isoformat(),
        "due_on": action.due_on.isoformat(),
        "stage": action.stage.value,
    }
