"""The questions by which a petition is received: the citizen answers them, or the official who listens."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from core.errors import N_
from core.files.kinds import PETITION
from core.mail.address import BadAddress, checked
from core.petitions import once
from core.petitions.filing import CORRUPTION, LONGEST_FIELD, LONGEST_SUBJECT, LONGEST_TEXT, NOBODY, Person, Received
from core.petitions.model import AnswerBy, Channel, Identity
from core.petitions.names import KINDS
from core.petitions.terms import Kind
from core.web.forms import Paragraphs, PressForm, Text
from core.web.uploads import Files
from core.web.words import language, translate

UNSURE = "unsure"
"""Who does not know what kind it is: the office says, and until then it is a petition like any other."""

CONSENT = "2026-11"
"""The version of the text by which somebody lets their data be treated; a new text gets a new one."""

WANTS = (
    (UNSURE, _l("No estoy seguro"), _l("Cuéntelo con sus palabras; nosotros lo clasificamos.")),
    (Kind.PARTICULAR, _l("Pedir algo para mí"), _l("Un arreglo, un permiso, una ayuda, una respuesta.")),
    (Kind.GENERAL, _l("Pedir algo para la comunidad"), _l("Para su barrio, su vereda o todo el municipio.")),
    (Kind.INFORMATION, _l("Pedir información"), _l("Saber qué se hizo, cuánto costó o cómo va algo.")),
    (Kind.DOCUMENTS, _l("Pedir copia de un documento"), _l("Un contrato, un plano, un acta, una certificación.")),
    (Kind.CONSULTATION, _l("Pedir un concepto"), _l("La opinión de la alcaldía sobre un asunto de su trabajo.")),
    (Kind.CLAIM, _l("Reclamar por un servicio"), _l("Algo que la alcaldía presta y salió mal o no llegó.")),
    (Kind.COMPLAINT, _l("Quejarme de un funcionario"), _l("De cómo trató o atendió a alguien.")),
    (Kind.SUGGESTION, _l("Hacer una sugerencia"), _l("Una idea para que algo funcione mejor.")),
    (Kind.REPORT, _l("Denunciar algo irregular"), _l("Un hecho que la alcaldía debe revisar o detener.")),
    (Kind.DATA_QUERY, _l("Saber qué datos míos tienen"), _l("Sus datos personales en los archivos de la alcaldía.")),
    (Kind.DATA_CLAIM, _l("Corregir o borrar mis datos"), _l("Datos suyos que están mal o que no deben estar.")),
    (Kind.CONGRATULATION, _l("Felicitar o agradecer"), _l("Algo o alguien que lo hizo bien.")),
)
"""What somebody wants, in their words; the last is what it is about."""

FOR_OFFICIALS = (
    Kind.CORRUPTION,
    Kind.PUBLIC_INFORMATION,
    Kind.AUTHORITIES,
    Kind.APPEAL,
    Kind.CONGRESS,
    Kind.OMBUDSMAN,
)
"""Kinds that an official chooses besides, by the name that the law gives them."""

WHO = (
    (Identity.IDENTIFIED, _l("Con mi nombre"), _l("Le respondemos a usted.")),
    (
        Identity.RESERVED,
        _l("Con mi nombre, en reserva"),
        _l("Quién es usted queda cifrado. Lo abren solo personas designadas, con motivo, y queda escrito quién fue."),
    ),
    (
        Identity.ANONYMOUS,
        _l("Sin mi nombre"),
        _l(
            "No guardamos quién es, desde dónde escribe ni la hora. La respuesta se ve solo con un código, que no se "
            "puede recuperar. Cuente hechos que se puedan comprobar: sin ellos quizá no se pueda investigar."
        ),
    ),
)
ANSWER = (
    (AnswerBy.PORTAL, _l("En esta página, con un código")),
    (AnswerBy.EMAIL, _l("Por correo electrónico")),
    (AnswerBy.POST, _l("Por correo físico")),
    (AnswerBy.IN_PERSON, _l("En persona, en la alcaldía")),
    (AnswerBy.PHONE, _l("Por teléfono")),
)
NEEDS = {AnswerBy.EMAIL: "email", AnswerBy.POST: "address", AnswerBy.PHONE: "phone"}
"""What each way of answering cannot do without."""

DOCUMENTS = (
    ("", _l("Sin documento")),
    ("CC", _l("Cédula de ciudadanía")),
    ("TI", _l("Tarjeta de identidad")),
    ("CE", _l("Cédula de extranjería")),
    ("PPT", _l("Permiso por protección temporal")),
    ("PA", _l("Pasaporte")),
    ("NIT", _l("NIT")),
    ("RC", _l("Registro civil")),
)
_NUMBER = re.compile(r"[0-9A-Za-z-]{3,20}")
_PHONE = re.compile(r"\+?[0-9]{7,15}")


class PetitionForm(PressForm):
    """What somebody asks, who they are, and how they want to be answered. Nothing but their words is demanded."""

    kind = RadioField(_l("¿Qué quiere hacer?"), default=UNSURE, choices=[SelectChoice(w[0], w[1]) for w in WANTS])
    subject = Text(_l("Asunto, en pocas palabras"), [Optional()], most=LONGEST_SUBJECT)
    text = Paragraphs(
        _l("Qué pide o qué pasó"),
        [InputRequired(_l("Escriba qué pide o qué pasó, con sus palabras."))],
        most=LONGEST_TEXT,
    )
    files = Files(_l("Archivos"), PETITION)
    identity = RadioField(
        _l("¿Cómo quiere presentarla?"),
        default=Identity.IDENTIFIED,
        choices=[SelectChoice(w[0], w[1]) for w in WHO],
    )
    person = RadioField(
        _l("Escribe"),
        default="natural",
        choices=[SelectChoice("natural", _l("Una persona")), SelectChoice("legal", _l("Una empresa u organización"))],
    )
    name = Text(_l("Nombre y apellidos"), [Optional()], most=LONGEST_FIELD)
    document_kind = SelectField(_l("Tipo de documento"), [Optional()], choices=[SelectChoice(*d) for d in DOCUMENTS])
    document_number = Text(_l("Número de documento"), [Optional()], most=30)
    email = Text(_l("Correo electrónico"), [Optional()], most=LONGEST_FIELD)
    phone = Text(_l("Teléfono o celular"), [Optional()], most=30)
    address = Text(_l("Dirección"), [Optional()], most=LONGEST_FIELD)
    municipality = Text(_l("Municipio"), [Optional()], most=LONGEST_FIELD)
    answer_by = RadioField(
        _l("¿Cómo quiere que le respondamos?"),
        default=AnswerBy.PORTAL,
        choices=[SelectChoice(a[0], a[1]) for a in ANSWER],
    )
    consent = BooleanField(_l("Autorizo que la alcaldía use mis datos para responderme y llevar este trámite."))
    notify_by_email = BooleanField(_l("Acepto que las decisiones me lleguen a mi correo electrónico y valgan así."))
    website = Text(_l("No llene esta casilla"), [Optional()])

    consent_version = CONSENT
    details = {
        "kind": {w[0]: w[2] for w in WANTS},
        "identity": {w[0]: w[2] for w in WHO},
    }
    """A line of explanation under each option, by the field."""

    def validate_document_number(self, field: Field) -> None:
        field.data = field.data.replace(".", "").replace(" ", "")
        if field.data and not (_NUMBER.fullmatch(field.data) if self.document_kind.data else field.data.isalnum()):
            raise ValidationError(_l("Escriba el número como está en el documento, sin signos."))

    def validate_email(self, field: Field) -> None:
        try:
            field.data = checked(field.data) if field.data else ""
        except BadAddress:
            raise ValidationError(_l("Revise el correo: debe ser como nombre@ejemplo.com.")) from None

    def validate_phone(self, field: Field) -> None:
        plain = re.sub(r"[ ().-]", "", field.data or "")
        if plain and not _PHONE.fullmatch(plain):
            raise ValidationError(_l("Escriba solo los números del teléfono, como 300 123 4567."))

    def validate_answer_by(self, field: Field) -> None:
        needed = NEEDS.get(field.data)
        if needed and not self[needed].data and self.identity.data != Identity.ANONYMOUS:
            label = str(self[needed].label.text).lower()
            raise ValidationError(
                translate(N_("Para responderle así falta «%(needed)s». Escríbalo o elija otra forma."), needed=label)
            )

    def validate_website(self, field: Field) -> None:
        if field.data:
            raise ValidationError(_l("Deje vacía la casilla que dice que no se llena."))

    @property
    def asked_kind(self) -> Kind:
        """The kind that was chosen; who is not sure makes a petition like any other."""
        return Kind.GENERAL if self.kind.data == UNSURE else Kind(self.kind.data)

    @property
    def confidential(self) -> bool:
        """Whether its files are sealed, as its words will be."""
        return bool(self.identity.data == Identity.RESERVED or self.asked_kind == CORRUPTION)

    @property
    def anonymous(self) -> bool:
        return bool(self.identity.data == Identity.ANONYMOUS)

    def code(self, actor: str, what: str) -> str:
        """The code of the petition that this press files, always the same. Raises Invalid without a key."""
        return once.code_of(self.pressed(actor, what), str(current_app.secret_key))

    def received(self, channel: Channel, at: datetime, **more: Any) -> Received:
        """What the form says, as the filing wants it; of who wants no name nothing that was typed is taken."""
        identity = Identity(self.identity.data)
        said: dict[str, Any] = {
            "channel": channel,
            "kind": self.asked_kind,
            "subject": self.subject.data or "",
            "text": self.text.data,
            "received_at": at,
            "identity": identity,
            "person": NOBODY if identity is Identity.ANONYMOUS else self._person(),
            "answer_by": AnswerBy.PORTAL if identity is Identity.ANONYMOUS else AnswerBy(self.answer_by.data),
            "language": language(),
        }
        return Received(**(said | more))

    def _person(self) -> Person:
        names = ("person", "name", "document_kind", "document_number", "email", "phone", "address", "municipality")
        said: dict[str, Any] = {name: self[name].data or "" for name in names}
        return Person(
            **said,
            notify_by_email=bool(self.notify_by_email.data and self.email.data),
            consent=CONSENT if self.consent.data else "",
        )


class TakenDownForm(PetitionForm):
    """The same, taken down by an official: in boxes, so that all of it is in sight, and about somebody else."""

    kind = SelectField(
        _l("Qué quiere la persona"),
        default=UNSURE,
        choices=[
            SelectChoice(UNSURE, _l("No está claro todavía")),
            *(SelectChoice(w[0], w[1]) for w in WANTS[1:]),
            *(SelectChoice(kind, _l(KINDS[kind])) for kind in FOR_OFFICIALS),
        ],
    )
    text = Paragraphs(
        _l("Qué pide, con sus palabras"), [InputRequired(_l("Escriba qué pide la persona."))], most=LONGEST_TEXT
    )
    document_kind = SelectField(_l("Documento"), [Optional()], choices=[SelectChoice(*d) for d in DOCUMENTS])
    document_number = Text(_l("Número"), [Optional()], most=30)
    email = Text(_l("Correo"), [Optional()], most=LONGEST_FIELD)
    phone = Text(_l("Teléfono"), [Optional()], most=30)
    identity = SelectField(
        _l("Cómo la presenta"),
        default=Identity.IDENTIFIED,
        choices=[
            SelectChoice(Identity.IDENTIFIED, _l("Con su nombre")),
            SelectChoice(Identity.RESERVED, _l("Con su nombre, en reserva")),
            SelectChoice(Identity.ANONYMOUS, _l("Sin su nombre")),
        ],
    )
    answer_by = SelectField(
        _l("Cómo quiere la respuesta"),
        default=AnswerBy.PORTAL,
        choices=[
            SelectChoice(AnswerBy.PORTAL, _l("En la página, con su código")),
            SelectChoice(AnswerBy.EMAIL, _l("Por correo electrónico")),
            SelectChoice(AnswerBy.POST, _l("Por correo físico")),
            SelectChoice(AnswerBy.IN_PERSON, _l("En persona")),
            SelectChoice(AnswerBy.PHONE, _l("Por teléfono")),
        ],
    )
    consent = BooleanField(_l("Autoriza el uso de sus datos"))
    notify_by_email = BooleanField(_l("Acepta notificación por correo"))
