"""Data for tests: plain functions with defaults, so that a test says only what it is about."""

from __future__ import annotations

import secrets
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import desks
from core.catalogue import days
from core.catalogue.model import Office, OwnDay, Service, Site, Window
from core.clock import BOGOTA
from core.desks import Desk
from core.events import Who
from core.files.actions import Placed, Store, place_own
from core.files.antivirus import Antivirus
from core.files.folder import Folder
from core.files.kinds import Kind
from core.improvement import actions as improving
from core.improvement.actions import Plan
from core.improvement.model import Improvement, Source
from core.people.model import Official
from core.petitions import filing, replies
from core.petitions.checklist import Check
from core.petitions.letters import Letter, Print
from core.petitions.model import Channel, Petition
from core.petitions.reply_model import Reply
from core.plan.registers import actions as registers
from core.plan.registers.actions import Draft
from core.plan.registers.kinds import KINDS
from core.plan.registers.model import RegisterEntry
from core.plan.registers.spaces import POINTS
from core.protocols import actions as protocols
from core.protocols.model import ProtocolVersion
from core.protocols.text import Channel as In
from core.protocols.text import Moment, Population, ProtocolText, QuizQuestion, Step, Target
from core.surveys import answering
from core.surveys.attention import ALIKE, NOTHING, Attention, Detail
from core.surveys.model import ONE_EACH, Comment, Mode, Of, Survey, SurveyVersion
from core.surveys.questionnaire import Choice, Jump, Question, Questionnaire, Section, Sent, written
from core.surveys.questionnaire import Kind as Asks
from core.turns import actions as turns
from core.turns.model import Turn
from core.turns.policy import GENERAL

OPENING = datetime(2026, 11, 23, 8, 0, tzinfo=BOGOTA)
"""A Monday that is no holiday."""

PASSWORD = "una frase larga de prueba"


def at(minute: float = 0) -> datetime:
    """So many minutes after the opening of the day that tests live in."""
    return OPENING + timedelta(minutes=minute)


def site(session: Session) -> Site:
    """The first one, where there are several."""
    return session.scalars(select(Site).order_by(Site.id).limit(1)).one()


def service(session: Session, code: str = "property-tax") -> Service:
    return session.scalars(select(Service).where(Service.code == code).order_by(Service.id).limit(1)).one()


def window(session: Session, label: str = "1") -> Window:
    return session.scalars(select(Window).where(Window.label == label)).one()


def official(session: Session, username: str = "ventanilla1") -> Official:
    return session.scalars(select(Official).where(Official.username == username)).one()


def closed(session: Session, day: date, act: str = "Decreto 30", **more: Any) -> OwnDay:
    """A day that the entity closes at the site; `more` says what else the act wants."""
    asked = {"everywhere": False, "opens": False, **more}
    wanted = days.Wanted(first=day, last=day, act=act, **asked)
    return days.add(session, site(session).id, wanted, official(session, "administracion").id, at())[0]


def turn(session: Session, minute: float = 0, group: str = GENERAL, service_code: str = "property-tax") -> Turn:
    """A turn issued so many minutes after opening."""
    place = site(session)
    asked = turns.Asked(place.id, service(session, service_code).id, group)
    return session.get_one(Turn, turns.issue(session, asked, Who("citizen"), at(minute)).id)


def desk(session: Session, label: str = "1", username: str | None = None, minute: float = 0) -> Desk:
    """An official sitting at a window."""
    place, who = site(session), official(session, username or f"ventanilla{label}")
    sitting = desks.sitting_of(session, who.id)
    if sitting is None or sitting.window.label != label:
        desks.sit(session, place.id, window(session, label).id, who.id, at(minute))
    return desks.desk_of(session, place.id, who.id)


def finished(session: Session, minute: float = 0, label: str = "1", **more: Any) -> Turn:
    """A turn that was attended at a window in the minutes after it was issued."""
    issued = turn(session, minute, **more)
    where = desk(session, label, minute=minute)
    called = turns.pick(session, where, issued.id, "pick-same-matter", at(minute + 1))
    turns.start(session, where, at(minute + 2))
    return turns.finish(session, where, [turns.Outcome(called.service_id, "solved")], at(minute + 3))


QUESTIONNAIRE = Questionnaire(
    title="¿Cómo lo atendimos?",
    title_en="How was the service?",
    thanks="Gracias.",
    thanks_en="Thank you.",
    sections=(
        Section(
            questions=(
                Question(
                    key="all", kind=Asks.FACES, text="En general", text_en="Overall", required=True, measure="csat"
                ),
                Question(
                    key="solved",
                    kind=Asks.SINGLE,
                    text="¿Resolvió lo que necesitaba?",
                    text_en="Was it solved?",
                    required=True,
                    choices=(
                        Choice(key="yes", text="Sí", text_en="Yes"),
                        Choice(key="partly", text="En parte", text_en="Partly"),
                        Choice(key="no", text="No", text_en="No"),
                    ),
                    jumps=(Jump(values=("yes",), to="comment"),),
                ),
                Question(key="lacked", kind=Asks.TEXT, text="¿Qué faltó?", text_en="What was missing?"),
                Question(key="comment", kind=Asks.TEXT, text="Comentario", text_en="Comment"),
            )
        ),
    ),
)
"""Four questions: who says that all was solved is not asked what was missing."""


