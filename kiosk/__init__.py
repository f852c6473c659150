"""The kiosk: a citizen says what they need, and takes a turn."""

from flask import Blueprint

bp = Blueprint("kiosk", __name__, url_prefix="/kiosk", template_folder="templates", static_folder="static")

from kiosk import choose, device, inform, listen, opinion, preferences, refusals, take, ticket  # noqa: E402

__all__ = ["bp", "choose", "device", "inform", "listen", "opinion", "preferences", "refusals", "take", "ticket"]
