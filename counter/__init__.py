"""The window: an official calls, attends and sends on."""

from flask import Blueprint

bp = Blueprint("counter", __name__, url_prefix="/counter", template_folder="templates", static_folder="static")

from counter import attending, calling, desk, petition, presence, protocol  # noqa: E402, F401
