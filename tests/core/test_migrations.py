"""Migrations keep what an office already has."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from core.catalogue import days, offer
from core.catalogue.model import Entity, Service, Site, Topic
from core.db import table, transaction
from core.files.actions import Placed
from core.files.antivirus import NOBODY_LOOKED
from core.files.kinds import Kind
from core.improvement import actions as improving
from core.improvement.model import Improvement
from core.mail import outbox
from core.people import actions as people
from core.petitions import attachments, finding, reserve, search, second_person
from core.petitions.model import Identity, Petition
from core.plan.risks.model import Risk
from core.surveys import comments
from core.surveys.attention import Detail
from core.surveys.model import Answer, Comment
from core.web.canary import Reader
from core.web.database import db
from tests import make, make_risks

MIGRATIONS = str(Path(__file__).parents[2] / "migrations")


def test_an_office_at_work_learns_the_last_hour_of_its_log(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            for minute in (1, 2, 3):
                make.turn(session, minute)
        downgrade(directory=MIGRATIONS, revision="0001")
        assert db.session.execute(text("SELECT * FROM streams")).one()._fields == (
            "site_id",
            "last_seq",
            "priority_run",
        )
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        seq, at, lead = db.session.execute(text("SELECT last_seq, last_at, lead_ms FROM streams")).one()
        assert (seq, at, lead) == (3, int(make.at(3).timestamp() * 1000), 0)


def test_what_the_kiosk_shows_today_is_the_first_version_of_each_sheet(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            make.service(session, "information").active = False
            names = dict(session.execute(select(Service.code, Service.name).where(Service.active)).all())
        downgrade(directory=MIGRATIONS, revision="0002")
        upgrade(directory=MIGRATIONS)
        found = offer.published(db.session(), make.site(db.session()).id)
        assert {one.service.code: one.sheet.name for one in found} == names
        assert {one.version for one in found} == {1}
        assert next(one for one in found if one.service.code == "petition").sheet.requirements
        assert make.service(db.session(), "information").requirements == []


def test_the_closed_days_of_a_site_go_into_the_calendar_and_come_back(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            site = make.site(session).id
            make.closed(session, date(2026, 12, 24), "Decreto 40")
            make.closed(session, date(2026, 12, 31), "Decreto 41", everywhere=True)
            make.closed(session, date(2026, 12, 5), "Decreto 42", opens=True, stretches=((time(8), time(12)),))
        downgrade(directory=MIGRATIONS, revision="0002")
        rows = db.session.execute(text("SELECT site_id, day, act FROM closed_days ORDER BY day")).all()
        assert [(row.site_id, str(row.day), row.act) for row in rows] == [
            (site, "2026-12-24", "Decreto 40"),
            (site, "2026-12-31", "Decreto 41"),
        ]
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        own = days.own_days(db.session(), site)
        assert [(row.day, row.opens, row.act, row.affects_terms, row.since_version) for row in own] == [
            (date(2026, 12, 24), False, "Decreto 40", False, 1),
            (date(2026, 12, 31), False, "Decreto 41", False, 1),
        ]
        assert days.last_version(db.session()) == 1


def test_a_town_hall_at_work_gets_the_public_texts_and_gives_them_back(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            make.turn(session, 1)
            make.site(session).way = "Entre por la rampa."
        downgrade(directory=MIGRATIONS, revision="0005")
        fields = db.session.execute(text("SELECT * FROM sites")).one()._fields
        assert not {"way", "way_en"} & set(fields)
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        assert db.session.execute(text("SELECT way, way_en FROM sites")).one() == ("", "")
        assert db.session.execute(text("SELECT count(*) FROM public_texts")).scalar_one() == 0
        assert db.session.execute(text("SELECT count(*) FROM turns")).scalar_one() == 1


def test_accounts_and_open_sessions_outlive_the_coming_and_going_of_deputies_and_second_factors(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            official = make.official(session, "supervision")
            token = people.sign_in(session, official, "Firefox", make.at())
            official.office, official.password_ends_at = make.service(session).office, make.at()
        downgrade(directory=MIGRATIONS, revision="0006")
        kept = db.session.execute(text("SELECT roles FROM officials WHERE username = 'supervision'")).scalar_one()
        assert "supervisor" in str(kept)
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        seen = people.signed_in(db.session(), token, make.at(1))
        assert seen is not None
        assert seen.roles == ("supervisor",)
        assert make.official(db.session(), "supervision").office_id is None


def test_an_office_at_work_keeps_all_in_use_when_its_set_up_comes_to_the_forms(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            make.turn(session)
        downgrade(directory=MIGRATIONS, revision="0007")
        columns = list(db.session.execute(text("SELECT * FROM topics")).keys())
        assert "active" not in columns
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        session = db.session()
        assert all(topic.active for topic in session.scalars(select(Topic)))
        site, entity = session.scalars(select(Site)).one(), session.scalars(select(Entity)).one()
        assert (site.active, site.phone, entity.english) == (True, "", True)


def test_an_office_at_work_gets_its_mail_and_goes_on_without_it(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            make.turn(session)
            file = outbox.Attachment("a.pdf", "application/pdf", b"%PDF-")
            outbox.write(session, outbox.Mail("a@b.co", "x", "y", "receipt", attachments=[file]), make.at())
        downgrade(directory=MIGRATIONS, revision="0011-1")
        assert db.session.execute(text("SELECT count(*) FROM turns")).scalar_one() == 1
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        assert outbox.waiting(db.session()) == []


def test_petitions_outlive_the_coming_and_going_of_their_files(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            petition = make.petition(session)
            placed = Placed("acta.pdf", "d" * 64, 9, 9, Kind.PDF, False, NOBODY_LOOKED, make.at())
            attachments.attach(session, petition, petition.steps[0], placed)
        downgrade(directory=MIGRATIONS, revision="0009")
        upgrade(directory=MIGRATIONS)
        counted = [
            db.session.execute(text(f"SELECT count(*) FROM {one}")).scalar_one()
            for one in ("petitions", "stored_files")
        ]
        assert counted == [1, 0]


def test_the_petitions_that_were_there_are_found_by_their_words_and_the_reserved_ones_are_not(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            found = make.petition(session, text="El acueducto está dañado").id
            make.petition(session, 1, text="El acueducto", identity=Identity.RESERVED)
        downgrade(directory=MIGRATIONS, revision="0012-1")
        upgrade(directory=MIGRATIONS)
        matching = search.matching(db.session(), "danado rosa")
        assert matching is not None
        assert db.session.scalars(select(Petition.id).where(matching)).all() == [found]
        assert db.session.execute(text("SELECT count(*) FROM petition_words")).scalar() == 1


def test_a_reserved_case_outlives_the_coming_and_going_of_who_is_asked_to_open_it(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            petition, by = make.petition(session, identity=Identity.RESERVED), make.official(session, "pqrsd")
            reader = Reader(by.id, by.site_id, tuple(by.roles))
            second_person.ask_identity(session, petition, "Hay que llamarla", reader, make.at(1))
        downgrade(directory=MIGRATIONS, revision="0012")
        assert "reserve_requests" not in inspect(db.engine).get_table_names()
        upgrade(directory=MIGRATIONS)
        session = db.session()
        kept = session.get_one(Petition, petition.id)
        assert finding.words_of(kept)[0] == "El andén de mi casa"
        assert [one.official_id for one in reserve.readers_of(session, kept)] == [reader.id]
        assert second_person.requests_of(session, kept, make.at(2)) == []


def test_comments_keep_their_theme_when_what_is_done_about_them_comes_and_goes(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            comment = make.comment(session, theme="Trato").id
            action, clerk = make.improvement(session), make.official(session, "pqrsd").id
            placed = Placed("acta.pdf", "d" * 64, 9, 9, Kind.PDF, False, NOBODY_LOOKED, make.at())
            improving.declare_done(session, action, "Listo.", improving.Proof([placed]), clerk, make.at(1))
        downgrade(directory=MIGRATIONS, revision="0016")
        assert not {"improvements", "survey_themes"} & set(inspect(db.engine).get_table_names())
        assert db.session.execute(text("SELECT count(*) FROM stored_files")).scalar_one() == 1
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        session = db.session()
        assert session.get_one(Comment, comment).theme == "Trato"
        assert session.scalars(select(Improvement)).all() == []
        assert comments.themes(session) == []


def test_risks_come_and_go_and_the_actions_that_treat_them_stay(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            treated = make_risks.whole(session).treatments[0].improvement_id
        downgrade(directory=MIGRATIONS, revision="0019")
        assert not [name for name in inspect(db.engine).get_table_names() if name.startswith("risk")]
        upgrade(directory=MIGRATIONS)
        session = db.session()
        assert session.get_one(Improvement, treated).reference
        assert session.scalars(select(Risk)).all() == []


def test_the_answers_of_a_survey_learn_the_site_and_the_office_of_their_whole_answer(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            version, service = make.survey(session), make.service(session)
            told = Detail(site_id=service.site_id, office_id=service.office_id)
            for detail in (told, Detail(site_id=service.site_id), Detail()):
                make.opinion(session, version, {"all": ["5"], "solved": ["yes"]}, detail)
        beside = select(Answer.site_id, Answer.office_id, Answer.field, Answer.value).order_by(*table(Answer).c.keys())
        before = db.session.execute(beside).all()
        assert {row[:2] for row in before} == {
            (service.site_id, service.office_id),
            (service.site_id, None),
            (None, None),
        }
        db.session.rollback()
        downgrade(directory=MIGRATIONS, revision="0019")
        columns = list(db.session.execute(text("SELECT * FROM survey_answers")).keys())
        assert not {"site_id", "office_id"} & set(columns)
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        assert db.session.execute(beside).all() == before


def test_what_was_registered_for_the_plan_goes_with_its_tables_and_the_plan_stays(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            make.register(session, "dialogue")
        downgrade(directory=MIGRATIONS, revision="0019")
        assert "register_entries" not in inspect(db.engine).get_table_names()
        assert db.session.execute(text("SELECT count(*) FROM plans")).scalar_one() == 1
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        with transaction(db.session) as session:
            assert make.register(session, "dialogue").now.complete
