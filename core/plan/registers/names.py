"""What is wrong with a field of a register and how its entries stand, in Spanish."""

from __future__ import annotations

from core.errors import N_
from core.plan.registers.faults import Why
from core.plan.registers.fields import Mark
from core.plan.registers.standing import State

FAULTS = {
    Why.MISSING: N_("Escriba este dato: sin él no se puede contar."),
    Why.NOBODY: N_("Escriba cuántas personas participaron, al menos en una casilla."),
    Why.TOO_LONG: N_("Escriba %(most)s letras o menos."),
    Why.NOT_OFFERED: N_("Elija una opción de la lista."),
    Why.NOT_A_LINK: N_("Escriba una dirección completa, que empiece por https:// o http://."),
    Why.NOT_AN_ACTION: N_("Escriba el código de la acción así: AM-0012."),
    Why.TOO_MUCH: N_("Escriba un número de 0 a %(most)s."),
    Why.IN_THE_FUTURE: N_("Ese día todavía no llega: escriba hoy o antes."),
    Why.BEFORE_IT_BEGAN: N_("No puede terminar antes de empezar."),
    Why.PERSONAL: N_("Aquí no van datos de personas. Quite «%(piece)s»."),
    Why.HALF_A_PAIR: N_("Escriba las dos cifras, antes y después, o ninguna."),
    Why.WORSE: N_("Después no puede ser más que antes: no sería una racionalización."),
    Why.NOTHING_BETTER: N_("Escriba al menos una cifra que bajó: pasos, documentos, días o costo."),
    Why.NOT_JUDGED: N_("Diga si cumple, no cumple o no aplica."),
    Why.NO_ACTIVITY: N_("Elija al menos una actividad del plan."),
}
MARKS = {Mark.MET: N_("Cumple"), Mark.NOT_MET: N_("No cumple"), Mark.NOT_APPLICABLE: N_("No aplica")}
STATES = {
    State.OVERDUE: N_("vencido"),
    State.INCOMPLETE: N_("incompleto"),
    State.PENDING: N_("por hacer"),
    State.COMPLETE: N_("completo"),
    State.WITHDRAWN: N_("retirado"),
}
TONES = {
    State.OVERDUE: "error",
    State.INCOMPLETE: "warning",
    State.PENDING: "info",
    State.COMPLETE: "success",
    State.WITHDRAWN: "neutral",
}
