"""The letters that go out: each with the next number of the year, printed once, and hung on the step that sends it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import N_, Missing
from core.files.actions import Placed
from core.petitions.acting import act
from core.petitions.attachments import attach
from core.petitions.filing import ALPHABET, next_number
from core.petitions.model import Petition, Series, StepKind, filing_number
from core.petitions.reply_model import LetterKind, OutgoingLetter

MARK = 12
"""Letters and digits of the mark by which a paper shows that it is ours: 60 bits."""
_NUMBER = re.compile(r"([0-9]{4})\W*[Ss]?\W*([0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands on the paper. `number`, `day` and `mark` are given when it goes out."""

    entity: str
    office: str
    place: str
    to: tuple[str, ...]
    subject: str
    about: str
    body: str
    annexes: tuple[str, ...]
    signer: str
    wrote: str
    approved: str
    verify: str
    number: str = ""
    day: date | None = None
    mark: str = ""


Print = Callable[[Letter], Placed]
"""Makes the paper of a letter and lays it among the files, sealed if its petition is confidential."""


def issue(
    session: Session,
    petition: Petition,
    kind: LetterKind,
    letter: Letter,
    print_letter: Print,
    by: int,
    at: datetime,
    *,
    step: StepKind,
    text: str = "",
    detail: Mapping[str, Any],
) -> OutgoingLetter:
    """Give it the next number of the year, print it, and keep both with the step that tells of it, or nothing."""
    number = next_number(session, at.year, Series.OUT)
    letter = replace(letter, number=filing_number(at.year, Series.OUT, number), day=at.date())
    letter = replace(letter, mark=mark_of(letter))
    kept = OutgoingLetter(
        petition_id=petition.id, kind=kind, year=at.year, number=number, signed_by=by, signed_at=at, mark=letter.mark
    )
    session.add(kept)
    session.flush()
    told = act(session, petition, step, by, at, text=text, detail={"letter": kept.id, **detail})
    kept.attachment_id = attach(session, petition, told, print_letter(letter)).id
    session.flush()
    return kept


def mark_of(letter: Letter) -> str:
    """What only this text under this number has: the paper carries it, and who verifies types it."""
    told = json.dumps(asdict(letter) | {"mark": ""}, ensure_ascii=False, default=str, sort_keys=True)
    number = int.from_bytes(hashlib.sha256(told.encode()).digest()[:8])
    signs = "".join(ALPHABET[number >> (5 * n) & 31] for n in range(MARK))
    return "-".join(signs[n : n + 4] for n in range(0, MARK, 4))


def letter_of(session: Session, petition: Petition, letter_id: int) -> OutgoingLetter:
    """A letter of this petition. Raises Missing for any other."""
    mine = (OutgoingLetter.id == letter_id) & (OutgoingLetter.petition_id == petition.id)
    found = session.scalar(select(OutgoingLetter).where(mine))
    if found is None:
        raise Missing(N_("Ese oficio no es de esta petición."))
    return found


def of_petition(session: Session, petition: Petition) -> list[OutgoingLetter]:
    """Its letters, in the order in which they went out."""
    query = select(OutgoingLetter).where(OutgoingLetter.petition_id == petition.id).order_by(OutgoingLetter.id)
    return list(session.scalars(query))


def is_ours(session: Session, number: str, mark: str) -> OutgoingLetter | None:
    """The letter of that number, if the mark typed is the one that it carries; anybody may ask."""
    typed = _NUMBER.fullmatch(number.strip())
    if typed is None:
        return None
    its = (OutgoingLetter.year == int(typed[1])) & (OutgoingLetter.number == int(typed[2]))
    found = session.scalar(select(OutgoingLetter).where(its))
    said = "".join(sign for sign in mark.upper() if sign.isalnum())
    return found if found is not None and found.mark.replace("-", "") == said else None
