"""The form of a sheet: one page with every question about a service, each with a hint in plain words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, Optional, Regexp

from core.catalogue.sheet import FIELDS, MAY_BE_WITHOUT, Norm, Sheet
from core.clock import today
from core.errors import N_, Invalid
from core.web.forms import Form, Lines, OneDay, Prose, Text, Whole, is_link

MOST_NORMS = 6
LONGEST_NAME, LONGEST_HINT = 60, 90
"""What fits in a button of the kiosk, also in large letters."""


def _prose(label: Any, hint: Any = "", most: int = 400) -> Prose:
    return Prose(label, [Optional()], most=most, description=hint)


def _english(label: Any) -> Prose:
    return Prose(label, [Optional()], most=400)


class SheetForm(Form):
    several = frozenset({"without"})

    seen = HiddenField(validators=[Regexp(r"^[0-9]{1,9}$")])
    name = Text(
        _l("Nombre"),
        [InputRequired(_l("Escriba el nombre."))],
        most=LONGEST_NAME,
        description=_l("Empiece por lo que la persona hace: «Pagar el impuesto predial». No revele una condición."),
    )
    name_en = Text(_l("Nombre en inglés"), [Optional()], most=LONGEST_NAME)
    hint = Text(
        _l("Para qué sirve, en una frase"),
        [InputRequired(_l("Escriba en una frase para qué sirve."))],
        most=LONGEST_HINT,
    )
    hint_en = Text(_l("Para qué sirve, en inglés"), [Optional()], most=LONGEST_HINT)
    who = _prose(_l("Para quién es"), _l("Quién puede pedirlo y qué condición debe cumplir."))
    who_en = _english(_l("Para quién es, en inglés"))
    result = _prose(_l("Qué obtiene"), _l("Lo que la persona se lleva al final."))
    result_en = _english(_l("Qué obtiene, en inglés"))
    keywords = Lines(
        _l("Palabras con que la gente lo busca"),
        [Optional()],
        most=20,
        longest=40,
        description=_l("Una por línea, como se dicen en la calle: «recibo de la casa», «puntaje»."),
    )
    keywords_en = Lines(_l("Palabras de búsqueda en inglés"), [Optional()], most=20, longest=40)
    requirements = Lines(
        _l("Qué traer o cumplir"),
        [Optional()],
        most=8,
        longest=90,
        description=_l("Una cosa por línea, corta: lo muestra el quiosco. No pida lo que la alcaldía ya tiene."),
    )
    requirements_en = Lines(_l("Qué traer, en inglés"), [Optional()], most=8, longest=90)
    documents = Lines(
        _l("Documentos que entrega"),
        [Optional()],
        most=20,
        longest=200,
        description=_l("Uno por línea, con su detalle: original o copia, de cuándo, quién lo expide."),
    )
    documents_en = Lines(_l("Documentos, en inglés"), [Optional()], most=20, longest=200)
    steps = Lines(
        _l("Paso a paso"),
        [Optional()],
        most=12,
        longest=200,
        description=_l("Un paso por línea, en orden. Empiece por un verbo: «Entregue», «Espere», «Reciba»."),
    )
    steps_en = Lines(_l("Paso a paso, en inglés"), [Optional()], most=12, longest=200)
    where_note = _prose(
        _l("Otro lugar o forma de pedirlo"), _l("La sede, la oficina y la ventanilla ya se muestran solas."), 200
    )
    where_note_en = _english(_l("Otro lugar o forma, en inglés"))
    form = Text(_l("Formulario: nombre"), [Optional()], most=160)
    form_link = Text(_l("Formulario: enlace"), [Optional(), is_link], most=400)
    online = Text(_l("Enlace para hacerlo en línea"), [Optional(), is_link], most=400)
    cost_kind = RadioField(
        _l("¿Cuesta?"),
        choices=[
            SelectChoice("", _l("No se sabe todavía")),
            SelectChoice("free", _l("Es gratis")),
            SelectChoice("tariff", _l("Tiene tarifa")),
        ],
    )
    cost = _prose(
        _l("El costo en una frase"),
        _l("Sin cifras que cambian cada año: «Según la tarifa vigente del Estatuto Tributario municipal»."),
    )
    cost_en = _english(_l("El costo, en inglés"))
    cost_act = Text(_l("Acto que fija la tarifa"), [Optional()], most=120)
    time_unit = RadioField(
        _l("¿Cuánto tarda, a más tardar?"),
        choices=[
            SelectChoice("", _l("No se sabe todavía")),
            SelectChoice("immediate", _l("Se entrega en la misma visita")),
            SelectChoice("hours", _l("Horas")),
            SelectChoice("working_days", _l("Días hábiles")),
            SelectChoice("calendar_days", _l("Días calendario")),
            SelectChoice("months", _l("Meses")),
        ],
    )
    time_value = Whole(_l("¿Cuántos?"), [Optional()], least=1, most=365)
    time_note = _prose(_l("Desde cuándo se cuenta"), _l("Por ejemplo: «Desde que entrega todo»."), 200)
    time_note_en = _english(_l("Desde cuándo se cuenta, en inglés"))
    suit = Text(
        _l("Código SUIT"),
        [Optional(), Regexp(r"^[0-9]{1,8}$", message=_l("El código SUIT son solo números."))],
        most=8,
        description=_l("El número del trámite en el Sistema Único de Información de Trámites."),
    )
    without = SelectMultipleField(
        _l("¿Qué no tiene este servicio?"),
        choices=[
            SelectChoice("requirements", _l("No hay que traer nada")),
            SelectChoice("documents", _l("No se entregan documentos")),
            SelectChoice("form", _l("No usa formulario")),
            SelectChoice("online", _l("No se hace en línea")),
            SelectChoice("suit", _l("No es un trámite del SUIT")),
        ],
        description=_l("Márquelo para que un espacio vacío no parezca un olvido."),
    )
    reviewed = OneDay(
        _l("¿Qué día revisó que todo sigue siendo cierto?"),
        [Optional()],
        description=_l("Revíselo al menos una vez al año."),
    )

    def norm_rows(self) -> list[tuple[Any, Any, Any]]:
        """The three fields of each norm."""
        return [(self[f"norm_{n}"], self[f"article_{n}"], self[f"link_{n}"]) for n in range(MOST_NORMS)]

    def norms_used(self) -> int:
        """How many of those rows are needed to see everything that is written or wrong in them."""
        rows = enumerate(self.norm_rows(), start=1)
        return max((n for n, row in rows if any(part.data or part.errors for part in row)), default=0)

    def sheet(self) -> Sheet:
        """What the form says. Raises Invalid for a time without its number, a day to come or a link without a norm."""
        told: dict[str, Any] = {name: self[name].data for name in FIELDS if name in self._fields}
        if told["time_unit"] not in ("", "immediate") and told["time_value"] is None:
            raise Invalid(N_("Escriba cuántos, o elija «No se sabe todavía»."), field="time_value")
        if told["time_unit"] in ("", "immediate"):
            told["time_value"] = None
        if told["reviewed"] and told["reviewed"] > today():
            raise Invalid(N_("Ese día no ha llegado."), field="reviewed")
        told["without"] = tuple(part for part in MAY_BE_WITHOUT if part in told["without"])
        told["norms"] = tuple(self._norms())
        return Sheet(**told)

    def _norms(self) -> list[Norm]:
        found = []
        for norm, article, link in self.norm_rows():
            if norm.data:
                found.append(Norm(norm.data, article.data, link.data))
            elif article.data or link.data:
                raise Invalid(N_("Escriba la norma de ese artículo o enlace."), field=norm.name)
        return found


NORM_FIELDS = {
    name: field
    for n in range(MOST_NORMS)
    for name, field in (
        (f"norm_{n}", Text(_l("Norma"), [Optional()], most=120)),
        (f"article_{n}", Text(_l("Artículo"), [Optional()], most=120)),
        (f"link_{n}", Text(_l("Enlace"), [Optional(), is_link], most=400)),
    )
}
FullSheetForm: type[SheetForm] = type("FullSheetForm", (SheetForm,), NORM_FIELDS)


def sheet_form(sheet: Sheet, saving: int) -> SheetForm:
    """The form filled with a sheet; `saving` is the saving of its draft that it shows, 0 if there is none."""
    filled: dict[str, Any] = {name: getattr(sheet, name) for name in FIELDS} | {"seen": str(saving)}
    for n, norm in enumerate(sheet.norms[:MOST_NORMS]):
        filled |= {f"norm_{n}": norm.norm, f"article_{n}": norm.article, f"link_{n}": norm.link}
    return FullSheetForm(data=filled)
