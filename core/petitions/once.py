"""A petition that is sent twice is filed once, and nothing is kept that would join an hour to its number.

The kept presses of the house say when each was made; of an anonymous petition nobody may know that. So its code is made
of the press itself: who sends the same again gives the same code, and the code is what the petition is known by.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from core.db import INSERT, table
from core.petitions.filing import ALPHABET, CODE_LETTERS, in_groups
from core.petitions.finding import by_code
from core.petitions.model import FilingCounter, Petition, Series
from core.presses import Press

_HOLD = {
    database: insert(table(FilingCounter))
    .values(last_number=0)
    .on_conflict_do_update(index_elements=["year", "series"], set_={"last_number": table(FilingCounter).c.last_number})
    for database, insert in INSERT.items()
}


def code_of(pressed: Press, secret: str) -> str:
    """The code of the petition that this press files: 80 bits that nobody finds without the press and the secret.

    Who goes back, changes the words and sends them again files another petition: none of them is lost.
    """
    mark = hmac.digest(secret.encode(), f"code {pressed.actor} {pressed.key} {pressed.body}".encode(), "sha256")
    return in_groups("".join(ALPHABET[byte % len(ALPHABET)] for byte in mark[:CODE_LETTERS]))


def filed_already(session: Session, code: str, at: datetime) -> Petition | None:
    """The petition that was filed with this code. Until the transaction ends nobody else files one."""
    session.execute(_HOLD[session.get_bind().dialect.name], {"year": at.year, "series": Series.IN})
    return by_code(session, code)
