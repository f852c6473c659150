"""The images that the displays show between calls: added from a file, and found again by what is in them."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from core import pictures
from core.catalogue import things
from core.catalogue.model import Picture
from core.errors import N_, Invalid, Missing

MOST = 12


def add(session: Session, site_id: int, name: str, sent: bytes, by: int, at: datetime, reason: str = "") -> Picture:
    """Show one more image, after the others. Raises Invalid for what is no image, too large or there already."""
    found = pictures.read(sent)
    digest = sha256(found.content).hexdigest()
    here = select(func.count()).where(Picture.site_id == site_id)
    if session.scalar(here.where(Picture.digest == digest)):
        raise Invalid(N_("Esa imagen ya está, en uso o retirada."), field="file")
    if (session.scalar(here.where(Picture.active)) or 0) >= MOST:
        raise Invalid(N_("Ya hay %(most)s imágenes. Retire una antes de agregar otra."), field="file", most=MOST)
    drawn = {"media": found.kind, "width": found.width, "height": found.height, "content": found.content}
    added: Picture = things.add(
        session, things.PICTURES, site_id, {"name": name}, by, at, reason, digest=digest, **drawn
    )
    return added


def shown(session: Session, site_id: int, digest: str) -> Picture:
    """The image with its bytes. Raises Missing for one that is not shown at the site."""
    found = session.scalar(
        select(Picture)
        .where(Picture.site_id == site_id, Picture.digest == digest, Picture.active)
        .options(undefer(Picture.content))
    )
    if found is None:
        raise Missing
    return found
