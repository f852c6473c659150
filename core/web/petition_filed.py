"""What an official sees of the petition just filed: the number and code to hand over, and the papers to print."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, render_template
from flask_babel import gettext as _

from core.clock import now
from core.errors import Missing
from core.petitions.receipts import Receipt
from core.petitions.reckoning import deadline_of
from core.web.database import db
from core.web.information import begun
from core.web.office import entity
from core.web.petition_intake import in_sight, receipt
from core.web.petition_paper import (
    WIDTHS,
    due_text,
    follow_address,
    label_paper,
    missing_text,
    notes,
    receipt_paper,
    rows,
    slip_paper,
)
from core.web.petition_words import account_told
from core.web.qr import qr_drawing


def draw_filed(*, paper: str, done: str) -> str:
    """The page after filing; `paper` and `done` are the routes of the face that print and that end it."""
    session = db.session()
    petition, code = in_sight(now())
    told, found = receipt(session, petition, code), deadline_of(session, petition, petition.filed_on)
    return render_template(
        "filed.html",
        told=told,
        rows=rows(told, found),
        due=begun(due_text(found)),
        missing=missing_text(told),
        notes=notes(told),
        account=account_told(found, petition.filed_on),
        qr=qr_drawing(follow_address(code), _("Código QR que abre la página de seguimiento")),
        paper=paper,
        done=done,
        widths=WIDTHS,
    )


def draw_paper(paper: str, width: int) -> Response:
    """A paper of what this visit filed: «receipt» on a sheet, «slip» or «label» on a roll. Raises Missing."""
    session = db.session()
    petition, code = in_sight(now())
    told: Receipt = receipt(session, petition, code)
    found = deadline_of(session, petition, petition.filed_on)
    papers: dict[str, Callable[[str], bytes]] = {
        "receipt": lambda here: receipt_paper(told, found, here),
        "slip": lambda here: slip_paper(told, found, here, width),
        "label": lambda here: label_paper(told, here, width),
    }
    if paper not in papers:
        raise Missing
    return paper_answer(papers[paper], width)


def paper_answer(draw: Callable[[str], bytes], width: int) -> Response:
    """A PDF to print from the browser. Raises Missing for a roll that no printer has."""
    if width not in WIDTHS:
        raise Missing
    here = entity()
    answer = Response(draw(here.name if here else ""), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=_("constancia.pdf"))
    return answer