def survey(session: Session, kind: Of = Of.TURN, asked: Questionnaire = QUESTIONNAIRE, **more: Any) -> SurveyVersion:
    """A survey in force since the opening of the day, and the only one of its kind in use."""
    session.execute(update(Survey).where(Survey.kind == kind).values(active=False))
    told = {"code": f"test-{kind}", "name": asked.title, "kind": kind, "active": True, "opens_on": OPENING.date()}
    of = Survey(created_at=OPENING, **{**told, **more})
    version = SurveyVersion(
        survey=of, number=1, questionnaire=written(asked), english=True, written_at=OPENING, published_at=OPENING
    )
    session.add(version)
    session.flush()
    return version


def comment(session: Session, text: str = "Faltan sillas", **more: Any) -> Comment:
    """What somebody wrote in a survey; `more` says what the test is about. Of which attention is not known."""
    told = {"field": "comment", "month": OPENING.date().replace(day=1), "text": text, **more}
    told.setdefault("id", session.scalar(select(func.coalesce(func.max(Comment.id), 10**15))) + 1)
    told.setdefault("version_id", session.scalar(select(SurveyVersion.id).limit(1)) or survey(session).id)
    row = Comment(**told)
    session.add(row)
    session.flush()
    return row


def improvement(session: Session, minute: float = 0, **more: Any) -> Improvement:
    """An action that the clerk of petitions opened and answers for, due in a month."""
    clerk = official(session, "pqrsd")
    told = {"source": Source.SURVEY, "reference": "Encuesta · Tiempo de espera", "finding": "La sala se llena a las 9."}
    told |= {"cause": "Todos los servicios abren a la misma hora.", "action": "Abrir dos ventanillas más temprano."}
    told |= {"office_id": office(session).id, "official_id": clerk.id, "due_on": OPENING.date() + timedelta(days=30)}
    plan = Plan(**{**told, **more})
    return improving.open_one(session, site(session).id, plan, clerk.id, at(minute))


SAID: dict[str, dict[str, Any]] = {
    "induction": {"type": "induction", "people": {"citizens": 12}},
    "training": {"hours": 4, "people": {"citizens": 8}},
    "incentive": {"group": "Ventanilla", "people": {"citizens": 2}, "act": "Resolución 20260045"},
    "education": {"place": "Parque", "audience": "Barrio La Loma", "people": {"citizens": 40}},
    "dialogue": {
        "type": "community_council",
        "place": "Vereda Angosturas",
        "topics": "Vías",
        "people": {"citizens": 60},
    },
    "commitment": {},
    "publication": {"medium": "facebook", "link": "https://facebook.com/california/1"},
    "secop": {
        "number": "SA-2026-0012",
        "modality": "abbreviated",
        "state": "called",
        "link": "https://secop.gov.co/12",
    },
    "streamlining": {"strategy": "simplified", "suit": "administrative", "before": "Tres sellos.", "benefit": "Menos."},
    "diagnosis": {"why": "Es el más pedido."},
    "report": {"type": "report"},
    "space": {"points": {point: "not_applicable" for point, _words in POINTS}},
    "process": {"version": "2"},
    "route": {"stage": "prepare"},
    "audit_finding": {"report": "AI-2026-03", "detail": "No hay acta."},
    "support": {},
}
"""What an entry of each kind says at least."""
LINK = "https://california-santander.gov.co/acta"


def register_said(session: Session, kind: str, **more: Any) -> dict[str, Any]:
    """All that an entry of a kind says."""
    asked = {field.name for field in KINDS[kind].fields}
    said = {"title": "Plan anticorrupción", "day": OPENING.date(), "steps_before": 5, "steps_after": 3}
    said |= {"service_id": service(session).id, "official_id": official(session, "pqrsd").id}
    return {name: value for name, value in {**said, **SAID[kind], **more}.items() if name in asked}


def register(session: Session, kind: str = "induction", *, link: str = LINK, **more: Any) -> RegisterEntry:
    """An entry that the clerk of petitions recorded, shown by a link; `more` says what the test is about."""
    own = {name: more.pop(name) for name in ("below", "files", "activities") if name in more}
    draft = Draft(
        said=register_said(session, kind, **more),
        office_id=office(session).id,
        activities=own.get("activities", ["1.3.1"] if KINDS[kind].chosen else []),
        files=own.get("files", ()),
        link=link,
    )
    by = official(session, "pqrsd").id
    return registers.record(session, KINDS[kind], site(session).id, draft, by, at(), own.get("below"))


def office(session: Session, code: str = "front-desk") -> Office:
    return session.scalars(select(Office).where(Office.code == code).order_by(Office.id).limit(1)).one()


