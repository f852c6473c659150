"""Kiosks and displays: paired by a short code, known by a token, revocable, and seen or not seen."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit, changes
from core.audit import Act, On, Thing
from core.catalogue.model import Service, Topic, Window
from core.db import Base
from core.errors import N_, Invalid, Missing, Refused
from core.events import Happened, Who, record
from core.people.actions import digest
from core.prepared import run

PAIRING_LIFE = timedelta(minutes=10)
PAIRINGS_OPEN_AT_ONCE = 50
SEEN_EVERY = timedelta(seconds=30)
SILENT_AFTER = timedelta(minutes=2)
CODE_LETTERS = "ACDEFHJKLMNPRTUVWXY3479"
CODE_LENGTH = 7
"""23 ** 7 codes live ten minutes: about 3.4e9, tried only by a signed-in administrator."""

KINDS = ("kiosk", "display")
SURVEYS_ONLY = "only"
DEFAULTS: dict[str, dict[str, Any]] = {
    "kiosk": {
        "mm_per_px": 0.248,
        "paper_mm": 80,
        "printer_host": "",
        "printer_code_page": 0x13,
        "topics": [],
        "opinions": "",
    },
    "display": {"diagonal_in": 43, "distance_m": 6, "windows": [], "services": [], "volume": 80, "voice": True},
}


class Device(Base):
    """A paired kiosk or display. `settings` are the measures by which it draws itself."""

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str]
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    settings: Mapped[dict[str, Any]]
    paired_at: Mapped[datetime]
    paired_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


_LIVE = select(Device.id, Device.site_id, Device.kind, Device.name, Device.settings, Device.seen_at).where(
    Device.token_hash == bindparam("token"), Device.revoked_at.is_(None)
)


class Pairing(Base):
    """A code shown on a screen that asks to be let in; the screen alone holds the secret."""

    __tablename__ = "pairings"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    expires_at: Mapped[datetime]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))


class UnknownCode(Refused):
    status = 422
    message = N_("Ese código no está en ninguna pantalla. Léalo de nuevo: cambia cada diez minutos.")


@dataclass(frozen=True, slots=True)
class Paired:
    """A live device, as plain values."""

    id: int
    site_id: int
    kind: str
    name: str
    settings: dict[str, Any]
    seen_at: datetime | None


def ask_to_pair(session: Session, kind: str, at: datetime) -> tuple[str, str]:
    """Open a pairing for a screen; returns the code to show and the secret it keeps.

    The newest are kept, so that strangers can neither fill the table nor close the door: a screen whose code was
    forgotten shows another. What an administrator has let in is not forgotten before its time.
    """
    open_ones = select(Pairing.id).where(Pairing.device_id.is_(None)).order_by(Pairing.id.desc())
    crowded_out = Pairing.device_id.is_(None) & Pairing.id.in_(open_ones.offset(PAIRINGS_OPEN_AT_ONCE - 1))
    session.execute(delete(Pairing).where((Pairing.expires_at < at) | crowded_out))
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    secret = secrets.token_urlsafe(32)
    session.add(Pairing(code=code, secret_hash=digest(secret), kind=kind, expires_at=at + PAIRING_LIFE))
    return code, secret


def pairing_of(session: Session, secret: str, at: datetime) -> Pairing | None:
    """The open pairing of the screen that holds `secret`."""
    return session.scalar(
        select(Pairing).where(Pairing.secret_hash == digest(secret), Pairing.expires_at > at).with_for_update()
    )


def let_in(session: Session, code: str, name: str, site_id: int, by: int, at: datetime) -> Device:
    """Accept the screen that shows `code`. Raises UnknownCode, Invalid for an empty name."""
    typed = "".join(code.upper().split()).replace("-", "")
    pairing = session.scalar(
        select(Pairing)
        .where(Pairing.code == typed, Pairing.expires_at > at, Pairing.device_id.is_(None))
        .with_for_update()
    )
    if pairing is None:
        raise UnknownCode
    if not name.strip():
        raise Invalid(N_("Escriba un nombre para reconocer el equipo, como «Quiosco de la entrada»."), field="name")
    device = Device(
        site_id=site_id,
        kind=pairing.kind,
        name=name.strip(),
        token_hash=digest(secrets.token_urlsafe(32)),
        settings=dict(DEFAULTS[pairing.kind]),
        paired_at=at,
        paired_by=by,
    )
    session.add(device)
    session.flush()
    pairing.device_id = device.id
    changes.note(session, device, {}, {"name": device.name}, by, at)
    _record(session, "device let in", Act.LET_IN, device, by, at)
    return device


def claim(session: Session, pairing: Pairing) -> str | None:
    """The token for a screen that has been let in, given once; None while it still waits."""
    if pairing.device_id is None:
        return None
    token = secrets.token_urlsafe(32)
    session.get_one(Device, pairing.device_id).token_hash = digest(token)
    session.delete(pairing)
    return token


def recognise(session: Session, token: str) -> Paired | None:
    """The live device that holds `token`, or None if there is none or it was revoked."""
    row = run(session, _LIVE, token=digest(token)).first()
    return Paired(*row) if row else None


def note_seen(session: Session, device_id: int, at: datetime) -> None:
    """The device has been heard of; written at most every half minute."""
    session.execute(
        update(Device)
        .where(Device.id == device_id, Device.seen_at.is_(None) | (Device.seen_at < at - SEEN_EVERY))
        .values(seen_at=at)
    )


def revoke(session: Session, device_id: int, site_id: int, by: int, at: datetime) -> Device:
    """Take the device's right away; its open socket is cut within seconds. Raises Missing."""
    device = device_of(session, device_id, site_id)
    device.revoked_at = at
    changes.note(session, device, {"active": True}, {"active": False}, by, at)
    _record(session, "device revoked", Act.REVOKED, device, by, at)
    return device


