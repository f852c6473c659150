"""A survey, its versions, the marks of who has answered, and the answers: in tables that have no key in common.

An answer has a number drawn at random and the month; a mark is a digest under a key that the database does not hold.
The tables of both keep no hidden number of the row either, which would tell in what order they came.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base

_DRAFT = text("published_at IS NULL")
_IN_FORCE = text("published_at IS NOT NULL AND until IS NULL")
_ASKED = text("active AND kind IN ('turn', 'reply')")


class Of(StrEnum):
    """What a survey is of: each finished turn, each delivered reply, anybody, or what people need and expect."""

    TURN = "turn"
    REPLY = "reply"
    OPEN = "open"
    NEEDS = "needs"


ONE_EACH = (Of.TURN, Of.REPLY)
"""Those that ask one opinion of each attention: of each kind one survey is in use."""


class Mode(StrEnum):
    """With what it was answered."""

    PHONE = "phone"
    KIOSK = "kiosk"
    TABLET = "tablet"
    PAPER = "paper"
    WEB = "web"


class Survey(Base):
    """A survey through its versions. `opens_on` and `closes_on`, both included, are of those that anybody answers.

    `sampled`: who was asked was drawn at random, from `population` people, by the `frame` that is described.
    """

    __tablename__ = "surveys"
    __table_args__ = (
        Index("ux_surveys_kind_in_use", "kind", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[Of]
    active: Mapped[bool] = mapped_column(default=False)
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    sampled: Mapped[bool] = mapped_column(default=False)
    population: Mapped[int | None]
    frame: Mapped[str] = mapped_column(default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    created_at: Mapped[datetime]

    versions: Mapped[list[SurveyVersion]] = relationship(order_by="SurveyVersion.number", back_populates="survey")


class SurveyVersion(Base):
    """One version of what is asked: a draft until it is published, in force until another is; `saving` counts drafts.

    The questionnaire is as core.surveys.questionnaire keeps it. It is never changed once anybody has answered it.
    """

    __tablename__ = "survey_versions"
    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        Index("ux_survey_versions_draft", "survey_id", unique=True, sqlite_where=_DRAFT, postgresql_where=_DRAFT),
        Index(
            "ux_survey_versions_in_force", "survey_id", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    number: Mapped[int]
    questionnaire: Mapped[dict[str, Any]]
    english: Mapped[bool] = mapped_column(default=False)
    saving: Mapped[int] = mapped_column(default=1)
    written_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    written_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    published_at: Mapped[datetime | None]
    until: Mapped[datetime | None]

    survey: Mapped[Survey] = relationship(back_populates="versions")


class Mark(Base):
    """An opinion was given: nothing says of what. It is forgotten from the day `until` on (core.retention)."""

    __tablename__ = "opinion_marks"
    __table_args__ = ({"sqlite_with_rowid": False},)

    mark: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[date]


class Response(Base):
    """A whole answer, of a month. `typed_by`: who typed it from paper.

    What an attention has in common with fewer than five others of the month is None (see core.surveys.attention).
    """

    __tablename__ = "survey_responses"
    __table_args__ = (Index(None, "version_id", "month"), {"sqlite_with_rowid": False})

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_versions.id"))
    month: Mapped[date]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    group: Mapped[str | None]
    channel: Mapped[str | None]
    mode: Mapped[Mode]
    language: Mapped[str]
    typed_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))


class Answer(Base):
    """A value that a whole answer has under a field (see core.surveys.questionnaire); several, of a multiple choice.

    Its version, month, site and office are those of the whole answer, which says all of them already: by its index
    all that is reported of any scope is counted in one pass.
    """

    __tablename__ = "survey_answers"
    __table_args__ = (
        Index("ix_survey_answers_counted", "version_id", "month", "field", "value", "site_id", "office_id"),
        {"sqlite_with_rowid": False},
    )

    response_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("survey_responses.id"), primary_key=True, autoincrement=False
    )
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_versions.id"))
    month: Mapped[date]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))


class Comment(Base):
    """What somebody wrote, apart from what else they answered; and what the office did with it.

    `petition_id`: the petition that was filed of it.
    """

    __tablename__ = "survey_comments"
    __table_args__ = (Index(None, "version_id", "month"), {"sqlite_with_rowid": False})

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_versions.id"))
    field: Mapped[str]
    month: Mapped[date]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    text: Mapped[str]
    theme: Mapped[str] = mapped_column(default="")
    read_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    read_on: Mapped[date | None]
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"))


class Theme(Base):
    """What comments are about, as the office calls it. One that is withdrawn stays on the comments that have it."""

    __tablename__ = "survey_themes"

    name: Mapped[str] = mapped_column(primary_key=True)
    active: Mapped[bool] = mapped_column(default=True)
