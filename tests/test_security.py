"""The evidence that docs/security.md names is there: each test, and each piece of code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length, Regexp

from core.web.forms import Form, Text
from wsgi import FACES

HOUSE = Path(__file__).parents[1]
ROWS = [row for row in (HOUSE / "docs/security.md").read_text("utf-8").splitlines() if re.match(r"\| \d+\.\d+", row)]
NAMED = re.compile(r"`([\w./-]+\.\w+)::?(\w+)`")
BOUNDS = (AnyOf, Length, Regexp)
LATER = ("Does not apply", "Later", "Open")


@cache
def names_in(path: str) -> set[str]:
    """What a file of Python defines, wherever in it; what another file says, in words."""
    text = (HOUSE / path).read_text("utf-8")
    if not path.endswith(".py"):
        return set(re.findall(r"\w+", text))
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def test_every_test_and_piece_of_code_that_is_named_exists() -> None:
    named = [found for row in ROWS for found in NAMED.findall(row)]
    assert named
    missing = [one for one in named if not (HOUSE / one[0]).is_file() or one[1] not in names_in(one[0])]
    assert missing == []


def test_every_requirement_stands_once_and_has_evidence_or_says_why_not() -> None:
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in ROWS]
    assert [row[0] for row in cells if len(row) != 4] == []
    numbers = [row[0].split()[0] for row in cells]
    assert sorted({number for number in numbers if numbers.count(number) > 1}) == []
    assert [row[0] for row in cells if not NAMED.search(row[3]) and not row[2].startswith(LATER)] == []


def forms() -> Iterator[type[Form]]:
    """Every kind of form that the product has."""
    found = list(Form.__subclasses__())
    while found:
        form = found.pop()
        found += form.__subclasses__()
        if not form.__module__.startswith("tests"):
            yield form


def test_every_line_that_a_form_takes_has_a_longest_length() -> None:
    """A field of text is of a kind that has one, or says it among its validators."""
    assert FACES
    seen, endless = 0, []
    for form in forms():
        for name in dir(form):
            field = getattr(form, name)
            kind = getattr(field, "field_class", None)
            if kind is None or not issubclass(kind, StringField) or issubclass(kind, HiddenField):
                continue
            seen += 1
            lists = [*field.args, field.kwargs.get("validators")]
            validators = [each for given in lists if isinstance(given, list) for each in given]
            if not (
                issubclass(kind, Text) or hasattr(kind, "most") or any(isinstance(each, BOUNDS) for each in validators)
            ):
                endless.append(f"{form.__name__}.{name}")
    assert seen > 40
    assert endless == []
