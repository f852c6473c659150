"""What a town hall is made of is added, rewritten, ordered, withdrawn and put back, each change with its history."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import changes
from core.catalogue.model import Office, Picture, PriorityGroup, Reason, Result, Service, Site, Topic, Window
from core.errors import N_, Invalid, Missing, Refused

LONGEST_CODE = 40


class StillNeeded(Refused):
    message = N_("No se puede retirar: %(why)s")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing. `alone`: fields in which no two of a site are equal, and what is said when they are.

    `within`: the field whose things stand in one order; `needed`: why this one cannot be withdrawn now, if so.
    """

    model: type[Any]
    alone: Mapping[str, str]
    coded: bool = True
    ordered: bool = True
    within: str | None = None
    needed: Callable[[Session, Any], Refused | None] = lambda session, thing: None


def _needed_office(session: Session, office: Office) -> Refused | None:
    offered = select(func.count()).where(Service.office_id == office.id, Service.active)
    if many := session.scalar(offered):
        return StillNeeded(N_("Tiene servicios activos (%(many)s). Páselos antes a otra dependencia."), many=many)
    return None


def _needed_site(session: Session, site: Site) -> Refused | None:
    if not session.scalar(select(func.count()).where(Site.active, Site.id != site.id)):
        return StillNeeded(N_("Es la única sede abierta."))
    return None


def _last_of_its_list(session: Session, thing: Reason | Result) -> Refused | None:
    others = [type(thing).site_id == thing.site_id, type(thing).active, type(thing).id != thing.id]
    if isinstance(thing, Reason):
        others.append(Reason.kind == thing.kind)
    if not session.scalar(select(func.count()).where(*others)):
        return StillNeeded(N_("Es el último de su lista y sin él no se puede seguir. Agregue antes otro."))
    return None


_SAME_NAME = N_("Ya hay otro con ese nombre. Escriba uno distinto.")
SITES = Kind(Site, {"name": _SAME_NAME}, ordered=False, needed=_needed_site)
OFFICES = Kind(Office, {"name": _SAME_NAME}, ordered=False, needed=_needed_office)
TOPICS = Kind(
    Topic,
    {"name": _SAME_NAME, "series": N_("Esa letra ya es de otro tema, aunque esté retirado. Elija una libre.")},
)
SERVICES = Kind(Service, {"name": _SAME_NAME}, within="topic_id")
WINDOWS = Kind(Window, {"label": N_("Ya hay una ventanilla con ese número. Escriba otro.")}, coded=False, ordered=False)
GROUPS = Kind(PriorityGroup, {"name": _SAME_NAME})
REASONS = Kind(Reason, {}, within="kind", needed=_last_of_its_list)
RESULTS = Kind(Result, {"name": _SAME_NAME}, needed=_last_of_its_list)
PICTURES = Kind(Picture, {}, coded=False)


def of_site(session: Session, kind: Kind, site_id: int) -> list[Any]:
    """The things of a kind at a site, those in use first, in their order."""
    model = kind.model
    order = [getattr(model, name) for name in (kind.within, "position" if kind.ordered else None) if name]
    by_name = [] if kind.ordered else [model.label if model is Window else model.name]
    found = session.scalars(select(model).where(*_here(kind, site_id)).order_by(*order, *by_name, model.id))
    return sorted(found, key=lambda thing: not thing.active)


def thing_of(session: Session, kind: Kind, site_id: int, thing_id: int) -> Any:
    """A thing of the site, locked. Raises Missing for any other."""
    thing = session.get(kind.model, thing_id, with_for_update={"of": kind.model}, populate_existing=True)
    if thing is None or (hasattr(thing, "site_id") and thing.site_id != site_id):
        raise Missing(N_("Eso no existe en su sede."))
    return thing


