"""How a citizen wants the page: language, size of the letter, contrast; kept until the visit ends."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms.validators import AnyOf, Optional, Regexp

from core.web.forms import Form, Text, Whole
from core.web.guard import for_device, leave_nothing
from core.web.words import language
from kiosk import bp

LAST_TICKET = "ticket"
"""Where the visit keeps the token of the turn that it took."""

OPINION = "opinion"
"""Where the visit keeps what it gives its opinion of: the token of a turn, or the code of an open survey."""

KINDS = {"language": ("es", "en"), "text": ("plain", "large"), "theme": ("plain", "contrast")}


class PreferenceForm(Form):
    language = Text(_l("Idioma"), [Optional(), AnyOf(KINDS["language"], _l("Elija español o inglés."))])
    text = Text(_l("Letra"), [Optional(), AnyOf(KINDS["text"], _l("Elija letra normal o grande."))])
    theme = Text(_l("Contraste"), [Optional(), AnyOf(KINDS["theme"], _l("Elija contraste normal o alto."))])
    back = Text(
        _l("Página"),
        [Regexp(r"/kiosk/[A-Za-z0-9/_-]*\Z", message=_l("La página no es del quiosco. Vuelva al inicio."))],
    )


class EmptyForm(Form):
    """Nothing to fill in."""


class ResetForm(Form):
    """`unsent`: how many answers wait in this machine for the line to come back."""

    unsent = Whole(_l("Respuestas por enviar"))


@bp.post("/preferences")
@for_device("kiosk")
def prefer() -> ResponseReturnValue:
    """Take a preference and draw the same page with it."""
    form = PreferenceForm().checked()
    visit.update({kind: form[kind].data for kind in KINDS if form[kind].data})
    return redirect(form.back.data)


@bp.post("/reset")
@for_device("kiosk")
def reset() -> ResponseReturnValue:
    """The visit is over: nothing of it remains for the next person, but answers that wait to be sent stay."""
    form = ResetForm().checked()
    for kept in (*KINDS, LAST_TICKET, OPINION):
        visit.pop(kept, None)
    answer = redirect(url_for(".home"))
    return answer if form.unsent.data else leave_nothing(answer)


def in_language(thing: object, field: str) -> Any:
    """A text of the catalogue in the language of the page; in Spanish where it has no English."""
    return (language() == "en" and getattr(thing, f"{field}_en")) or getattr(thing, field)


@bp.context_processor
def chosen() -> dict[str, Any]:
    """The preferences of the visit, and the page to come back to."""
    page = request.path if request.method == "GET" else url_for("kiosk.home")
    asked = any(visit.get(kind, usual) != usual for kind, (usual, _other) in KINDS.items())
    return {
        "large": visit.get("text") == "large",
        "contrast": visit.get("theme") == "contrast",
        "has_preferences": asked,
        "here": page,
        "said": in_language,
    }
