"""The official's page, and the part of it that the page asks for again when something has changed."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from core.people.rights import Permission
from core.web.guard import requires
from counter import bp, page


@bp.get("/")
@requires(Permission.ATTEND)
def desk() -> ResponseReturnValue:
    return page.draw()


@bp.get("/live")
@requires(Permission.ATTEND)
def live() -> ResponseReturnValue:
    return page.draw_live()
