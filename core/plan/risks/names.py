"""What the zones, scales, kinds and states of corruption risks are called, and how each question is explained."""

from __future__ import annotations

from core.errors import N_
from core.plan.risk import Aim, Impact, Probability, Zone
from core.plan.risks.describing import Fault
from core.plan.risks.model import Kind, Response
from core.plan.risks.reviewing import Need
from core.plan.risks.standing import State

ZONES = {Zone.LOW: N_("baja"), Zone.MODERATE: N_("moderada"), Zone.HIGH: N_("alta"), Zone.EXTREME: N_("extrema")}
TONES = {Zone.LOW: "success", Zone.MODERATE: "sun", Zone.HIGH: "warning", Zone.EXTREME: "error"}
IMPACTS = {
    Impact.MODERATE: N_("moderado"),
    Impact.MAJOR: N_("mayor"),
    Impact.CATASTROPHIC: N_("catastrófico"),
}
PROBABILITIES = {
    Probability.RARE: N_("Rara vez"),
    Probability.UNLIKELY: N_("Improbable"),
    Probability.POSSIBLE: N_("Posible"),
    Probability.LIKELY: N_("Probable"),
    Probability.ALMOST_CERTAIN: N_("Casi seguro"),
}
OFTEN = {
    Probability.RARE: N_("No ha pasado en los últimos cinco años."),
    Probability.UNLIKELY: N_("Ha pasado una vez en los últimos cinco años."),
    Probability.POSSIBLE: N_("Ha pasado una vez en los últimos dos años."),
    Probability.LIKELY: N_("Ha pasado una vez en el último año."),
    Probability.ALMOST_CERTAIN: N_("Pasa más de una vez al año."),
}
METHODS = {
    "2018": N_("Guía de Función Pública de 2018 (versión 4): 19 preguntas y un mapa de zonas"),
    "2015": N_("Guía de riesgos de corrupción de 2015: 18 preguntas y puntos (probabilidad por impacto)"),
}
KINDS = {
    Kind.PREVENTIVE: N_("preventivo"),
    Kind.DETECTIVE: N_("detectivo"),
    Kind.CORRECTIVE: N_("correctivo"),
}
KINDS_TOLD = {
    Kind.PREVENTIVE: N_("Actúa antes: evita que pase."),
    Kind.DETECTIVE: N_("Actúa mientras pasa: lo descubre."),
    Kind.CORRECTIVE: N_("Actúa después: repara lo que causó."),
}
AIMS = {Aim.PROBABILITY: N_("la probabilidad"), Aim.IMPACT: N_("el daño")}
RESPONSES = {
    Response.AVOID: N_("evitarlo"),
    Response.REDUCE: N_("reducirlo"),
    Response.SHARE: N_("compartirlo"),
}
RESPONSES_TOLD = {
    Response.AVOID: N_("Se deja de hacer, o se hace de otro modo, lo que le da lugar."),
    Response.REDUCE: N_("Se baja la posibilidad de que pase o el daño que haría."),
    Response.SHARE: N_("Otra entidad responde también, por ejemplo con una póliza o un control externo."),
}
CONTROL_QUESTIONS = {
    "documented": N_("¿Está escrito en un manual, una guía o un procedimiento?"),
    "responsible": N_("¿Está dicho quién responde por hacerlo?"),
    "automatic": N_("¿Lo hace un sistema, sin que nadie intervenga?"),
    "manual": N_("¿Lo hace una persona a mano?"),
    "frequent": N_("¿Se hace tan seguido como hace falta?"),
    "evidence": N_("¿Queda evidencia de que se hizo?"),
    "effective": N_("¿Ha servido en lo que lleva?"),
}
"""By the names of core/plan/risk.py's CONTROL_POINTS."""

STATES = {
    State.TO_VALUE: N_("por valorar"),
    State.TO_TREAT: N_("sin tratamiento"),
    State.TREATING: N_("en tratamiento"),
    State.TREATED: N_("tratado"),
    State.RETIRED: N_("retirado"),
}
STATE_TONES = {
    State.TO_VALUE: "warning",
    State.TO_TREAT: "error",
    State.TREATING: "info",
    State.TREATED: "success",
    State.RETIRED: "neutral",
}
NEEDS = {
    Need.DONE: N_("hecha"),
    Need.OPEN: N_("por hacer"),
    Need.MISSING: N_("falta"),
    Need.NOT_ASKED: N_("no aplica"),
}
NEED_TONES = {Need.DONE: "success", Need.OPEN: "info", Need.MISSING: "error", Need.NOT_ASKED: "neutral"}
FAULTS = {
    Fault.EMPTY: N_("Falta este elemento. Sin los cuatro no es un riesgo de corrupción."),
    Fault.TOO_SHORT: N_("Dígalo con más palabras, para que quien no lo vivió lo reconozca."),
    Fault.REPEATED: N_("Aquí dice lo mismo que en otro elemento. Cada uno dice una cosa distinta."),
}
