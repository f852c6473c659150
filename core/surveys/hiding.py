"""Which opinions are told and which are kept back, so that nobody is recognised by what few answered; pure.

A count of one to four is not told, nor another by which it would be worked out. How many came by a question, did not
know or left it blank are no opinions, and are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.reports.small_cells import LEAST, hidden
from core.surveys.questionnaire import Kind, Question
from core.surveys.scoring import Share, groups_of, is_small, share

GOOD, REST, ALL = 0, 1, 2
"""The columns of a cut: 4 and 5, 1 to 3, and both."""
OTHERS = "others"


def whole(parts: Sequence[int]) -> bool:
    """Whether all of these may be told: none of them is small."""
    return not any(map(is_small, parts))


def line(counts: Sequence[int]) -> tuple[int | None, ...]:
    """Counts beside their sum, which is told: what is hidden cannot be worked out."""
    table = [(count, count) for count in (*counts, sum(counts))]
    away = hidden(table)
    return tuple(None if (n, 0) in away else count for n, count in enumerate(counts))


def distribution(question: Question, counts: Mapping[str, int]) -> dict[str, int | None]:
    """What is told of the values of a question. Of several that may be chosen together each stands alone."""
    if question.kind is Kind.MULTIPLE:
        return {value: None if is_small(counts.get(value, 0)) else counts.get(value, 0) for value in question.values}
    told: dict[str, int | None] = {}
    for part in _parts(question, counts):
        told |= zip(part, line([counts.get(value, 0) for value in part]), strict=True)
    return told


def tells_where_it_leads(question: Question, counts: Mapping[str, int], flows: Sequence[int]) -> bool:
    """Whether it may be told how many it led to each place; `flows`: how many went each way, the plain one too."""
    if not question.jumps:
        return True
    if question.kind is Kind.MULTIPLE:
        leading = {value for jump in question.jumps for value in jump.values}
        return whole([*flows, *(counts.get(value, 0) for value in leading)])
    return _tells(_ways(question), counts)


def _parts(question: Question, counts: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    """The values whose sums are told too: by figure and by where they lead, or by figure, or only all together."""
    groups = groups_of(question)
    everything = (tuple(value for group in groups for value in group),)
    return next((parts for parts in (_ways(question), groups) if _tells(parts, counts)), everything)


def _ways(question: Question) -> tuple[tuple[str, ...], ...]:
    """The values of a question by its figure and by where they lead."""
    ways: dict[tuple[int, str], list[str]] = {}
    for n, group in enumerate(groups_of(question)):
        for value in group:
            to = next((jump.to for jump in question.jumps if value in jump.values), "")
            ways.setdefault((n, to), []).append(value)
    return tuple(map(tuple, ways.values()))


def _tells(parts: Sequence[Sequence[str]], counts: Mapping[str, int]) -> bool:
    return whole([sum(counts.get(value, 0) for value in part) for part in parts])


# ---------------------------------------------------------------- groups of people


@dataclass(frozen=True, slots=True)
class Group:
    """People who answered alike in something: how many say 4 or 5, how many less; and the groups it is made of."""

    name: str
    good: int
    rest: int
    parts: tuple[Group, ...] = ()

    @property
    def counts(self) -> tuple[int, int, int]:
        return (self.good, self.rest, self.good + self.rest)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a group: how many answered and the share of 4 and 5; `depth`: within how many others it is."""

    name: str
    base: int
    share: Share | None
    depth: int = 0


def groups(found: Sequence[Group]) -> list[Told]:
    """What is told of groups whose sums are told beside them, each followed by those it is made of.

    Groups of fewer than five people are one, OTHERS, with the smallest of the others if they are too few still.
    """
    return _told(found, told_sums=whole(_sums(found)), depth=0)


def alone(group: Group) -> Told | None:
    """What is told of one group by itself; nothing if it is small."""
    base = group.counts[ALL]
    return None if is_small(base) else Told(group.name, base, share(group.good, base))


def split(found: Sequence[Group]) -> list[Told | None]:
    """What is told of the months of a quarter whose sums are told elsewhere: of none if one of them is small."""
    if any(is_small(group.counts[ALL]) for group in found):
        return [None] * len(found)
    told = {each.name: each for each in groups(found)}
    return [told.get(group.name, Told(group.name, 0, None)) for group in found]


def together(found: Sequence[Group]) -> list[Group]:
    """The groups with the small ones as OTHERS at the end; none if nobody would be left beside them."""
    by_size = sorted((group for group in found if group.counts[ALL]), key=lambda group: group.counts[ALL])
    few = [group for group in by_size if is_small(group.counts[ALL])]
    while few and sum(_sums(few)) < LEAST and len(few) < len(by_size):
        few.append(by_size[len(few)])
    kept = [group for group in found if group in by_size[len(few) :]]
    if not few:
        return kept
    return [*kept, Group(OTHERS, *_sums(few))] if kept else []


def _told(found: Sequence[Group], *, told_sums: bool, depth: int) -> list[Told]:
    shown = together(found)
    away = _away(shown, told_sums=told_sums)
    bounds = _bounds_give_nothing_away(shown, away, told_sums=told_sums)
    told = []
    for y, group in enumerate(shown):
        speaks = y not in away or (bounds and _is_bounded(group))
        told.append(
            Told(group.name, group.counts[ALL], share(group.good, group.counts[ALL]) if speaks else None, depth)
        )
        if len(group.parts) > 1:
            told += _told(group.parts, told_sums=y not in away, depth=depth + 1)
    return told


def _away(shown: Sequence[Group], *, told_sums: bool) -> frozenset[int]:
    """The rows of which only is told how many they are; all of them if their sums could not be told as they are."""
    sums, last = _sums(shown), len(shown)
    live = [x for x in (GOOD, REST) if sums[x]]
    if len(live) < ALL:
        return frozenset()
    counts = [*(group.counts for group in shown), (*sums, sum(sums))]
    away = hidden(counts, () if told_sums else {(last, GOOD), (last, REST)})
    told = {x for y, x in away if y == last} == (set() if told_sums else {GOOD, REST})
    return frozenset(y for y, _x in away if y != last) if told else frozenset(range(last))


def _sums(found: Sequence[Group]) -> tuple[int, int]:
    """How many of them say 4 or 5, and how many less."""
    return sum(group.good for group in found), sum(group.rest for group in found)


def _is_bounded(group: Group) -> bool:
    """Whether its share tells from where or up to where it lies."""
    return not whole(group.counts[:ALL])


def _bounds_give_nothing_away(shown: Sequence[Group], away: frozenset[int], *, told_sums: bool) -> bool:
    """Whether what the bounds of hidden rows and their sum leave possible is never one value."""
    rest = _sums(shown)[REST]
    total: tuple[float, float] = (rest, rest)
    if not told_sums:
        total = _range(Group("", *_sums(shown)))
    known = sum(group.rest for y, group in enumerate(shown) if y not in away)
    ranges = [_range(group) for y, group in enumerate(shown) if y in away]
    for n, (low, high) in enumerate(ranges):
        others = ranges[:n] + ranges[n + 1 :]
        least = max(low, total[0] - known - sum(other[1] for other in others))
        most = min(high, total[1] - known - sum(other[0] for other in others))
        if least >= most:
            return False
    return True


def _range(group: Group) -> tuple[int, int]:
    """Between what a hidden count of 1 to 3 lies for who reads its row."""
    base = group.counts[ALL]
    if is_small(group.rest):
        return (1, LEAST - 1)
    return (base - LEAST + 1, base - 1) if is_small(group.good) else (0, base)
