"""What people wrote in surveys: read without who wrote it, sorted by themes, and turned into what is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import Optional

from admin import bp
from admin.hall import me
from core.catalogue.model import Office, Service
from core.clock import now, today
from core.db import transaction
from core.errors import N_, Invalid
from core.people.model import Official
from core.people.rights import Permission
from core.personal import masked, pieces
from core.petitions.model import Petition
from core.presses import once
from core.reports import periods
from core.surveys import comments
from core.surveys.comments import UNTHEMED, Asked
from core.surveys.model import Comment, Survey, SurveyVersion
from core.surveys.questionnaire import read
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm, Text
from core.web.guard import requires
from core.web.words import month_text, period_text

MOST_AT_ONCE, QUARTERS = 100, 8
AS_IT_IS = "="


class SortForm(PressForm):
    """The theme of the comments that were ticked, which are read from then on."""

    several = frozenset({"comment"})
    comment = SelectMultipleField(_l("Comentarios"), validate_choice=False)
    theme = SelectField(_l("Tema"))


class ThemeForm(PressForm):
    name = Text(_l("Tema nuevo"), most=comments.LONGEST_THEME)


class WithdrawForm(PressForm):
    theme = Text(_l("Tema"), [Optional()])


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment as people read it in the list: what looks personal is covered, and `hides` says whether something is.

    `filed`: the number of the petition that was filed of it; `reserved`: one of which only named people may know.
    """

    id: int
    text: str
    hides: bool
    survey: str
    question: str
    month: str
    place: str
    theme: str
    read: str
    filed: str
    reserved: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """The filters of the address; what is not of a list counts as nothing."""

    said: dict[str, str]
    asked: Asked

    def address(self, **changes: object) -> str:
        told = {name: value for name, value in (self.said | {"page": ""} | changes).items() if value}
        return url_for(".survey_comments", **told)


def sort_form(**how: Any) -> SortForm:
    """Its themes are those in use."""
    form = SortForm(**how)
    first = [SelectChoice(AS_IT_IS, _("Dejar el que tengan")), SelectChoice("", _("Sin tema"))]
    form.theme.choices = first + [SelectChoice(name, name) for name in comments.themes(db.session())]
    return form


@bp.get("/survey-comments")
@requires(Permission.READ_SURVEY_COMMENTS)
def survey_comments() -> ResponseReturnValue:
    return _list_page(sort_form(), _typed())


@bp.post("/survey-comments/sort")
@requires(Permission.SORT_SURVEY_COMMENTS)
@asks(sort_form, lambda form: _list_page(form, _typed()))
def survey_comments_sort(form: SortForm) -> ResponseReturnValue:
    """Those that were ticked are read and, if one is chosen, under a theme: all of them, or none."""
    ids = sorted({_number(one) for one in form.comment.data or ()})
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        raise Invalid(N_("Elija de 1 a %(most)s comentarios de la lista."), field="comment", most=MOST_AT_ONCE)
    theme = None if form.theme.data == AS_IT_IS else form.theme.data
    with transaction(db.session) as session:
        at, site_id, by = now(), current_user.site_id, current_user.id

        def act() -> dict[str, Any]:
            found = [comments.comment_for(session, current_user, one, lock=True) for one in ids]
            comments.sort(session, found, theme, site_id, by, at)
            return {}

        once(session, form.pressed(me(), "sort comments"), at, act)
    flash(_("Listo: %(count)s leídos.", count=len(ids)), "success")
    return redirect(_typed().address())


@bp.get("/survey-comments/themes")
@requires(Permission.SORT_SURVEY_COMMENTS)
def survey_comments_themes() -> ResponseReturnValue:
    return _themes_page(ThemeForm())


@bp.post("/survey-comments/themes")
@requires(Permission.SORT_SURVEY_COMMENTS)
@asks(ThemeForm, lambda form: _themes_page(form))
def survey_comments_themes_act(form: ThemeForm) -> ResponseReturnValue:
    """One more theme."""
    with transaction(db.session) as session:
        comments.add_theme(session, form.name.data, current_user.site_id, current_user.id, now())
    return redirect(url_for(".survey_comments_themes"))


@bp.post("/survey-comments/themes/withdraw")
@requires(Permission.SORT_SURVEY_COMMENTS)
@asks(WithdrawForm, lambda _form: _themes_page(ThemeForm()))
def survey_comments_themes_withdraw(form: WithdrawForm) -> ResponseReturnValue:
    """No comment gets this theme any more."""
    with transaction(db.session) as session:
        comments.withdraw_theme(session, form.theme.data, current_user.site_id, current_user.id, now())
    flash(_("El tema ya no se ofrece. Los comentarios que lo tienen lo conservan."), "success")
    return redirect(url_for(".survey_comments_themes"))