def opinion(session: Session, version: SurveyVersion, sent: Sent, detail: Detail = NOTHING, **more: Any) -> None:
    """An answer of some attention of the month; `more`: its `month`, its `mode`, who was `typing` from paper."""
    day, by = more.get("month", OPENING.date()), more.get("typing")
    how = answering.How(more.get("mode", Mode.PHONE), "es", ("key",), official_id=by, typing=by is not None)
    attention = Attention(version.survey.kind, f"somebody {secrets.token_hex(8)}", day, ((detail, ALIKE),))
    moment = datetime.combine(day, OPENING.timetz())
    answering.answer(session, version, sent, attention if version.survey.kind in ONE_EACH else None, how, moment)


def received(minute: float = 0, **more: Any) -> filing.Received:
    """What came in so many minutes after opening; `more` says what the test is about, `person` who wrote it."""
    said = {"channel": Channel.WEB, "kind": "peticion_particular", "subject": "El andén de mi casa"}
    said |= {"text": "Solicito que arreglen el andén frente a mi casa.", "person": PERSON, "received_at": at(minute)}
    return filing.Received(**(said | more))


PERSON = filing.Person(
    name="Rosa Elvira Pabón", document_kind="CC", document_number="63400100", email="rosa@ejemplo.co"
)


def petition(session: Session, minute: float = 0, **more: Any) -> Petition:
    """A petition filed by its citizen so many minutes after opening."""
    filed = filing.file(session, received(minute, **more), Who("citizen"), at(minute))
    return session.get_one(Petition, filed.petition_id)


def colleague(session: Session, username: str = "ventanilla4", office: str = "front-desk") -> Official:
    """One more official who answers the petitions of an office."""
    found = official(session, username)
    found.roles, found.office = ["petitions"], session.scalars(select(Office).where(Office.code == office)).one()
    session.flush()
    return found


def draft(**more: Any) -> replies.Draft:
    """A reply that lacks nothing; `more` says what the test is about."""
    said = {"subject": "Respuesta sobre el andén", "body": "El andén se arregla el lunes.", "outcome": "granted"}
    return replies.Draft(**(said | {"checks": tuple(Check)} | more))


def letter(reply: object = None) -> Letter:
    """What stands on a paper before it goes out."""
    said = {"entity": "Alcaldía", "office": "Ventanilla", "place": "California", "to": ("Rosa",), "subject": "Andén"}
    said |= {"about": "2026-E-000001", "body": "Sí.", "annexes": (), "signer": "Encargada", "wrote": "", "approved": ""}
    return Letter(**said, verify="")


def signed(session: Session, petition: Petition, at: datetime, **more: Any) -> Reply:
    """A reply that one person wrote, another approved and signed."""
    writer, second = official(session, "pqrsd").id, colleague(session).id
    version = replies.save(session, petition, draft(**more), 0, writer, at).version
    replies.ask_review(session, petition, None, writer, at)
    replies.approve(session, petition, version, second, at)
    return replies.sign(session, petition, version, letter, printer(petition, at), second, at)


SHELF = Store(Folder(Path(tempfile.mkdtemp(prefix="town-hall-letters-"))), Antivirus())
"""Where the papers of tests lie that look at no application."""


def printer(petition: Petition, at: datetime) -> Print:
    """Makes papers that say only their number."""

    def print_letter(told: Letter) -> Placed:
        content = f"%PDF {told.number}".encode()
        return place_own(SHELF, content, f"{told.number}.pdf", Kind.PDF, at, seal=petition.confidential)

    return print_letter


PROTOCOL = ProtocolText(
    title="Atender a quien llega molesto",
    purpose="Que la persona se calme y se vaya con una respuesta.",
    scope="Quien atiende en ventanilla.",
    responsible="Secretaría de Gobierno",
    steps=(
        Step(moment=Moment.CONTACT, do="Salude y escuche sin interrumpir.", say="Cuénteme qué pasó."),
        Step(moment=Moment.CLOSING, do="Diga qué sigue y cuándo."),
    ),
    never=("Decirle que se calme.",),
    targets=(Target(what="Empezar a escuchar", time="antes de un minuto"),),
    quiz=(QuizQuestion(text="¿Qué se hace primero?", options=("Escuchar", "Explicar la norma"), right=0),),
)
"""A protocol that lacks nothing, with one question whose right answer is the first."""


def protocol_draft(session: Session, minute: float = 0, text: ProtocolText = PROTOCOL, **more: Any) -> ProtocolVersion:
    """The first version of a new protocol, written by who supervises; `more` says whom it is for."""
    whom = {"code": "T-01", "channel": In.IN_PERSON, "population": Population.UPSET, "audience": ["official"]}
    by = official(session, "supervision").id
    return protocols.begin(session, protocols.For(**(whom | more)), text, by, at(minute))


def protocol(
    session: Session, minute: float = 0, text: ProtocolText = PROTOCOL, valid_from: date | None = None, **more: Any
) -> ProtocolVersion:
    """A version that a second person approved, in force since its minute or from a day on."""
    version = protocol_draft(session, minute, text, **more)
    protocols.ask_review(session, version.protocol_id, official(session, "supervision").id, at(minute))
    approval = protocols.Approval(act="Resolución 012 de 2026", valid_from=valid_from or at(minute).date())
    by = official(session, "administracion").id
    return protocols.approve(session, version.protocol_id, version.saving, approval, by, at(minute))
