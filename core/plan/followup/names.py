"""What stages of a cut-off, states of its reports, verdicts and faults are called, and the shapes of bands."""

from __future__ import annotations

from core.errors import N_
from core.plan.cutoffs import Rhythm
from core.plan.followup.faults import Why
from core.plan.followup.standing import Stage, State, Verdict
from core.plan.progress import Band

RHYTHMS = {
    Rhythm.FOUR_MONTHS: N_("Cada cuatro meses: 30 de abril, 31 de agosto y 31 de diciembre"),
    Rhythm.HALF_YEAR: N_("Cada seis meses: 30 de junio y 31 de diciembre"),
}
STAGES = {
    Stage.COMING: N_("por llegar"),
    Stage.OPEN: N_("abierto"),
    Stage.LATE: N_("publicación vencida"),
    Stage.PUBLISHED: N_("publicado"),
    Stage.REOPENED: N_("reabierto"),
}
STAGE_TONES = {
    Stage.COMING: "neutral",
    Stage.OPEN: "info",
    Stage.LATE: "error",
    Stage.PUBLISHED: "success",
    Stage.REOPENED: "warning",
}
STATES = {
    State.UNREPORTED: N_("sin reporte"),
    State.TO_VERIFY: N_("por verificar"),
    State.SENT_BACK: N_("devuelto"),
    State.DISAGREES: N_("no conforme"),
    State.AGREES: N_("conforme"),
}
STATE_TONES = {
    State.UNREPORTED: "error",
    State.TO_VERIFY: "sun",
    State.SENT_BACK: "warning",
    State.DISAGREES: "error",
    State.AGREES: "success",
}
VERDICTS = {
    Verdict.AGREES: N_("Conforme"),
    Verdict.DISAGREES: N_("No conforme"),
    Verdict.SENT_BACK: N_("Devuelto"),
}
FAULTS = {
    Why.MISSING: N_("Escriba este dato: queda en el seguimiento."),
    Why.TOO_LONG: N_("Escriba %(most)s letras o menos."),
    Why.PERSONAL: N_("Esto se publica: quite «%(piece)s»."),
    Why.NO_AMOUNT: N_("Escriba cuánto se hizo, con un número como 3 o 12,5."),
    Why.BELOW_NOUGHT: N_("Escriba un número de cero en adelante."),
    Why.NOTHING_SHOWS: N_("Adjunte algo que lo muestre, o escriba su dirección en la web."),
}
BAND_MARKS = {Band.LOW: "▼", Band.MIDDLE: "◆", Band.HIGH: "▲"}
"""The shape that stands beside the word: colour never speaks alone."""
