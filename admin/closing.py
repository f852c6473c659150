"""The closing act of a service day: its account and the end of the trail, on paper that is kept outside."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice, SelectField
from wtforms.validators import InputRequired

from admin import bp
from core.audit import Act, On, Thing, anchors
from core.audit.anchors import Anchor
from core.catalogue.model import Reason, Site, Topic
from core.events import Who
from core.people.rights import Permission
from core.reports import pdf
from core.turns.closing import Day, day_of
from core.turns.lifecycle import State, Step
from core.turns.model import ServiceDay
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form
from core.web.guard import requires
from core.web.line import in_line
from core.web.office import entity
from core.web.words import clock_text, day_text, hour_text

SHOWN = 31
WHO_CLOSES = (Permission.SUPERVISE, Permission.SEE_FIGURES, Permission.VERIFY_AUDIT)
EXCEPTION_NAMES = {
    Step.PICKED: _l("Llamado fuera de orden"),
    Step.SKIPPED: _l("Dejó pasar a otros"),
    Step.REGROUPED: _l("Cambio de grupo"),
    Step.CANCELLED: _l("Anulación"),
    Step.TRANSFERRED: _l("Cambio de servicio"),
}
COLUMNS = (State.FINISHED, State.ABSENT, State.LEFT, State.CANCELLED)
"""What the paper counts of each series, between the turns given and those still open."""


class ClosingForm(Form):
    day = SelectField(_l("Día"), [InputRequired(_l("Elija un día de la lista."))])


def _form() -> ClosingForm:
    form = ClosingForm()
    form.day.choices = [SelectChoice(day.isoformat(), _written(day)) for day in _days()]
    return form


def _days() -> list[date]:
    """The last service days of the site, newest first."""
    days = select(ServiceDay.day).where(ServiceDay.site_id == current_user.site_id)
    return list(db.session.scalars(days.order_by(ServiceDay.day.desc()).limit(SHOWN)))


@bp.get("/closing")
@requires(*WHO_CLOSES)
def closing() -> ResponseReturnValue:
    return _page(_form())


@bp.post("/closing")
@requires(*WHO_CLOSES)
@asks(_form, lambda form: _page(form))
def closing_act(form: ClosingForm) -> ResponseReturnValue:
    """The paper of a day; the trail tells who took it, and the paper holds that row."""
    day, site_id = date.fromisoformat(form.day.data), current_user.site_id
    who = Who("official", current_user.id)
    with in_line(site_id) as (session, at):
        account = day_of(session, site_id, day)
        said = {"day": day.isoformat(), "issued": sum(each.issued for each in account.series), "last": account.last}
        on = On(Thing.SITE, site_id)
        anchor = anchors.take(session, Act.DAY_CLOSED, on, who, at, site_id=site_id, detail=said)
    paper = pdf.draw("closing", _data(db.session(), day, account, anchor, at), at)
    name = f'attachment; filename="acta-de-cierre-{day.isoformat()}.pdf"'
    return Response(paper, mimetype="application/pdf", headers={"Content-Disposition": name})


def _page(form: ClosingForm) -> str:
    watches = current_user.may(Permission.SUPERVISE) or current_user.may(Permission.SEE_FIGURES)
    return render_template("admin/closing.html", form=form, watches=watches)


def _written(day: date) -> str:
    return _("%(day)s de %(year)s", day=day_text(day), year=day.year)


def _data(session: Session, day: date, account: Day, anchor: Anchor, at: datetime) -> dict[str, Any]:
    """What the template `closing` says."""
    town, site = entity(), session.get_one(Site, current_user.site_id)
    marks = [anchor.hash[n : n + 4] for n in range(0, len(anchor.hash), 4)]
    return {
        "entity": town.name if town else "",
        "site": site.name,
        "day": _written(day),
        "sentence": _sentence(account, at),
        "series": _series(session, account),
        "exceptions": _exceptions(session, account),
        "head": {
            "seq": str(anchor.seq),
            "at": f"{_written(at.date())}, {clock_text(at)}",
            "key": anchor.key,
            "lines": [" ".join(marks[n : n + 4]) for n in range(0, len(marks), 4)],
        },
        "log": _("hechos %(first)s a %(last)s", first=account.first, last=account.last),
        "check": _("Para comprobarlo: flask audit verify --anchor ARCHIVO, con el texto del código QR en el archivo."),
        "qr": pdf.qr(anchor.line()),
        "signers": [_("Quien supervisa la sala"), _("Control interno")],
    }


def _sentence(account: Day, at: datetime) -> str:
    issued, still = sum(each.issued for each in account.series), sum(each.open for each in account.series)
    drawn = _(
        "Elaborada el %(day)s a %(hour)s por %(name)s.",
        day=_written(at.date()),
        hour=hour_text(at),
        name=current_user.name,
    )
    given = _("Turnos dados: %(count)s.", count=issued)
    left = _("Quedan abiertos %(count)s.", count=still) if still else _("Ninguno quedó abierto.")
    return f"{drawn} {given} {left}" if issued else drawn


def _series(session: Session, account: Day) -> list[list[str]]:
    """A row for each series, and the total."""
    names: dict[str, str] = dict(
        session.execute(select(Topic.series, Topic.name).where(Topic.site_id == current_user.site_id)).all()
    )
    rows, total = [], Counter[State]()
    for each in account.series:
        counts = [each.issued, *(each.states[state] for state in COLUMNS), each.open]
        name = f"{each.letter} · {names[each.letter]}" if each.letter in names else each.letter
        rows.append([name, each.first, each.last, *map(str, counts)])
        total += each.states
    issued, still = sum(each.issued for each in account.series), sum(each.open for each in account.series)
    sums = [issued, *(total[state] for state in COLUMNS), still]
    return [*rows, [_("Total"), "", "", *map(str, sums)]] if rows else []


def _exceptions(session: Session, account: Day) -> list[list[str]]:
    names: dict[str, str] = dict(
        session.execute(select(Reason.code, Reason.name).where(Reason.site_id == current_user.site_id)).all()
    )
    return [
        [str(EXCEPTION_NAMES[Step(kind)]), names.get(reason, reason), str(count)]
        for (kind, reason), count in account.exceptions.most_common()
    ]
