"""A form that is refused comes back on its own page, filled in as it was, with the reason beside its field."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask.typing import ResponseReturnValue

from core.errors import Invalid, Missing, Refused
from core.web.database import db
from core.web.errors import message_of
from core.web.forms import Form

View = Callable[..., ResponseReturnValue]


def asks(make: Callable[..., Form], page: Callable[..., str]) -> Callable[[View], View]:
    """Give the view its checked form; whatever is refused is told on `page(form, …)` with the refusal's status.

    `make` and `page` get what the address says, as the view does. What does not exist stays a 404.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def filled(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            form = make(*args, **kwargs)
            try:
                return view(form.checked(), *args, **kwargs)
            except Missing:
                raise
            except Refused as refused:
                db.session.rollback()
                tell(form, refused)
                return page(form, *args, **kwargs), refused.status

        return filled

    return mark


def tell(form: Form, refused: Refused) -> None:
    """Write the refusal beside the field it names, or over the form; a form that already says what is wrong stays."""
    field = refused.field if isinstance(refused, Invalid) else None
    if form.errors:
        return
    if field and field in form and form[field].type != "HiddenField":
        form[field].errors = [message_of(refused)]
    else:
        form.form_errors.append(message_of(refused))
