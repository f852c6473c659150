"""What people recommend in the period of a report: an official gathers it, and the report tells it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import Field
from wtforms.validators import InputRequired

from admin import bp
from core.clock import now, today
from core.db import transaction
from core.errors import Missing
from core.people.rights import Permission
from core.petitions import recommendations
from core.petitions.recommendations import LONGEST, MOST, MOST_PEOPLE, Recommendation
from core.petitions.terms import Kind
from core.reports import periods
from core.reports.periods import Period
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text, Whole
from core.web.guard import requires
from core.web.words import period_text


class RecommendationsForm(Form):
    """Up to MOST of them; those without a text are left out."""

    seen = Whole("", [InputRequired(_l("Abra la página de nuevo."))], least=0)

    @property
    def rows(self) -> list[tuple[Field, Field]]:
        return [(self[f"text{n}"], self[f"people{n}"]) for n in range(1, MOST + 1)]

    @property
    def said(self) -> list[Recommendation]:
        return [Recommendation(text.data, people.data or 0) for text, people in self.rows if text.data]


for _n in range(1, MOST + 1):
    setattr(RecommendationsForm, f"text{_n}", Text(_l("Recomendación"), most=LONGEST))
    setattr(
        RecommendationsForm,
        f"people{_n}",
        Whole(_l("Personas que lo dijeron"), least=1, most=MOST_PEOPLE),
    )


@bp.get("/petitions/recommendations/<period>")
@requires(Permission.WRITE_RECOMMENDATIONS)
def recommendations_of(period: str) -> ResponseReturnValue:
    return _page(_form(period), period)


@bp.post("/petitions/recommendations/<period>")
@requires(Permission.WRITE_RECOMMENDATIONS)
@asks(lambda period: _form(period), lambda form, period: _page(form, period))
def recommendations_act(form: RecommendationsForm, period: str) -> ResponseReturnValue:
    """Keep what was gathered of the period."""
    told, me = _period(period), current_user
    with transaction(db.session) as session:
        recommendations.write(session, me.site_id, told, form.said, form.seen.data, me.id, now())
    flash(_("Guardado. El informe del periodo ya lo dice."), "success")
    return redirect(url_for(".figures", period=period))


def _period(name: str) -> Period:
    """The period of the address, begun already. Raises Missing."""
    found = periods.read(name)
    if found is None or found.first > today():
        raise Missing
    return found


def _form(name: str) -> RecommendationsForm:
    kept = recommendations.last(db.session(), current_user.site_id, _period(name))
    told = {"seen": kept.id if kept else 0}
    for n, one in enumerate(kept.said if kept else (), start=1):
        told |= {f"text{n}": one["text"], f"people{n}": one["people"]}
    return RecommendationsForm(data=told)


def _page(form: RecommendationsForm, name: str) -> str:
    """The form as it was typed; if somebody else saved meanwhile, what they saved, and from now on that was seen."""
    session, site, period = db.session(), current_user.site_id, _period(name)
    kept = recommendations.last(session, site, period)
    overtaken = kept is not None and form.seen.data != kept.id
    form.seen.raw_data, form.seen.data = None, kept.id if kept else 0
    suggested = url_for(".figures_cases", period=name, kind=Kind.SUGGESTION.value)
    return render_template(
        "admin/recommendations.html",
        form=form,
        name=name,
        chosen=period_text(period),
        suggested=suggested if current_user.may(Permission.READ_PETITIONS) else "",
        meanwhile=recommendations.of(session, site, period) if overtaken else [],
    )
