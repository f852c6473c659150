"""What the kinds, the states and the clocks of petitions are called, and why something may not be done with a term."""

from __future__ import annotations

from core.errors import N_
from core.petitions.clocks import Name
from core.petitions.deadlines import State
from core.petitions.limits import LONGEST_FIXED, WhyNot
from core.petitions.terms import Kind, Silence

KINDS = {
    Kind.GENERAL: N_("petición de interés general"),
    Kind.PARTICULAR: N_("petición de interés particular"),
    Kind.INFORMATION: N_("petición de información"),
    Kind.DOCUMENTS: N_("petición de documentos o copias"),
    Kind.PUBLIC_INFORMATION: N_("acceso a información pública"),
    Kind.CONSULTATION: N_("consulta"),
    Kind.COMPLAINT: N_("queja"),
    Kind.CLAIM: N_("reclamo"),
    Kind.SUGGESTION: N_("sugerencia"),
    Kind.REPORT: N_("denuncia"),
    Kind.CORRUPTION: N_("denuncia de corrupción"),
    Kind.CONGRATULATION: N_("felicitación"),
    Kind.AUTHORITIES: N_("petición de otra autoridad"),
    Kind.DATA_QUERY: N_("consulta de datos personales"),
    Kind.DATA_CLAIM: N_("reclamo de datos personales"),
    Kind.APPEAL: N_("recurso"),
    Kind.CONGRESS: N_("requerimiento del Congreso"),
    Kind.OMBUDSMAN: N_("requerimiento de la Defensoría"),
}
STATES = {
    State.ON_TIME: N_("a tiempo"),
    State.DUE_SOON: N_("por vencer"),
    State.DUE_TODAY: N_("vence hoy"),
    State.OVERDUE: N_("vencida"),
    State.SUSPENDED: N_("suspendida"),
    State.LAPSED: N_("sin completar"),
    State.NO_TERM: N_("sin término"),
    State.ANSWERED: N_("respondida a tiempo"),
    State.ANSWERED_LATE: N_("respondida tarde"),
    State.TRANSFERRED: N_("trasladada"),
    State.WITHDRAWN: N_("desistida"),
    State.ARCHIVED: N_("archivada"),
    State.ANNULLED: N_("anulada"),
}
CLOCKS = {
    Name.ASK: N_("pedir lo que falta"),
    Name.COMPLETE: N_("completar la petición"),
    Name.EXTEND: N_("avisar una prórroga"),
    Name.TRANSFER: N_("trasladar a quien sea competente"),
    Name.ACCEPTANCE: N_("responder antes de que se entienda aceptada"),
    Name.COPIES: N_("entregar las copias, si se entendió aceptada"),
    Name.LEGEND: N_("marcar el dato: «reclamo en trámite»"),
    Name.SILENCE: N_("responder antes del silencio negativo"),
}
SILENCES = {
    Silence.NOTHING: "",
    Silence.ACCEPTED: N_("Si nadie responde en el término, se entiende aceptada y ya no se puede negar."),
    Silence.COPIES: N_(
        "Si nadie responde en el término, se entiende aceptada, ya no se puede negar y las copias se entregan en los "
        "tres días siguientes."
    ),
    Silence.NEGATIVE: N_("Si pasan tres meses sin respuesta, se entiende negada; aun así se debe responder."),
    Silence.NEGATIVE_AT_ONCE: N_("Si el término pasa sin respuesta, se entiende negado; aun así se debe responder."),
}
WHY_NOT = {
    WhyNot.ENDED: N_("Esta petición ya terminó."),
    WhyNot.EXPIRED: N_("El término ya venció; esto se hace antes de vencer."),
    WhyNot.SUSPENDED: N_("El término está suspendido mientras la persona completa la petición."),
    WhyNot.NOT_SUSPENDED: N_("No se le ha pedido a la persona que complete nada."),
    WhyNot.BEFORE_RECEIVED: N_("Esa fecha es anterior al día en que se recibió la petición."),
    WhyNot.BEFORE_ASKED: N_("Esa fecha es anterior al día en que se pidió completarla."),
    WhyNot.NO_REASON: N_("Escriba el motivo."),
    WhyNot.KIND_NEVER_EXTENDED: N_("A esta clase de petición la ley no le da prórroga."),
    WhyNot.ALREADY_EXTENDED: N_("El término ya se prorrogó, y solo se prorroga una vez."),
    WhyNot.NO_DAY: N_("Escriba el nuevo plazo."),
    WhyNot.NOT_TOLD: N_("Escriba cuándo se le avisó a la persona: sin aviso no hay prórroga."),
    WhyNot.NOT_LATER: N_("El nuevo plazo debe ser posterior al que ya tiene."),
    WhyNot.TOO_LONG: N_("El nuevo plazo pasa del máximo que permite la ley."),
    WhyNot.KIND_NEVER_ASKED: N_("La ley no prevé pedir lo que falta en esta clase de petición."),
    WhyNot.TOO_LATE_TO_ASK: N_("Ya pasó el plazo para pedir lo que falta: responda con lo que hay."),
    WhyNot.MONTH_ALREADY_EXTENDED: N_("El plazo para completar ya se amplió, y solo se amplía una vez."),
    WhyNot.NO_MORE_TIME: N_("Este plazo para completar no se amplía."),
    WhyNot.MONTH_IS_OVER: N_("El plazo para completar ya terminó; se amplía antes de que termine."),
    WhyNot.MONTH_NOT_OVER: N_("La persona todavía está en plazo para completar la petición."),
    WhyNot.SAME_KIND: N_("La petición ya es de esa clase."),
    WhyNot.TERM_IS_FIXED: N_("El término de esta clase lo fija la ley y no se cambia."),
    WhyNot.NOT_A_TERM: N_("Escriba de 1 a %(most)s días hábiles."),
}
WHY_NOT_VALUES = {WhyNot.NOT_A_TERM: {"most": LONGEST_FIXED}}
"""What fills the placeholders of a refusal."""