def add(
    session: Session,
    kind: Kind,
    site_id: int,
    values: Mapping[str, Any],
    by: int,
    at: datetime,
    reason: str = "",
    **fixed: Any,
) -> Any:
    """One more thing, after the others; `fixed` is what nobody wrote and no history tells. Raises Invalid."""
    _check_alone(session, kind, site_id, values, None)
    own = dict(fixed)
    if hasattr(kind.model, "site_id"):
        own["site_id"] = site_id
    if kind.coded:
        own["code"] = _free_code(session, kind, site_id, str(values["name"]))
    if kind.ordered:
        own["position"] = _end(session, kind, site_id)
    thing = kind.model(**own)
    thing.active = True
    with session.no_autoflush:
        changes.apply(session, thing, values, by, at, reason)
    return thing


def rewrite(
    session: Session,
    kind: Kind,
    site_id: int,
    thing_id: int,
    values: Mapping[str, Any],
    by: int,
    at: datetime,
    reason: str = "",
) -> bool:
    """Give a thing other values; whether anything was another. Raises Invalid, Missing."""
    thing = thing_of(session, kind, site_id, thing_id)
    _check_alone(session, kind, site_id, values, thing)
    return changes.apply(session, thing, values, by, at, reason)


def move(session: Session, kind: Kind, site_id: int, thing_id: int, step: int, by: int, at: datetime) -> None:
    """One place earlier (`step` -1) or later (1) among those in use; at the end nothing changes. Raises Missing."""
    thing = thing_of(session, kind, site_id, thing_id)
    beside = [other for other in of_site(session, kind, site_id) if other.active and _beside(kind, other, thing)]
    if thing not in beside:
        return
    was = beside.index(thing)
    to = min(max(was + step, 0), len(beside) - 1)
    beside.insert(to, beside.pop(was))
    for position, other in enumerate(beside):
        other.position = position
    changes.note(session, thing, {"position": was + 1}, {"position": to + 1}, by, at)


def withdraw(
    session: Session, kind: Kind, site_id: int, thing_id: int, by: int, at: datetime, reason: str = ""
) -> None:
    """Take a thing out of use; it stays, with all that was done with it. Raises StillNeeded, Missing."""
    thing = thing_of(session, kind, site_id, thing_id)
    if refusal := kind.needed(session, thing):
        raise refusal
    changes.apply(session, thing, {"active": False}, by, at, reason)


def put_back(session: Session, kind: Kind, site_id: int, thing_id: int, by: int, at: datetime) -> None:
    """Use it again. Raises Missing."""
    changes.apply(session, thing_of(session, kind, site_id, thing_id), {"active": True}, by, at)


def _here(kind: Kind, site_id: int) -> list[Any]:
    return [kind.model.site_id == site_id] if hasattr(kind.model, "site_id") else []


def _beside(kind: Kind, one: Any, other: Any) -> bool:
    return kind.within is None or getattr(one, kind.within) == getattr(other, kind.within)


def _check_alone(session: Session, kind: Kind, site_id: int, values: Mapping[str, Any], thing: Any) -> None:
    others = [other for other in session.scalars(select(kind.model).where(*_here(kind, site_id))) if other is not thing]
    for field, message in kind.alone.items():
        if field in values and _folded(values[field]) in {_folded(getattr(other, field)) for other in others}:
            raise Invalid(message, field=field)


def _folded(text: str) -> str:
    """A name as the ear takes it: without case, accents or spaces at its ends."""
    apart = unicodedata.normalize("NFD", text.strip().casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _free_code(session: Session, kind: Kind, site_id: int, name: str) -> str:
    """A code that no other has, from the letters of the name."""
    taken = set(session.scalars(select(kind.model.code).where(*_here(kind, site_id))))
    stem = re.sub(r"[^a-z0-9]+", "-", _folded(name)).strip("-")[:LONGEST_CODE] or "x"
    code, number = stem, 1
    while code in taken:
        number += 1
        code = f"{stem}-{number}"
    return code


def _end(session: Session, kind: Kind, site_id: int) -> int:
    last = session.scalar(select(func.max(kind.model.position)).where(*_here(kind, site_id)))
    return 0 if last is None else last + 1
