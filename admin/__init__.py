"""Administration: supervisors watch and act, administrators set the house up."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates", static_folder="static")

from admin import (  # noqa: E402, F401
    audit,
    calendar,
    closing,
    confirmations,
    deputies,
    devices,
    figures,
    filing,
    hall,
    history,
    hours,
    information,
    mail,
    mail_review,
    matrix,
    notices,
    order,
    people,
    petition_case,
    petition_groups,
    petition_reply,
    petition_state,
    petition_templates,
    petitions,
    pictures,
    reception,
    recommendations,
    recounts,
    reminders,
    reserved,
    reserved_people,
    setup,
    sheets,
    survey_results,
    things,
    turns,
)
