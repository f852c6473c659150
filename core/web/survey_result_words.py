"""The words of what surveys say: the figures, and who is counted together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Office, PriorityGroup, Service, Site
from core.errors import N_
from core.petitions.model import Channel
from core.reports.table import Cell, written
from core.surveys.hiding import OTHERS
from core.surveys.model import Mode
from core.surveys.questionnaire import YES, Kind, Measure, Question
from core.surveys.scoring import Bound, Share
from core.turns.policy import GENERAL
from core.web.petition_report import CHANNELS
from core.web.report_parts import UNTOLD
from core.web.survey_words import answer_text
from core.web.words import language, translate

FEW = N_("menos de 5")
MODES = {
    Mode.PHONE: N_("Teléfono propio (QR o enlace)"),
    Mode.KIOSK: N_("Quiosco"),
    Mode.TABLET: N_("Tableta"),
    Mode.PAPER: N_("Papel"),
    Mode.WEB: N_("Portal"),
}
MEASURES = {
    Measure.CSAT: N_("Satisfacción (CSAT)"),
    Measure.CES: N_("Facilidad (CES)"),
    Measure.NPS: N_("Recomendación (NPS)"),
}
CUTS = {
    "place": (N_("Por sede, dependencia y servicio"), N_("Lugar")),
    "channel": (N_("Por canal de la atención"), N_("Canal")),
    "group": (N_("Por grupo de atención"), N_("Grupo")),
    "mode": (N_("Por medio en que se respondió"), N_("Medio")),
    "language": (N_("Por idioma"), N_("Idioma")),
}
_UNSAID = {
    "place": N_("No dice el lugar"),
    "channel": N_("No dice el canal"),
    "group": N_("No dice el grupo"),
}
_DEPTHS = (N_("No dice la sede"), N_("No dice la dependencia"), N_("No dice el servicio"))


def value_text(question: Question, value: str) -> str:
    """What somebody answered, as it is read: «5 · Muy satisfecho», «Sí», the text of an option."""
    if question.kind in (Kind.FACES, Kind.MATRIX):
        return f"{value} · {answer_text(question, value)}"
    return str(_("No")) if question.kind is Kind.CONSENT and value != YES else answer_text(question, value)


def share_cell(share: Share | None, *, none: str = UNTOLD) -> Cell:
    """«87,5» as a figure, «89 o más» where only so much is told."""
    if share is None:
        return none
    if share.bound is Bound.EXACT:
        return round(share.percent, 1)
    told = {Bound.AT_LEAST: N_("%(n)s o más"), Bound.AT_MOST: N_("%(n)s o menos")}
    return translate(told[share.bound], n=written(int(share.percent)))


def share_text(share: Share) -> str:
    """In a sentence: «87,5», «89 o más»."""
    return written(share_cell(share))


@dataclass(frozen=True, slots=True)
class Names:
    """What the groups of a cut are called."""

    places: Sequence[Mapping[str, str]]
    groups: Mapping[str, str]

    def of(self, cut: str, name: str, depth: int) -> str:
        """The name of a group; «otros» for several small ones together, and that it is not told for those without."""
        if name == OTHERS:
            return str(_("Otros, juntos por ser pocos"))
        if cut == "place":
            return self.places[depth].get(name, name) if name else translate(_DEPTHS[depth])
        if not name:
            return translate(_UNSAID.get(cut, N_("No se sabe")))
        if cut == "language":
            return str(_("Inglés") if name == "en" else _("Español"))
        found = {"channel": _channels(), "mode": {mode.value: translate(word) for mode, word in MODES.items()}}
        return found.get(cut, self.groups).get(name, name)


def names_in(session: Session) -> Names:
    """The names of everything that an answer may be of, in the language of the page."""
    english = language() == "en"
    places = [
        {str(row.id): row.name for row in session.execute(select(kind.id, kind.name))}
        for kind in (Site, Office, Service)
    ]
    groups = {GENERAL: str(_("General"))}
    for row in session.execute(select(PriorityGroup.code, PriorityGroup.name, PriorityGroup.name_en)):
        groups[row.code] = row.name_en if english and row.name_en else row.name
    return Names(places, groups)


def _channels() -> dict[str, str]:
    return {channel.value: translate(word) for channel, word in CHANNELS.items()} | {
        Channel.IN_PERSON.value: str(_("Presencial"))
    }
