"""Who is inside says again who they are before changing what opens the account; the session gets a new name."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user
from sqlalchemy.orm import Session
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from core.db import transaction
from core.errors import N_, Refused
from core.events import Who
from core.people import actions as people
from core.people import second_factor
from core.people.model import Official
from core.web.attempts import begin_attempt
from core.web.database import db
from core.web.errors import message_of
from core.web.forms import Form, Text
from core.web.guard import Identity
from core.web.signing import factor_keys
from core.web.words import translate


class AgainForm(Form):
    """The password once more."""

    password = PasswordField(
        _l("Su contraseña"), [DataRequired(_l("Escriba su contraseña.")), Length(max=1024)], id="again-password"
    )


class WholeAgainForm(AgainForm):
    """The password once more, and the code of who has a second factor."""

    again_code = Text(_l("Código de su teléfono"), most=40)


def check_again(form: AgainForm, at: datetime) -> tuple[int, dict[str, str]] | None:
    """None if it is who opened the session; else the status and headers to answer, with the reason beside its field."""
    if not form.validate_on_submit():
        return 422, {}
    me = current_user.official
    try:
        attempt = begin_attempt(me.username, at)
        people.check_password(db.session(), me.username, form.password.data or "")
        with transaction(db.session) as work:
            _check_code(work, form, at)
            people.forget_attempt(work, attempt)
            token = people.renew(work, me.sign_in_id)
    except people.SlowDown as slow:
        form.password.errors = [message_of(slow)]
        return slow.status, {"Retry-After": str(slow.retry_after)}
    except Refused as refused:
        with transaction(db.session) as work:
            people.note_failure(work, me.username, Who("official", me.id), at)
        _tell(form, refused)
        return 422, {}
    login_user(Identity(token, me))
    return None


def _check_code(work: Session, form: AgainForm, at: datetime) -> None:
    """Raises what second_factor.check raises."""
    me = current_user.official
    if isinstance(form, WholeAgainForm) and me.has_factor:
        second_factor.check(work, work.get_one(Official, me.id), form.again_code.data or "", factor_keys(), at)


def _tell(form: AgainForm, refused: Refused) -> None:
    if isinstance(refused, people.SignInRefused):
        form.password.errors = [translate(N_("No es su contraseña actual. Escríbala de nuevo."))]
    elif isinstance(form, WholeAgainForm):
        form.again_code.errors = [message_of(refused)]
