"""What all forms share: strict fields that refuse what a person did not mean, and the key of the press."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, time
from functools import lru_cache
from typing import Any, Self, TypeVar

from babel.support import NullTranslations, Translations
from flask import current_app, request
from flask_babel import get_locale
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.exceptions import UnsupportedMediaType
from wtforms import Field, HiddenField, StringField, ValidationError
from wtforms.i18n import messages_path
from wtforms.widgets import DateInput, EmailInput, TextArea, TextInput, TimeInput

from core.errors import N_, Invalid
from core.links import is_web_address
from core.mail.address import LONGEST, BadAddress, checked
from core.presses import Press, press
from core.web import journal
from core.web.words import translate

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")
_MOMENT = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2200
View = TypeVar("View", bound=Callable[..., Any])
OVER_THE_MOST, LARGEST_EXCESS = 4, 32 * 1024 * 1024
"""What is so many times, or so many bytes, larger than it may be is not even read; what is less is told on its page."""
BESIDE_FILES = 512 * 1024
"""The most that the words of a form which brings files may weigh, in bytes; they are held in memory."""
_FORBIDDEN = {"Cc", "Cs", "Co", "Cn"}
_BODIES = {"application/x-www-form-urlencoded", "multipart/form-data"}
_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffd\u200b")


def receives(most: int) -> Callable[[View], View]:
    """The form of this view brings files, of at most `most` bytes together; every other is refused one."""

    def mark(view: View) -> View:
        view.receives = most  # type: ignore[attr-defined]
        return view

    return mark


def weighs(most: int) -> Callable[[View], View]:
    """The form of this view may weigh as many bytes, for who is signed in; every other is refused one so long."""

    def mark(view: View) -> View:
        view.weighs = most  # type: ignore[attr-defined]
        return view

    return mark


def largest_body(most: int) -> int:
    """How many bytes a form may weigh that brings files of at most `most` together; a larger one is not even read."""
    return min(OVER_THE_MOST * most, most + LARGEST_EXCESS) + BESIDE_FILES


def check_body() -> None:
    """What is posted here is what a form of a page sends. Raises UnsupportedMediaType, Invalid."""
    if any(len(values) > 1 for values in request.args.listvalues()):
        raise Invalid(N_("La dirección dice dos veces lo mismo. Vuelva a la página anterior y use sus botones."))
    if request.method != "POST":
        return
    sent = request.mimetype or request.content_length or "Transfer-Encoding" in request.headers
    if sent and request.mimetype not in _BODIES:
        raise UnsupportedMediaType
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "receives", 0)
    if current_user.is_authenticated and (long := getattr(view, "weighs", 0)):
        request.max_content_length = request.max_form_memory_size = long
    if most and (getattr(view, "guard", None) == "public" or current_user.is_authenticated):
        request.max_content_length = largest_body(most)
        request.max_form_memory_size = BESIDE_FILES
    elif request.files and not most:
        raise Invalid(N_("Aquí no se reciben archivos. Envíe solo lo que pide la página."))


def new_press() -> str:
    """A fresh key for a button: 128 random bits, URL-safe."""
    return secrets.token_urlsafe(16)


def clean(text: str, *, lines: bool = False) -> str:
    """NFC and without outer spaces. Raises ValueError for control, bidi-override and broken characters."""
    text = unicodedata.normalize("NFC", text)
    allowed = "\n\r\t" if lines else ""
    for character in text:
        if character not in allowed and (unicodedata.category(character) in _FORBIDDEN or character in _BIDI):
            raise ValueError(character)
    return text.strip()


def legible(text: str) -> str:
    """NFC, its lines ended by one sign, and without what `clean` refuses: nobody types that, it comes by copying."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) not in _FORBIDDEN and c not in _BIDI))


def whole(written: str | int) -> int:
    """A whole number as our pages write it: «+1», «1_0», « 7 » and «٣» are none. Raises ValueError."""
    if not _WHOLE.fullmatch(str(written)):
        raise ValueError(written)
    return int(written)


