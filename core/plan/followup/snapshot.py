"""A cut-off as it is published: all that is shown of it in one text that stays the same, and its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import Act, Thing
from core.audit.model import Entry
from core.plan.followup.model import Reopening, Report, ReportEvidence, ReportVerdict, Snapshot
from core.plan.followup.overview import AtComponent, AtCutoff, AtMeta, Line
from core.plan.followup.summing import Sum
from core.plan.model import Target

FORMAT = 1
Told = dict[str, Any]


def told(found: AtCutoff, before: Sequence[Snapshot], reopening: Reopening | None, *, by: str, at: datetime) -> Told:
    """The whole of a cut-off as plain values; exact numbers are text. `before`: its earlier editions."""
    return {
        "format": FORMAT,
        "plan": {"year": found.plan.year, "title": found.plan.title, "rhythm": found.plan.rhythm.value},
        "cutoff": {
            "number": found.cutoff.number,
            "first": found.cutoff.first.isoformat(),
            "last": found.cutoff.last.isoformat(),
            "publish_by": found.cutoff.publish_by.isoformat(),
        },
        "edition": len(before) + 1,
        "replaces": before[-1].digest if before else None,
        "reason": reopening.reason if reopening else "",
        "act": reopening.act if reopening else "",
        "published_by": by,
        "published_at": at.isoformat(timespec="seconds"),
        "progress": _sum(found.sum),
        "components": [_component(one) for one in found.components],
    }


def canonical(content: Told) -> str:
    """One text for the same values: names in order, no room between them."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def is_intact(snapshot: Snapshot) -> bool:
    """Whether its text is still the one that its hash was taken of."""
    return digest(snapshot.content) == snapshot.digest


def is_as_published(session: Session, snapshot: Snapshot) -> bool:
    """Whether its text and its hash are those that the trail says were published."""
    on = (Entry.thing == Thing.PLAN_CUTOFF, Entry.thing_id == snapshot.id, Entry.act == Act.PUBLISHED)
    trail = session.scalars(select(Entry.detail).where(*on)).all()
    return is_intact(snapshot) and [json.loads(one).get("digest") for one in trail] == [snapshot.digest]


def read(snapshot: Snapshot) -> Told:
    return dict(json.loads(snapshot.content))


def _component(one: AtComponent) -> Told:
    said = {"code": one.component.code, "name": one.component.name}
    return said | {"progress": _sum(one.sum), "metas": [_meta(meta) for meta in one.metas]}


def _meta(one: AtMeta) -> Told:
    said = {"code": one.meta.code, "name": one.meta.name}
    return said | {"progress": _sum(one.sum), "activities": [_activity(line) for line in one.lines]}


def _sum(one: Sum) -> Told:
    return {
        "real": _number(one.real),
        "expected": _number(one.expected),
        "band": one.band.value if one.band else None,
        "activities": one.activities,
        "with_goal": one.with_goal,
        "unknown": one.unknown,
        "unreported": one.unreported,
        "planned": one.planned,
        "met": one.met,
    }


def _activity(line: Line) -> Told:
    activity = line.activity
    return {
        "code": activity.code,
        "text": activity.text,
        "indicator": activity.indicator,
        "schedule": activity.schedule,
        "responsible": str(activity.said["responsables_texto"]),
        "goal": _goal(line.goal) if line.goal else None,
        "state": line.state.value,
        "values": [_number(value) for value in line.values],
        "value": _number(line.value),
        "real": _number(line.real),
        "expected": _number(line.expected),
        "band": line.band.value if line.band else None,
        "reports": [_report(one) for one in line.reports],
    }


def _goal(goal: Target) -> Told:
    return {
        "number": goal.number,
        "value": goal.goal,
        "baseline": goal.baseline,
        "weight": goal.weight,
        "unit": goal.unit,
        "accumulation": goal.accumulation.value,
        "act": goal.act,
        "since": goal.since.isoformat(),
    }


def _report(one: Report) -> Told:
    return {
        "number": one.number,
        "value": one.value,
        "measure": one.measure,
        "figures": one.figures,
        "nothing_new": one.nothing_new,
        "done": one.done,
        "difficulties": one.difficulties,
        "reason": one.reason,
        "by": one.official.name,
        "at": one.reported_at.isoformat(timespec="seconds"),
        "evidence": [_evidence(each) for each in one.evidence],
        "verdicts": [_verdict(each) for each in one.verdicts],
    }


def _evidence(one: ReportEvidence) -> Told:
    """A file that is not for everybody is told by its hash alone: its name may say too much."""
    label = one.label if one.public else ""
    said: Told = {"id": one.id, "label": label, "link": one.link, "public": one.public}
    return said | {"sha256": one.file.digest if one.file else None}


def _verdict(one: ReportVerdict) -> Told:
    said: Told = {"number": one.number, "verdict": one.verdict.value, "observation": one.observation}
    return said | {"by": one.official.name, "at": one.judged_at.isoformat(timespec="seconds")}


def _number(value: Fraction | None) -> str | None:
    """Exactly: «3», or «200/3»."""
    return None if value is None else str(value)
