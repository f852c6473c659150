"""The desk as a page: what is seen, the forms of its dialogs, and the sentence of a refusal."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from core.catalogue import offer
from core.catalogue.model import Topic
from core.errors import Invalid, Refused
from core.turns.actions.call import NobodyWaiting
from core.turns.policy import GENERAL
from core.web.database import db
from core.web.errors import message_of
from core.web.forms import PressForm
from core.web.line import hour_of
from counter import seen
from counter.forms import AddForm, AwayForm, FinishForm, IssueForm, PauseForm, ReasonForm, RegroupForm, TransferForm
from counter.seen import Seen

FORMS: dict[str, type[PressForm]] = {
    "pick": ReasonForm,
    "skip": ReasonForm,
    "regroup": RegroupForm,
    "transfer": TransferForm,
    "add": AddForm,
    "finish": FinishForm,
    "issue": IssueForm,
    "pause": PauseForm,
    "task": AwayForm,
}
"""The forms that the page draws, by the endpoint that receives each; its dialog has the same name."""

NOT_SEEN = (None, "press", "turn", "then")
"""Fields that nobody can mend on the page."""

REASONS = {"pick": "pick", "skip": "skip", "regroup": "group", "pause": "pause", "task": "task"}


def draw(refused: Refused | None = None) -> str:
    """The whole page; after a refusal, with its sentence, in the form to mend if it names a field of one."""
    sight, forms = look()
    name = (request.endpoint or "").removeprefix("counter.")
    message = message_of(refused) if refused else None
    to_mend = name if isinstance(refused, Invalid) and _mark(forms.get(name), refused.field, message) else None
    passes = isinstance(refused, NobodyWaiting)
    return render_template(
        "counter/desk.html",
        seen=sight,
        forms=forms,
        topics=_topics(),
        message=message,
        passes=passes,
        to_mend=to_mend,
    )


def draw_live() -> str:
    """The part of the page that changes by itself."""
    sight, forms = look()
    return render_template("counter/_live.html", seen=sight, forms=forms, topics=_topics())


def _topics() -> list[Topic]:
    return offer.topics(db.session(), current_user.site_id)


def look() -> tuple[Seen, dict[str, PressForm]]:
    """What the official sees, and the forms to act on it."""
    session = db.session()
    sight = seen.look(session, current_user.site_id, current_user.id, hour_of(current_user.site_id).at)
    reasons = seen.reasons(session, current_user.site_id)
    posted = request.endpoint if request.method == "POST" else None
    forms = {}
    for name, kind in FORMS.items():
        form = forms[name] = kind(formdata=request.form if posted == f"counter.{name}" else None)
        for field in form:
            field.id = f"{name}-{field.name}"
        if name in REASONS:
            form.reason.choices = [SelectChoice(r.code, r.name) for r in reasons.get(REASONS[name], [])]
    groups = [SelectChoice(GENERAL, _("General")), *(SelectChoice(g.code, g.name) for g in sight.groups)]
    forms["regroup"].group.choices = forms["issue"].group.choices = groups
    forms["finish"].result.choices = [SelectChoice(result.code, result.name) for result in sight.results]
    if sight.due_break:
        forms["pause"].offer(sight.due_break)
    if posted != "counter.issue":
        forms["issue"].group.data = GENERAL
    return sight, forms


def _mark(form: PressForm | None, field: str | None, message: str | None) -> bool:
    """Say beside each field what is wrong with it, and the message at the one it names; whether there is any."""
    if form is None or field in NOT_SEEN or field not in form:
        return False
    if form.validate():
        form[field].errors = [message or ""]
    return True
