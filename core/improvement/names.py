"""What the sources, the states and the deeds of improvement actions are called."""

from __future__ import annotations

from core.errors import N_
from core.improvement.model import Source
from core.improvement.standing import Deed, State

SOURCES = {
    Source.PETITION: N_("una petición"),
    Source.SURVEY: N_("comentarios de una encuesta"),
    Source.AUDIT: N_("una auditoría"),
    Source.COMMITMENT: N_("un compromiso con la ciudadanía"),
    Source.RISK: N_("el mapa de riesgos"),
    Source.BY_HAND: N_("otra fuente"),
}
STATES = {
    State.LATE: N_("atrasada"),
    State.OPEN: N_("en marcha"),
    State.TO_VERIFY: N_("hecha, por verificar"),
    State.NOT_EFFECTIVE: N_("no sirvió"),
    State.EFFECTIVE: N_("sirvió"),
    State.WITHDRAWN: N_("retirada"),
}
TONES = {
    State.LATE: "error",
    State.OPEN: "info",
    State.TO_VERIFY: "sun",
    State.NOT_EFFECTIVE: "warning",
    State.EFFECTIVE: "success",
    State.WITHDRAWN: "neutral",
}
DEEDS = {
    Deed.OPENED: N_("Se abrió"),
    Deed.NOTED: N_("Avance"),
    Deed.MOVED: N_("Cambió la fecha"),
    Deed.ASSIGNED: N_("Cambió quien responde"),
    Deed.REWRITTEN: N_("Cambió la causa o la acción"),
    Deed.DONE: N_("Se dio por hecha"),
    Deed.VERIFIED: N_("Se verificó si sirvió"),
    Deed.REOPENED: N_("Se abrió otra vez"),
    Deed.TOLD: N_("Lo que lee la ciudadanía"),
    Deed.WITHDRAWN: N_("Se retiró"),
}
