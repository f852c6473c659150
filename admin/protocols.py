"""Protocols as who writes and approves them sees them: the list, each with its versions, and what changed in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID
from admin.protocol_act_forms import ApproveForm, BackForm, WithdrawForm
from core.clock import today
from core.differences import Difference
from core.errors import Missing
from core.people.model import Official
from core.people.rights import PEOPLE, Permission, Reach, reaches
from core.protocols.actions import (
    Standing,
    every_protocol,
    in_hand,
    protocol_of,
    ruling,
    standing,
    version_numbered,
)
from core.protocols.completeness import Lack, lacks
from core.protocols.differences import differences
from core.protocols.matrix import Share, matrix
from core.protocols.model import Protocol, ProtocolVersion
from core.protocols.text import read
from core.web.database import db
from core.web.forms import Form, whole
from core.web.guard import requires
from core.web.protocol_words import MOMENTS, stages
from core.web.words import translate

SEES = (Permission.WRITE_PROTOCOLS, Permission.APPROVE_PROTOCOLS, Permission.SEE_PROTOCOL_READINGS)
STANDINGS = {
    Standing.DRAFT: _l("En borrador"),
    Standing.REVIEW: _l("En revisión"),
    Standing.COMING: _l("Aprobada, por regir"),
    Standing.IN_FORCE: _l("Rige"),
    Standing.REPLACED: _l("Reemplazada"),
    Standing.WITHDRAWN: _l("Retirada"),
}
TONES = {
    Standing.DRAFT: "neutral",
    Standing.REVIEW: "sun",
    Standing.COMING: "info",
    Standing.IN_FORCE: "success",
    Standing.REPLACED: "neutral",
    Standing.WITHDRAWN: "warning",
}
LACKS = {
    Lack.TITLE: _l("el título"),
    Lack.PURPOSE: _l("para qué es"),
    Lack.SCOPE: _l("para qué casos y quiénes lo siguen"),
    Lack.RESPONSIBLE: _l("quién responde por él"),
    Lack.CONTACT: _l("un paso del contacto inicial"),
    Lack.CLOSING: _l("un paso del cierre"),
    Lack.NEVER: _l("una cosa que no se hace"),
    Lack.TARGET: _l("un tiempo que se exige"),
    Lack.QUIZ: _l("una pregunta completa: con dos opciones distintas o más, y marcada la correcta"),
}
_PARTS = {
    "title": _l("Título"),
    "purpose": _l("Para qué es"),
    "scope": _l("Para qué casos y quiénes lo siguen"),
    "responsible": _l("Responde por él"),
    "phrases": _l("Frases que ayudan"),
    "never": _l("Qué no hacer"),
    "targets": _l("Tiempos que nos exigimos"),
    "quiz": _l("Preguntas (* la correcta)"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A protocol in the list: the version that rules or else the last one, the one in hand, and who has read."""

    protocol: Protocol
    shown: ProtocolVersion
    stands: Standing
    in_hand: ProtocolVersion | None
    share: Share | None


@dataclass(frozen=True, slots=True)
class VersionTold:
    """A version as the history tells it, with who did what to it by name."""

    version: ProtocolVersion
    stands: Standing
    written_by: str
    approved_by: str
    withdrawn_by: str


@bp.get("/protocols")
@requires(*SEES)
def protocols() -> ResponseReturnValue:
    """Every protocol, where it stands and how many have read what rules."""
    session = db.session()
    found = matrix(session, today(), site_read())
    shares = {version.protocol_id: found.share([version], found.officials) for version in found.versions}
    rows = [_listed(protocol, shares) for protocol in every_protocol(session)]
    waiting = [row for row in rows if row.in_hand and row.in_hand.review_asked_at and row.in_hand.state == "review"]
    return render_template("admin/protocols.html", rows=rows, waiting=waiting, standings=STANDINGS, tones=TONES)


@bp.get(f"/protocols/<{ID}:protocol_id>")
@requires(*SEES)
def protocols_one(protocol_id: int) -> ResponseReturnValue:
    """One protocol: what it says, what is in hand, what comes next and its versions."""
    return one(protocol_id)


@bp.get(f"/protocols/<{ID}:protocol_id>/versions/<{ID}:number>")
@requires(*SEES)
def protocols_version(protocol_id: int, number: int) -> ResponseReturnValue:
    """One version, as it was or will be read."""
    return version_page(protocol_id, number)


@bp.get(f"/protocols/<{ID}:protocol_id>/differences")
@requires(*SEES)
def protocols_differences(protocol_id: int) -> ResponseReturnValue:
    """What changed from one version to another, which the address names; without it, what the last one changed."""
    protocol = protocol_of(db.session(), protocol_id)
    last = protocol.versions[-2:]
    before, after = _named(protocol, "from", last[0]), _named(protocol, "to", last[-1])
    return render_template(
        "admin/protocol_differences.html",
        protocol=protocol,
        before=before,
        after=after,
        changes=spoken(before, after),
        names=part_names(),
        standings=STANDINGS,
        tones=TONES,
        stands={version.number: standing(version, today()) for version in protocol.versions},
    )


