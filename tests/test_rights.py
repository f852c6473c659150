"""Who may enter which door of the house: every route of every face and every room of the wire, with every role."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from fnmatch import fnmatchcase

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core import devices, first_content
from core.breaks.model import PlannedBreak
from core.catalogue import days
from core.catalogue.model import Entity, Notice, Office, OwnDay, Picture, Service, Site, Window
from core.db import transaction
from core.desks import HelpCall
from core.events import Who
from core.files import actions as files
from core.files.kinds import Kind
from core.improvement import actions as improving
from core.improvement.model import Improvement, Source
from core.information import actions as texts
from core.information.model import CHARTER
from core.people.model import Deputy, Official, Proposal, SignIn
from core.people.rights import CAPABILITIES, MATRIX_ROLES, PEOPLE, ROLES, Permission, behind, who_opens
from core.petitions import attachments, filing, reminders, replies, sealing, steps
from core.petitions.model import Identity, Petition, Recipient, Recount
from core.petitions.reply_model import Delivery, Group, LetterKind, OutgoingLetter, Template, TemplateVersion, Way
from core.petitions.reserve_model import ReserveRequest, Wanted
from core.plan import actions as planning
from core.plan.followup import actions as following
from core.plan.followup.model import ReportEvidence
from core.plan.registers.actions import Photo
from core.plan.risks import actions as risks
from core.plan.risks.actions import Looked
from core.plan.risks.model import RiskMap
from core.plan.risks.overview import cutoffs_of
from core.protocols.actions import ask_review, begin_version, every_protocol, in_hand
from core.surveys.model import Of, Survey, SurveyVersion
from core.turns import actions as turns
from core.turns.foresight import simulations
from core.turns.foresight.crews import Targets
from core.turns.foresight.model import Simulation, SpecialDay, Stage
from core.turns.foresight.otherwise import Change, Comparison
from core.turns.model import Turn
from core.turns.policy import Rules
from core.web import guard, opinion_links, uploads
from core.web.database import db
from core.web.forms import new_press
from core.web.live import sockets
from core.web.places import CONNECTION, DESKS, PATH, WALL, NotForYou, asked_rights
from core.web.uploads import store
from tests import make, make_risks
from tests.conftest import House
from tests.core.plan import followups

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Things = dict[str, object]
ACTIVITY = "4.2.3"
"""For which whoever walks through the matrix answers too."""
GONE = (
    "admin.petitions_group",
    "kiosk.*ticket*",
    "kiosk.print*",
    "kiosk.no_paper",
    "kiosk.opinion_s*",
    "admin.information_draft",
    "admin.filing_annul",
    "admin.filing_label",
    "admin.filing_done",
    "admin.filing_paper",
    "*.petition_done",
    "*.petition_paper",
    "*.petition_receipt*",
)
"""Pages only for the visit which took the turn or filed the petition, and of what the walk itself takes away before."""


@dataclass(frozen=True)
class Door:
    """A route and one of its methods."""

    name: str
    method: str
    rule: Rule

    def address(self, app: Flask, things: Things) -> str:
        things = things | ({"kind": "offices"} if self.name.startswith("admin.things") else {})
        things = things | ({"proof_id": things["entry_proof_id"]} if self.name.startswith("admin.registers") else {})
        values = {argument: things[argument] for argument in self.rule.arguments}
        return str(app.url_map.bind("").build(self.rule.endpoint, values))


def doors(app: Flask) -> list[Door]:
    """Every route but the files; the way out comes last."""
    found = [
        Door(rule.endpoint, method, rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[-1] != "static" and not rule.websocket
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda door: (door.name == "sign_in.leave", door.name))


def things_at(session: Session, site_id: int) -> Things:
    """One of each thing of the site that an address or a form may name; a new argument of a route goes here."""
    service = session.scalars(select(Service).where(Service.site_id == site_id).order_by(Service.id)).first()
    window = session.scalars(select(Window).where(Window.site_id == site_id).order_by(Window.id)).first()
    assert service is not None
    assert window is not None
    asked = turns.Asked(site_id, service.id)
    turn = session.get_one(Turn, turns.issue(session, asked, Who("citizen"), make.at(59)).id)
    official = Official(site_id=site_id, username=f"otra{site_id}", name="Otra", roles=["official"], password_hash="-")
    session.add(official)
    session.flush()
    call = HelpCall(window_id=window.id, official_id=official.id, asked_at=make.at(59))
    device = devices.Device(
        site_id=site_id,
        kind="kiosk",
        name="Otro",
        token_hash=f"of {site_id}",
        settings=dict(devices.DEFAULTS["kiosk"]),
        paired_at=make.at(),
    )
    deputy = Deputy(
        official_id=official.id,
        stands_for_id=official.id,
        roles=["official"],
        starts=make.OPENING.date(),
        ends=make.OPENING.date(),
        act="Acto",
        valid=True,
        given_by=official.id,
        given_at=make.at(),
    )
    proposal = Proposal(
        official_id=official.id, kind="roles", roles=["official"], proposed_by=official.id, proposed_at=make.at()
    )
    sign_in = SignIn(
        token_hash=f"of {site_id}", official_id=official.id, started_at=make.at(59), seen_at=make.at(59), browser=""
    )
    closed = days.Wanted(first=date(2026, 12, 24), last=date(2026, 12, 24), everywhere=False, opens=False, act="Acto")
    day = days.add(session, site_id, closed, official.id, make.at())[0]
    if texts.draft_of(session, CHARTER) is None:
        written = texts.Written("# Derechos\n\nTexto.", "# Rights\n\nText.", 2026)
        texts.write(session, site_id, CHARTER, written, official.id, make.at())
    reserved = a_reserved_case(session, site_id, service.office_id)
    version = session.scalars(select(SurveyVersion).join(Survey).where(Survey.kind == Of.NEEDS)).one()
    request = ReserveRequest(
        petition_id=reserved,
        wanted=Wanted.RECIPIENT,
        official_id=official.id,
        reason=sealing.seal(steps.case_key(session.get_one(Petition, reserved)), {"reason": "Motivo"}),
        asked_by=official.id,
        asked_at=make.at(),
    )
    session.add(request)
    seen = {"name": "Una imagen", "media": "image/png", "width": 1, "height": 1, "content": b"", "position": 1}
    picture = Picture(site_id=site_id, digest=f"of{site_id}", **seen)
    office = session.scalars(select(Office).where(Office.site_id == site_id, Office.code == "front-desk")).one()
    petition = make.petition(session, office_id=office.id)
    recount = Recount(site_id=site_id, at=make.at(), by=None, version="1", counted=1, moves=[])
    session.add_all([call, device, deputy, proposal, sign_in, picture, recount])
    session.flush()
    return {
        "turn_id": turn.id,
        "token": turn.token,
        "series": turn.series,
        "number": turn.number,
        "service_id": service.id,
        "topic_id": service.topic_id,
        "office_id": service.office_id,
        "window_id": window.id,
        "notice_id": session.scalars(select(Notice.id).where(Notice.site_id == site_id)).first(),
        "official_id": official.id,
        "help_id": call.id,
        "device_id": device.id,
        "deputy_id": deputy.id,
        "sign_in_id": sign_in.id,
        "proposal_id": proposal.id,
        "day_id": day.id,
        "thing_id": service.office_id,
        "picture_id": picture.id,
        "digest": picture.digest,
        "reserved_id": reserved,
        "position": 1,
        "survey_id": version.survey_id,
        "version_id": version.id,
        "request_id": request.id,
        "petition_id": petition.id,
        "paper": "label",
        "width": 80,
        "recount_id": recount.id,
        "secret": reminders.open_feed(session, make.official(session, "pqrsd").id),
        "kind": "kiosk",
        "text_kind": CHARTER,
        "content": "rights",
        "part": 1,
        "page": 1,
        "form": "csv",
        "protocol_code": "P-01",
        "protocol_id": protocol_at(session),
        "year": 2026,
        "activity_code": ACTIVITY,
        "meta_code": "4.2",
        "role": "ventanilla",
        "_nowhere": "nowhere",
        "code": open_survey(session),
        **improvement_things_at(session, site_id, office.id, official),
        **register_things_at(session),
        **followup_things_at(session),
        **risk_things_at(session, site_id, office.id, official),
        **foresight_things_at(session, site_id, official.id),
    } | petition_things_at(session, site_id, service.office_id, official)


def open_survey(session: Session) -> str:
    """The code of a survey that anybody may answer: they are of the whole town hall, not of a site."""
    found = session.scalars(select(Survey).where(Survey.kind == Of.OPEN, Survey.active)).first()
    return found.code if found else make.survey(session, Of.OPEN).survey.code


def foresight_things_at(session: Session, site_id: int, official_id: int) -> Things:
    """A day that is special, a simulation that is over, and a break of a window."""
    change = Change(Rules(), Targets())
    asked = simulations.written(change) | {"days": [make.OPENING.date().isoformat()]}
    day = SpecialDay(
        site_id=site_id, day=make.OPENING.date(), factor=2, why="Predial", set_by=official_id, set_at=make.at()
    )
    simulation = Simulation(
        site_id=site_id,
        asked_by=official_id,
        asked_at=make.at(),
        asked=asked,
        stage=Stage.DONE,
        done=1,
        of=1,
        result=Comparison(change, Rules()).result(),
    )
    window = select(Window.id).where(Window.site_id == site_id).limit(1)
    planned = PlannedBreak(window_id=session.scalar(window), weekdays=[1], starts=time(10), ends=time(10, 15))
    session.add_all([day, simulation, planned])
    session.flush()
    return {"special_id": day.id, "simulation_id": simulation.id, "break_id": planned.id}


def improvement_things_at(session: Session, site_id: int, office_id: int, official: Official) -> Things:
    """An action with a file that shows something, a note for an individual plan, and a comment of a survey."""
    hands = {"office_id": office_id, "official_id": official.id}
    due = {"due_on": make.OPENING.date(), "stage_on": make.OPENING.date()}
    texts = {"reference": "1", "finding": "A", "cause": "B", "action": "C"}
    action = Improvement(site_id=site_id, source=Source.AUDIT, **hands, **due, **texts)
    session.add(action)
    session.flush()
    placed = files.place_own(store(), b"%PDF-1.7", "a.pdf", Kind.PDF, make.at())
    improving.note(session, action, "Avance", improving.Proof([placed]), official.id, make.at())
    comment = make.comment(session, site_id=site_id, office_id=office_id)
    evidence = action.steps[0].evidence[0]
    passed = (Source.AUDIT, "1", "Jefe de Talento Humano", make.OPENING.date())
    note = improving.pass_on(session, site_id, *passed, official.id, make.at())
    told = {"improvement_id": action.id, "evidence_id": evidence.id}
    return told | {"comment_id": comment.id, "note_id": note.id}


def register_things_at(session: Session) -> Things:
    """An entry of a register with a file, and a finding: the plan is of the whole town hall, not of a site."""
    shown = [Photo(files.place_own(store(), b"%PDF-1.7", "a.pdf", Kind.PDF, make.at()))]
    entry, finding = make.register(session, link="", files=shown), make.register(session, "audit_finding")
    space = make.register(session, "space", files=[Photo(shown[0].placed, "doors", "Puerta")])
    return {
        "slug": "secop",
        "entry_id": entry.id,
        "entry_proof_id": entry.now.proofs[0].id,
        "finding_id": finding.id,
        "space_id": space.id,
        "photo_id": next(proof.id for proof in space.now.proofs if proof.file),
    }


def followup_things_at(session: Session) -> Things:
    """A published cut-off with a report that everybody may see what shows; the plan is of no site."""
    placed = files.place_own(store(), b"%PDF-1.7", "acta.pdf", Kind.PDF, make.at())
    said = {"value": 1, "done": "Se hizo.", "placed": [placed], "public": True}
    told = session.scalar(select(ReportEvidence))
    if told is None:
        told = followups.report(session, **said, link="").evidence[0]
        plan, by = followups.plan(session), make.official(session, "supervision").id
        following.publish(session, plan, 1, by, make.at(), as_it_is=True)
    return {"cutoff": 1, "edition": 1, "proof_id": told.id}


def risk_things_at(session: Session, site_id: int, office_id: int, official: Official) -> Things:
    """A risk with a control and a review that nobody has verified, and a map that was published."""
    by, at = official.id, make.at()
    risk = risks.identify(session, site_id, office_id, make_risks.described(), by, at)
    risks.control(session, risk, make_risks.controlled(), by, at)
    cutoff = cutoffs_of(session, site_id, [2026])[-1][1]
    review = risks.review(session, risk, 2026, cutoff, Looked(True, "Igual", ""), by, at)
    content = {"method": "2018", "on": "2026-11-23", "risks": [], "incomplete": 1}
    published = RiskMap(site_id=site_id, number=1 + risk.id, act="Acto", content=content, digest="-", by=by, at=at)
    session.add(published)
    session.flush()
    said = {"risk_deed": "control", "control_number": 1}
    return {"risk_id": risk.id, "review_id": review.id, "map_id": published.id, **said}


def protocol_at(session: Session) -> int:
    """A protocol in force with a version in review, which is of no site."""
    protocol = every_protocol(session)[0]
    if in_hand(protocol) is None:
        writer = make.official(session, "supervision").id
        begin_version(session, protocol.id, writer, make.at())
        ask_review(session, protocol.id, writer, make.at())
    return protocol.id


def petition_things_at(session: Session, site_id: int, office_id: int, writer: Official) -> Things:
    """A petition in the hands of who walks (of somebody of the place, elsewhere), and what hangs on it."""
    walker = make.official(session, "ventanilla4")
    hands = walker if walker.site_id == site_id else writer
    petition = make.petition(session, 59, office_id=office_id)
    petition.assignee_id = hands.id
    placed = files.place_own(store(), b"%PDF-1.7", "a.pdf", Kind.PDF, make.at())
    attachment = attachments.attach(session, petition, petition.steps[0], placed)
    replies.save(session, petition, make.draft(), 0, writer.id, make.at(59))
    replies.ask_review(session, petition, walker.id if hands is walker else None, writer.id, make.at(59))
    template = Template(office_id=None if hands is walker else office_id, name="Plantilla")
    group = Group(office_id=office_id, lead_id=petition.id, subject="Lo mismo", made_by=writer.id, made_on=date.max)
    session.add_all([template, group])
    session.flush()
    said = {"number": 1, "subject": "A", "body": "B", "written_by": writer.id, "written_at": make.at()}
    session.add(TemplateVersion(template_id=template.id, **said))
    return {
        "signed": opinion_links.signed(a_sent_reply(session, petition, writer)),
        "petition_id": petition.id,
        "attachment_id": attachment.id,
        "template_id": template.id,
        "group_id": group.id,
        "delivery_id": 1,
        "deed": "note",
        "period": "2026-T4",
    }


def a_sent_reply(session: Session, petition: Petition, writer: Official) -> Delivery:
    """A letter on its way to who made the petition."""
    told = {"kind": LetterKind.REPLY, "year": 2026, "mark": "-", "signed_by": writer.id, "signed_at": make.at(59)}
    letter = OutgoingLetter(petition_id=petition.id, number=90_000 + petition.id, **told)
    session.add(letter)
    session.flush()
    said = {"way": Way.IN_PERSON, "started_on": make.OPENING.date(), "started_by": writer.id}
    sent = Delivery(petition_id=petition.id, letter_id=letter.id, **said)
    session.add(sent)
    session.flush()
    return sent


def a_reserved_case(session: Session, site_id: int, office_id: int | None) -> int:
    """A reserved petition of the site; who knocks at the doors is named for it, if they work there."""
    said = make.received(identity=Identity.RESERVED, office_id=office_id)
    reserved = filing.file(session, said, Who("citizen"), make.at()).petition_id
    petition = session.get_one(Petition, reserved)
    placed = files.place_own(uploads.store(), b"%PDF-1.4", "prueba.pdf", Kind.PDF, make.at(), seal=True)
    attachments.attach(session, petition, petition.steps[0], placed)
    knocks = make.official(session, "ventanilla4")
    if knocks.site_id == site_id:
        session.add(Recipient(petition_id=reserved, official_id=knocks.id, since=make.at().date()))
    return reserved


def found_another_site(session: Session) -> int:
    """A second site with everything of the first but its people."""
    content = first_content.california()
    content["site"] |= {"code": "rural", "name": "Sede rural"}
    content["officials"] = content["texts"] = []
    first_content.load(session, content, make.at())
    session.delete(session.scalars(select(Entity).order_by(Entity.id.desc())).first())
    return session.scalars(select(Site.id).where(Site.code == "rural")).one()


def come_in(house: House, role: str) -> FlaskClient:
    """Somebody with exactly this role."""
    kind = MATRIX_ROLES[role].kind
    if kind == "device":
        return house.device(role)
    if kind == "anybody":
        return house.anybody()
    with house.app.app_context(), transaction(db.session) as session:
        official = make.official(session, "ventanilla4")
        official.roles = [role]
        if MATRIX_ROLES[role].of_office:
            official.office = session.scalars(select(Office).where(Office.code == "front-desk")).one()
    return house.official("ventanilla4", window="4" if role == "official" else None)


def answer_for_an_activity(session: Session) -> None:
    """Whoever came in answers for an activity of the plan."""
    role = followups.activity(session, ACTIVITY).responsible[0]
    holder, by = make.official(session, "ventanilla4").id, make.official(session, "administracion").id
    planning.name_holders(session, followups.plan(session), role, [holder], by, make.at())


def knock(house: House, client: FlaskClient, door: Door, things: Things) -> TestResponse:
    address, asks = door.address(house.app, things), {"Accept": "application/json"}
    return client.open(address, method=door.method, headers=asks, buffered=True)


def entered(answer: TestResponse) -> bool:
    """Whether the door opened; what was asked inside may still have been refused."""
    return answer.status_code not in (401, 403)


# ---------------------------------------------------------------- the walk


@pytest.mark.parametrize("role", MATRIX_ROLES)
def test_a_role_enters_only_where_the_matrix_says(house: House, role: str) -> None:
    client = come_in(house, role)
    with house.app.app_context(), transaction(db.session) as session:
        answer_for_an_activity(session)
        things = things_at(session, make.site(session).id)
    passed: dict[Permission, set[bool]] = {}
    for door in doors(house.app):
        answer = knock(house, client, door, things)
        may = role in who_opens(door.name)
        assert answer.status_code < 500, (door.name, answer.status_code)
        assert says_its_charset(answer), (door.name, answer.content_type)
        assert entered(answer) == may, (role, door.name, door.method, answer.status_code, answer.location)
        if may and door.method == "GET" and not any(fnmatchcase(door.name, mine) for mine in GONE):
            assert answer.status_code != 404 or "_nowhere" in door.rule.arguments, (role, door.name)
        for row in behind(door.name):
            passed.setdefault(row.permission, set()).add(entered(answer))
    for row in CAPABILITIES:
        if row.permission in passed and role in row.who:
            assert True in passed[row.permission], (role, row.permission)


def says_its_charset(answer: TestResponse) -> bool:
    """Text says in which letters it is; JSON has one way, and what is no text has none."""
    return not answer.mimetype.startswith("text/") or answer.mimetype_params.get("charset") == "utf-8"


def test_a_stranger_who_opens_a_page_of_an_official_is_asked_to_sign_in(house: House) -> None:
    for path in ("/counter/", "/admin/hall", "/admin/people", "/account", "/home"):
        answer = house.anybody().get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.location) == (302, f"/sign-in?next={path}"), path


@pytest.mark.parametrize("role", [role for role, said in MATRIX_ROLES.items() if said.kind != "anybody"])
def test_what_is_of_another_site_does_not_exist_for_any_role(house: House, role: str) -> None:
    client = come_in(house, role)
    with house.app.app_context(), transaction(db.session) as session:
        foreign = things_at(session, found_another_site(session))
    kept = everything(house)
    not_ids = {"kind", "_nowhere", "series", "number", "text_kind", "content", "part", "page", "form"}
    not_ids |= {"slug", "entry_id", "entry_proof_id", "finding_id", "space_id", "photo_id"}
    not_ids |= {"code", "period", "position", "protocol_code", "protocol_id", "secret", "survey_id", "version_id"}
    not_ids |= {"year", "activity_code", "meta_code", "role"}
    not_ids |= {"cutoff", "edition", "proof_id"}
    named = set(foreign) - not_ids
    for door in doors(house.app):
        if role in who_opens(door.name) and named & door.rule.arguments and not door.name.startswith("portal."):
            bodies = (
                ({}, {"press": new_press()}, {"step": "1"}, {"password": make.PASSWORD})
                if door.method == "POST"
                else ({},)
            )
            address = door.address(house.app, foreign)
            got = {client.open(address, method=door.method, data=body).status_code for body in bodies}
            assert 404 in got, (role, door.name, got)
            assert got <= {404, 422}, (role, door.name, got)
    assert everything(house) == kept


def everything(house: House) -> list[object]:
    """What stands in the rows that somebody of another site might have touched."""
    with house.app.app_context():
        session = house.look()
        return [
            session.execute(select(*model.__table__.columns).order_by(model.id)).all()
            for model in (Turn, Official, Notice, HelpCall, Deputy, Proposal, OwnDay)
        ] + [session.execute(select(devices.Device.id, devices.Device.name, devices.Device.revoked_at)).all()]


DEPUTY = {"roles": "official", "starts": "2026-11-23", "ends": "2026-11-30", "act": "Resolución 1"}
IN_A_FORM = [
    ("official", "/counter/window", "window", "window_id", {}),
    ("official", "/counter/pick", "turn", "turn_id", {"reason": "pick-danger"}),
    ("official", "/counter/back", "turn", "turn_id", {}),
    ("official", "/counter/returned", "turn", "turn_id", {}),
    ("official", "/counter/regroup", "turn", "turn_id", {"reason": "group-told", "group": "older"}),
    ("official", "/counter/issue", "service", "service_id", {"group": "general", "language": "es"}),
    ("kiosk", "/kiosk/turns", "service", "service_id", {"group": "general"}),
    (
        "administrator",
        "/admin/people/new",
        "services",
        "service_id",
        {"name": "X", "username": "x.y", "roles": "official"},
    ),
    ("administrator", "/admin/people/1/deputy", "stands_for", "official_id", DEPUTY),
    ("administrator", "/admin/people/1", "office", "office_id", {"name": "X", "roles": "official"}),
]


@pytest.mark.parametrize(("role", "path", "field", "thing", "also"), IN_A_FORM)
def test_a_form_takes_nothing_of_another_site(
    house: House, role: str, path: str, field: str, thing: str, also: dict[str, str]
) -> None:
    client = come_in(house, role)
    with house.app.app_context(), transaction(db.session) as session:
        foreign = things_at(session, found_another_site(session))
    kept = everything(house)
    answer = client.post(path, data={"press": new_press(), field: foreign[thing], **also})
    assert answer.status_code in (404, 409, 422), answer.status_code
    assert everything(house) == kept


# ---------------------------------------------------------------- the wire


@pytest.fixture
def line() -> Iterator[socket.socket]:
    here, there = socket.socketpair()
    with here, there:
        yield here


@pytest.mark.parametrize("role", MATRIX_ROLES)
def test_a_role_hears_only_the_rooms_that_the_matrix_says(house: House, line: socket.socket, role: str) -> None:
    client = come_in(house, role)
    cookies = [client.get_cookie(name) for name in ("session", "display", "kiosk")]
    shake = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": "http://localhost",
        "Cookie": "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies if cookie),
    }
    asked = {"EIO": "4", "transport": "websocket"}
    with house.app.test_request_context(PATH, headers=shake, query_string=asked, environ_overrides={CONNECTION: line}):
        try:
            rooms = set(asked_rights())
        except NotForYou:
            rooms = set()
    assert rooms == {room for room in (WALL, DESKS) if role in who_opens(room)}


def test_every_room_of_the_wire_is_in_the_matrix(app: Flask) -> None:
    assert {room for room in sockets.server.handlers if not behind(room)} == set()


# ---------------------------------------------------------------- the matrix itself


OTHERWISE = [
    ("admin.people_new_thing", guard.public),
    ("nowhere.yet", guard.requires(Permission.ATTEND)),
    ("counter.another", guard.requires(Permission.SUPERVISE)),
    ("counter.wider", guard.requires(Permission.ATTEND, Permission.SUPERVISE)),
    ("counter.for_all", guard.requires()),
    ("kiosk.new", guard.for_device("display")),
    ("portal.home", guard.for_device("kiosk")),
]


@pytest.mark.parametrize(("name", "mark"), OTHERWISE, ids=[name for name, _mark in OTHERWISE])
def test_a_route_that_the_matrix_does_not_know_as_it_is_stops_the_start(
    own_app: Flask, name: str, mark: Callable[[Callable[[], str]], Callable[[], str]]
) -> None:
    own_app.view_functions["counter.known"] = guard.requires(Permission.ATTEND)(lambda: "")
    guard.check_guards(own_app)
    own_app.view_functions[name] = mark(lambda: "")
    with pytest.raises(RuntimeError, match=re.escape(f"{name} is open by")):
        guard.check_guards(own_app)


def test_every_door_that_the_matrix_names_exists(app: Flask) -> None:
    of_the_provider = {f"provider.{name}" for name in ("go", "back", "account", "link", "unlink")}
    names = {door.name for door in doors(app)} | {"handshake", WALL, DESKS} | of_the_provider
    unknown = [
        pattern for row in CAPABILITIES for pattern in row.doors if not any(fnmatchcase(n, pattern) for n in names)
    ]
    assert unknown == []


def test_the_matrix_holds_every_permission_and_each_role_has_some(app: Flask) -> None:
    assert [row.permission for row in CAPABILITIES] == list(Permission)
    assert len(MATRIX_ROLES) == 10
    assert all(any(role in row.who for row in CAPABILITIES) for role in MATRIX_ROLES)
    assert ROLES.keys() == PEOPLE.keys()


def test_nobody_reads_a_reserved_case_by_role_alone_and_the_administrator_never(app: Flask) -> None:
    rows = {row.permission: row for row in CAPABILITIES}
    reserved = rows[Permission.READ_RESERVED]
    assert {role: reach.value for role, reach in reserved.who.items()} == {
        "citizen": "own",
        "petitions": "named",
        "control": "named",
    }
    assert set(rows[Permission.GRANT_RESERVED].who) == {"control"}
    assert not {Permission.READ_PETITIONS, Permission.READ_AUDIT} & ROLES["administrator"]


# ---------------------------------------------------------------- what is shown


def test_what_does_not_exist_is_missing_also_with_an_id_too_large_for_any_database(house: House) -> None:
    for role, places in (("supervisor", ["hall/turns"]), ("administrator", ["devices", "notices", "people"])):
        client = come_in(house, role)
        for place in places:
            for number in (2_000_000_000, "9" * 23):
                assert client.get(f"/admin/{place}/{number}").status_code == 404


def test_who_only_looks_is_shown_no_button_that_acts(house: House) -> None:
    control = come_in(house, "control")
    assert "data-turn-of" not in control.get("/admin/hall").get_data(as_text=True)
    for path in ("/admin/people", "/admin/people/1", "/admin/devices"):
        page = control.get(path).get_data(as_text=True)
        assert 'action="/admin' not in page, path


def test_the_ways_shown_are_those_that_are_open_and_none_where_there_is_only_one(house: House) -> None:
    def ways(client: FlaskClient, path: str) -> set[str]:
        page = client.get(path).get_data(as_text=True)
        return set(re.findall(r'<a href="([^"]+)"', page.partition("<nav")[2].partition("</nav>")[0]))

    told = {"/admin/petitions/figures", "/admin/improvements", "/admin/surveys/results", "/admin/protocols"}
    hall = {"/admin/hall", "/admin/statistics"}
    mayor = hall | {"/admin/petitions/replies", "/admin/plan"} | told
    assert ways(come_in(house, "mayor"), "/admin/hall") == mayor
    assert ways(come_in(house, "official"), "/counter/") == set()
    supervisor = hall | {"/admin/devices", "/admin/foresight"} | told
    assert ways(come_in(house, "supervisor"), "/admin/hall") == supervisor
    places = hall | {"/admin/petitions", "/admin/devices", "/admin/people", "/admin/reserved", "/admin/audit"}
    assert ways(come_in(house, "control"), "/admin/hall") == places | {"/admin/plan"} | told
    places = {"/admin/setup", "/admin/devices", "/admin/sheets", "/admin/calendar"}
    places |= {"/admin/information", "/admin/people", "/admin/audit", "/admin/surveys", "/admin/protocols"}
    assert ways(come_in(house, "administrator"), "/admin/people") == places
    both = come_in(house, "official")
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "ventanilla4").roles = ["official", "mayor"]
    for path in ("/counter/", "/admin/hall", "/account", "/admin/nowhere"):
        assert ways(both, path) == {"/counter/"} | mayor, path
    assert 'href="/counter/" aria-current="page"' in both.get("/counter/").get_data(as_text=True)
