"""The kinds of petition and how long the law gives for each, as dated data with their article; pure.

What rules a petition is the row of its kind that was in force on the day it was received. A reform adds a row and ends
the one before; nothing is ever corrected in place, so that an old deadline can still be explained.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What is asked for; it is born of what the person wants, not of the name they gave it (Ley 1437, art. 13)."""

    GENERAL = "peticion_general"
    PARTICULAR = "peticion_particular"
    INFORMATION = "informacion"
    DOCUMENTS = "documentos"
    PUBLIC_INFORMATION = "acceso_info_publica"
    CONSULTATION = "consulta"
    COMPLAINT = "queja"
    CLAIM = "reclamo"
    SUGGESTION = "sugerencia"
    REPORT = "denuncia"
    CORRUPTION = "denuncia_corrupcion"
    CONGRATULATION = "felicitacion"
    AUTHORITIES = "entre_autoridades"
    DATA_QUERY = "habeas_data_consulta"
    DATA_CLAIM = "habeas_data_reclamo"
    APPEAL = "recurso"
    CONGRESS = "congreso"
    OMBUDSMAN = "defensoria"


class Unit(StrEnum):
    """In what a term is counted; months are those of the calendar (Ley 4 de 1913, arts. 59 and 62)."""

    WORKING_DAYS = "working_days"
    MONTHS = "months"


