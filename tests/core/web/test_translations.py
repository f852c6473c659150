"""What is said in Spanish is said in English too, and carries the same values."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

HOUSE = Path(__file__).resolve().parents[3]
ROOMS = ("core", "counter", "kiosk", "display", "admin", "portal")
SAYS = {"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext"}
REMEDY = "run «make messages» and translate"


@cache
def said() -> frozenset[tuple[str, ...]]:
    """Every text of the house, as (singular,) or (singular, plural)."""
    mappings = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    found = (
        text
        for room in ROOMS
        for _, _, text, _, _ in extract_from_dir(
            HOUSE / room,
            [(mapping["pattern"], mapping["method"]) for mapping in mappings],
            {"**/templates/**.*": {"silent": "false"}},
            keywords=DEFAULT_KEYWORDS | {"lazy_gettext": None, "_l": None},
        )
    )
    return frozenset(text if isinstance(text, tuple) else (text,) for text in found)


@cache
def english() -> Catalog:
    with (HOUSE / "core/web/translations/en/LC_MESSAGES/messages.po").open("rb") as catalogue:
        return read_po(catalogue, locale="en")


def forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def translated() -> Iterator[Message]:
    return (message for message in english() if message.id)


def test_no_text_is_written_within_another_where_nobody_would_collect_it() -> None:
    within = [
        f"{path.relative_to(HOUSE)}:{node.lineno}"
        for room in ROOMS
        for path in sorted((HOUSE / room).rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(string, ast.JoinedStr)
        for node in ast.walk(string)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS
    ]
    assert within == []


def test_every_text_has_its_english() -> None:
    answered = {forms(message.id) for message in translated() if all(forms(message.string)) and not message.fuzzy}
    assert said()
    assert sorted(said() - answered) == [], REMEDY


def test_the_catalogue_holds_no_text_that_nobody_says_any_more() -> None:
    assert sorted({forms(message.id) for message in translated()} - said()) == [], REMEDY


def test_a_translation_carries_the_same_values_as_its_text() -> None:
    def values(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", text))

    for message in translated():
        spoken = set().union(*map(values, forms(message.id)))
        assert set().union(*map(values, filter(None, forms(message.string)))) <= spoken, message.id
        plain = isinstance(message.id, str) and message.string
        assert not plain or values(str(message.string)) == spoken, message.id
