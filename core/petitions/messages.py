"""What the office and the person write to one another on a petition: steps, like all that happens to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import N_, Invalid, Refused
from core.petitions import steps
from core.petitions.model import Petition, Stage, Step, StepKind

LONGEST = 10_000


def write(session: Session, petition: Petition, text: str, by: int | None, at: datetime) -> Step:
    """A message that both read; `by` is the official, None for the person. Raises Invalid, Refused."""
    check_takes(petition)
    kind = StepKind.CITIZEN_WROTE if by is None else StepKind.OFFICE_WROTE
    return steps.add(session, petition, kind, by, at, text=checked(text))


def note(session: Session, petition: Petition, text: str, by: int, at: datetime) -> Step:
    """What officials keep in the case for themselves. Raises Invalid."""
    return steps.add(session, petition, StepKind.NOTED, by, at, text=checked(text), public=False)


def check_takes(petition: Petition) -> None:
    """Raises Refused for one that was annulled."""
    if petition.stage == Stage.ANNULLED:
        raise Refused(N_("Este radicado se anuló: ya no recibe mensajes."))


def checked(text: str) -> str:
    """What was written, without outer spaces. Raises Invalid."""
    if not text.strip():
        raise Invalid(N_("Escriba el mensaje."), field="text")
    if len(text) > LONGEST:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field="text", most=LONGEST)
    return text.strip()
