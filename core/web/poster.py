"""The six contents on paper: what the poster of a site says, in Spanish, with the way to the portal in a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from core.catalogue.model import Entity
from core.information.pieces import Pieces, ServiceTold, Text
from core.information.writing import gist
from core.reports.pdf import qr
from core.web.information import closed_day_text, date_text, week_of
from core.web.words import cost_text, term_text


def poster(told: Pieces, entity: Entity, address: str) -> Mapping[str, Any]:
    """What `core/reports/paper/poster.typ` draws; `address` is that of the portal."""
    with force_locale("es_CO"):
        return {
            "title": _("Información para usted"),
            "lead": _("Sus derechos, nuestros horarios y todos los trámites."),
            "entity": entity.name,
            "updated": _("Actualizado el %(day)s. %(site)s.", day=date_text(told.updated), site=told.site),
            "qr": qr(address),
            "qr_says": _("Código QR que abre el portal: %(address)s", address=address),
            "qr_label": _("Léalo en su celular"),
            "rights": _parts(told.charter)[:4],
            "act": _act(told.charter),
            "hours": _hours(told),
            "priority": {
                "title": _("Pasan primero"),
                "names": ". ".join(name.es for name, _who in told.priority) + ".",
            },
            "complaints": {
                "title": _("A quién poner una queja"),
                "whom": _whom(told.contact),
                "parts": [part for part in _parts(told.complaints) if part["lines"]],
            },
            "services": _services(told),
        }


def _parts(text: Text | None) -> list[dict[str, Any]]:
    """The gist of each line, under its title."""
    parts = text.parts if text else ()
    return [
        {
            "title": part.title,
            "lines": [f"{gist(line)}." for block in part.blocks if block.is_list for line in block.lines],
        }
        for part in parts
        if part.title
    ]


def _act(charter: Text | None) -> str:
    if charter is None:
        return ""
    year = _("Carta de trato digno de %(year)s, versión %(number)s.", year=charter.year, number=charter.number)
    return f"{year} {charter.act}".strip()


def _hours(told: Pieces) -> dict[str, Any]:
    week = [{"days": days.days, "hours": _(" y de ").join(days.hours) or _("cerrado")} for days in week_of(told.hours)]
    closed = "; ".join(map(closed_day_text, told.closed_days))
    return {
        "title": _("Horarios y puntos"),
        "places": [{"name": told.site, "address": told.address, "way": told.way.es, "week": week}],
        "closed": _("Próximos días sin atención: %(days)s.", days=closed) if closed else "",
    }


def _whom(contact: Mapping[str, str]) -> list[str]:
    fields = ("person", "position", "office", "place", "phone", "email")
    return [contact[field] for field in fields if contact.get(field)]


def _services(told: Pieces) -> dict[str, Any]:
    return {
        "title": _("Trámites y servicios"),
        "lead": _("Qué traer, cuánto demora y cuánto cuesta. Pregunte sin pena: orientar es gratis."),
        "columns": [_("Trámite"), _("Cuánto demora"), _("Cuánto cuesta"), _("Qué traer")],
        "topics": [
            {"name": topic.name.es, "rows": [_row(service) for service in topic.services]} for topic in told.topics
        ],
    }


def _row(service: ServiceTold) -> dict[str, Any]:
    sheet, ask = service.sheet, _("Pregunte en la ventanilla")
    nothing = _("No tiene que traer documentos.") if "requirements" in sheet.without else ask
    return {
        "name": sheet.name,
        "time": term_text(sheet) or ask,
        "cost": cost_text(sheet) or ask,
        "bring": list(sheet.requirements) or [nothing],
    }
