"""Petitions that ask the same, together; and, if they are more than ten, the copy for the web of their one reply."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID
from admin.petition_door import to_work
from core.clock import now
from core.db import transaction
from core.people.rights import Permission
from core.petitions import grouping
from core.petitions.reply_model import Group
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Paragraphs
from core.web.guard import requires


class CopyForm(Form):
    text = Paragraphs(
        _l("Copia para la web"),
        most=grouping.LONGEST_COPY,
        render_kw={"rows": 10, "spellcheck": "true", "lang": "es"},
        description=_l("Sin nombres, documentos ni direcciones de nadie."),
    )


def _group(session: Session, group_id: int) -> Group:
    """A group of petitions on which this official works. Raises NoGroup, NotYours."""
    group = session.get(Group, group_id)
    if group is None:
        raise grouping.NoGroup
    to_work(session, group.lead_id, lock=False)
    return group


def _copy_form(group_id: int) -> CopyForm:
    group = _group(db.session(), group_id)
    return CopyForm(data={"text": group.published_text})


@bp.get(f"/petitions/groups/<{ID}:group_id>")
@requires(Permission.ANSWER_PETITIONS)
def petitions_group(group_id: int) -> ResponseReturnValue:
    return _page(_copy_form(group_id), group_id)


@bp.post(f"/petitions/groups/<{ID}:group_id>")
@requires(Permission.ANSWER_PETITIONS)
@asks(_copy_form, lambda form, group_id: _page(form, group_id))
def petitions_group_act(form: CopyForm, group_id: int) -> ResponseReturnValue:
    """Publish the copy of the one reply."""
    with transaction(db.session) as session:
        group = _group(session, group_id)
        to_work(session, group.lead_id)
        grouping.publish(session, group, form.text.data, current_user.id, now())
    flash(_("La copia queda en la web. Envíe la respuesta por aviso para responder a todas."), "success")
    return redirect(url_for(".petitions_group", group_id=group_id))


def _page(form: CopyForm, group_id: int) -> str:
    session = db.session()
    group = _group(session, group_id)
    members = grouping.members_of(session, group)
    many = len(members) > grouping.ANALOGOUS
    most = grouping.ANALOGOUS
    return render_template("admin/petition_group.html", form=form, group=group, members=members, many=many, most=most)
