"""What is asked at every press: statements compiled once for each database and given straight to its driver.

To take a statement that the database answers in microseconds through the whole of an ORM lasts thirty times as long,
and a press asks a dozen. Whatever is not asked at every press goes the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.orm import Session

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]
_CONNECTION = "connection of the transaction"


class Rows(list[tuple[Any, ...]]):
    """What came back, as plain values."""

    def first(self) -> tuple[Any, ...] | None:
        return self[0] if self else None

    def one(self) -> tuple[Any, ...]:
        """The only row. Raises NoResultFound, MultipleResultsFound."""
        if len(self) != 1:
            raise MultipleResultsFound if self else NoResultFound
        return self[0]

    def scalar(self) -> Any:
        """The first value of the first row; None without rows."""
        return self[0][0] if self else None

    def scalars(self) -> list[Any]:
        return [row[0] for row in self]


@dataclass(frozen=True, slots=True)
class _Sent:
    """A value to send: its `name` in the statement, where it comes from, and how the database wants it."""

    name: str
    key: str
    place: int | None
    default: Any
    convert: Convert | None

    def of(self, values: Values) -> Any:
        value = values.get(self.key, self.default)
        if self.place is not None:
            value = value[self.place]
        return value if self.convert is None else self.convert(value)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement in the words of one database, what it sends, and how to read what comes back."""

    sql: str
    sent: tuple[_Sent, ...]
    read: tuple[Convert | None, ...]
    by_place: bool
    dialect: Dialect

    def run(self, connection: Connection, given: Sequence[Values]) -> Rows:
        cursor = connection.connection.cursor()
        try:
            if len(given) == 1:
                cursor.execute(self.sql, self._send(given[0]))
            else:
                cursor.executemany(self.sql, [self._send(values) for values in given])
            return self._understand(cursor.fetchall()) if self.read else Rows()
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(connection, cursor, error) from error
        finally:
            cursor.close()

    def _send(self, values: Values) -> Any:
        if self.by_place:
            return [sent.of(values) for sent in self.sent]
        return {sent.name: sent.of(values) for sent in self.sent}

    def _understand(self, rows: Iterable[Sequence[Any]]) -> Rows:
        if not any(self.read):
            return Rows(map(tuple, rows))
        return Rows(
            tuple(value if convert is None else convert(value) for value, convert in zip(row, self.read, strict=True))
            for row in rows
        )

    def _told(self, connection: Connection, cursor: Any, error: Any) -> BaseException:
        """The error as SQLAlchemy would tell it; a connection that died is not used again."""
        gone = self.dialect.is_disconnect(error, connection.connection, cursor)
        if gone:
            connection.invalidate(error)
        kind = self.dialect.loaded_dbapi.Error
        told: BaseException = DBAPIError.instance(
            self.sql, None, error, kind, hide_parameters=True, connection_invalidated=gone, dialect=self.dialect
        )
        return told


_prepared: dict[tuple[Any, ...], _Prepared] = {}


def run(session: Session, statement: Statement | Mapping[str, Statement], values: Any = None, /, **named: Any) -> Rows:
    """Execute a statement that was built once, or the one of this database, in the transaction of the session.

    `values` are those of the statement's parameters by name, or a list of them to do it many times. What the session
    has not written yet is written first, as the ORM does. Raises what SQLAlchemy raises.
    """
    session.flush()
    connection = _connection_of(session)
    if isinstance(statement, Mapping):
        statement = statement[connection.dialect.name]
    given = values if isinstance(values, list) else [values or named]
    return _in_words_of(connection.dialect, statement, given[0]).run(connection, given)


def _connection_of(session: Session) -> Connection:
    """The connection of the present transaction; the session looks for it again each time that it is asked."""
    held: tuple[object, Connection] | None = session.info.get(_CONNECTION)
    if held is None or held[0] is not session.get_transaction():
        connection = session.connection()
        held = session.info[_CONNECTION] = (session.get_transaction(), connection)
    return held[1]


def _in_words_of(dialect: Dialect, statement: Statement, values: Values) -> _Prepared:
    """The statement as this database wants it, for lists as long as those in `values`."""
    lengths = tuple((name, len(value)) if isinstance(value, list) else name for name, value in values.items())
    key = (statement, dialect.name, lengths)
    found = _prepared.get(key)
    if found is None:
        found = _prepared[key] = _prepare(dialect, statement, values)
    return found


def _prepare(dialect: Dialect, statement: Statement, values: Values) -> _Prepared:
    columns = list(values) if isinstance(statement, Insert) and statement.select is None else None
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
    expanded = compiled.construct_expanded_state(values)
    places = {name: (key, n) for key, names in expanded.parameter_expansion.items() for n, name in enumerate(names)}
    defaults = {column.key: column.default.arg for column in compiled.insert_prefetch}

    def sent(name: str) -> _Sent:
        key, place = places.get(name, (name, None))
        convert = compiled.binds[key].type.dialect_impl(dialect).bind_processor(dialect)
        given = place if key in values else None  # of a list that the statement holds, each value is there already
        return _Sent(name, key, given, defaults.get(name, expanded.parameters[name]), convert)

    types = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
    return _Prepared(
        expanded.statement,
        tuple(sent(name) for name in expanded.positiontup or expanded.parameters),
        tuple(type_.result_processor(dialect, None) for type_ in types),
        by_place=expanded.positiontup is not None,
        dialect=dialect,
    )
