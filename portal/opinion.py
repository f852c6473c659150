"""The opinion of an attention: given on the phone of who held the turn, or by the address in the answer's letter."""

from __future__ import annotations

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.clock import now
from core.errors import Refused
from core.surveys.answering import (
    AnsweredAlready,
    NotOpen,
    OwnAttention,
    TooLate,
    check_may_answer,
    in_use,
)
from core.surveys.attention import Attention
from core.surveys.model import Mode, Of, SurveyVersion
from core.web.database import db
from core.web.errors import message_of
from core.web.guard import public
from core.web.opinion_links import delivery_signed
from core.web.opinions import how, of_delivery, of_turn, was_given
from portal import asking, bp
from portal.asking import Asked
from portal.languages import chosen_language
from portal.turn import turn_now


@bp.get("/t/<token>/opinion")
@public
def opinion(token: str) -> ResponseReturnValue:
    return asking.begin(_still_asked(_of_turn(token)))


@bp.post("/t/<token>/opinion")
@public
def opinion_act(token: str) -> ResponseReturnValue:
    return asking.go_on(_still_asked(_of_turn(token)))


@bp.get("/t/<token>/opinion/thanks")
@public
def opinion_thanks(token: str) -> ResponseReturnValue:
    return _thanks(_of_turn(token))


@bp.get("/opinion/<signed>")
@public
def opinion_reply(signed: str) -> ResponseReturnValue:
    return asking.begin(_still_asked(_of_reply(signed)))


@bp.post("/opinion/<signed>")
@public
def opinion_reply_act(signed: str) -> ResponseReturnValue:
    return asking.go_on(_still_asked(_of_reply(signed)))


@bp.get("/opinion/<signed>/thanks")
@public
def opinion_reply_thanks(signed: str) -> ResponseReturnValue:
    return _thanks(_of_reply(signed))


@bp.errorhandler(NotOpen)
@bp.errorhandler(AnsweredAlready)
@bp.errorhandler(TooLate)
@bp.errorhandler(OwnAttention)
def opinion_refused(error: Refused) -> ResponseReturnValue:
    """Why this opinion is not taken: a page of its own, because the turn or the reply has nothing wrong."""
    db.session.rollback()
    held = (request.view_args or {}).get("token")
    return render_template("portal/opinion_refused.html", told=message_of(error), held=held), error.status


@bp.after_request
def keep_opinions_out_of_indexes(response: Response) -> Response:
    if "signed" in (request.view_args or {}):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _of_turn(token: str) -> Asked:
    """Raises Missing, NotYet, NotOpen."""
    held, _at = turn_now(token)
    attention = of_turn(db.session(), held)
    return Asked(
        version=_version(Of.TURN),
        attention=attention,
        mode=Mode.PHONE,
        here=url_for(".opinion_act", token=token),
        thanks=url_for(".opinion_thanks", token=token),
        out=url_for(".turn", token=token),
    )


def _of_reply(signed: str) -> Asked:
    """Raises Missing, NotArrived, NotOpen."""
    sent = delivery_signed(db.session(), signed)
    g.language = chosen_language() or sent.petition.language
    attention = of_delivery(db.session(), sent)
    return Asked(
        version=_version(Of.REPLY),
        attention=attention,
        mode=Mode.WEB,
        here=url_for(".opinion_reply_act", signed=signed),
        thanks=url_for(".opinion_reply_thanks", signed=signed),
        out=url_for(".home"),
    )


def _version(kind: Of) -> SurveyVersion:
    """Raises NotOpen while nobody asks."""
    found = in_use(db.session(), kind)
    if found is None:
        raise NotOpen
    return found


def _still_asked(asked: Asked) -> Asked:
    """The same, if it may be answered by who comes. Raises TooLate, OwnAttention, AnsweredAlready."""
    check_may_answer(db.session(), _attention(asked), asked.version.survey.kind, how(asked.mode), now().date())
    return asked


def _thanks(asked: Asked) -> ResponseReturnValue:
    if not was_given(db.session(), _attention(asked)):
        return redirect(asked.here)
    return asking.thank(asked)


def _attention(asked: Asked) -> Attention:
    if asked.attention is None:
        raise NotOpen
    return asked.attention
