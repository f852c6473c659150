"""The technical sheet of a survey's results: of whom they speak, how they were asked, and what they do not say."""

from __future__ import annotations

from flask_babel import gettext as _

from core.errors import N_
from core.reports.table import Table, written
from core.surveys.model import Of
from core.surveys.questionnaire import Measure
from core.surveys.results import Results
from core.surveys.scoring import ENOUGH, Bound, good, is_small, rate, share, wilson
from core.web.report_parts import NONE, Part
from core.web.survey_result_words import FEW, MODES
from core.web.words import period_text, translate

_POPULATION = {
    Of.TURN: N_("Las personas cuyo turno se terminó de atender en el periodo."),
    Of.REPLY: N_("Las personas a quienes se entregó la respuesta de su petición en el periodo."),
    Of.OPEN: N_("Cualquier persona que quiso opinar."),
    Of.NEEDS: N_("Cualquier persona que quiso decir qué necesita y qué espera de la alcaldía."),
}
_FRAME = {
    Of.TURN: N_("Todos los turnos terminados: a cada persona se le ofrece la encuesta, sin escoger."),
    Of.REPLY: N_("Todas las respuestas entregadas: cada una lleva la invitación, sin escoger."),
    Of.OPEN: N_("No hay lista de quiénes son: la encuesta está abierta a quien llegue."),
    Of.NEEDS: N_("No hay lista de quiénes son: la encuesta está abierta a quien llegue."),
}
_OUT = {
    Of.TURN: N_("Quien se fue sin que lo atendieran, y quien prefirió no contestar."),
    Of.REPLY: N_("Quien pidió reserva, quien aún no recibe su respuesta, y quien prefirió no contestar."),
    Of.OPEN: N_("Quien no supo de la encuesta o prefirió no contestar."),
    Of.NEEDS: N_("Quien no supo de la encuesta o prefirió no contestar."),
}
_HIDDEN = N_(
    "El asterisco (*) guarda una cifra de menos de cinco, u otra que la delata. Con menos de diez no hay porcentaje."
)


def sheet(results: Results) -> Part:
    """What has to be known before anything is concluded."""
    survey, answers = results.survey, results.now.answers
    rows = [
        (_("Encuesta"), survey.name),
        (_("De quiénes habla"), _population(results)),
        (_("De dónde salen"), survey.frame or translate(_FRAME[survey.kind])),
        (_("Cómo se escogieron"), _chosen(results)),
        (_("Con qué se respondió"), _modes(results)),
        (_("Periodo"), period_text(results.period)),
        (_("Respuestas"), _few(answers)),
        (_("Tasa de respuesta"), _rate(results)),
        (_("Quién queda por fuera"), translate(_OUT[survey.kind])),
        (_("Margen de error"), margin(results)),
        (_("Versión del cuestionario"), ", ".join(map(str, results.versions)) or NONE),
        (_("Digitadas desde papel"), _few(results.known.by_hand)),
        (
            _("Lo que no se muestra"),
            translate(_HIDDEN),
        ),
    ]
    head = (_("Ficha técnica"), _("Lo que se sabe"))
    says = _("Antes de sacar conclusiones: de quiénes hablan estas cifras y de quiénes no.")
    return Part("sheet", Table(_("Ficha técnica"), head, tuple(rows)), says, words=True)


def margin(results: Results) -> str:
    """How sure the satisfaction is; why that cannot be said of people who chose to answer."""
    if not results.survey.sampled:
        return str(
            _("No existe: contestó quien quiso y no una muestra al azar. Las cifras hablan de quienes contestaron.")
        )
    csat = results.now.of(Measure.CSAT)
    if csat is None or csat.first.answered < ENOUGH:
        return str(_("Hay menos de diez respuestas: no se calcula."))
    part, base = good(csat.first.values)[0], csat.first.answered
    told = share(part, base)
    if told is None or told.bound is not Bound.EXACT:
        return str(_("Casi todas las respuestas son iguales: no se da, para no señalar a las demás."))
    low, high = (written(round(end, 1)) for end in wilson(part, base, results.survey.population))
    said = translate(
        N_("La satisfacción de toda la población está entre %(low)s y %(high)s de cada 100 (Wilson, 95 de 100 veces)."),
        low=low,
        high=high,
    )
    if results.survey.population:
        said += " " + translate(
            N_("Corregido por población finita de %(n)s personas."), n=written(results.survey.population)
        )
    return said


def _population(results: Results) -> str:
    said = translate(_POPULATION[results.survey.kind])
    if results.survey.population:
        people = translate(N_("Son %(n)s personas."), n=written(results.survey.population))
        return f"{said} {people}"
    if not results.wanted:
        return said
    wanted = translate(N_("Fueron %(n)s."), n=written(results.wanted[0]))
    return f"{said} {wanted}"


def _chosen(results: Results) -> str:
    if results.survey.sampled:
        return str(_("Al azar, de la lista que se describe."))
    return str(_("Nadie las escogió: contestó quien quiso, una sola vez por cada atención si la encuesta es de una."))


def _modes(results: Results) -> str:
    found = sorted(results.known.modes.items(), key=lambda each: -each[1])
    return "; ".join(f"{translate(MODES[mode])}: {_few(count)}" for mode, count in found) or NONE


def _few(count: int) -> str:
    return translate(FEW) if is_small(count) else written(count)


def _rate(results: Results) -> str:
    if results.wanted is None:
        return str(_("No se conoce: nadie cuenta a cuántas personas les llegó la invitación."))
    said = rate(results.now.answers, results.wanted[0])
    return NONE if said is None else translate(N_("%(n)s de cada 100"), n=written(round(said, 1)))
