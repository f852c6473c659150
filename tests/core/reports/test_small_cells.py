"""Which figures are kept back: small ones, and those by which a small one would be worked out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from core.reports.small_cells import LEAST, hidden, hidden_together

Counts = Sequence[Sequence[int]]


def summed(parts: Counts) -> list[list[int]]:
    """The same counts with the sum of each row and of each column."""
    rows = [[*row, sum(row)] for row in parts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def worked_out(counts: Counts, away: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """What a reader who knows every sum finds of what is hidden: the unknowns that the equations leave one value."""
    unknown = sorted(away)
    height, width = len(counts), len(counts[0])
    lines = [[(y, x) for x in range(width)] for y in range(height)]
    lines += [[(y, x) for y in range(height)] for x in range(width)]
    rows = [[Fraction((-1 if place == line[-1] else 1) if place in line else 0) for place in unknown] for line in lines]
    pivots: list[int] = []
    for column in range(len(unknown)):
        top = len(pivots)
        found = next((n for n in range(top, len(rows)) if rows[n][column]), None)
        if found is None:
            continue
        rows[top], rows[found] = rows[found], rows[top]
        rows[top] = [value / rows[top][column] for value in rows[top]]
        for n, row in enumerate(rows):
            if n != top and row[column]:
                rows[n] = [a - row[column] * b for a, b in zip(row, rows[top], strict=True)]
        pivots.append(column)
    return [unknown[column] for n, column in enumerate(pivots) if sum(map(bool, rows[n])) == 1]


def test_a_small_count_takes_another_of_its_row_and_of_its_column_with_it() -> None:
    cases: list[tuple[Counts, set[tuple[int, int]]]] = [
        ([[9, 8], [7, 6]], set()),
        ([[0, 8], [7, 0]], set()),
        ([[3, 8, 9], [7, 6, 10], [20, 30, 40]], {(0, 0), (0, 1), (1, 0), (1, 1)}),
        ([[1, 2, 9], [7, 6, 10], [20, 30, 40]], {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)}),
    ]
    for parts, places in cases:
        found = hidden(summed(parts))
        assert places <= found, (parts, found)
        assert bool(places) == bool(found), (parts, found)
    row = summed([[3, 8, 9], [7, 6, 10], [20, 30, 40]])
    assert (0, 3) not in hidden(row), "a sum is told where what it sums is hidden twice"


def test_two_hidden_counts_whose_sum_is_small_are_hidden_with_a_third() -> None:
    found = hidden([[2, 1, 30, 33], [2, 1, 30, 33]])
    assert {(0, 0), (0, 1), (0, 2)} <= found


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(st.integers(0, 9), min_size=n, max_size=n), min_size=2)))
def test_no_hidden_count_can_be_worked_out_from_what_is_told(parts: list[list[int]]) -> None:
    counts = summed(parts[:6])
    found = hidden(counts)
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            assert count == 0 or count >= LEAST or (y, x) in found
    everything = {(y, x) for y in range(len(counts)) for x in range(len(counts[0]))}
    assert found == everything or worked_out(counts, found) == []


def test_tables_of_the_same_cases_tell_the_same_sums() -> None:
    by_kind = summed([[3, 0], [30, 40], [50, 0]])
    by_office = summed([[43, 20], [40, 20]])
    secret = {"kind": [(len(by_kind) - 1, 0)]}
    found = hidden_together({"kind": by_kind, "office": by_office}, secret)
    sums = {name: {x for y, x in places if y == {"kind": 3, "office": 2}[name]} for name, places in found.items()}
    assert sums["kind"] == sums["office"] >= {0}
    for name, counts in (("kind", by_kind), ("office", by_office)):
        assert worked_out(counts, found[name]) == [], name
