"""What is counted of protocols of attention on the last day of a period."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy.orm import Session

from core.errors import N_
from core.plan.measures import Figure, Record, Unit, listed, measure, share
from core.plan.progress import Accumulation
from core.protocols.actions.finding import in_force
from core.protocols.matrix import State, matrix
from core.protocols.model import ProtocolVersion
from core.reports.periods import Period


@measure("protocols_in_force", N_("Protocolos de atención vigentes"), adds_up=Accumulation.STOCK)
def protocols_in_force(session: Session, period: Period) -> Figure:
    """How many protocols have a version that rules on the last day."""
    records = [_version(version) for version in in_force(session, period.last)]
    return Figure(Fraction(len(records)), len(records), listed(records))


@measure("protocols_read", N_("Lecturas de protocolos hechas, de las que se piden"), Unit.PERCENT, Accumulation.STOCK)
def protocols_read(session: Session, period: Period) -> Figure:
    """Of the readings asked of the officials for the versions that rule on the last day, the share done by then.

    The officials are those who work here today. Its records are the protocols, and name nobody.
    """
    whole = matrix(session, period.last)
    records, read, asked = [], 0, 0
    for version in whole.versions:
        cells = [whole.cells[official.id, version.id] for official in whole.officials]
        of_these = [cell for cell in cells if cell.state is not State.NOT_ASKED]
        done = sum(cell.state is State.READ and cell.day <= period.last for cell in of_these)
        read, asked = read + done, asked + len(of_these)
        records.append(_version(version, f"{done} / {len(of_these)}", counts=done == len(of_these)))
    return Figure(share(read, asked), len(records), listed(records), asked)


def _version(version: ProtocolVersion, said: str = "", *, counts: bool = True) -> Record:
    label = f"{version.protocol.code} · v{version.number}"
    return Record("protocol", version.protocol_id, label, version.valid_from, said or _title(version), counts)


def _title(version: ProtocolVersion) -> str:
    return str(version.text.get("title", ""))
