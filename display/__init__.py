"""The display: the hall sees and hears who is called."""

from flask import Blueprint, Response, request

bp = Blueprint("display", __name__, url_prefix="/display", template_folder="templates", static_folder="static")


@bp.after_request
def ask_again_for_unversioned_files(response: Response) -> Response:
    """A module that another imports has no version in its address: the browser asks whether it changed."""
    if request.endpoint == "display.static" and "v" not in request.args:
        response.headers["Cache-Control"] = "no-cache"
    return response


from display import screen, speech  # noqa: E402, F401
