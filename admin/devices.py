"""Kiosks and displays: let in by their code, measured, listened to, and put out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, RadioField, SelectChoice, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import TextInput

from admin import bp
from admin.hall import ID
from admin.history import chapters
from core import changes
from core import devices as equipment
from core.catalogue import offer
from core.catalogue.model import Service, Window
from core.clock import now
from core.devices import Device
from core.legibility import pitch_mm, reach_m, sizes
from core.people.rights import Permission
from core.printing import CLONE_CP858, COLUMNS, EPSON_CP858
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text, Whole, whole
from core.web.guard import requires
from core.web.line import in_line

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MEASURE = re.compile(r"[0-9]{1,4}([.,][0-9]{1,4})?")
RESOLUTIONS = ("1080x1920", "1920x1080", "1280x1024", "1024x768", "1280x800", "1366x768", "768x1366", "800x1280")
USUAL_KIOSK = (21.5, "1080x1920")


class Measure(Field):
    """A length written with comma or point, from `least` to `most`."""

    widget = TextInput()

    def __init__(self, label: Any, validators: Any = None, *, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.least, self.most = least, most

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}".replace(".", ",")

    def process_formdata(self, valuelist: list[str]) -> None:
        written = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not written:
            return
        if not _MEASURE.fullmatch(written) or not self.least <= float(written.replace(",", ".")) <= self.most:
            limits = {"least": f"{self.least:g}".replace(".", ","), "most": f"{self.most:g}".replace(".", ",")}
            raise ValidationError(_("Escriba una medida de %(least)s a %(most)s.", **limits))
        self.data = float(written.replace(",", "."))


class PairForm(Form):
    code = Text(_l("Código que muestra la pantalla"), [InputRequired(_l("Escriba el código de la pantalla."))], most=20)
    name = Text(
        _l("Nombre del equipo"),
        [InputRequired(_l("Escriba un nombre para reconocer el equipo, como «Quiosco de la entrada»."))],
        most=60,
    )


class KioskForm(Form):
    several = frozenset({"topics"})

    name = Text(_l("Nombre del equipo"), [InputRequired(_l("Escriba un nombre para reconocer el equipo."))], most=60)
    diagonal_in = Measure(
        _l("Diagonal de la pantalla (pulgadas)"), [InputRequired(_l("Escriba una medida."))], least=7, most=65
    )
    resolution = SelectField(
        _l("Puntos de la pantalla (ancho × alto)"),
        choices=[SelectChoice(size, size.replace("x", " × ")) for size in RESOLUTIONS],
    )
    mm_per_px = Measure(_l("Milímetros por punto, si los midió con una regla"), [Optional()], least=0.05, most=1)
    paper_mm = RadioField(
        _l("Ancho del papel"),
        choices=[SelectChoice(str(width), f"{width} mm") for width in sorted(COLUMNS, reverse=True)],
    )
    printer_host = Text(
        _l("Dirección de la impresora de red"),
        [Optional()],
        most=253,
        description=_l("Vacía si imprime el navegador. Por ejemplo: 192.168.1.50"),
    )
    printer_code_page = RadioField(
        _l("Letras de la impresora"),
        choices=[
            SelectChoice(str(EPSON_CP858), _l("Epson y parecidas")),
            SelectChoice(str(CLONE_CP858), _l("Genérica (POS-5890 y parecidas)")),
        ],
    )

    opinions = SelectField(
        _l("Encuestas"),
        choices=[],
        description=_l("Junto a una ventanilla, la tableta pregunta sola al terminar cada atención."),
    )

    topics = SelectMultipleField(
        _l("Temas que ofrece"), coerce=whole, description=_l("Ninguno marcado: ofrece todos los de la sede.")
    )

    def validate_printer_host(self, field: Text) -> None:
        if field.data and (not _HOST.fullmatch(field.data) or ".." in field.data):
            raise ValidationError(_("Escriba un nombre o una dirección de red, sin espacios ni barras."))

    def settings(self) -> dict[str, Any]:
        width, height = map(int, self.resolution.data.split("x"))
        return {
            "diagonal_in": self.diagonal_in.data,
            "resolution": self.resolution.data,
            "measured": self.mm_per_px.data is not None,
            "mm_per_px": self.mm_per_px.data or round(pitch_mm(self.diagonal_in.data, width, height), 4),
            "paper_mm": int(self.paper_mm.data),
            "printer_host": self.printer_host.data,
            "printer_code_page": int(self.printer_code_page.data),
            "topics": self.topics.data,
            "opinions": int(self.opinions.data) if self.opinions.data.isdecimal() else self.opinions.data,
        }


class DisplayForm(Form):
    several = frozenset({"windows", "services"})

    name = Text(_l("Nombre del equipo"), [InputRequired(_l("Escriba un nombre para reconocer el equipo."))], most=60)
    diagonal_in = Measure(
        _l("Diagonal de la pantalla (pulgadas)"), [InputRequired(_l("Escriba una medida."))], least=15, most=120
    )
    distance_m = Measure(
        _l("Distancia a la silla más lejana (metros)"), [InputRequired(_l("Escriba una medida."))], least=1, most=40
    )
    windows = SelectMultipleField(
        _l("Ventanillas que anuncia"), coerce=whole, description=_l("Ninguna marcada: anuncia todas.")
    )
    services = SelectMultipleField(
        _l("Trámites que anuncia"),
        coerce=whole,
        description=_l("Ninguno marcado: anuncia todos. Si marca ventanillas y trámites, anuncia lo que es de ambos."),
    )
    voice = BooleanField(_l("Decir los turnos en voz alta"))
    volume = Whole(_l("Volumen (0 a 100)"), [InputRequired(_l("Escriba un número."))], least=0, most=100)

    def settings(self) -> dict[str, Any]:
        return {
            "diagonal_in": self.diagonal_in.data,
            "distance_m": self.distance_m.data,
            "windows": self.windows.data,
            "services": self.services.data,
            "voice": self.voice.data,
            "volume": self.volume.data,
        }


def _settings_form(device_id: int) -> KioskForm | DisplayForm:
    """The form of a device of the site, filled with what it has now. Raises Missing."""
    session = db.session()
    device = equipment.device_of(session, device_id, current_user.site_id)
    settings = {"name": device.name, **device.settings}
    if device.kind == "display":
        form = DisplayForm(data=settings)
        windows = _windows(session, device.site_id)
        form.windows.choices = [SelectChoice(window.id, f"{window.label} · {window.name}") for window in windows]
        services = session.scalars(
            select(Service).where(Service.site_id == device.site_id, Service.active).order_by(Service.position)
        )
        form.services.choices = [SelectChoice(service.id, service.name) for service in services]
        return form
    diagonal, resolution = USUAL_KIOSK
    usual = {"diagonal_in": diagonal, "resolution": resolution}
    if not settings.get("measured"):
        settings.pop("mm_per_px", None)
    words = {name: str(settings.get(name, "")) for name in ("paper_mm", "printer_code_page", "opinions")}
    kiosk = KioskForm(data=usual | settings | words)
    kiosk.topics.choices = [SelectChoice(topic.id, topic.name) for topic in offer.topics(session, device.site_id)]
    kiosk.opinions.choices = [
        SelectChoice("", _("Da turnos, y en su inicio se puede opinar")),
        SelectChoice(equipment.SURVEYS_ONLY, _("Solo encuestas, con el tiquete o abiertas a todos")),
        *(
            SelectChoice(str(window.id), _("Solo encuestas, junto a la ventanilla %(label)s", label=window.label))
            for window in _windows(session, device.site_id)
        ),
    ]
    return kiosk


def _windows(session: Session, site_id: int) -> Sequence[Window]:
    return session.scalars(select(Window).where(Window.site_id == site_id, Window.active).order_by(Window.label)).all()


@bp.get("/devices")
@requires(Permission.SEE_DEVICES, Permission.CONFIGURE)
def devices() -> ResponseReturnValue:
    return _page(PairForm())


@bp.post("/devices")
@requires(Permission.CONFIGURE)
@asks(PairForm, lambda form: _page(form))
def devices_act(form: PairForm) -> ResponseReturnValue:
    """Let in the screen that shows the code."""
    with in_line(current_user.site_id) as (session, at):
        paired = equipment.let_in(session, form.code.data, form.name.data, current_user.site_id, current_user.id, at)
        device_id = paired.id
    flash(_("El equipo entra solo en unos segundos. Diga ahora sus medidas."), "success")
    return redirect(url_for(".devices_one", device_id=device_id))


@bp.get(f"/devices/<{ID}:device_id>")
@requires(Permission.CONFIGURE)
def devices_one(device_id: int) -> ResponseReturnValue:
    return _one(_settings_form(device_id), device_id)


@bp.post(f"/devices/<{ID}:device_id>")
@requires(Permission.CONFIGURE)
@asks(_settings_form, lambda form, device_id: _one(form, device_id))
def devices_one_act(form: KioskForm | DisplayForm, device_id: int) -> ResponseReturnValue:
    """Keep the measures of a device."""
    with in_line(current_user.site_id) as (session, at):
        equipment.set_up(session, device_id, current_user.site_id, form.name.data, form.settings(), current_user.id, at)
    flash(_("Se guardaron los ajustes de «%(name)s».", name=form.name.data), "success")
    return redirect(url_for(".devices_one", device_id=device_id))


@bp.post(f"/devices/<{ID}:device_id>/revoke")
@requires(Permission.CONFIGURE)
@asks(lambda device_id: Form(), lambda form, device_id: _one(_settings_form(device_id), device_id))
def devices_revoke(form: Form, device_id: int) -> ResponseReturnValue:
    """Put the device out."""
    with in_line(current_user.site_id) as (session, at):
        name = equipment.revoke(session, device_id, current_user.site_id, current_user.id, at).name
    flash(_("«%(name)s» ya no puede entrar.", name=name), "success")
    return redirect(url_for(".devices"))


def _page(form: PairForm) -> str:
    at = now()
    found = equipment.of_site(db.session(), current_user.site_id)
    seen = {device.id: seen_text(device.seen_at, at) for device in found}
    return render_template(
        "admin/devices.html",
        form=form,
        devices=found,
        seen=seen,
        silent=_silent(found, at),
        can_act=current_user.may(Permission.CONFIGURE),
    )


def _one(form: KioskForm | DisplayForm, device_id: int) -> str:
    device = equipment.device_of(db.session(), device_id, current_user.site_id)
    far = too_far(device)
    history = chapters(changes.of_thing(db.session(), device))
    return render_template("admin/device.html", form=form, device=device, too_far=far, history=history)


def too_far(device: Device) -> float | None:
    """Metres from which this display is still read, if its farthest seat is beyond them; None when all is well."""
    if device.kind != "display" or sizes(device.settings["diagonal_in"], device.settings["distance_m"]).legible:
        return None
    return reach_m(device.settings["diagonal_in"])


def seen_text(seen_at: datetime | None, at: datetime) -> str:
    """«hace 20 s», «hace 5 min», «hace 3 h», «hace 2 días»; «nunca» for who has not come yet."""
    if seen_at is None:
        return _("nunca")
    seconds = max(0, int((at - seen_at) / timedelta(seconds=1)))
    if seconds < 60:
        return _("hace %(n)s s", n=seconds)
    if seconds < 3600:
        return _("hace %(n)s min", n=seconds // 60)
    if seconds < 86_400:
        return _("hace %(n)s h", n=seconds // 3600)
    return _("hace %(n)s días", n=seconds // 86_400)


def _silent(found: list[Device], at: datetime) -> set[int]:
    return {d.id for d in found if d.seen_at is None or at - d.seen_at > equipment.SILENT_AFTER}
