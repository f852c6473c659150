"""How long the law gives for each kind, and since when."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from core.petitions.terms import TERMS, Kind, NoTerm, Silence, Unit, term_of

IN_FORCE = date(2026, 11, 26)
LAW = {
    "peticion_general": (15, 15, Silence.NEGATIVE),
    "peticion_particular": (15, 15, Silence.NEGATIVE),
    "informacion": (10, 10, Silence.ACCEPTED),
    "documentos": (10, 10, Silence.COPIES),
    "acceso_info_publica": (10, 10, Silence.ACCEPTED),
    "consulta": (30, 30, Silence.NEGATIVE),
    "queja": (15, 15, Silence.NOTHING),
    "reclamo": (15, 15, Silence.NOTHING),
    "sugerencia": (15, 15, Silence.NOTHING),
    "denuncia": (15, 15, Silence.NOTHING),
    "denuncia_corrupcion": (15, 15, Silence.NOTHING),
    "felicitacion": (15, None, Silence.NOTHING),
    "entre_autoridades": (10, 10, Silence.NOTHING),
    "habeas_data_consulta": (10, 5, Silence.NOTHING),
    "habeas_data_reclamo": (15, 8, Silence.NOTHING),
    "recurso": (2, None, Silence.NEGATIVE_AT_ONCE),
    "congreso": (5, None, Silence.NOTHING),
    "defensoria": (5, None, Silence.NOTHING),
}


def test_each_kind_has_the_term_of_the_law_and_its_article() -> None:
    found = {kind.value: term_of(kind, IN_FORCE) for kind in Kind}
    assert {kind: (term.length, term.extra, term.silence) for kind, term in found.items()} == LAW
    assert {kind for kind, term in found.items() if term.unit is Unit.MONTHS} == {"recurso"}
    assert {kind for kind, term in found.items() if not term.by_law} == {"felicitacion"}
    assert {kind for kind, term in found.items() if term.editable} == {"entre_autoridades", "congreso", "defensoria"}
    assert all(term.article for term in TERMS)
    assert all(term.extra_article for term in TERMS if term.extra)
    assert all(term.ask_article for term in TERMS if term.to_ask)


def test_what_is_missing_is_asked_for_in_ten_days_and_in_five_about_personal_data() -> None:
    claim, petition = term_of(Kind.DATA_CLAIM, IN_FORCE), term_of(Kind.CLAIM, IN_FORCE)
    assert (petition.to_ask, petition.to_complete, petition.to_transfer) == (10, 1, 5)
    assert (claim.to_ask, claim.to_complete, claim.to_transfer) == (5, 2, 2)


@pytest.mark.parametrize(
    ("kind", "length", "in_the_pandemic"),
    [
        (Kind.PARTICULAR, 15, 30),
        (Kind.DOCUMENTS, 10, 20),
        (Kind.CONSULTATION, 30, 35),
        (Kind.CONGRESS, 5, 5),
        (Kind.DATA_CLAIM, 15, 15),
    ],
)
def test_the_terms_of_the_pandemic_ruled_only_while_it_lasted(kind: Kind, length: int, in_the_pandemic: int) -> None:
    """Decreto 491 de 2020, art. 5; Ley 2207 de 2022."""
    days = ("2020-03-27", "2020-03-28", "2022-05-17", "2022-05-18")
    lengths = [term_of(kind, date.fromisoformat(day)).length for day in days]
    assert lengths == [length, in_the_pandemic, in_the_pandemic, length]


def test_the_rows_of_a_kind_follow_one_another_without_gaps() -> None:
    for kind in Kind:
        rows = [term for term in TERMS if term.kind is kind]
        assert rows[-1].until is None
        for earlier, later in pairwise(rows):
            assert earlier.until is not None
            assert later.since == earlier.until + timedelta(days=1), kind


def test_of_a_day_before_the_table_nothing_is_said() -> None:
    with pytest.raises(NoTerm):
        term_of(Kind.DOCUMENTS, date(2015, 6, 29))
