"""Words by which petitions are found: without accents or capitals, kept with the filing, never of a confidential one.

SQLite finds them by FTS5 and PostgreSQL by a tsvector; what is folded here is the same for both. The index of each is
made by hand, outside of the tables that the models describe: its name begins with `INDEX`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from sqlalchemy import (
    DDL,
    ColumnElement,
    Connection,
    ForeignKey,
    Select,
    Table,
    Text,
    bindparam,
    column,
    event,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy import table as light_table
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, table
from core.petitions.model import Identity, Petition

INDEX = "petition_index"
MOST_WORDS = 8
LONGEST_WORD = 40
_WORD = re.compile(r"[a-z0-9]+")
_NUMBER = re.compile(r"\s*(20\d\d)(?:[\s-]+e?|e)[\s-]*(\d{1,9})\s*", re.IGNORECASE)
MAKE_INDEX = {
    "sqlite": f"CREATE VIRTUAL TABLE {INDEX} USING fts5"
    "(words, content='petition_words', content_rowid='petition_id', prefix='2 3 4', tokenize='ascii')",
    "postgresql": f"CREATE INDEX {INDEX} ON petition_words USING gin (words)",
}
_KEEP = text("INSERT INTO petition_words (petition_id, words) VALUES (:id, :words)")
_KEEP_FOLDED = text("INSERT INTO petition_words (petition_id, words) VALUES (:id, to_tsvector('simple', :words))")
_KEEP_IN_INDEX = text("INSERT INTO petition_index (rowid, words) VALUES (:id, :words)")
_TAKE_OUT = text("DELETE FROM petition_words WHERE petition_id = :id")
_TAKE_OUT_OF_INDEX = text(
    "INSERT INTO petition_index (petition_index, rowid, words) "
    "SELECT 'delete', petition_id, words FROM petition_words WHERE petition_id = :id"
)
_WEED = text("INSERT INTO petition_index (petition_index) VALUES ('optimize')")
DROP_INDEX = {"sqlite": f"DROP TABLE {INDEX}", "postgresql": f"DROP INDEX {INDEX}"}


class PetitionWords(Base):
    """The folded words of a petition that may be found by them."""

    __tablename__ = "petition_words"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


@event.listens_for(PetitionWords.__table__, "after_create")
def _make_index(_table: Table, connection: Connection, **_more: object) -> None:
    connection.execute(DDL(MAKE_INDEX[connection.dialect.name]))  # type: ignore[no-untyped-call]


def fold(said: str) -> list[str]:
    """«Ñandú, 12» → ["nandu", "12"]: what is compared, of what is written and of what is looked for."""
    plain = unicodedata.normalize("NFKD", said.casefold())
    return [word[:LONGEST_WORD] for word in _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))]


def learn(session: Session, petition: Petition) -> None:
    """Keep the words of a petition, in the transaction in which it is filed; of a confidential one, none."""
    if petition.confidential:
        return
    session.flush()
    said = [petition.filing_number, str(petition.number), petition.subject, petition.text]
    person = petition.petitioner if petition.identity == Identity.IDENTIFIED else None
    if person is not None:
        said += [person.name, person.document_number, person.email]
    words = " ".join(dict.fromkeys(word for part in said for word in fold(part)))
    row = {"id": petition.id, "words": words}
    if session.get_bind().dialect.name == "sqlite":
        session.execute(_KEEP, row)
        session.execute(_KEEP_IN_INDEX, row)
    else:
        session.execute(_KEEP_FOLDED, row)


def forget(session: Session, petition: Petition) -> None:
    """It is not found any more, nor readable in the index, which SQLite writes anew without it."""
    row, lite = {"id": petition.id}, session.get_bind().dialect.name == "sqlite"
    if lite:
        session.execute(_TAKE_OUT_OF_INDEX, row)
    session.execute(_TAKE_OUT, row)
    if lite:
        session.execute(_WEED)


def matching(session: Session, asked: str) -> ColumnElement[bool] | None:
    """The petitions that hold each of the words asked for, or one that begins so; None if nothing can be asked."""
    words = fold(asked)[:MOST_WORDS]
    if not words:
        return None
    if whole := number_in(asked):
        return (Petition.year == whole[0]) & (Petition.number == whole[1])
    if session.get_bind().dialect.name == "sqlite":
        found: Select[Any] = select(literal_column("rowid")).select_from(light_table(INDEX))
        query: Any = bindparam("looked_for", " ".join(f'"{word}"*' for word in words), unique=True)
        return Petition.id.in_(found.where(literal_column(INDEX).op("MATCH")(query)))
    query = bindparam("looked_for", " & ".join(f"{word}:*" for word in words), unique=True)
    rows = table(PetitionWords)
    holds = rows.c.words.op("@@")(func.to_tsquery(literal_column("'simple'"), query))
    return Petition.id.in_(select(rows.c.petition_id).where(holds))


def joined(session: Session, query: Select[Any], asked: str) -> Select[Any]:
    """The petitions that `matching` finds, the last filed first, read off the index in that order: no list is made."""
    words = fold(asked)[:MOST_WORDS]
    if not words or number_in(asked):
        found = matching(session, asked)
        return (query if found is None else query.where(found)).order_by(Petition.id.desc())
    if session.get_bind().dialect.name == "sqlite":
        index = light_table(INDEX, column("rowid"))
        said: Any = bindparam("looked_for", " ".join(f'"{word}"*' for word in words), unique=True)
        query = query.join(index, index.c.rowid == Petition.id).where(literal_column(INDEX).op("MATCH")(said))
        return query.order_by(index.c.rowid.desc())
    found = matching(session, asked)
    return (query if found is None else query.where(found)).order_by(Petition.id.desc())


def number_in(asked: str) -> tuple[int, int] | None:
    """«2026-E-000123», «2026 123» → (2026, 123): a filing number, as people type it."""
    found = _NUMBER.fullmatch(asked)
    return (int(found[1]), int(found[2])) if found else None
