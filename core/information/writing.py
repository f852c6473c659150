"""How a public text is written: titles begin with «#», lines of a list with «-», blank lines part paragraphs; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

TITLE, ITEM = "#", "-"
END_OF_A_LINE, TITLE_TAKES = 16, 45
_FIRST = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs, or the lines of a list."""

    is_list: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text under its title, which may be empty in what comes before the first one."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def letters(self) -> int:
        return sum(len(line) for block in self.blocks for line in block.lines)


def sections(text: str) -> list[Section]:
    """The parts of a text, in order."""
    parts: list[tuple[str, list[tuple[bool, str]]]] = [("", [])]
    for mark, line in _lines(text):
        if mark == TITLE:
            parts.append((line, []))
        else:
            parts[-1][1].append((mark == ITEM, line))
    return [_section(title, lines) for title, lines in parts if title or lines]


def gist(line: str) -> str:
    """The first sentence of a line: what it says to who only passes by, without its full stop."""
    return halves(line)[0].removesuffix(".")


def halves(line: str) -> tuple[str, str]:
    """The first sentence of a line, and the rest of it."""
    found = _FIRST.match(line)
    return (found[1], line[found.end() :].strip()) if found else (line, "")


def leaves(parts: Iterable[Section], room: int) -> list[list[Section]]:
    """The sections in pages that hold about `room` letters each: no line is broken, no title ends a page.

    A line takes a little more than its letters, for what is left empty at its end.
    """
    told: list[list[tuple[str, list[tuple[bool, str]]]]] = [[]]
    left = room
    for part in parts:
        title: str | None = part.title
        for is_list, line in ((block.is_list, line) for block in part.blocks for line in block.lines):
            takes = len(line) + END_OF_A_LINE
            if title is not None or not told[-1]:
                takes += TITLE_TAKES if part.title else 0
            if takes > left and told[-1]:
                told.append([])
                left, title = room, part.title
            if title is not None:
                told[-1].append((part.title, []))
                title = None
            told[-1][-1][1].append((is_list, line))
            left -= takes
    return [[_section(title, lines) for title, lines in leaf] for leaf in told if leaf]


def _section(title: str, lines: Iterable[tuple[bool, str]]) -> Section:
    blocks = groupby(lines, lambda line: line[0])
    return Section(title, tuple(Block(is_list, tuple(text for _, text in of)) for is_list, of in blocks))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Each line with its mark; lines of a paragraph that were broken by hand are joined."""
    paragraph: list[str] = []
    for raw in [*text.splitlines(), ""]:
        line = raw.strip()
        mark = next((mark for mark in (TITLE, ITEM) if line.startswith(mark)), "")
        if paragraph and (mark or not line):
            yield "", " ".join(paragraph)
            paragraph = []
        if mark:
            if bare := line.lstrip(mark).strip():
                yield mark, bare
        elif line:
            paragraph.append(line)
