"""Which role may do what: the only table of rights, read by every face."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    ATTEND = "attend"
    SUPERVISE = "supervise"
    SEE_FIGURES = "see figures"
    CONFIGURE = "configure"
    MANAGE_PEOPLE = "manage people"
    READ_AUDIT = "read audit"
    VERIFY_AUDIT = "verify audit"


ROLES: dict[str, frozenset[Permission]] = {
    "official": frozenset({Permission.ATTEND}),
    "supervisor": frozenset({Permission.SUPERVISE, Permission.SEE_FIGURES}),
    "control": frozenset({Permission.SEE_FIGURES, Permission.READ_AUDIT, Permission.VERIFY_AUDIT}),
    "administrator": frozenset({Permission.CONFIGURE, Permission.MANAGE_PEOPLE, Permission.VERIFY_AUDIT}),
}


def permissions(roles: Iterable[str]) -> frozenset[Permission]:
    """All that these roles allow together; an unknown role allows nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
