"""The short notices of the displays: written, ordered, withdrawn and shown again."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import HiddenField
from wtforms.validators import AnyOf, InputRequired, Optional

from admin import bp
from admin.hall import ID
from core.catalogue import notices as board
from core.people.rights import Permission
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text
from core.web.guard import requires
from core.web.line import in_line


class NoticeForm(Form):
    text = Text(_l("Aviso"), [InputRequired(_l("Escriba el aviso."))], most=board.LONGEST)
    text_en = Text(_l("El mismo aviso en inglés"), [Optional()], most=board.LONGEST)


class MoveForm(Form):
    step = HiddenField(validators=[AnyOf(("-1", "1"))])


def _notice_form(notice_id: int) -> NoticeForm:
    """The form of a notice of the site. Raises Missing."""
    notice = board.notice_of(db.session(), current_user.site_id, notice_id)
    english = "" if notice.text_en == notice.text else notice.text_en
    return NoticeForm(data={"text": notice.text, "text_en": english})


@bp.get("/notices")
@requires(Permission.CONFIGURE)
def notices() -> ResponseReturnValue:
    return _page(NoticeForm())


@bp.post("/notices")
@requires(Permission.CONFIGURE)
@asks(NoticeForm, lambda form: _page(form))
def notices_act(form: NoticeForm) -> ResponseReturnValue:
    """Show one more notice."""
    with in_line(current_user.site_id) as (session, at):
        board.add(session, current_user.site_id, form.text.data, form.text_en.data, current_user.id, at)
    flash(_("Las pantallas muestran ya el aviso."), "success")
    return redirect(url_for(".notices"))


@bp.get(f"/notices/<{ID}:notice_id>")
@requires(Permission.CONFIGURE)
def notices_one(notice_id: int) -> ResponseReturnValue:
    return _one(_notice_form(notice_id), notice_id)


@bp.post(f"/notices/<{ID}:notice_id>")
@requires(Permission.CONFIGURE)
@asks(_notice_form, lambda form, notice_id: _one(form, notice_id))
def notices_one_act(form: NoticeForm, notice_id: int) -> ResponseReturnValue:
    """Say it with other words."""
    with in_line(current_user.site_id) as (session, at):
        board.rewrite(session, current_user.site_id, notice_id, form.text.data, form.text_en.data, current_user.id, at)
    flash(_("Se guardó el aviso."), "success")
    return redirect(url_for(".notices"))


@bp.post(f"/notices/<{ID}:notice_id>/move")
@requires(Permission.CONFIGURE)
def notices_move(notice_id: int) -> ResponseReturnValue:
    """One place earlier or later."""
    form = MoveForm().checked()
    with in_line(current_user.site_id) as (session, at):
        board.move(session, current_user.site_id, notice_id, int(form.step.data), current_user.id, at)
    return redirect(url_for(".notices"))


@bp.post(f"/notices/<{ID}:notice_id>/withdraw")
@requires(Permission.CONFIGURE)
def notices_withdraw(notice_id: int) -> ResponseReturnValue:
    """Show it no more."""
    Form().checked()
    with in_line(current_user.site_id) as (session, at):
        board.withdraw(session, current_user.site_id, notice_id, current_user.id, at)
    flash(_("Se retiró el aviso. Puede volver a mostrarlo otro día."), "success")
    return redirect(url_for(".notices"))


@bp.post(f"/notices/<{ID}:notice_id>/show")
@requires(Permission.CONFIGURE)
def notices_show(notice_id: int) -> ResponseReturnValue:
    """Show it again."""
    Form().checked()
    with in_line(current_user.site_id) as (session, at):
        board.show_again(session, current_user.site_id, notice_id, current_user.id, at)
    flash(_("Las pantallas muestran otra vez el aviso."), "success")
    return redirect(url_for(".notices"))


def _page(form: NoticeForm) -> str:
    every = board.of_site(db.session(), current_user.site_id)
    shown = [notice for notice in every if notice.active]
    return render_template("admin/notices.html", form=form, shown=shown, withdrawn=every[len(shown) :])


def _one(form: NoticeForm, notice_id: int) -> str:
    return render_template("admin/notice.html", form=form, notice_id=notice_id)
