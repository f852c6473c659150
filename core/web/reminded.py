"""Whether reminders reach who is signed in by mail, and whether they answer for something of the plan."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from flask_login import current_user

from core.people.rights import Permission
from core.petitions.reminders import with_address
from core.plan.finding import answers_for_any
from core.web.database import db
from core.web.post import SECTION, Postman


@dataclass(frozen=True, slots=True)
class Reminded:
    """How it is for somebody. `answers`: a plan asks them for reports, or internal control for its verdicts."""

    has_address: bool
    answers: bool

    @property
    def lacks_address(self) -> bool:
        """Whether they would be reminded of the plan if they only wrote where."""
        return self.answers and not self.has_address and mail_goes_out()


def reminded() -> Reminded:
    """How it is for who is signed in."""
    session, me = db.session(), current_user.id
    answers = current_user.may(Permission.JUDGE_PLAN) or answers_for_any(session, me)
    return Reminded(bool(with_address(session, [me])), answers)


def mail_goes_out() -> bool:
    """Whether somebody said by which server the mail goes."""
    postman: Postman = current_app.extensions[SECTION]
    return postman.post.outgoing is not None
