"""The plain text of what came in: bytes of any charset, and pages, of which only the words are kept; pure."""

from __future__ import annotations

import codecs
import re
import unicodedata
from html import unescape

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<more>[^>]*)(?:>|\Z)"
    r"|<[!?/][^>]*(?:>|\Z)",
    re.DOTALL,
)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_UNSEEN = {"script", "style", "title", "template"}
_BREAKS = {"br": "\n", "div": "\n", "tr": "\n", "li": "\n- ", "td": " ", "th": " ", "hr": "\n\n"} | dict.fromkeys(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "pre", "section", "article"), "\n\n"
)
_SLOW = {"punycode", "idna", "undefined"}
"""Charsets of Python in which nobody writes, and one of which takes hours to read."""

_AS_WRITTEN = {"iso8859-1": "cp1252", "ascii": "utf-8"}
"""What is really meant by a charset that programs name without thinking."""


def decoded(content: bytes, charset: str | None) -> str:
    """The words that the bytes say, if need be in another charset than they are said to be in; it never fails."""
    for name in (charset or "utf-8", "utf-8"):
        try:
            known = codecs.lookup(name.strip("\"' ")).name
            if known not in _SLOW:
                return content.decode(_AS_WRITTEN.get(known, known))
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def line(text: str, most: int) -> str:
    """One line without signs that cannot be seen or that turn the direction of what follows, `most` long."""
    return " ".join("".join(_seen(sign, "") for sign in unicodedata.normalize("NFC", text)).split())[:most].strip()


def lines(text: str) -> str:
    """Lines that end alike, without signs that cannot be seen, and never two empty ones together."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    shown = "".join(_seen(sign, "\n\t") for sign in text)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(row.rstrip() for row in shown.split("\n"))).strip("\n")


def _seen(sign: str, kept: str) -> str:
    if sign in kept or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return sign
    return " " if sign.isspace() else ""


def of_page(page: str) -> str:
    """The words of a page: its paragraphs as lines, where a link leads beside it, and nothing of what it would run."""
    said: list[str] = []
    last, unseen, link = 0, "", ""
    for token in _TOKEN.finditer(page):
        if not unseen:
            said.append(_words(page[last : token.start()]))
        last, name, ends = token.end(), (token["name"] or "").lower(), bool(token["end"])
        if unseen:
            unseen = "" if ends and name == unseen else unseen
        elif name in _UNSEEN and not ends:
            unseen = name
        elif name == "a":
            said.append(f" ({link})" if ends and link and not said[-1].strip().endswith(link) else "")
            link = "" if ends else _address(token["more"])
        elif name in _BREAKS and not (ends and name in ("br", "li", "td", "th")):
            said.append(_BREAKS[name])
    if not unseen:
        said.append(_words(page[last:]))
    return re.sub(r"[ \t]*\n[ \t]*", "\n", re.sub(r"[ \t]+", " ", "".join(said)))


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(text))


def _address(attributes: str) -> str:
    found = _HREF.search(attributes)
    address = unescape(next(filter(None, found.groups()), "")).strip() if found else ""
    return address if address.startswith(("http://", "https://", "mailto:")) else ""
