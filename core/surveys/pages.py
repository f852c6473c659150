"""The pages that answers come by, and on which of them something is to be mended; pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.surveys.questionnaire import Problem, Question, Questionnaire, Sent, page_after, problems, problems_of

Page = tuple[Question, ...]


def pages(asked: Questionnaire, sent: Sent) -> list[Page]:
    """All the pages of these answers, in order; one not answered yet leads to the next."""
    found: list[Page] = []
    while page := page_after(asked, sent, found[-1][-1].key if found else None, one_by_one=False):
        found.append(page)
    return found


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
