"""Which figures of a table are kept back so that nobody is recognised, neither by them nor by subtraction; pure.

A table is rows of counts whose last column sums each row and whose last row sums each column. A count from one to four
is hidden. What a sum would give away is hidden too: a row or column that tells its sum hides nothing, or at least two
counts that are five or more together. Each table is a graph of rows and columns joined by what is hidden: a hidden
count is worked out exactly when its edge is a bridge, so none may be one (the cycle through it is what it could have
been otherwise).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

LEAST = 5
Counts = Sequence[Sequence[int]]
Place = tuple[int, int]


def hidden(counts: Counts, more: Collection[Place] = ()) -> frozenset[Place]:
    """The places (row, column) of a table that are not told; `more` are hidden whatever they count."""
    found = {
        (y, x) for y, row in enumerate(counts) for x, count in enumerate(row) if 0 < count < LEAST or (y, x) in more
    }
    while True:
        another = _given_away(counts, found)
        if another is None:
            return frozenset(found)
        found.add(another)


def hidden_together(tables: Mapping[str, Counts], more: Mapping[str, Collection[Place]]) -> dict[str, frozenset[Place]]:
    """The same for tables of the same cases in other rows: all of them end in the same sums, told by all or by none."""
    found = {name: hidden(counts, more.get(name, ())) for name, counts in tables.items()}
    while True:
        sums = {x for name, places in found.items() for y, x in places if y == len(tables[name]) - 1}
        again = {
            name: hidden(counts, {*found[name], *((len(counts) - 1, x) for x in sums)})
            for name, counts in tables.items()
        }
        if again == found:
            return found
        found = again


def _given_away(counts: Counts, found: set[Place]) -> Place | None:
    """Another place that has to be hidden, the smallest that does; None if nothing is given away."""
    for line in _lines(counts):
        *parts, total = line
        unsaid = [place for place in parts if place in found]
        weak = total in found and not unsaid
        if total not in found and unsaid:
            weak = len(unsaid) == 1 or sum(counts[y][x] for y, x in unsaid) < LEAST
        if weak and (next_one := _smallest(counts, parts, found) or (None if total in found else total)):
            return next_one
    for place in sorted(found):
        if _is_bridge(place, found):
            y, x = place
            line = [(y, n) for n in range(len(counts[0]))] + [(n, x) for n in range(len(counts))]
            if (next_one := _smallest(counts, line, found)) is not None:
                return next_one
    return None


def _lines(counts: Counts) -> list[list[Place]]:
    rows, columns = range(len(counts)), range(len(counts[0]) if counts else 0)
    return [[(y, x) for x in columns] for y in rows] + [[(y, x) for y in rows] for x in columns]


def _smallest(counts: Counts, places: Collection[Place], found: Collection[Place]) -> Place | None:
    """What costs least to hide: the smallest count that is told, one of nobody only if there is no other."""
    told = [place for place in places if place not in found]
    return min(told, key=lambda place: (counts[place[0]][place[1]] == 0, counts[place[0]][place[1]]), default=None)


def _is_bridge(place: Place, found: Collection[Place]) -> bool:
    """Whether without this place its row cannot be reached from its column."""
    reached, waiting = {("row", place[0])}, [("row", place[0])]
    while waiting:
        side, at = waiting.pop()
        for y, x in found:
            if (y, x) == place or (y if side == "row" else x) != at:
                continue
            other = ("column", x) if side == "row" else ("row", y)
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return ("column", place[1]) not in reached
