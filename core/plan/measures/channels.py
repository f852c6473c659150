"""By how many ways people are attended and take part."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy.orm import Session

from core.errors import N_
from core.petitions.model import Channel
from core.plan.measures import Figure, Record, Unit, listed, measure, share, together
from core.plan.measures.petitions import petitions_received, received_by
from core.plan.measures.surveys import survey_answers
from core.plan.measures.turns import turns_attended
from core.plan.progress import Accumulation
from core.reports.periods import Period
from core.reports.small_cells import LEAST

SURVEYS = "surveys"
ONLINE = (Channel.WEB, Channel.EMAIL)
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


@measure("petitions_online", N_("PQRSD que llegaron en línea"), Unit.PERCENT, Accumulation.ACCUMULATED)
def petitions_online(session: Session, period: Period) -> Figure:
    """Of all petitions received in the period, the share that came by the web or by mail, at least.

    How reserved ones came is not told: their number would be what the channels of the public figures lack. What is
    known is rounded down to fives, so that it does not give away a small count that those figures keep back.
    """
    ways = {str(way): received_by(session, period, way) for way in ONLINE}
    known, whole = sum(figure.count for figure in ways.values()), petitions_received(session, period).count
    records = [Record("channel", way, NAMES[way], None, str(figure.count)) for way, figure in ways.items()]
    value = share(known - known % LEAST, whole)
    used = {way: figure for way, figure in ways.items() if figure.count}
    return Figure(value, len(records), listed(records), whole, "" if value is None else "at_least", used)
