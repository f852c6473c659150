"""What changed between two sheets is told field by field and line by line."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.differences import differences
from core.catalogue.sheet import Norm, Sheet
from core.differences import Difference, Line

BEFORE = Sheet(name="Pedir", steps=("Venga", "Espere"), time_value=15, norms=(Norm("Ley 1437 de 2011", "artículo 14"),))
lines = st.lists(st.sampled_from(["uno", "dos", "tres", "cuatro"]), max_size=6).map(tuple)


def test_only_what_differs_is_told_in_the_order_of_the_sheet() -> None:
    after = replace(BEFORE, name="Pedir algo", steps=("Venga", "Pague", "Espere"), time_value=None, norms=())
    assert differences(BEFORE, after) == [
        Difference("name", (Line("-", "Pedir"), Line("+", "Pedir algo"))),
        Difference("steps", (Line(" ", "Venga"), Line("+", "Pague"), Line(" ", "Espere"))),
        Difference("time_value", (Line("-", "15"),)),
        Difference("norms", (Line("-", "Ley 1437 de 2011, artículo 14"),)),
    ]
    assert differences(BEFORE, BEFORE) == []


@given(lines, lines)
def test_both_sheets_can_be_read_in_their_difference(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    for found in differences(Sheet(steps=old), Sheet(steps=new)):
        assert tuple(line.text for line in found.lines if line.sign != "+") == old
        assert tuple(line.text for line in found.lines if line.sign != "-") == new
