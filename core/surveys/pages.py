"""The pages that answers come by, and on which of them something is to be mended; pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.surveys.questionnaire import Problem, Question, Questionnaire, Sent, path, problems, problems_of

Page = tuple[Question, ...]


def pages(asked: Questionnaire, sent: Sent) -> list[Page]:
    """All the pages of these answers, in order; one not answered yet leads to the next.

    A page holds the questions of a section up to the first whose answer may lead elsewhere.
    """
    sections = {question.key: n for n, section in enumerate(asked.sections) for question in section.questions}
    found: list[list[Question]] = []
    for question in path(asked, sent):
        last = found[-1][-1] if found else None
        if last is None or last.jumps or sections[last.key] != sections[question.key]:
            found.append([])
        found[-1].append(question)
    return [tuple(page) for page in found]


def following(book: Sequence[Page], shown: str) -> Page:
    """The page after the one that holds the question `shown`; the first, if none does; nothing after the last."""
    keys = [[question.key for question in page] for page in book]
    here = next((n for n, page in enumerate(keys) if shown in page), -1)
    return book[here + 1] if here + 1 < len(book) else ()


def fields(page: Sequence[Question]) -> set[str]:
    """The names under which its answers are sent."""
    return {name for question in page for name in question.fields}


def place(book: Sequence[Page], name: str) -> int:
    """On which page a question or a field of one is; the first, if on none."""
    return next((n for n, page in enumerate(book) if name in fields(page) | {one.key for one in page}), 0)


def to_mend(asked: Questionnaire, sent: Sent, book: Sequence[Page], here: int) -> Sequence[Problem]:
    """What is wrong on the pages up to this one; on the last of them, with the whole answer."""
    if here + 1 == len(book):
        return problems(asked, sent)
    return [found for page in book[: here + 1] for question in page for found in problems_of(question, sent)]
