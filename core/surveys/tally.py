"""The counts of a survey's answers, by a few GROUP BY: by month and value, and by what is known of the attention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import Session

from core.reports.periods import Period
from core.surveys.counted import Counts
from core.surveys.hiding import Group
from core.surveys.model import Answer, Mode, Response, SurveyVersion
from core.surveys.questionnaire import FACES, Kind, Question, Questionnaire
from core.surveys.scoring import GOOD

ByMonth = dict[int, dict[date, Counts]]
FLAT = ("channel", "group", "mode", "language")
"""Each of these cuts all answers by itself; site, office and service are one within the other."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which answers are counted: of these versions, and of one site or of some offices if they are not None."""

    versions: tuple[int, ...] = ()
    site_id: int | None = None
    offices: frozenset[int] | None = None

    def rows(self, period: Period, of: type[Response] | type[Answer] = Response) -> list[ColumnElement[bool]]:
        """What limits the whole answers of the months of a period, or what they say of each question.

        The months are named one by one: an index that begins with them finds in each what follows. Of a first and a
        last one PostgreSQL, which plans once for all periods, would expect next to nothing.
        """
        months = list(period.each_month())
        found: list[ColumnElement[bool]] = [of.version_id.in_(self.versions), of.month.in_(months)]
        if self.site_id is not None:
            found.append(of.site_id == self.site_id)
        if self.offices is not None:
            found.append(of.office_id.in_(sorted(self.offices)))
        return found


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of whole answers besides what they say: how many of each mode, and of how many the rest."""

    modes: dict[Mode, int]
    by_hand: int
    with_office: int
    with_service: int


def by_month(session: Session, scope: Scope, asked: Mapping[int, Questionnaire], period: Period) -> ByMonth:
    """What was answered of each version in each month. `asked`: what each version asks, by its id."""
    answers: defaultdict[tuple[int, date], int] = defaultdict(int)
    values: defaultdict[tuple[int, date], dict[str, dict[str, int]]] = defaultdict(dict)
    answered: defaultdict[tuple[int, date], dict[str, int]] = defaultdict(dict)
    led: defaultdict[tuple[int, date], dict[str, tuple[int, ...]]] = defaultdict(dict)
    whole = select(Response.version_id, Response.month, func.count()).where(*scope.rows(period))
    for version, month, count in session.execute(whole.group_by(Response.version_id, Response.month)):
        answers[version, month] = count
    for version, month, name, value, count in session.execute(_values(scope, period)):
        values[version, month].setdefault(name, {})[value] = count
    for version, question in _multiple(asked):
        for month, counts in _ways_of(session, scope, period, version, question):
            answered[version, month][question.key] = sum(counts)
            led[version, month][question.key] = counts[:-1]
    found: ByMonth = {version: {} for version in scope.versions}
    for key, count in answers.items():
        found[key[0]][key[1]] = Counts(count, values[key], answered[key], led[key])
    return found


def known(session: Session, scope: Scope, period: Period) -> Known:
    """With what people answered, how many were typed by somebody else, and how many tell their office and service."""
    columns = (Response.typed_by, Response.office_id, Response.service_id)
    query = select(Response.mode, func.count(), *map(func.count, columns)).where(*scope.rows(period))
    rows: list[Any] = list(session.execute(query.group_by(Response.mode)))
    return Known({row[0]: row[1] for row in rows}, *(sum(row[n] for row in rows) for n in (2, 3, 4)))


def cuts(session: Session, scope: Scope, period: Period, key: str | None) -> dict[str, list[Group]]:
    """Who answered the question `key`, from 1 to 5, by everything that is known: those of 4 and 5, and the rest.

    «place» is by site, its offices and their services. A name that is empty is that of who does not tell it. Without a
    question, everybody is counted as one of the rest.
    """
    known = (Response.site_id, Response.office_id, Response.service_id)
    columns = [*known, Response.channel, Response.group, Response.mode, Response.language]
    query: Select[*tuple[Any, ...]]
    if key is None:
        query = select(*columns, func.count(), literal(0)).where(*scope.rows(period))
    else:
        good = func.sum(case((Answer.value.in_(sorted(GOOD)), 1), else_=0))
        query = select(*columns, func.count(), good).join(Answer, Answer.response_id == Response.id)
        query = query.where(*scope.rows(period, Answer), Answer.field == key, Answer.value.in_(FACES))
    rows: list[Any] = list(session.execute(query.group_by(*columns)))
    flat = {name: _groups([((row[3 + n],), *row[-2:]) for row in rows]) for n, name in enumerate(FLAT)}
    return {"place": _groups([(row[:3], *row[-2:]) for row in rows])} | flat


def _values(scope: Scope, period: Period) -> Select[*tuple[Any, ...]]:
    keys = (Answer.version_id, Answer.month, Answer.field, Answer.value)
    return select(*keys, func.count().label("count")).where(*scope.rows(period, Answer)).group_by(*keys)


def _multiple(asked: Mapping[int, Questionnaire]) -> Iterator[tuple[int, Question]]:
    for version, questionnaire in asked.items():
        yield from ((version, question) for question in questionnaire.questions if question.kind is Kind.MULTIPLE)


def _ways_of(
    session: Session, scope: Scope, period: Period, version: int, question: Question
) -> Iterator[tuple[date, tuple[int, ...]]]:
    """In each month, how many took each jump of a multiple choice, the first that holds, and how many none of them."""
    last = len(question.jumps)
    jumps = [(Answer.value.in_(jump.values), n) for n, jump in enumerate(question.jumps)]
    way = func.min(case(*jumps, else_=last) if jumps else literal(last)).label("way")
    query = select(Answer.month, way).where(*scope.rows(period, Answer))
    query = query.where(Answer.version_id == version, Answer.field == question.key)
    each = query.group_by(Answer.month, Answer.response_id).subquery()
    months: defaultdict[date, list[int]] = defaultdict(lambda: [0] * (last + 1))
    counts = select(each.c.month, each.c.way, func.count()).group_by(each.c.month, each.c.way)
    for month, n, count in session.execute(counts):
        months[month][n] = count
    for month, found in months.items():
        yield month, tuple(found)


def _groups(rows: Sequence[tuple[Sequence[object], int, int]]) -> list[Group]:
    """Rows of (the names of the groups, outermost first; how many; how many of 4 and 5) as groups, largest first."""
    split: defaultdict[str, list[tuple[Sequence[object], int, int]]] = defaultdict(list)
    for names, count, good in rows:
        split["" if names[0] is None else str(names[0])].append((names[1:], count, good))
    found = []
    for name, own in split.items():
        count, good = sum(count for _names, count, _good in own), sum(good for _names, _count, good in own)
        found.append(Group(name, good, count - good, tuple(_groups(own)) if own[0][0] else ()))
    return sorted(found, key=lambda group: (-group.counts[-1], group.name))


def versions_of(session: Session, survey_id: int) -> Sequence[SurveyVersion]:
    """Those of a survey that were published, newest first."""
    query = select(SurveyVersion).where(SurveyVersion.survey_id == survey_id, SurveyVersion.published_at.is_not(None))
    return session.scalars(query.order_by(SurveyVersion.number.desc())).all()
