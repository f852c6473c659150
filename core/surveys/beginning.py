"""The surveys with which a town hall begins: those of its content file, published and in use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.surveys.faults import faults
from core.surveys.model import ONE_EACH, Of, Survey, SurveyVersion
from core.surveys.questionnaire import read, written


def add_first_surveys(session: Session, rows: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Add the surveys of the content, unless there are surveys already.

    Raises ValueError for one with faults, TypeError or ValueError for one that is no questionnaire.
    """
    if session.scalar(select(Survey.id).limit(1)) is not None:
        return
    for row in rows:
        asked = read(row["asked"])
        if found := faults(asked, english=True):
            raise ValueError(f"the survey {row['code']!r} cannot be published: {found}")
        survey = Survey(code=row["code"], name=row["name"], kind=Of(row["kind"]), active=True, created_at=at)
        if survey.kind not in ONE_EACH:
            survey.opens_on = at.date()
            survey.closes_on = date(at.year, 12, 31) if row["this_year"] else None
        told = {"number": 1, "english": True, "written_at": at, "published_at": at}
        session.add(SurveyVersion(survey=survey, questionnaire=written(asked), **told))
    session.flush()
