"""The words of the trail: the acts, the things and the results that a row may name, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What was done, in the past tense."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    PUBLISHED = "published"
    DISCARDED = "discarded"
    REVIEWED = "reviewed"
    LOADED = "loaded"

    SIGNED_IN = "signed in"
    SIGN_IN_FAILED = "sign-in failed"
    SIGNED_OUT = "signed out"
    SESSIONS_ENDED = "sessions ended"
    PASSWORD_CHANGED = "password changed"
    PASSWORD_GIVEN = "password given"
    SECOND_FACTOR_SET = "second factor set"
    SECOND_FACTOR_TAKEN = "second factor taken"
    RECOVERY_CODE_USED = "recovery code used"
    IDENTITY_LINKED = "identity linked"
    IDENTITY_UNLINKED = "identity unlinked"
    ACCESS_GIVEN = "access given"
    ACCESS_TAKEN = "access taken"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    TURNED_DOWN = "turned down"
    DEPUTISED = "deputised"
    DEPUTY_ENDED = "deputy ended"

    LET_IN = "let in"
    REVOKED = "revoked"

    REGROUPED = "regrouped"
    TRANSFERRED = "transferred"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    LEFTOVERS_CLOSED = "leftovers closed"
    WINDOW_FREED = "window freed"
    CLOCK_TRUSTED = "clock trusted"
    RETRIED = "retried"

    FILED = "filed"
    ANNULLED = "annulled"
    ACTED = "acted"
    TYPED = "typed"
    IDENTITY_OPENED = "identity opened"
    KEPT_OUT = "kept out"

    READ = "read"
    DENIED = "denied"
    VERIFIED = "verified"
    BLOCK_SEALED = "block sealed"
    DAY_CLOSED = "day closed"
    ANCHORED = "anchored"
    FORGOTTEN = "forgotten"
    BLACKED_OUT = "blacked out"


class Thing(StrEnum):
    """What it was done to."""

    ENTITY = "entity"
    SITE = "site"
    OFFICE = "office"
    WINDOW = "window"
    TOPIC = "topic"
    SERVICE = "service"
    PRIORITY_GROUP = "priority group"
    REASON = "reason"
    RESULT = "result"
    CALENDAR_DAY = "calendar day"
    QUEUE_ORDER = "queue order"
    NOTICE = "notice"
    MEDIA = "media"
    DEVICE = "device"
    OFFICIAL = "official"
    MAIL = "mail"
    SIGN_IN = "sign-in"
    TURN = "turn"
    PROCEDURE = "procedure"
    PUBLIC_TEXT = "public text"
    INFORMATION = "information in sight"
    PETITION = "petition"
    REPLY_TEMPLATE = "reply template"
    SURVEY = "survey"
    DOOR = "door"
    PROTOCOL = "protocol"
    LOG = "log"
    TRAIL = "trail"
    PLAN = "plan"
    PLAN_REPORT = "plan report"
    PLAN_CUTOFF = "plan cut-off"
    OLD_DATA = "old data"
    IMPROVEMENT = "improvement"
    SURVEY_COMMENT = "survey comment"
    COMMENT_THEME = "comment theme"
    REGISTER_ENTRY = "register entry"
    RISK = "risk"
    RISK_MAP = "risk map"
    SPECIAL_DAY = "special day"
    SIMULATION = "simulation"
    PLANNED_BREAK = "planned break"


class Result(StrEnum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class On:
    """The thing that an act was done to; without a number, all of its kind."""

    kind: Thing
    id: int | None = None
