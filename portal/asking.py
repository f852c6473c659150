"""A questionnaire on the web: page after page, what was answered carried along, and kept whole at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import AnyOf, Optional

from core.clock import now
from core.db import transaction
from core.errors import N_, Invalid, Refused
from core.surveys.answering import WORDS, AnsweredAlready
from core.surveys.attention import Attention
from core.surveys.effort import minutes
from core.surveys.model import Mode, SurveyVersion
from core.surveys.pages import Page, fields, pages, place, to_mend
from core.surveys.questionnaire import Kind, Problem, Questionnaire, Sent, in_english, on_the_way, read
from core.web.changed import what_changed
from core.web.database import db
from core.web.forms import PressForm, Text, new_press
from core.web.opinions import PREFIX, how, keep_once, sent_here
from core.web.words import language, translate

ON, BACK, DECLINE = "on", "back", "decline"
CHANGED = N_("La encuesta cambió mientras usted respondía. Revise sus respuestas y siga.")
FOREIGN = N_("Llegó una respuesta que no es de esta encuesta. No la tuvimos en cuenta.")


class PageForm(PressForm):
    """Which page of which version was answered, and where to go; the answers are carried beside it."""

    carries = PREFIX
    version = Text("", most=20)
    page = Text("", most=100)
    do = StringField(validators=[Optional(), AnyOf((ON, BACK, DECLINE))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, of which attention (none of an open survey), and the addresses around it.

    `here` takes the answers, `thanks` comes after them, `out` is where nobody answers anything.
    """

    version: SurveyVersion
    attention: Attention | None
    mode: Mode
    here: str
    thanks: str
    out: str

    @property
    def told(self) -> Questionnaire:
        """The questionnaire in the language of the page."""
        asked = read(self.version.questionnaire)
        return in_english(asked) if self.in_english else asked

    @property
    def in_english(self) -> bool:
        return self.version.english and language() == "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page as it is drawn: what was answered so far, and why it is shown again, if it is."""

    book: Sequence[Page]
    here: int
    sent: Sent
    press: str
    problems: Sequence[Problem] = ()
    notice: str = ""

    @property
    def page(self) -> Page:
        return self.book[self.here]

    def section(self, told: Questionnaire) -> str:
        """The title of the part of the questionnaire that the page is of."""
        return next((part.title for part in told.sections if self.page[0] in part.questions), "")

    @property
    def is_first(self) -> bool:
        return self.here == 0

    @property
    def is_last(self) -> bool:
        return self.here + 1 == len(self.book)

    @property
    def may_be_declined(self) -> bool:
        """Whether it asks for a consent without which one does not go on."""
        return any(question.kind is Kind.CONSENT and question.required for question in self.page)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was answered on other pages, as the form of this one carries it."""
        here = fields(self.page)
        return [(PREFIX + name, value) for name, values in self.sent.items() if name not in here for value in values]

    @property
    def to_mend(self) -> dict[str, str]:
        """What is said beside each field."""
        return {problem.field: translate(WORDS[problem.wrong]) for problem in self.problems}


def begin(asked: Asked) -> str:
    """The first page."""
    return _draw(asked, Shown(book=pages(asked.told, {}), here=0, sent={}, press=new_press()))


def go_on(asked: Asked) -> ResponseReturnValue:
    """The page after the one that was answered, or the same one with what is to be mended; at the end all is kept.

    What a change of mind left aside is forgotten. Raises Invalid, AnsweredAlready.
    """
    form, told, came = PageForm().checked(), asked.told, sent_here()
    if form.do.data == DECLINE:
        return render_template("portal/opinion_declined.html", asked=asked, told=told)
    sent = on_the_way(told, came)
    book = pages(told, sent)
    here = place(book, form.page.data)

    def shown(n: int, refused: type[Refused] | None = None, **why: object) -> ResponseReturnValue:
        page = _draw(asked, Shown(book=book, here=n, sent=sent, press=form.press.data, **why))  # type: ignore[arg-type]
        return page, refused.status if refused else 200

    if form.version.data != str(asked.version.id):
        return shown(0, AnsweredAlready, notice=translate(CHANGED))
    if form.do.data == BACK:
        return shown(max(here - 1, 0))
    if not came.keys() <= fields(told.questions):
        return shown(here, Invalid, notice=translate(FOREIGN))
    if found := to_mend(told, sent, book, here):
        return shown(place(book, found[0].field), Invalid, problems=found)
    if here + 1 < len(book):
        return shown(here + 1)
    page = form.pressed_as("survey", {}).key
    with transaction(db.session) as session:
        keep_once(session, asked.version, sent, asked.attention, how(asked.mode), page, now())
    return redirect(asked.thanks)


def thank(asked: Asked) -> str:
    """What is said to who answered, and what the answers of others changed."""
    return render_template("portal/opinion_thanks.html", asked=asked, told=asked.told, changed=what_changed())


def _draw(asked: Asked, shown: Shown) -> str:
    return render_template(
        "portal/opinion.html", asked=asked, told=asked.told, shown=shown, minutes=minutes(asked.told)
    )
