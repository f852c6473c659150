"""What an official has to read of how the office attends: the list, each protocol whole, and its receipt."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from core.clock import now, today
from core.db import transaction
from core.errors import Missing
from core.people.rights import Permission
from core.protocols import actions as protocols
from core.protocols.matrix import State, cells_of
from core.protocols.model import ProtocolVersion, Reading
from core.protocols.text import ProtocolText, read
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Whole
from core.web.guard import requires
from core.web.protocol_words import stages

bp = Blueprint("reading", __name__)


class QuizForm(Form):
    """The version that was read, and the place of the option chosen in each question of its quiz."""

    version = Whole("", [InputRequired()], least=1)

    @property
    def questions(self) -> list[RadioField]:
        """The questions, in order."""
        return [field for field in self if isinstance(field, RadioField)]

    @property
    def answers(self) -> list[int]:
        """The places of the options chosen, from 0."""
        return [int(field.data) for field in self.questions]


def quiz_form(text: ProtocolText, **more: Any) -> QuizForm:
    """The form of this quiz; without questions, only that it was read."""
    questions = {
        f"answer{place}": RadioField(
            question.text,
            [InputRequired(_l("Elija una respuesta."))],
            choices=[SelectChoice(str(n), option) for n, option in enumerate(question.options)],
        )
        for place, question in enumerate(text.quiz)
    }
    form: QuizForm = type("QuizForm", (QuizForm,), questions)(**more)
    return form


@bp.get("/my-protocols")
@requires(Permission.SEE_PROTOCOLS)
def protocols_mine() -> ResponseReturnValue:
    """What I have to read, what I have read, and what else rules."""
    cells = cells_of(db.session(), current_user.id, today())
    to_read = [(version, cell) for version, cell in cells if cell.state in (State.PENDING, State.LATE)]
    asked = {version.id for version, _cell in to_read}
    rest = [(version, _receipt(version)) for version, _cell in cells if version.id not in asked]
    return render_template(
        "protocols_mine.html",
        to_read=sorted(to_read, key=lambda one: one[1].day),
        read=[(version, receipt) for version, receipt in rest if receipt],
        others=[version for version, receipt in rest if not receipt],
    )


@bp.get("/my-protocols/<protocol_code>")
@requires(Permission.SEE_PROTOCOLS)
def protocol(protocol_code: str) -> ResponseReturnValue:
    return _page(_form(protocol_code), protocol_code)


@bp.post("/my-protocols/<protocol_code>")
@requires(Permission.SEE_PROTOCOLS)
@asks(lambda protocol_code: _form(protocol_code), lambda form, protocol_code: _page(form, protocol_code))
def protocol_act(form: QuizForm, protocol_code: str) -> ResponseReturnValue:
    """I read it and understood it; what was answered otherwise may be tried again."""
    with transaction(db.session) as session:
        version = protocols.version_numbered(_ruling(protocol_code).protocol, form.version.data or 0)
        tried = protocols.note_read(session, version, current_user.id, form.answers, now())
    if tried.wrong:
        return _page(form, protocol_code, tried.wrong)
    flash(_("Quedó anotado: leyó %(code)s, versión %(number)s.", code=protocol_code, number=version.number), "success")
    return redirect(url_for(".protocols_mine"))


def _ruling(code: str) -> ProtocolVersion:
    """The version that rules today. Raises Missing."""
    found = protocols.version_in_force(db.session(), code, today())
    if found is None:
        raise Missing
    return found


def _receipt(version: ProtocolVersion) -> Reading | None:
    """That the official read it, if they did."""
    row = db.session.get(Reading, (version.id, current_user.id))
    return row if row and row.read_at else None


def _form(code: str) -> QuizForm:
    version = _ruling(code)
    return quiz_form(read(version.text), data={"version": version.number})


def _page(form: QuizForm, code: str, wrong: Collection[int] = ()) -> str:
    version = _ruling(code)
    text = read(version.text)
    to_read = {one.version.id: one for one in protocols.to_read(db.session(), current_user, today())}
    return render_template(
        "protocol_read.html",
        form=form,
        wrong=wrong,
        version=version,
        text=text,
        stages=list(stages(text)),
        asked=to_read.get(version.id),
        receipt=_receipt(version),
    )
