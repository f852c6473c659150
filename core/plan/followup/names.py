"""What the stages of a cut-off, the states of its reports and the verdicts are called, and the shapes of bands."""

from __future__ import annotations

from core.errors import N_
from core.plan.cutoffs import Rhythm
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
BAND_MARKS = {Band.LOW: "▼", Band.MIDDLE: "◆", Band.HIGH: "▲"}
"""The shape that stands beside the word: colour never speaks alone."""
