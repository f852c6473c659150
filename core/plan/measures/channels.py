"""By how many ways people are attended and take part."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy.orm import Session

from core.errors import N_
from core.petitions.model import Channel
from core.plan.measures import Figure, Record, listed, measure, together
from core.plan.measures.petitions import received_by
from core.plan.measures.surveys import survey_answers
from core.plan.measures.turns import turns_attended
from core.plan.progress import Accumulation
from core.reports.periods import Period

SURVEYS = "surveys"
NAMES = {
    Channel.IN_PERSON: N_("Presencial: turnos y ventanilla"),
    Channel.PHONE: N_("Teléfono"),
    Channel.WEB: N_("Página web"),
    Channel.EMAIL: N_("Correo electrónico"),
    Channel.PAPER: N_("Correspondencia en papel"),
    SURVEYS: N_("Encuestas"),
}


@measure("channels_in_use", N_("Canales de atención y participación en uso"), adds_up=Accumulation.ACCUMULATED)
def channels_in_use(session: Session, period: Period) -> Figure:
    """How many channels were used in the period: by a turn that was attended, a petition received, or an answer.

    In person counts the turns and what was filed at the window; how many answered surveys is told by their own figure.
    """
    ways = {str(way): received_by(session, period, way) for way in Channel}
    ways[Channel.IN_PERSON] = together(turns_attended(session, period), ways[Channel.IN_PERSON])
    said = {way: str(figure.count) for way, figure in ways.items()}
    ways[SURVEYS] = survey_answers(session, period)
    used = {way: figure for way, figure in ways.items() if figure.count}
    records = [Record("channel", way, NAMES[way], None, said.get(way, ""), way in used) for way in ways]
    return Figure(Fraction(len(used)), len(records), listed(records), parts=used)
