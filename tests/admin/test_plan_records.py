"""Every figure of the plan opens what it was counted from, and every record its own page, to whom may open it."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from admin.record_pages import WAYS
from core.catalogue import publishing
from core.db import transaction
from core.improvement import actions as improving
from core.improvement.actions import Proof, Verdict
from core.improvement.model import Source
from core.petitions.model import Channel, Stage
from core.plan import actions as planning
from core.plan.figures import Figures, sources_of
from core.plan.finding import activity_of
from core.plan.followup import actions as following
from core.plan.measures import registered
from core.plan.registers.kinds import KINDS
from core.plan.sources import Sources
from core.reports.periods import Period
from core.surveys.model import Of
from core.turns import actions as turns
from core.web.database import db
from tests import make, make_risks
from tests.conftest import House
from tests.core.plan import followups

YEAR = Period(make.OPENING.date().replace(month=1, day=1), make.OPENING.date())
EVERYTHING = ["planning", "supervisor", "petitions", "control", "administrator"]
SHUT = {
    "mayor": {"turn", "petition"},
    "control": {"turn"},
    "petitions": {"turn", "petition", "risk", "office", "improvement"},
}
"""What does not open to a role that reads the plan; to who answers petitions, as all of it is of another office."""


def a_town_with_data(session: Session) -> None:
    """Something of everything that the plan counts."""
    for n in range(12):
        make.finished(session, 4 * n, group="older" if n % 3 else "general")
    turns.leave(session, make.turn(session, 50), make.at(52))
    for channel in Channel:
        one = make.petition(session, channel=channel, kind="sugerencia", office_id=make.office(session).id)
        one.due_on, one.stage, one.stage_on = YEAR.last, Stage.ANSWERED, YEAR.last
    one = make.petition(session, kind="queja", office_id=make.office(session).id)
    one.due_on, one.stage, one.stage_on = YEAR.last, Stage.ANSWERED, YEAR.last
    for kind in (Of.TURN, Of.NEEDS):
        version = make.survey(session, kind)
        for _n in range(10):
            make.opinion(session, version, {"all": ["5"], "solved": ["yes"]})
    for kind in KINDS:
        if kind != "commitment":
            entry = make.register(session, kind)
            if kind == "dialogue":
                make.register(session, "commitment", below=entry, done_on=YEAR.last)
    make_risks.whole(session)
    an_improvement(session)
    report = followups.report(session, at=make.at(30))
    followups.judge(session, report)
    by = make.official(session, "supervision").id
    following.publish(session, followups.plan(session), 1, by, make.at(40), as_it_is=True)
    followups.report(session, cutoff=2)


def an_improvement(session: Session) -> None:
    """An action that helped, and a note for an individual plan."""
    clerk, judge = make.official(session, "pqrsd").id, make.official(session, "administracion").id
    one = make.improvement(session, due_on=YEAR.last)
    improving.declare_done(session, one, "Listo.", Proof(link=make.LINK), clerk, make.at(5))
    improving.verify(session, one, Verdict(True, "Se contó."), judge, make.at(9))
    passed = (Source.AUDIT, "Informe 3", "Jefe de Talento Humano", YEAR.last)
    improving.pass_on(session, make.site(session).id, *passed, clerk, make.at(9))


def reader(house: House, roles: list[str], office: str = "treasury") -> FlaskClient:
    with house.app.app_context(), transaction(db.session) as session:
        one = make.official(session, "ventanilla2")
        one.roles, one.office = roles, make.office(session, office)
    return house.official("ventanilla2")


def addresses(house: House) -> dict[str, str]:
    """Where the records of each measure are read: at an activity that it counts for."""
    with house.app.app_context(), transaction(db.session) as session:
        whole, of = followups.plan(session).activities, dict[str, str]()
        for one in whole:
            for name in filter(None, (sources_of(one).leads, *sources_of(one).beside)):
                of.setdefault(name, one.code)
        rest = Sources(sources_of(whole[0]).leads, tuple(registered().keys() - of.keys()))
        by = make.official(session, "administracion").id
        planning.choose_sources(session, whole[0], rest, "Para verlas.", by, make.at())
        of |= dict.fromkeys(rest.beside, whole[0].code)
    return {name: f"/admin/plan/2026/{code}/records?measure={name}" for name, code in of.items()}


def kinds_of(house: House, measure: str, address: str) -> list[str]:
    """The kinds of the records of a measure, in their order."""
    with house.app.app_context():
        activity = activity_of(db.session(), 2026, address.split("/")[4])
        figure = Figures(db.session()).measured(measure, YEAR, activity).figure
        assert figure is not None
        return [record.kind for record in figure.records(0, 50)]


def links_of(client: FlaskClient, address: str) -> list[str]:
    """Where each record of a page leads, in their order; nothing where it does not."""
    page = client.get(address)
    assert page.status_code == 200, address
    rows = re.findall(r'<th scope="row"[^>]*>(?:<a href="([^"]+)")?', page.get_data(as_text=True))
    return [unescape(one) for one in rows]


def test_each_record_of_every_measure_opens_its_page_to_whom_may_and_to_nobody_else(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        a_town_with_data(session)
    client, seen = reader(house, EVERYTHING, "front-desk"), dict[str, tuple[str, list[str]]]()
    for measure, address in addresses(house).items():
        links, kinds = links_of(client, address), kinds_of(house, measure, address)
        assert len(links) == len(kinds), measure
        assert all(links), measure
        for kind, link in zip(kinds, links, strict=True):
            if kind not in seen:
                assert client.get(link).status_code == 200, (measure, link)
                seen[kind] = address, kinds
    assert seen.keys() == {*WAYS, "channel"}
    for channel in links_of(client, seen["channel"][0]):
        inside = links_of(client, channel)
        assert inside, channel
        assert all(inside), channel
    table = client.get(channel.replace("/records?", "/records.csv?")).get_data(as_text=True)
    assert len(table.strip().splitlines()) == 1 + len(inside)
    assert client.get(re.sub("part=[a-z_]+", "part=pigeon", channel)).status_code == 404
    for role, shut in SHUT.items():
        client = reader(house, [role])
        for of, (address, kinds) in seen.items():
            links = links_of(client, address)
            if (role, of) == ("mayor", "petition"):
                assert links == [], "who reads none is told of none: the list says which are reserved"
                continue
            own = [link for kind, link in zip(kinds, links, strict=True) if kind == of]
            assert [bool(link) for link in own] == [of not in shut] * len(own), (role, of)
            assert of in shut or client.get(own[0]).status_code == 200, (role, own[0])


def test_a_service_that_was_withdrawn_opens_what_was_published_of_it_to_who_configures(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        place, by = make.site(session).id, make.official(session, "administracion").id
        publishing.withdraw(session, place, make.service(session).id, "Ya no se presta.", by, make.at(5))
    address = "/admin/plan/2026/2.1.1/records?measure=services_listed&last=2026-11-22"
    assert links_of(reader(house, ["planning"]), address).count("") == 1
    links = links_of(reader(house, ["planning", "administrator"]), address)
    (versions,) = (link for link in links if link.startswith("/admin/"))
    assert "Ya no se presta." in reader(house, ["planning", "administrator"]).get(versions).get_data(as_text=True)


def test_who_only_answers_for_an_activity_opens_its_figure_as_far_as_their_rights_reach(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        a_town_with_data(session)
        reserved = make.petition(session, kind="denuncia_corrupcion", office_id=make.office(session).id)
        assert reserved.confidential
        secret, by = reserved.filing_number, make.official(session, "administracion").id
        clerk, whole = make.official(session, "ventanilla2").id, followups.plan(session)
        held = {role for code in ("4.2.1", "4.2.3") for role in activity_of(session, 2026, code).responsible}
        held |= {role for code in ("2.1.1", "4.1.2") for role in activity_of(session, 2026, code).responsible}
        for role in held:
            planning.name_holders(session, whole, role, [clerk], by, make.at())
        free = next(one.code for one in whole.activities if not held & set(one.responsible) and sources_of(one).leads)
    client, where = reader(house, ["official"]), "/admin/plan/2026/{}/records"
    assert client.get(where.format(free)).status_code == 404, "somebody else answers for it"
    received = f"{where.format('4.1.2')}?measure=petitions_received"
    links = links_of(client, received)
    assert set(links) == {"/filings"}
    assert secret in client.get(received).get_data(as_text=True), "or the list would say which is reserved"
    assert all(links_of(client, where.format("2.1.1")))
    turns_of = f"{where.format('4.2.3')}?measure=turns_attended"
    by_web = f"{where.format('4.2.1')}?measure=channels_in_use&part=web"
    for shut in (turns_of, by_web):
        assert links_of(client, shut) == []
        assert "Su papel no abre la lista" in client.get(shut).get_data(as_text=True)
        table = client.get(shut.replace("/records?", "/records.csv?")).get_data(as_text=True)
        assert len(table.strip().splitlines()) == 1, "nor as a file"
    page = client.get("/admin/followup/2026/3/4.2.3").get_data(as_text=True)
    (way,) = re.findall(r'href="([^"]+measure=turns_attended[^"]*)"', page)
    assert client.get(unescape(way)).status_code == 200
    assert "measure=" not in client.get(f"/admin/followup/2026/3/{free}").get_data(as_text=True)
    assert len(links_of(reader(house, ["supervisor"]), turns_of)) == 12
    for role, told in (("planning", False), ("mayor", False), ("control", True)):
        client = reader(house, [role])
        assert bool(links_of(client, by_web)) is told, role
        assert secret in client.get(received).get_data(as_text=True), role
