"""Comments are read by who may, sorted, blacked out for good and passed on once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.actions import seal
from core.audit.model import Entry
from core.errors import Invalid, Missing
from core.people.actions import SignedIn
from core.personal import BLACK
from core.surveys import comments
from core.surveys.comments import UNTHEMED, Asked, FiledAlready, NoComment
from core.surveys.model import Comment, Of
from tests import make

DAY = make.OPENING.date()


def reader(session: Session, *roles: str, offices: tuple[int, ...] = ()) -> SignedIn:
    official = make.official(session, "pqrsd")
    told = {"sign_in_id": 1, "seen_at": make.at(), "must_change_password": False}
    return SignedIn(
        official.id, official.site_id, official.name, official.username, roles, offices=frozenset(offices), **told
    )


def test_who_works_for_an_office_reads_its_comments_and_those_of_nowhere(town: Session) -> None:
    site, front, treasury = make.site(town).id, make.office(town), make.office(town, "treasury")
    nowhere = make.comment(town)
    here = make.comment(town, site_id=site, office_id=front.id)
    there = make.comment(town, site_id=site, office_id=treasury.id)
    clerk = reader(town, "petitions", offices=(front.id,))
    assert list(comments.look(town, clerk, Asked())[0]) == [nowhere, here]
    for role in ("supervisor", "control", "planning"):
        assert list(comments.look(town, reader(town, role), Asked())[0]) == [nowhere, here, there], role
    for role in ("official", "administrator", "mayor"):
        assert comments.count(town, reader(town, role), Asked()) == 0, role
    with pytest.raises(NoComment):
        comments.comment_for(town, clerk, there.id)


def test_a_list_is_asked_for_by_survey_month_theme_place_and_what_nobody_read(town: Session) -> None:
    other = make.survey(town, Of.OPEN)
    service = make.service(town)
    november = make.comment(town, theme="Trato", version_id=make.survey(town).id)
    september = make.comment(town, month=date(2026, 9, 1), version_id=other.id, site_id=service.site_id)
    placed = make.comment(town, office_id=service.office_id, service_id=service.id, read_by=1, read_on=DAY)
    everybody = reader(town, "control")
    cases: list[tuple[Asked, list[Comment]]] = [
        (Asked(), [november, placed, september]),
        (Asked(survey_id=other.survey_id), [placed, september]),
        (Asked(first=date(2026, 10, 1), last=date(2026, 12, 31)), [november, placed]),
        (Asked(first=date(2026, 9, 15), last=date(2026, 9, 30)), [september]),
        (Asked(theme="Trato"), [november]),
        (Asked(theme=UNTHEMED), [placed, september]),
        (Asked(unread=True), [november, september]),
        (Asked(office_id=service.office_id), [placed]),
        (Asked(service_id=service.id), [placed]),
        (Asked(page=2), []),
    ]
    placed.version_id = other.id
    town.flush()
    for asked, found in cases:
        assert list(comments.look(town, everybody, asked)[0]) == found, asked


def test_several_get_a_theme_of_the_list_at_once_and_are_read_from_then_on(town: Session) -> None:
    some, site = [make.comment(town), make.comment(town)], make.site(town).id
    assert "Trato" in comments.themes(town)
    comments.sort(town, some, "Trato", site, 1, make.at())
    comments.sort(town, some, None, site, 2, make.at() + timedelta(days=1))
    assert {(one.theme, one.read_by, one.read_on) for one in some} == {("Trato", 1, DAY)}
    with pytest.raises(Invalid):
        comments.sort(town, some, "Inventado", site, 1, make.at())
    comments.sort(town, some[:1], "", site, 1, make.at())
    assert [one.theme for one in some] == ["", "Trato"]


def test_the_office_keeps_its_list_of_themes(town: Session) -> None:
    site = make.site(town).id
    comments.add_theme(town, "  Baños  y aseo ", site, 1, make.at())
    assert "Baños y aseo" in comments.themes(town)
    for name in ("baños y aseo", "Trato", " ", "x" * 61):
        with pytest.raises(Invalid):
            comments.add_theme(town, name, site, 1, make.at())
    had = make.comment(town, theme="Baños y aseo")
    comments.withdraw_theme(town, "Baños y aseo", site, 1, make.at())
    assert "Baños y aseo" not in comments.themes(town)
    assert (had.theme, comments.themes_had(town)) == ("Baños y aseo", ["Baños y aseo"])
    with pytest.raises(Missing):
        comments.withdraw_theme(town, "Baños y aseo", site, 1, make.at())
    comments.add_theme(town, "Baños y aseo", site, 1, make.at())
    assert "Baños y aseo" in comments.themes(town)


def test_what_is_blacked_out_is_gone_and_the_trail_says_why_and_not_what(town: Session) -> None:
    comment, site = make.comment(town, "Soy Rosa Pabón, 63400100. Faltan sillas."), make.site(town).id
    for parts, why, field in ((["Juana"], "personal", "parts"), ([], "personal", "parts"), (["Rosa"], "other", "why")):
        with pytest.raises(Invalid) as refused:
            comments.black_out(town, comment, parts, why, site, 1, make.at())
        assert refused.value.field == field
    comments.black_out(town, comment, ["rosa  pabón", "63400100"], "personal", site, 1, make.at())
    assert comment.text == f"Soy {BLACK}, {BLACK}. Faltan sillas."
    seal(town)
    row = town.scalars(select(Entry).where(Entry.thing == "survey comment")).one()
    assert row.act == "blacked out"
    assert "rosa" not in row.detail.lower()


def test_a_comment_is_filed_once_and_one_that_is_reserved_is_not_left_in_sight(town: Session) -> None:
    site, petition = make.site(town).id, make.petition(town)
    plain, grave = make.comment(town), make.comment(town, "Me pidieron plata")
    comments.note_filed(town, plain, petition.id, site, 1, make.at())
    with pytest.raises(FiledAlready):
        comments.note_filed(town, plain, petition.id, site, 1, make.at())
    comments.note_filed(town, grave, petition.id, site, 1, make.at(), hide=True)
    assert (plain.text, grave.text, plain.read_by) == ("Faltan sillas", BLACK, 1)
