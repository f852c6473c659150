"""How a public text is written: titles begin with «#», lines of a list with «-», blank lines part paragraphs; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

TITLE, ITEM = "#", "-"
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
    found = _FIRST.match(line)
    return (found[1] if found else line).removesuffix(".")


def pages(section: Section, letters: int) -> list[Section]:
    """The section in pieces of at most so many letters, never breaking a line; a longer line stands alone."""
    told: list[list[tuple[bool, str]]] = [[]]
    room = letters
    for block in section.blocks:
        for line in block.lines:
            if told[-1] and len(line) > room:
                told.append([])
                room = letters
            told[-1].append((block.is_list, line))
            room -= len(line)
    return [_section(section.title, page) for page in told]


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
