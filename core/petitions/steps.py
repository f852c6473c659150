"""The steps of a petition: the only place that adds one, and that reads what a confidential one says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.petitions import sealing
from core.petitions.model import Identity, Petition, Step, StepKind


def add(
    session: Session,
    petition: Petition,
    kind: StepKind,
    by: int | None,
    at: datetime,
    *,
    text: str = "",
    public: bool = True,
    detail: Mapping[str, Any] | None = None,
) -> Step:
    """Keep what happened. `by` is the official who did it; None for the citizen and for the system.

    Of what an anonymous citizen does only the day is kept. What is said of a confidential petition is sealed by its
    key. Raises sealing.Unreadable.
    """
    last = session.scalar(select(func.max(Step.number)).where(Step.petition_id == petition.id)) or 0
    hidden = petition.confidential and text
    step = Step(
        petition_id=petition.id,
        number=last + 1,
        kind=kind,
        on=at.date(),
        at=None if by is None and petition.identity == Identity.ANONYMOUS else at,
        by=by,
        public=public,
        text="" if hidden else text,
        sealed=sealing.seal(case_key(petition), {"text": text}) if hidden else None,
        detail=dict(detail or {}),
    )
    session.add(step)
    session.flush()
    return step


def text_of(petition: Petition, step: Step) -> str:
    """What the step says, opened if it is sealed. Raises sealing.Unreadable."""
    if step.sealed is None:
        return step.text
    return str(sealing.open_sealed(case_key(petition), step.sealed)["text"])


def case_key(petition: Petition) -> bytes:
    """The key of a confidential petition. Raises sealing.Unreadable."""
    if petition.wrapped_key is None:
        raise sealing.Unreadable(f"petition {petition.id} has no key")
    return sealing.unwrap(petition.wrapped_key)
