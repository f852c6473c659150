"""Administration: supervisors watch and act, administrators set the house up."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates", static_folder="static")

from admin import devices, hall, history, hours, matrix, notices, order, people, pictures, setup, things, turns  # noqa: E402, F401
