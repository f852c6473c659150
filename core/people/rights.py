"""Which role may do what, and which door each right opens: the matrix of rights.toml, read by every face."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Protocol

from core.errors import N_, Invalid

ANYBODY = "citizen"
PORTAL = "portal."
ADMINISTRATOR, CONTROL = "administrator", "control"


class Reader(Protocol):
    """What must be known of an official who reads."""

    @property
    def id(self) -> int: ...
    @property
    def site_id(self) -> int: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def offices(self) -> frozenset[int]: ...


class Permission(StrEnum):
    """The capabilities of the matrix, by the names that it gives them."""

    BE_INFORMED = "be informed"
    FOLLOW_OWN_TURN = "follow own turn"
    OWN_ACCOUNT = "own account"
    TAKE_TURNS = "take turns"
    SHOW_CALLS = "show calls"
    GIVE_TURNS = "give turns"
    ATTEND = "attend"
    SUPERVISE = "supervise"
    SEE_FIGURES = "see figures"
    SEE_OWN_FIGURES = "see own figures"
    READ_TURN_DATA = "read turn data"
    FILE_PETITIONS = "file petitions"
    REVIEW_MAIL = "review mail"
    RECEIVE_PETITIONS = "receive petitions"
    SEE_PETITION_STATE = "see petition state"
    READ_PETITIONS = "read petitions"
    SEE_PETITION_FIGURES = "see petition figures"
    WRITE_RECOMMENDATIONS = "write recommendations"
    ANSWER_PETITIONS = "answer petitions"
    BE_REMINDED = "be reminded"
    FOLLOW_DUE_DATES = "follow due dates"
    READ_RESERVED = "read reserved"
    GRANT_RESERVED = "grant reserved"
    ANSWER_SURVEYS = "answer surveys"
    ANSWER_SURVEYS_AT_A_KIOSK = "answer surveys at a kiosk"
    TYPE_PAPER_ANSWERS = "type paper answers"
    SEE_SURVEY_RESULTS = "see survey results"
    READ_SURVEY_COMMENTS = "read survey comments"
    SORT_SURVEY_COMMENTS = "sort survey comments"
    DEFINE_SURVEYS = "define surveys"
    SEE_PROTOCOLS = "see protocols"
    WRITE_PROTOCOLS = "write protocols"
    APPROVE_PROTOCOLS = "approve protocols"
    SEE_PROTOCOL_READINGS = "see protocol readings"
    READ_PLAN = "read plan"
    REPORT_PLAN = "report plan"
    REPORT_CUTOFFS = "report cut-offs"
    SET_PLAN_GOALS = "set plan goals"
    APPROVE_PLAN = "approve plan"
    JUDGE_PLAN = "judge plan"
    SEE_RISKS = "see risks"
    SEE_IMPROVEMENTS = "see improvements"
    RUN_IMPROVEMENTS = "run improvements"
    VERIFY_IMPROVEMENTS = "verify improvements"
    SEE_PEOPLE = "see people"
    MANAGE_PEOPLE = "manage people"
    CONFIRM_PEOPLE = "confirm people"
    SEE_DEVICES = "see devices"
    CONFIGURE = "configure"
    SEE_OWN_ACTS = "see own acts"
    READ_AUDIT = "read audit"
    VERIFY_AUDIT = "verify audit"
    EXPORT_FIGURES = "export figures"
    EXPORT_PETITIONS = "export petitions"
    BACK_UP = "back up"
    VERIFY_BACKUP = "verify backup"
    PROPOSE_ERASURE = "propose erasure"
    APPROVE_ERASURE = "approve erasure"
    ERASE = "erase"


class Reach(StrEnum):
    """How far a right reaches."""

    OWN = "own"
    DESK = "desk"
    SITE = "site"
    OFFICE = "office"
    NAMED = "named"
    FIGURES = "figures"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Role:
    """Whom the matrix knows. `kind`: anybody, device or person.

    An elevated role is given by two people and held with a second factor; one `of_office` reaches one office.
    """

    code: str
    kind: str
    name: str
    detail: str
    elevated: bool = False
    of_office: bool = False


@dataclass(frozen=True, slots=True)
class Capability:
    """One row of the matrix: what it is called, the doors it opens, and how far each role reaches."""

    permission: Permission
    name: str
    doors: tuple[str, ...]
    who: Mapping[str, Reach]
    noted: bool = False
    two: bool = False

    def opens(self, door: str) -> bool:
        return any(fnmatchcase(door, pattern) for pattern in self.doors)


def _read() -> tuple[dict[str, Role], tuple[Capability, ...]]:
    said = tomllib.loads(files("core").joinpath("people/rights.toml").read_text(encoding="utf-8"))
    roles = {code: Role(code, **row) for code, row in said["roles"].items()}
    capabilities = []
    for code, row in said["capabilities"].items():
        who = {role: Reach(reach) for role, reach in row["who"].items()}
        if not who.keys() <= roles.keys():
            raise ValueError(f"rights.toml: {code!r} is given to a role that it does not describe")
        capabilities.append(Capability(Permission(code), **(row | {"who": who, "doors": tuple(row["doors"])})))
    return roles, tuple(capabilities)


MATRIX_ROLES, CAPABILITIES = _read()
PEOPLE = {code: role for code, role in MATRIX_ROLES.items() if role.kind == "person"}
ELEVATED = frozenset(code for code, role in PEOPLE.items() if role.elevated)
ROLES: dict[str, frozenset[Permission]] = {
    code: frozenset(row.permission for row in CAPABILITIES if code in row.who) for code in PEOPLE
}
"""What each role that a person may have allows."""


class TwoHats(Invalid):
    message = N_("Quien administra el sistema no puede ser también control interno.")


def permissions(roles: Iterable[str]) -> frozenset[Permission]:
    """All that these roles allow together; an unknown role allows nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))


def reaches(role: str, permission: Permission) -> Reach | None:
    """How far a right of the role reaches; None if the role does not have it."""
    return next((row.who.get(role) for row in CAPABILITIES if row.permission == permission), None)


def behind(door: str) -> list[Capability]:
    """The capabilities that open a route or a room of the wire."""
    return [row for row in CAPABILITIES if row.opens(door)]


def who_opens(door: str) -> frozenset[str]:
    """The roles that may enter by a door. Where anybody may, everybody may; who has a code comes by the portal."""
    named = frozenset().union(*(row.who.keys() for row in behind(door)))
    if named == {ANYBODY} or (ANYBODY in named and door.startswith(PORTAL)):
        return frozenset(MATRIX_ROLES)
    return named - {ANYBODY}


def check_together(roles: Iterable[str]) -> None:
    """Whoever administers does not judge what the administration does. Raises TwoHats."""
    if {ADMINISTRATOR, CONTROL} <= set(roles):
        raise TwoHats(field="roles")
