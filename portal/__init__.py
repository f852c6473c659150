"""The portal: what the town hall tells everybody, and the citizen's phone."""

from flask import Blueprint

bp = Blueprint(
    "portal", __name__, template_folder="templates", static_folder="static", static_url_path="/portal/static"
)

from portal import (  # noqa: E402, F401  (the pages add their routes)
    board,
    catalogue,
    figures,
    follow_petition,
    home,
    open_data,
    opinion,
    petitions,
    plan,
    plan_cutoffs,
    protocols,
    register,
    registers,
    risks,
    sight,
    survey_figures,
    surveys,
    turn,
)
