"""What people do with protocols: write, approve, withdraw and read them."""

from core.protocols.actions.approving import Approval, approve, send_back, withdraw
from core.protocols.actions.finding import (
    Standing,
    every_protocol,
    in_force,
    in_hand,
    protocol_of,
    ruling,
    standing,
    version_in_force,
    version_numbered,
)
from core.protocols.actions.reading import ToRead, Tried, everybody_to_read, how_many_to_read, note_read, to_read
from core.protocols.actions.writing import For, ask_review, assign, begin, begin_version, discard, save

__all__ = [
    "Approval",
    "For",
    "Standing",
    "ToRead",
    "Tried",
    "approve",
    "ask_review",
    "assign",
    "begin",
    "begin_version",
    "discard",
    "every_protocol",
    "everybody_to_read",
    "how_many_to_read",
    "in_force",
    "in_hand",
    "note_read",
    "protocol_of",
    "ruling",
    "save",
    "send_back",
    "standing",
    "to_read",
    "version_in_force",
    "version_numbered",
    "withdraw",
]