def _themes_page(form: ThemeForm) -> str:
    return render_template("admin/survey_themes.html", form=form, themes=comments.themes(db.session()))


def _list_page(form: SortForm, typed: Typed) -> str:
    """The list. It is drawn first and noted after; without the note nobody gets it."""
    session = db.session()
    rows, more = comments.look(session, current_user, typed.asked)
    page = render_template(
        "admin/survey_comments.html",
        form=form,
        typed=typed,
        rows=shown(session, rows),
        more=more,
        count=comments.count(session, current_user, typed.asked),
        chosen=set(form.comment.data or ()),
        sorts=current_user.may(Permission.SORT_SURVEY_COMMENTS),
        sees_improvements=current_user.may(Permission.SEE_IMPROVEMENTS),
        runs=current_user.may(Permission.RUN_IMPROVEMENTS),
        **_offered(session),
    )
    with transaction(db.session) as session:
        comments.note_read(session, current_user.site_id, current_user.id, now())
    return page


def shown(session: Session, rows: Sequence[Comment]) -> list[Shown]:
    """Comments in words; their surveys, questions, places and petitions are asked for once."""
    versions = {one.version_id: session.get_one(SurveyVersion, one.version_id) for one in rows}
    asked = {key: {q.key: q.text for q in read(one.questionnaire).questions} for key, one in versions.items()}
    offices = _names(session, Office, {one.office_id for one in rows})
    services = _names(session, Service, {one.service_id for one in rows})
    readers = _names(session, Official, {one.read_by for one in rows})
    filed = select(Petition).where(Petition.id.in_([one.petition_id for one in rows]))
    petitions = {one.id: one for one in session.scalars(filed)}
    found = []
    for one in rows:
        petition = petitions.get(one.petition_id or 0)
        reserved = petition is not None and petition.confidential
        place = " · ".join(name for name in (services.get(one.service_id), offices.get(one.office_id)) if name)
        read_on = f"{one.read_on:%d/%m/%Y}" if one.read_on else ""
        found.append(
            Shown(
                id=one.id,
                text=masked(one.text),
                hides=bool(pieces(one.text)),
                survey=versions[one.version_id].survey.name,
                question=asked[one.version_id].get(one.field, ""),
                month=month_text(one.month),
                place=place,
                theme=one.theme,
                read=f"{readers.get(one.read_by, '')}, {read_on}" if one.read_by else "",
                filed=petition.filing_number if petition is not None and not reserved else "",
                reserved=reserved,
            )
        )
    return found


def _names(session: Session, model: Any, ids: set[int | None]) -> dict[int | None, str]:
    wanted = ids - {None}
    found = session.execute(select(model.id, model.name).where(model.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in found}


def _offered(session: Session) -> dict[str, Any]:
    """The closed lists of the filters."""
    here = current_user.site_id
    offices = select(Office.id, Office.name).where(Office.site_id == here).order_by(Office.name)
    services = select(Service.id, Service.name).where(Service.site_id == here).order_by(Service.name)
    named = dict.fromkeys([*comments.themes(session), *comments.themes_had(session)])
    return {
        "surveys": session.execute(select(Survey.id, Survey.name).order_by(Survey.name)).all(),
        "offices": session.execute(offices).all(),
        "services": session.execute(services).all(),
        "themes": [(UNTHEMED, _("Sin tema")), *((name, name) for name in named)],
        "periods": [(each.name, period_text(each)) for each in periods.recent(today(), QUARTERS)],
    }


def _typed() -> Typed:
    names = ("survey", "period", "theme", "unread", "office", "service", "page")
    said = {name: request.args.get(name, "").strip()[: comments.LONGEST_THEME] for name in names}
    for name in ("survey", "office", "service", "page"):
        said[name] = said[name] if said[name].isascii() and said[name].isdigit() and len(said[name]) < 10 else ""
    period = periods.read(said["period"])
    said["period"] = period.name if period else ""
    asked = Asked(
        survey_id=int(said["survey"]) if said["survey"] else None,
        first=period.first if period else None,
        last=period.last if period else None,
        theme=said["theme"],
        unread=bool(said["unread"]),
        office_id=int(said["office"]) if said["office"] else None,
        service_id=int(said["service"]) if said["service"] else None,
        page=min(max(int(said["page"] or 1), 1), comments.MOST_PAGES),
    )
    return Typed(said, asked)


def _number(written: str) -> int:
    """The number of a comment as our pages write it; 0 for anything else."""
    found = int(written) if written.isascii() and written.isdigit() and len(written) < 17 else 0
    return found if found < 2**53 else 0
