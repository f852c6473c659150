"""By how many ways people are attended and take part."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import N_
from core.petitions.model import Channel, Petition, Stage
from core.plan.measures import Figure, Record, listed, measure
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
    query = select(Petition.channel, func.count()).where(
        Petition.received_on.between(period.first, period.last),
        ~Petition.confidential,
        Petition.stage != Stage.ANNULLED,
    )
    uses = Counter(dict(session.execute(query.group_by(Petition.channel)).all()))
    uses[Channel.IN_PERSON] += turns_attended(session, period).count
    records = [Record("channel", None, NAMES[way], None, str(uses[way]), uses[way] > 0) for way in Channel]
    records.append(Record("channel", None, NAMES[SURVEYS], counts=survey_answers(session, period).count > 0))
    return Figure(Fraction(sum(record.counts for record in records)), len(records), listed(records))
