"""Every table of the office in one import, so that the base knows them all."""

from core import changes, desks, devices, presses
from core.catalogue import model as catalogue
from core.db import Base
from core.people import model as people
from core.turns import model as turns

__all__ = ["Base", "catalogue", "changes", "desks", "devices", "people", "presses", "turns"]
