"""An action goes from its finding to its verified effect, and nothing that was said on the way is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.actions import seal
from core.audit.model import Entry
from core.errors import Invalid, Refused
from core.improvement import actions, overview
from core.improvement.actions import NO_PROOF, NotNow, OwnWork, Proof, Verdict
from core.improvement.model import Improvement, IndividualNote, Source
from core.improvement.overview import Asked
from core.improvement.standing import Deed, Stage, State
from core.people.actions import SignedIn
from core.people.model import Official
from tests import make

LINK = Proof(link="https://california-santander.gov.co/horarios")
DAY = make.OPENING.date()


def person(session: Session, username: str) -> int:
    return make.official(session, username).id


def log(action: Improvement) -> list[Deed]:
    return [step.deed for step in action.steps]


def done(session: Session, **more: object) -> Improvement:
    action = make.improvement(session, **more)
    actions.declare_done(session, action, "Abren a las 7.", LINK, person(session, "pqrsd"), make.at(5))
    return action


def test_the_whole_way_from_a_finding_to_what_did_not_help_and_then_did(town: Session) -> None:
    clerk, judge = person(town, "pqrsd"), person(town, "ventanilla1")
    action = make.improvement(town)
    actions.note(town, action, "Ya hay acuerdo con Hacienda.", NO_PROOF, clerk, make.at(1))
    later = DAY + timedelta(days=60)
    actions.move(town, action, later, "El decreto sale en enero.", clerk, make.at(2))
    actions.rewrite(town, action, action.cause, "Abrir una sola.", "No hay más gente.", clerk, make.at(3))
    actions.declare_done(town, action, "Abre a las 7.", LINK, clerk, make.at(5))
    actions.verify(town, action, Verdict(False, "La sala sigue llena a las 9."), judge, make.at(6))
    assert action.stage is Stage.NOT_EFFECTIVE
    actions.reopen(town, action, "Dar citas.", later, "Abrir antes no bastó.", clerk, make.at(7))
    with pytest.raises(Invalid):
        actions.declare_done(town, action, "Hay citas.", NO_PROOF, clerk, make.at(8))
    actions.declare_done(town, action, "Hay citas.", LINK, clerk, make.at(8))
    told = "Damos citas para que no espere de pie."
    actions.verify(town, action, Verdict(True, "Conté: esperan 12 y no 40.", told), judge, make.at(9))
    assert (action.stage, action.told, action.told_on) == (Stage.EFFECTIVE, told, DAY)
    assert log(action) == [
        Deed.OPENED,
        Deed.NOTED,
        Deed.MOVED,
        Deed.REWRITTEN,
        Deed.DONE,
        Deed.VERIFIED,
        Deed.REOPENED,
        Deed.DONE,
        Deed.VERIFIED,
        Deed.TOLD,
    ]
    said = [step.detail for step in action.steps]
    assert said[0]["action"] == "Abrir dos ventanillas más temprano."
    assert said[2] == {"due_on": later.isoformat(), "was": (DAY + timedelta(days=30)).isoformat()}
    seal(town)
    trail = town.scalars(select(Entry).where(Entry.thing == "improvement").order_by(Entry.seq)).all()
    assert len(trail) == len(action.steps)
    assert not any("sala" in row.detail or "citas" in row.detail for row in trail)


def test_only_somebody_else_verifies_and_only_what_is_done(town: Session) -> None:
    clerk, other, judge = (person(town, name) for name in ("pqrsd", "supervision", "ventanilla1"))
    action = make.improvement(town)
    good = Verdict(True, "Conté.", "Cambiamos la hora.")
    with pytest.raises(NotNow):
        actions.verify(town, action, good, judge, make.at(1))
    actions.assign(town, action, action.office_id, other, "Sale a vacaciones.", clerk, make.at(2))
    actions.declare_done(town, action, "Listo.", LINK, judge, make.at(3))
    for official in (clerk, other, judge):
        with pytest.raises(OwnWork):
            actions.verify(town, action, good, official, make.at(4))
        assert action.stage is Stage.DONE
    actions.verify(town, action, Verdict(True, "Conté."), person(town, "administracion"), make.at(5))
    with pytest.raises(OwnWork):
        actions.tell(town, action, "Cambiamos la hora.", "", other, make.at(6))
    with pytest.raises(NotNow):
        actions.verify(town, action, good, person(town, "administracion"), make.at(7))
    assert action.told == ""


def test_what_does_not_fit_or_names_somebody_is_refused_and_nothing_is_kept(town: Session) -> None:
    clerk, action, at = person(town, "pqrsd"), make.improvement(town), make.at(1)
    before, rows = DAY - timedelta(days=1), len(action.steps)
    cases: list[tuple[type[Refused], str | None, Callable[[], object]]] = [
        (Invalid, "text", lambda: actions.note(town, action, " ", NO_PROOF, clerk, at)),
        (Invalid, "text", lambda: actions.note(town, action, "Llamar al 3105551234", NO_PROOF, clerk, at)),
        (Invalid, "text", lambda: actions.note(town, action, "x" * 2001, NO_PROOF, clerk, at)),
        (Invalid, "due_on", lambda: actions.move(town, action, before, "Motivo", clerk, at)),
        (Invalid, "due_on", lambda: actions.move(town, action, action.due_on, "Motivo", clerk, at)),
        (Invalid, "reason", lambda: actions.move(town, action, DAY, "", clerk, at)),
        (Invalid, "official", lambda: actions.assign(town, action, action.office_id, 0, "Motivo", clerk, at)),
        (Invalid, "office", lambda: actions.assign(town, action, 0, clerk, "Motivo", clerk, at)),
        (Invalid, "action", lambda: actions.rewrite(town, action, action.cause, action.action, "M", clerk, at)),
        (Invalid, "files", lambda: actions.declare_done(town, action, "Listo", NO_PROOF, clerk, at)),
        (NotNow, None, lambda: actions.reopen(town, action, "Otra", DAY, "Motivo", clerk, at)),
        (NotNow, None, lambda: actions.tell(town, action, "Cambiamos", "", clerk, at)),
        (Invalid, "reference", lambda: make.improvement(town, reference="")),
        (Invalid, "reference", lambda: make.improvement(town, reference="De rosa@ejemplo.co")),
        (Invalid, "due_on", lambda: make.improvement(town, due_on=before)),
    ]
    for refusal, field, act in cases:
        with pytest.raises(refusal) as refused:
            act()
        assert getattr(refused.value, "field", None) == field
    town.flush()
    town.expire(action)
    assert (len(action.steps), action.due_on) == (rows, DAY + timedelta(days=30))
    assert make.improvement(town, source=Source.BY_HAND, reference="").reference == ""


def test_of_an_individual_plan_only_the_note_is_kept(town: Session) -> None:
    clerk, site = person(town, "pqrsd"), make.site(town).id
    actions.pass_on(town, site, Source.AUDIT, "Informe 3, hallazgo 2", "Jefe de Talento Humano", DAY, clerk, make.at())
    tomorrow = DAY + timedelta(days=1)
    with pytest.raises(Invalid):
        actions.pass_on(town, site, Source.AUDIT, "Informe 3", "Jefe de Talento Humano", tomorrow, clerk, make.at())
    columns = set(IndividualNote.__table__.columns.keys())
    assert columns == {"id", "site_id", "source", "reference", "passed_to", "passed_on", "noted_by", "noted_at"}
    assert town.scalars(select(Improvement)).all() == []


def test_citizens_read_the_last_three_things_that_their_answers_changed(town: Session) -> None:
    judge = person(town, "ventanilla1")
    told = [f"Cambiamos {n}." for n in range(5)]
    for n, sentence in enumerate(told):
        action = done(town, source=Source.AUDIT if n == 4 else Source.SURVEY)
        actions.verify(town, action, Verdict(True, "Conté.", sentence, f"We changed {n}."), judge, make.at(9))
    silent = done(town)
    actions.verify(town, silent, Verdict(True, "Conté."), judge, make.at(9))
    assert actions.changed(town, DAY) == [told[3], told[2], told[1]]
    assert actions.changed(town, DAY, "en", 1) == ["We changed 3."]
    assert actions.changed(town, DAY + timedelta(days=1)) == []
    last = town.scalars(select(Improvement).where(Improvement.told == told[3])).one()
    actions.tell(town, last, "", "", judge, make.at(10))
    assert actions.changed(town, DAY) == [told[2], told[1], told[0]]


def reader(official: Official, *roles: str) -> SignedIn:
    told = {"sign_in_id": 1, "seen_at": make.at(), "must_change_password": False}
    offices = frozenset({official.office.id}) if official.office else frozenset()
    return SignedIn(official.id, official.site_id, official.name, official.username, roles, offices=offices, **told)


def test_who_works_for_an_office_sees_its_actions_and_the_own_ones_and_the_rest_see_all(town: Session) -> None:
    clerk = make.official(town, "pqrsd")
    here = make.improvement(town)
    there = make.improvement(town, office_id=make.office(town, "treasury").id, official_id=person(town, "ventanilla1"))
    own = make.improvement(town, office_id=make.office(town, "treasury").id, due_on=DAY)
    tomorrow = DAY + timedelta(days=1)

    def seen(who: SignedIn, today: date = DAY, **asked: object) -> list[Improvement]:
        return list(overview.look(town, who, Asked(**asked), today)[0])

    assert seen(reader(clerk, "petitions")) == [own, here]
    assert seen(reader(clerk, "official")) == []
    everything = reader(make.official(town, "ventanilla1"), "control")
    assert seen(everything) == [own, here, there]
    assert seen(everything, mine=True) == [there]
    assert seen(everything, tomorrow, state=State.LATE) == [own]
    assert seen(everything, tomorrow, state=State.OPEN) == [here, there]
    assert overview.counts(town, everything, Asked(), tomorrow) == {
        **dict.fromkeys(State, 0),
        State.LATE: 1,
        State.OPEN: 2,
    }
    assert overview.pressing(town, DAY - timedelta(days=7)) == {clerk.id: [own]}
    assert overview.pressing(town, DAY - timedelta(days=8)) == {}
