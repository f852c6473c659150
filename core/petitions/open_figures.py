"""The figures that anybody may see: those of whole quarters that are over, without the counts that give somebody away.

A half or a year tells the sum of its quarters where all of them tell theirs, and nothing besides: so no period can be
subtracted from another. Reserved petitions are in every total and told by themselves only if they are five or more,
and how long answers took only of five or more; pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.petitions.tally import (
    BY,
    COMPLAINTS,
    INFORMATION,
    RESERVED,
    Case,
    Counted,
    Figures,
    Result,
    Times,
    add,
    grid,
    of_kinds,
    times,
)
from core.reports.small_cells import LEAST, hidden_together


def of_quarter(cases: Sequence[Case], months: Sequence[str], annulled: int) -> Figures:
    """What may be told of the cases of a quarter."""
    grids = {by: grid(cases, by, months if by == "month" else ()) for by in BY}
    counts = {by: _with_reserved(found.counts, [line.group for line in found.lines]) for by, found in grids.items()}
    secret = {by: _reserved_places(rows) for by, (_names, rows) in counts.items()}
    away = hidden_together({by: rows for by, (_names, rows) in counts.items()}, secret)
    told = {by: _told(names, rows, away[by]) for by, (names, rows) in counts.items()}
    asked = [case for case in cases if of_kinds(INFORMATION)(case)]
    information = _information(told["kind"], asked)
    enough = information["answered"] is not None and information["answered"] >= LEAST
    return Figures(
        told,
        _complaints(told["kind"], cases),
        _enough(times(cases)) if told["kind"][-1].answered is not None else None,
        information,
        _enough(times(asked)) if enough else None,
        annulled,
        _of_reserved(told["kind"]),
    )


def together(quarters: Sequence[Figures], whole: Sequence[Case], months: Sequence[str]) -> Figures:
    """What may be told of several quarters: the sums of what each tells. `whole`: the cases of all of them."""
    if len(quarters) == 1:
        return quarters[0]
    grids = {by: _sum([each.grids[by] for each in quarters], months if by == "month" else ()) for by in BY}
    names = quarters[0].information
    sums = {name: add([each.information[name] for each in quarters]) for name in names}
    asked = [case for case in whole if of_kinds(INFORMATION)(case)]
    return Figures(
        grids,
        _sum([each.complaints for each in quarters], ()) if all(each.complaints for each in quarters) else (),
        times(whole) if all(each.times for each in quarters) else None,
        sums,
        times(asked) if all(each.information_times for each in quarters) else None,
        sum(each.annulled for each in quarters),
        _of_reserved(grids["kind"]),
    )


def _with_reserved(counts: list[tuple[int, ...]], names: list[str]) -> tuple[list[str], list[tuple[int, ...]]]:
    """The reserved have a line also when there are none: that there are none is not told either."""
    if RESERVED in names:
        return names, counts
    return [*names, RESERVED], [*counts[:-1], (0,) * len(counts[-1]), counts[-1]]


def _reserved_places(rows: Sequence[Sequence[int]]) -> set[tuple[int, int]]:
    """Those of the reserved if they are few: their line, their column, and both sums."""
    line, column = len(rows) - 2, tuple(Result).index(Result.RESERVED)
    few = rows[line][-1] < LEAST
    return {(line, column), (line, len(rows[line]) - 1), (line + 1, column)} if few else set()


def _told(
    names: Sequence[str], rows: Sequence[Sequence[int]], away: Collection[tuple[int, int]]
) -> tuple[Counted, ...]:
    return tuple(
        Counted(name, tuple(None if (y, x) in away else count for x, count in enumerate(row)))
        for y, (name, row) in enumerate(zip([*names, ""], rows, strict=True))
    )


def _information(by_kind: Sequence[Counted], asked: Sequence[Case]) -> dict[str, int | None]:
    """Of the requests of information: sums of what the kinds tell, and in how many access was denied."""
    lines = [line for line in by_kind if line.group in INFORMATION]
    answered = add([line.answered for line in lines])
    denied = sum(case.denied for case in asked)
    few = answered is None or 0 < denied < LEAST or 0 < answered - denied < LEAST
    return {
        "received": add([line.received for line in lines]),
        "transferred": add([line.of(Result.TRANSFERRED) for line in lines]),
        "answered": answered,
        "denied": None if few else denied,
    }


def _complaints(by_kind: Sequence[Counted], cases: Sequence[Case]) -> tuple[Counted, ...]:
    """Complaints by office; nothing at all if the kinds do not tell how many there were."""
    if add([line.received for line in by_kind if line.group in COMPLAINTS]) is None:
        return ()
    found = grid([case for case in cases if of_kinds(COMPLAINTS)(case)], "office")
    rows = [(line.received,) for line in found.lines]
    rows.append((sum(count for (count,) in rows),))
    away = hidden_together({"": [(count, count) for (count,) in rows]}, {})[""]
    told = _told([line.group for line in found.lines], [(count, count) for (count,) in rows], away)
    return tuple(Counted(line.group, line.counts[-1:]) for line in told)


def _of_reserved(by_kind: Sequence[Counted]) -> int | None:
    return next(line.received for line in by_kind if line.group == RESERVED)


def _enough(found: Times | None) -> Times | None:
    return found if found is not None and found.answers >= LEAST else None


def _sum(grids: Sequence[Sequence[Counted]], order: Sequence[str]) -> tuple[Counted, ...]:
    """Line by line, those of nobody in a quarter counting as nothing; the total last and the reserved before it."""
    lines = [{line.group: line.counts for line in each} for each in grids]
    size = len(next(iter(lines[0].values())))
    names = list(dict.fromkeys([*order, *(name for each in lines for name in each if name not in (RESERVED, ""))]))
    names += [RESERVED] if any(RESERVED in each for each in lines) else []
    return tuple(
        Counted(name, tuple(map(add, zip(*(each.get(name, (0,) * size) for each in lines), strict=True))))
        for name in [*names, ""]
    )