class Silence(StrEnum):
    """What the law says of a petition that nobody answered when its term ended."""

    NOTHING = "nothing"
    ACCEPTED = "accepted"
    COPIES = "accepted_with_copies"
    NEGATIVE = "negative_in_three_months"
    NEGATIVE_AT_ONCE = "negative_at_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long the law gives for a kind, from `since` to `until` (both included; None: still in force).

    `extra`: how much longer an extension may make it; None where there is none. `to_ask`: days in which what is missing
    may be asked for, and `to_complete`: months that the person then has. `to_transfer`: days to send it to who is
    competent. `by_law`: False for a goal of the entity, which nothing is overdue by. `editable`: a case may say its own
    term, because who asks may fix one.
    """

    kind: Kind
    length: int
    unit: Unit = Unit.WORKING_DAYS
    article: str
    silence: Silence = Silence.NOTHING
    extra: int | None = None
    extra_article: str = ""
    to_ask: int | None = None
    to_complete: int = 1
    ask_article: str = ""
    to_transfer: int | None = None
    transfer_article: str = ""
    by_law: bool = True
    editable: bool = False
    since: date
    until: date | None = None

    def lasting(self, length: int) -> Term:
        """The same term with the length that a case fixed for itself; what doubled it doubles the new one."""
        return replace(self, length=length, extra=None if self.extra is None else length)


class NoTerm(LookupError):
    """No row of the table says how long a kind had on a day."""


REFORM = date(2015, 6, 30)
"""Ley 1755 de 2015, which wrote anew the right of petition in the Ley 1437 de 2011."""
DATA_LAW = date(2012, 10, 18)
PANDEMIC = date(2020, 3, 28), date(2022, 5, 17)
"""Decreto 491 de 2020, art. 5, until the Ley 2207 de 2022 took it away."""
_PANDEMIC_ARTICLE = "Decreto 491 de 2020, art. 5"
_PANDEMIC_LENGTHS = {
    **dict.fromkeys((Kind.INFORMATION, Kind.DOCUMENTS, Kind.PUBLIC_INFORMATION), 20),
    Kind.CONSULTATION: 35,
    **dict.fromkeys((Kind.GENERAL, Kind.PARTICULAR, Kind.COMPLAINT, Kind.CLAIM), 30),
    **dict.fromkeys((Kind.SUGGESTION, Kind.REPORT, Kind.CORRUPTION), 30),
}


def _petition(kind: Kind, length: int, article: str, silence: Silence = Silence.NOTHING) -> Term:
    """A row that follows the general rules: art. 14 (paragraph: up to twice), art. 17 (ask), art. 21 (transfer)."""
    return Term(
        kind=kind,
        length=length,
        article=article,
        silence=silence,
        extra=length,
        extra_article="Ley 1437 de 2011, art. 14, parágrafo",
        to_ask=10,
        ask_article="Ley 1437 de 2011, art. 17",
        to_transfer=5,
        transfer_article="Ley 1437 de 2011, art. 21",
        since=REFORM,
    )


def _rows() -> Iterator[Term]:
    petitions, information = "Ley 1437 de 2011, art. 14", "Ley 1437 de 2011, art. 14, numeral 1"
    yield _petition(Kind.GENERAL, 15, petitions, Silence.NEGATIVE)
    yield _petition(Kind.PARTICULAR, 15, petitions, Silence.NEGATIVE)
    yield _petition(Kind.INFORMATION, 10, information, Silence.ACCEPTED)
    yield _petition(Kind.DOCUMENTS, 10, information, Silence.COPIES)
    yield _petition(Kind.PUBLIC_INFORMATION, 10, f"Ley 1712 de 2014, art. 26; {information}", Silence.ACCEPTED)
    yield _petition(Kind.CONSULTATION, 30, "Ley 1437 de 2011, art. 14, numeral 2", Silence.NEGATIVE)
    yield _petition(Kind.COMPLAINT, 15, f"Ley 190 de 1995, art. 55; {petitions}")
    yield _petition(Kind.CLAIM, 15, f"Ley 190 de 1995, art. 55; {petitions}")
    yield _petition(Kind.SUGGESTION, 15, petitions)
    yield _petition(Kind.REPORT, 15, petitions)
    yield _petition(Kind.CORRUPTION, 15, f"Ley 1474 de 2011, art. 76; {petitions}")
    yield Term(
        kind=Kind.CONGRATULATION, length=15, article="Meta interna: la ley no fija término", by_law=False, since=REFORM
    )
    yield replace(_petition(Kind.AUTHORITIES, 10, "Ley 1437 de 2011, art. 30"), editable=True)
    yield Term(
        kind=Kind.DATA_QUERY,
        length=10,
        article="Ley 1581 de 2012, art. 14",
        extra=5,
        extra_article="Ley 1581 de 2012, art. 14",
        to_ask=10,
        ask_article="Ley 1437 de 2011, art. 17",
        to_transfer=5,
        transfer_article="Ley 1437 de 2011, art. 21",
        since=DATA_LAW,
    )
    yield Term(
        kind=Kind.DATA_CLAIM,
        length=15,
        article="Ley 1581 de 2012, art. 15",
        extra=8,
        extra_article="Ley 1581 de 2012, art. 15, numeral 3",
        to_ask=5,
        to_complete=2,
        ask_article="Ley 1581 de 2012, art. 15, numeral 1",
        to_transfer=2,
        transfer_article="Ley 1581 de 2012, art. 15, numeral 1",
        since=DATA_LAW,
    )
    yield Term(
        kind=Kind.APPEAL,
        length=2,
        unit=Unit.MONTHS,
        article="Ley 1437 de 2011, art. 86",
        silence=Silence.NEGATIVE_AT_ONCE,
        since=REFORM,
    )
    for kind, article in (
        (Kind.CONGRESS, "Ley 5 de 1992, art. 258"),
        (Kind.OMBUDSMAN, "Ley 24 de 1992, art. 15"),
    ):
        yield Term(kind=kind, length=5, article=article, editable=True, since=REFORM)


def _dated(row: Term) -> Iterator[Term]:
    """The row in force before the pandemic, during it and since, if the pandemic changed it."""
    if row.kind not in _PANDEMIC_LENGTHS:
        yield row
        return
    first, last = PANDEMIC
    yield replace(row, until=first - timedelta(days=1))
    longer = row.lasting(_PANDEMIC_LENGTHS[row.kind])
    yield replace(longer, article=_PANDEMIC_ARTICLE, extra_article=_PANDEMIC_ARTICLE, since=first, until=last)
    yield replace(row, since=last + timedelta(days=1))


TERMS: tuple[Term, ...] = tuple(dated for row in _rows() for dated in _dated(row))
_BY_KIND = {kind: tuple(term for term in TERMS if term.kind == kind) for kind in Kind}


def term_of(kind: Kind, day: date) -> Term:
    """The term in force for a kind on the day that it was received. Raises NoTerm for a day before the table."""
    for term in _BY_KIND[kind]:
        if term.since <= day and (term.until is None or day <= term.until):
            return term
    raise NoTerm(f"no term for {kind} on {day}")