@bp.get(f"/protocols/<{ID}:protocol_id>/review")
@requires(Permission.WRITE_PROTOCOLS, Permission.APPROVE_PROTOCOLS)
def protocols_review(protocol_id: int) -> ResponseReturnValue:
    """What waits for a second person: its text, what changes, and the two ways out."""
    return review_page(protocol_id)


def one(protocol_id: int, form: Form | None = None) -> str:
    """The page of a protocol; `form`, if one was refused on it."""
    session, day = db.session(), today()
    protocol = protocol_of(session, protocol_id)
    rules, hand = ruling(protocol, day), in_hand(protocol)
    shown = rules or protocol.versions[-1]
    found = matrix(session, day, site_read())
    return render_template(
        "admin/protocol.html",
        protocol=protocol,
        shown=shown,
        stands=standing(shown, day),
        text=read(shown.text),
        stages=list(stages(read(shown.text))),
        hand=hand,
        lacking=[LACKS[lack] for lack in lacks(read(hand.text))] if hand else [],
        versions=_told(session, protocol),
        share=found.share([rules], found.officials) if rules else None,
        audience=[PEOPLE[role].name for role in protocol.audience if role in PEOPLE],
        refused=form,
        standings=STANDINGS,
        tones=TONES,
    )


def version_page(protocol_id: int, number: int, withdraw: WithdrawForm | None = None) -> str:
    """A version with the way to withdraw it, if it may be; `withdraw`, if that was refused."""
    session = db.session()
    protocol = protocol_of(session, protocol_id)
    version = version_numbered(protocol, number)
    return render_template(
        "admin/protocol_version.html",
        protocol=protocol,
        told=next(told for told in _told(session, protocol) if told.version is version),
        text=read(version.text),
        stages=list(stages(read(version.text))),
        withdraw=withdraw or WithdrawForm(formdata=None),
        refused=withdraw,
        standings=STANDINGS,
        tones=TONES,
    )


def review_page(protocol_id: int, approve: ApproveForm | None = None, back: BackForm | None = None) -> str:
    """The page of a review. Raises Missing where nothing is in review."""
    session, day = db.session(), today()
    protocol = protocol_of(session, protocol_id)
    version = in_hand(protocol)
    if version is None or version.review_asked_at is None or standing(version, day) != Standing.REVIEW:
        raise Missing
    rules = ruling(protocol, day)
    return render_template(
        "admin/protocol_review.html",
        protocol=protocol,
        version=version,
        ruling=rules,
        text=read(version.text),
        stages=list(stages(read(version.text))),
        changes=spoken(rules, version) if rules else [],
        names=part_names(),
        writers=_writers(session, version),
        is_mine=str(current_user.id) in version.writers,
        approve=approve or ApproveForm(formdata=None, data={"seen": str(version.saving), "valid_from": day}),
        back=back or BackForm(formdata=None),
        refused=approve or back,
    )


def spoken(before: ProtocolVersion, after: ProtocolVersion) -> list[Difference]:
    """What differs between two versions."""
    return differences(read(before.text), read(after.text))


def part_names() -> Mapping[str, str]:
    """What the parts of a protocol are called."""
    moments = {moment.value: translate(text) for moment, text in MOMENTS.items()}
    return moments | {part: str(text) for part, text in _PARTS.items()}


def site_read() -> int | None:
    """The site whose readings this person sees; None is all of them."""
    far = {reaches(role, Permission.SEE_PROTOCOL_READINGS) for role in current_user.roles}
    return None if Reach.ALL in far else int(current_user.site_id)


def _named(protocol: Protocol, name: str, otherwise: ProtocolVersion) -> ProtocolVersion:
    """The version that the address names. Raises Missing."""
    if name not in request.args:
        return otherwise
    try:
        return version_numbered(protocol, whole(request.args[name]))
    except ValueError:
        raise Missing from None


def _listed(protocol: Protocol, shares: Mapping[int, Share]) -> Listed:
    day: date = today()
    hand, approved = in_hand(protocol), [one for one in protocol.versions if one.valid_from]
    shown = ruling(protocol, day) or (approved or protocol.versions)[-1]
    return Listed(protocol, shown, standing(shown, day), hand, shares.get(protocol.id))


def _told(session: Session, protocol: Protocol) -> list[VersionTold]:
    """The versions, newest first."""
    names: dict[int | None, str] = dict(session.execute(select(Official.id, Official.name)).all())
    nobody = _("El sistema")
    return [
        VersionTold(
            version,
            standing(version, today()),
            names.get(version.written_by, nobody),
            names.get(version.approved_by, nobody),
            names.get(version.withdrawn_by, nobody),
        )
        for version in reversed(protocol.versions)
    ]


def _writers(session: Session, version: ProtocolVersion) -> list[str]:
    ids = [int(writer) for writer in version.writers]
    return list(session.scalars(select(Official.name).where(Official.id.in_(ids)).order_by(Official.name)))


def address_of(protocol_id: int) -> str:
    """Where one protocol is."""
    return url_for("admin.protocols_one", protocol_id=protocol_id)