class Text(StringField):
    """One line of text, at most `most` characters."""

    keeps_lines = False

    def __init__(self, label: str, validators: Any = None, *, most: int = 120, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.most = most

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""
        try:
            self.data = clean(self.data, lines=self.keeps_lines)
        except ValueError:
            raise ValidationError(translate(N_("Tiene caracteres no permitidos. Escríbalo de nuevo."))) from None
        if len(self.data) > self.most:
            sentence = N_("Escriba %(most)s caracteres o menos. Tiene %(count)s.")
            raise ValidationError(translate(sentence, most=self.most, count=len(self.data)))


class EmailAddress(Text):
    """An address that a message can be sent to, or nothing (core/mail/address.py says which is one)."""

    widget = EmailInput()

    def __init__(self, label: str, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, most=LONGEST, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            try:
                self.data = checked(self.data)
            except BadAddress:
                sentence = N_("Escriba un correo como nombre@ejemplo.com, sin espacios ni tildes antes de la arroba.")
                raise ValidationError(translate(sentence)) from None


class Prose(Text):
    """Text of a sentence or two in a larger box; the ends of its lines are spaces."""

    widget = TextArea()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([" ".join(valuelist[0].split())] if valuelist else [])


class Paragraphs(Text):
    """Text as long as somebody needs, with its lines as they were written."""

    widget = TextArea()
    keeps_lines = True

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([value.replace("\r\n", "\n") for value in valuelist])


class Lines(Field):
    """A list, one thing a line: at most `most` of them, of `longest` characters each; empty lines are left out."""

    widget = TextArea()

    def __init__(
        self, label: str, validators: Any = None, *, most: int = 12, longest: int = 200, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.most, self.longest = most, longest

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "\n".join(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: tuple[str, ...] = ()
        try:
            written = clean(valuelist[0] if valuelist else "", lines=True).splitlines()
        except ValueError:
            raise ValidationError(translate(N_("Tiene caracteres no permitidos. Escríbalo de nuevo."))) from None
        lines = tuple(" ".join(line.split()) for line in written if line.strip())
        if len(lines) > self.most:
            sentence = N_("Escriba %(most)s líneas o menos. Tiene %(count)s.")
            raise ValidationError(translate(sentence, most=self.most, count=len(lines)))
        if too_long := next((line for line in lines if len(line) > self.longest), ""):
            sentence = N_("Acorte la línea que empieza por «%(start)s»: %(most)s caracteres o menos.")
            raise ValidationError(translate(sentence, start=too_long[:20], most=self.longest))
        self.data = lines


class OneDay(Field):
    """A date, as the browser's calendar writes it (2026-11-23) or as people do (23/11/2026)."""

    widget = DateInput()

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else (self.data.isoformat() if self.data else "")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        written = valuelist[0].strip() if valuelist else ""
        if not written:
            return
        for shape in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                found = datetime.strptime(written, shape).date()
            except ValueError:
                continue
            if FIRST_YEAR <= found.year <= LAST_YEAR:
                self.data = found
                return
        raise ValidationError(translate(N_("Escriba una fecha como 23/11/2026.")))


class Moment(Field):
    """An hour of the day, as the browser writes it (14:30)."""

    widget = TimeInput()

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else (f"{self.data:%H:%M}" if self.data else "")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        written = valuelist[0].strip() if valuelist else ""
        if not written:
            return
        if not _MOMENT.fullmatch(written):
            raise ValidationError(translate(N_("Escriba una hora como 08:00 o 14:30.")))
        self.data = time.fromisoformat(written)


def is_link(_form: Any, field: Field) -> None:
    """A validator: the field is empty or holds an address of the web. Raises ValidationError."""
    if field.data and not is_web_address(str(field.data)):
        raise ValidationError(translate(N_("Escriba una dirección completa, que empiece por https:// o http://.")))


class Whole(Field):
    """A whole number in ASCII digits, from `least` to `most`; «1_000», « 7 » and «٣» are not."""

    widget = TextInput()

    def __init__(
        self, label: str, validators: Any = None, *, least: int = 0, most: int = 999_999_999, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.least, self.most = least, most

    def _value(self) -> str:
        """What was written, also when it is not a number, so that it can be mended."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or valuelist[0] == "":
            self.data = None
            return
        if not _WHOLE.fullmatch(valuelist[0]) or not self.least <= int(valuelist[0]) <= self.most:
            self.data = None
            raise ValidationError(
                translate(N_("Escriba un número de %(least)s a %(most)s."), least=self.least, most=self.most)
            )
        self.data = int(valuelist[0])


@lru_cache(maxsize=8)
def sentences_of_wtforms(locale: str) -> NullTranslations:
    """What the fields of WTForms say by themselves, in a language."""
    return Translations.load(messages_path(), [locale], domain="wtforms")


class Form(FlaskForm):
    """A form that says what is wrong, and refuses fields that it does not know or that come twice."""

    several: frozenset[str] = frozenset()
    """Fields that may come more than once."""
    carries: str | None = None
    """How the names of what it only carries begin, which others read and judge."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: object) -> object:
            """The fields of the request's form; Flask-WTF would take files and JSON for fields too."""
            return request.form if formdata is not None and form.is_submitted() else None

        def get_translations(self, form: FlaskForm) -> NullTranslations:
            """The sentences of WTForms; Flask-WTF would read their file again for every form."""
            return sentences_of_wtforms(str(get_locale()))

    def checked(self) -> Self:
        """The form, if it may be obeyed. Raises Invalid naming the first field to mend."""
        if self.validate_on_submit():
            return self
        for name, errors in self.errors.items():
            first = errors[0] if isinstance(errors, list) else str(errors)
            if not name:
                raise Invalid(str(first))
            label = str(self[name].label.text).strip()
            raise Invalid(f"{label}: {first}" if label else str(first), field=name)
        raise Invalid

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        for name, values in request.form.lists():
            if self.carries and name.startswith(self.carries):
                continue
            several = name in self.several or getattr(self._fields.get(name), "several", False)
            if name not in self._fields or (len(values) > 1 and not several):
                journal.note("fields that the page does not have")
                self.form_errors.append(translate(N_("La página envió datos que no se esperaban. Vuelva a cargarla.")))
                return False
        return good


class PressForm(Form):
    """A form whose button has a key, so that pressing twice does it once."""

    press = HiddenField()

    def pressed(self, actor: str, what: str) -> Press:
        """The press of this request by `actor`; `what` names the button. Raises Invalid."""
        asked = {name: field.data for name, field in self._fields.items() if name not in ("press", "csrf_token")}
        return self.pressed_as(actor, {"what": what, **asked})

    def pressed_as(self, actor: str, asked: Mapping[str, object]) -> Press:
        """The same, for who says by themselves what was asked. Raises Invalid."""
        return press(actor, self.press.data or "", asked)
