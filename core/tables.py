"""Every table of the office in one import, so that the base knows them all."""

from core import changes, desks, devices, openings, presses
from core.audit import model as audit
from core.breaks import model as breaks
from core.catalogue import model as catalogue
from core.db import Base
from core.files import model as files
from core.improvement import model as improvement
from core.information import model as information
from core.mail import model as mail
from core.people import model as people
from core.petitions import attachments, recommendations, reminders, search
from core.petitions import model as petitions
from core.petitions import reply_model as replies
from core.petitions import reserve_model as reserve
from core.plan import model as plan
from core.plan.followup import model as followup
from core.plan.registers import model as registers
from core.plan.risks import model as risks
from core.protocols import model as protocols
from core.surveys import model as surveys
from core.turns import model as turns
from core.turns.foresight import model as foresight
from core.turns.outlook import model as waits
from core.turns.statistics import model as statistics

__all__ = [
    "Base",
    "attachments",
    "audit",
    "breaks",
    "catalogue",
    "changes",
    "desks",
    "devices",
    "files",
    "followup",
    "foresight",
    "improvement",
    "information",
    "mail",
    "openings",
    "people",
    "petitions",
    "plan",
    "presses",
    "protocols",
    "recommendations",
    "registers",
    "reminders",
    "replies",
    "reserve",
    "risks",
    "search",
    "statistics",
    "surveys",
    "turns",
    "waits",
]
