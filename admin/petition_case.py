"""The page of a petition: what was asked and by whom, until when, all that happened, and what may be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID, me
from admin.petition_deeds import DEEDS, Deed, form_of, offered
from admin.petition_door import may_work, to_read, to_work
from admin.reserved import named_parts
from core.clock import now, today
from core.db import transaction
from core.errors import Missing
from core.people.rights import Permission
from core.petitions import attachments, delivering, finding, grouping, letters, replies, steps, work
from core.petitions.attachments import Attachment
from core.petitions.model import Petition, Step, StepKind
from core.petitions.reckoning import deadline_of
from core.petitions.work_names import CHANNELS, IDENTITIES, MISSING, STEPS, WAYS
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm
from core.web.guard import requires
from core.web.petition_words import account_told, clock_name
from core.web.uploads import answer, store
from core.web.words import translate


@dataclass(frozen=True, slots=True)
class Line:
    """A step as people read it."""

    number: int
    name: str
    on: date
    at: datetime | None
    who: str
    text: str
    public: bool
    files: Sequence[tuple[int, str]]


def _form(petition_id: int, deed: str) -> PressForm:
    """The form of a deed. Raises Missing, NotYours, Forbidden."""
    if deed not in DEEDS:
        raise Missing
    petition = to_work(db.session(), petition_id, lock=False)
    return form_of(DEEDS[deed], petition, db.session())


@bp.get(f"/petitions/<{ID}:petition_id>")
@requires(Permission.READ_PETITIONS)
def petitions_case(petition_id: int) -> ResponseReturnValue:
    return page(petition_id)


@bp.post(f"/petitions/<{ID}:petition_id>/do/<deed>")
@requires(Permission.ANSWER_PETITIONS)
@asks(_form, lambda form, petition_id, deed: page(petition_id, deed, form))
def petitions_work(form: PressForm, petition_id: int, deed: str) -> ResponseReturnValue:
    """Do it, once for each press; who gave it away goes back to the tray."""
    with transaction(db.session) as session:
        petition, at = to_work(session, petition_id), now()
        once(session, form.pressed(me(), f"{deed} {petition_id}"), at, lambda: _do(session, petition, deed, form, at))
        stays = may_work(petition)
    flash(_("Listo: %(what)s.", what=translate(DEEDS[deed].title).lower()), "success")
    return redirect(url_for(".petitions_case", petition_id=petition_id) if stays else url_for(".petitions"))


def _do(session: Session, petition: Petition, deed: str, form: PressForm, at: datetime) -> dict[str, Any]:
    DEEDS[deed].do(session, petition, form, current_user.id, at)
    return {}


@bp.get(f"/petitions/<{ID}:petition_id>/file/<{ID}:attachment_id>")
@requires(Permission.READ_PETITIONS)
def petitions_file(petition_id: int, attachment_id: int) -> ResponseReturnValue:
    """A document of the petition, to take away."""
    with transaction(db.session) as session:
        petition = to_read(session, petition_id, now(), "file")
        found = attachments.attachment_of(session, petition, attachment_id)
        content = attachments.content_of(store(), petition, found)
        kind, label = found.file.kind, attachments.label_of(petition, found)
    return answer(content, kind, label)


def page(petition_id: int, deed: str = "", refused: PressForm | None = None) -> str:
    """The page of a petition; `refused`: the form of a deed that says why it was not done."""
    with transaction(db.session) as session:
        to_read(session, petition_id, now())
    session = db.session()
    petition = session.get_one(Petition, petition_id)
    found = deadline_of(session, petition, today())
    subject, text = finding.words_of(petition)
    works = may_work(petition)
    person = finding.person_of(petition)
    is_named = petition.confidential and current_user.may(Permission.READ_RESERVED)
    return render_template(
        "admin/petition.html",
        is_named=is_named,
        **(named_parts(session, petition, person, None, now()) if is_named else {"person": person}),
        petition=petition,
        subject=subject,
        text=text,
        missing=[translate(MISSING[code]) for code in petition.missing],
        identity=translate(IDENTITIES[petition.identity]),
        channel=translate(CHANNELS[petition.channel]),
        found=found,
        told=account_told(found, today()),
        clocks=[(clock_name(clock), clock) for clock in found.clocks if clock.done is None],
        draft_day=work.draft_day(petition),
        lines=_lines(session, petition),
        repeats=session.get(Petition, petition.repeats_id) if petition.repeats_id else None,
        group=grouping.group_of(session, petition),
        reply=replies.in_hand(session, petition),
        letters=letters.of_petition(session, petition),
        deliveries=delivering.of_petition(session, petition),
        way_names={way: translate(name) for way, name in WAYS.items()},
        works=works,
        deeds=_deeds(session, petition, deed, refused) if works else [],
        refused=refused,
    )


def _deeds(
    session: Session, petition: Petition, deed: str, refused: PressForm | None
) -> list[tuple[str, list[tuple[Deed, PressForm]]]]:
    """What may be done, by groups; one that was refused stays, though it would not be offered any more."""
    shown = [one for one in DEEDS.values() if one in offered(petition) or one.name == deed]
    forms = [
        (one, refused if refused is not None and one.name == deed else form_of(one, petition, session)) for one in shown
    ]
    return [(translate(name), list(some)) for name, some in groupby(forms, key=lambda pair: pair[0].group)]


def _lines(session: Session, petition: Petition) -> list[Line]:
    """All that happened, the last first."""
    files: dict[int, list[Attachment]] = {}
    for one in attachments.of_petition(session, petition):
        files.setdefault(one.step_id, []).append(one)
    return [_line(petition, step, files.get(step.id, [])) for step in reversed(petition.steps)]


def _line(petition: Petition, step: Step, files: Sequence[Attachment]) -> Line:
    return Line(
        number=step.number,
        name=translate(STEPS[step.kind]),
        on=step.on,
        at=step.at,
        who=step.official.name if step.official else _("La persona o el sistema"),
        text="" if step.kind in (StepKind.SENT, StepKind.DELIVERED) else steps.text_of(petition, step),
        public=step.public,
        files=[(one.id, attachments.label_of(petition, one)) for one in files],
    )
