"""The images of the displays: how one is sent, and how the administrator sees it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import FileField

from admin import bp
from admin.hall import ID
from admin.kinds import PAGES, PictureForm
from core.catalogue import pictures as gallery
from core.catalogue import things as catalogue
from core.errors import N_, Invalid
from core.people.rights import Permission
from core.pictures import LARGEST_FILE
from core.web.asked import asks
from core.web.database import db
from core.web.forms import receives
from core.web.guard import requires
from core.web.images import image
from core.web.line import in_line


class SendForm(PictureForm):
    file = FileField(
        _l("Imagen"),
        description=_l(
            "PNG o JPEG, de 2 MB o menos. Acostada y de 1920 × 1080 puntos se ve mejor. Sin datos de personas."
        ),
    )


@bp.get("/setup/pictures/new")
@requires(Permission.CONFIGURE)
def pictures_new() -> ResponseReturnValue:
    return _new(SendForm())


@bp.post("/setup/pictures/new")
@requires(Permission.CONFIGURE)
@asks(SendForm, lambda form: _new(form))
@receives(LARGEST_FILE)
def pictures_new_act(form: SendForm) -> ResponseReturnValue:
    """Show one more image."""
    sent = request.files.get("file")
    content = sent.read(LARGEST_FILE + 1) if sent else b""
    if not content:
        raise Invalid(N_("Elija la imagen en su equipo."), field="file")
    with in_line(current_user.site_id) as (session, at):
        gallery.add(session, current_user.site_id, form.name.data, content, current_user.id, at, form.why.data)
    flash(_("Las pantallas la muestran desde ahora, entre llamados."), "success")
    return redirect(url_for(".things", kind="pictures"))


@bp.get(f"/setup/pictures/<{ID}:picture_id>/image")
@requires(Permission.CONFIGURE)
def pictures_image(picture_id: int) -> ResponseReturnValue:
    """The image itself, for the list."""
    return image(catalogue.thing_of(db.session(), catalogue.PICTURES, current_user.site_id, picture_id))


def _new(form: SendForm) -> str:
    return render_template("admin/picture_new.html", form=form, page=PAGES["pictures"])
