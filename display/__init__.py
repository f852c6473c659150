"""The display: the hall sees and hears who is called."""

from flask import Blueprint

bp = Blueprint("display", __name__, url_prefix="/display", template_folder="templates", static_folder="static")

from display import screen, speech  # noqa: E402, F401
