"""The language in which the portal speaks: what whoever reads chose, and the content of the town hall in it."""

from __future__ import annotations

from typing import TypeVar

from flask import session
from wtforms import StringField
from wtforms.validators import AnyOf, Optional, Regexp

from core.catalogue.model import PriorityGroup, Service, Topic
from core.errors import N_
from core.web.forms import Form
from core.web.words import LANGUAGES, language

OUR_PAGES = r"/([a-z][A-Za-z0-9/._-]*)?(\?q=[A-Za-z0-9%+._~-]*)?\Z"

Said = TypeVar("Said", str, list[str])


class LanguageForm(Form):
    """The switch of the bar: one button per language; `back` is the page on which it was pressed."""

    to = StringField(validators=[AnyOf(LANGUAGES, message=N_("Elija español o inglés."))])
    back = StringField(validators=[Optional(), Regexp(OUR_PAGES, message=N_("Esa página no es de este portal."))])


def remember_language() -> str:
    """Keep the language of the submitted switch for this visit; the page to go back to. Raises Invalid."""
    form = LanguageForm().checked()
    session["language"] = form.to.data
    return form.back.data or "/"


def chosen_language() -> str | None:
    """What whoever reads chose on this visit, if they chose."""
    return session.get("language")


def name_of(thing: Topic | Service | PriorityGroup) -> str:
    """Its name in the language of the page."""
    return in_language(thing.name, thing.name_en)


def in_language(spanish: Said, english: Said) -> Said:
    """A text of the catalogue in the language of the page; in Spanish where it has no English."""
    return english if language() == "en" and english else spanish
