"""What an e-mail address is: one rule for the forms, for what is sent and for what comes in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import idna

LONGEST = 254
"""RFC 5321 § 4.5.3.1.3, without the angle brackets."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_WHOSE = re.compile(r"[^\s<>@:;,«»\"'()]+@")
_LONGEST_LOCAL = 64


class BadAddress(ValueError):
    """What was written is no e-mail address that a message can be sent to."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and the name of whoever has it."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """In ASCII; where the identities of its messages are given."""
        return on_the_wire(self.address).rpartition("@")[2]


def checked(written: str) -> str:
    """The address as it is kept: what stands before the «@» as written, the domain in lower case and in its own script.

    Quoted names, comments, addresses of machines and names outside ASCII are refused: hardly any server takes them,
    and whoever writes «peña@…» has nearly always another address. Raises BadAddress.
    """
    if len(written) > 2 * LONGEST:
        raise BadAddress
    address = unicodedata.normalize("NFC", written).strip(" ")
    local, _, domain = address.rpartition("@")
    if not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL:
        raise BadAddress
    kept = f"{local}@{idna.decode(_in_ascii(domain))}"
    if len(on_the_wire(kept)) > LONGEST:
        raise BadAddress
    return kept


def on_the_wire(address: str) -> str:
    """The address in ASCII, as servers exchange it. Raises BadAddress."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_in_ascii(domain)}"


def hidden(text: str) -> str:
    """The text without whom its addresses are of; their servers stay."""
    return _WHOSE.sub("…@", text)


def same(one: str, other: str) -> bool:
    """Whether two addresses are of the same mailbox: no provider in use tells capitals apart."""
    return one.casefold() == other.casefold()


def _in_ascii(domain: str) -> str:
    """IDNA 2008, with capitals and widths as UTS 46 maps them; at least two names, the last one not a number."""
    try:
        found = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise BadAddress from None
    names = found.split(".")
    if len(names) < 2 or names[-1].isdigit() or not names[-1]:
        raise BadAddress
    return found
