"""The address under which the opinion of a reply is given: signed, and nothing in it but the number of the delivery."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from core.errors import Missing
from core.petitions.delivering import last_delivered
from core.petitions.reply_model import Delivery
from core.surveys.answering import in_use
from core.surveys.model import Of
from core.web.signing import keys

OPINION = "/opinion"
_SALT = "opinion of a reply"


def signed(delivery: Delivery) -> str:
    """What stands for the delivery in the address; that it is over is said by the day on which it arrived."""
    return str(_signer().dumps(delivery.id))


def delivery_signed(session: Session, text: str) -> Delivery:
    """The delivery that this stands for, or the one by which the same letter arrived before.

    Raises Missing for what we did not sign and for one that is gone.
    """
    try:
        found = session.get(Delivery, _signer().loads(text))
    except BadData:
        raise Missing from None
    if found is None:
        raise Missing
    return last_delivered(session, found.petition, found.letter_id) or found


def opinion_address(session: Session, delivery: Delivery) -> str:
    """The whole address, for a letter; empty where nobody asks: there is no survey, or the petition is confidential."""
    if delivery.petition.confidential or in_use(session, Of.REPLY) is None:
        return ""
    return f"{current_app.config['PUBLIC_URL']}{OPINION}/{signed(delivery)}"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(keys(), salt=_SALT)