def of_site(session: Session, site_id: int) -> list[Device]:
    """The site's live devices, kiosks last, by name."""
    return list(
        session.scalars(
            select(Device)
            .where(Device.site_id == site_id, Device.revoked_at.is_(None))
            .order_by(Device.kind, Device.name, Device.id)
        )
    )


def device_of(session: Session, device_id: int, site_id: int) -> Device:
    """A live device of the site, locked. Raises Missing for any other."""
    device = session.get(Device, device_id, with_for_update={"key_share": True}, populate_existing=True)
    if device is None or device.site_id != site_id or device.revoked_at is not None:
        raise Missing(N_("Ese equipo no existe en su sede, o ya se desvinculó."))
    return device


def set_up(
    session: Session, device_id: int, site_id: int, name: str, settings: dict[str, Any], by: int, at: datetime
) -> None:
    """Name the device and change some of its settings; what `settings` does not name stays. Raises Missing, Invalid."""
    device = device_of(session, device_id, site_id)
    check_opinions(session, site_id, settings.get("opinions", ""))
    before = {"name": device.name, **_said(session, device.settings)}
    device.name = name
    device.settings = {**device.settings, **settings}
    changes.note(session, device, before, {"name": name, **_said(session, device.settings)}, by, at)
    _record(session, "device set up", Act.CHANGED, device, by, at)


def check_opinions(session: Session, site_id: int, opinions: object) -> None:
    """Where a kiosk asks for opinions: "" beside its turns, SURVEYS_ONLY, or the id of the window that it stands at.

    Raises Invalid for a window that the site does not have.
    """
    if opinions in ("", SURVEYS_ONLY):
        return
    known = select(Window.id).where(Window.id == opinions, Window.site_id == site_id, Window.active)
    if not isinstance(opinions, int) or session.scalar(known) is None:
        raise Invalid(N_("Elija una ventanilla de la lista."), field="opinions")


def _said(session: Session, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings as the history keeps them: windows, services and topics by what they are called."""
    labels = select(Window.label).where(Window.id.in_(settings.get("windows", ()))).order_by(Window.label)
    names = select(Topic.name).where(Topic.id.in_(settings.get("topics", ()))).order_by(Topic.position)
    called = select(Service.name).where(Service.id.in_(settings.get("services", ()))).order_by(Service.position)
    told = {name: value for name, value in settings.items() if name != "services"}
    for name, chosen in (("windows", labels), ("topics", names), ("announced", called)):
        told[name] = list(session.scalars(chosen))
    if isinstance(window_id := settings.get("opinions"), int):
        at_window = session.scalar(select(Window.label).where(Window.id == window_id))
        told |= {"opinions": "window", "opinions_at": at_window}
    return told


def _record(session: Session, kind: str, act: Act, device: Device, by: int, at: datetime) -> None:
    who, on = Who("official", by), On(Thing.DEVICE, device.id)
    detail = {"device_id": device.id, "name": device.name, "settings": device.settings}
    record(session, Happened(kind=kind, site_id=device.site_id, at=at, who=who, detail=detail))
    said = {"kind": device.kind, "settings": audit.digest(device.settings)}
    audit.record(session, act, on, who, at, site_id=device.site_id, detail=said)
