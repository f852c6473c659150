"""The ten protocols with which a town hall begins: whole, in order, legible, and in force."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import first_content
from core.people.rights import PEOPLE
from core.protocols.choosing import CASES
from core.protocols.completeness import lacks, too_much
from core.protocols.first import add_first_protocols
from core.protocols.model import Protocol, VersionState
from core.protocols.text import Channel, Moment, Population, ProtocolText, read
from tests import make

LONGEST_SENTENCE = 24
"""In words: read aloud in one breath, with somebody in front."""

STEPS = range(8, 15)
SENTENCE = re.compile(r"(?<=[.:;?!»])\s+")


def test_the_ten_are_in_force_from_the_first_day_and_adopted_by_nobody(town: Session) -> None:
    found = town.scalars(select(Protocol).order_by(Protocol.code)).all()
    assert [one.code for one in found] == [f"P-{n:02}" for n in range(1, 11)]
    for one in found:
        (version,) = one.versions
        assert (version.number, version.state, version.act) == (1, VersionState.APPROVED, "")
        assert version.valid_from == version.written_at.date()
        assert version.approved_at is not None
        assert set(one.audience) <= set(PEOPLE), one.code
        assert one.audience, one.code
    assert {one.channel for one in found} == set(Channel)
    assert {one.population for one in found} == set(Population) >= set(CASES)


def test_a_town_hall_that_has_protocols_is_given_no_others(town: Session) -> None:
    content = first_content.california()["protocols"]
    add_first_protocols(town, content, make.at())
    town.flush()
    assert len(town.scalars(select(Protocol)).all()) == len(content)


def test_every_protocol_of_the_first_content_is_whole_in_order_and_legible() -> None:
    for row in first_content.california()["protocols"]:
        kept = {name: part for name, part in row.items() if name in ProtocolText.__dataclass_fields__}
        text, code = read(kept), row["code"]
        assert (lacks(text), too_much(text)) == ((), None), code
        assert text.phrases, code
        moments = [step.moment for step in text.steps]
        assert len(moments) in STEPS, code
        assert list(dict.fromkeys(moments)) == list(Moment), f"{code}: a moment lacks or is out of its place"
        assert moments == sorted(moments, key=list(Moment).index), code
        assert sum(bool(step.say) for step in text.steps) >= 3, f"{code}: what is said helps more than what is done"
        check_quiz(code, text)
        for line in lines_of(text):
            check_line(code, line)


def check_quiz(code: str, text: ProtocolText) -> None:
    assert len(text.quiz) == 3, code
    for question in text.quiz:
        assert len(set(question.options)) == len(question.options) == 3, (code, question.text)
        assert question.right in range(3), (code, question.text)
    assert {question.right for question in text.quiz} == {0, 1, 2}, f"{code}: the place gives the right one away"


def lines_of(text: ProtocolText) -> list[str]:
    steps = [line for step in text.steps for line in (step.do, step.say) if line]
    quiz = [line for question in text.quiz for line in (question.text, *question.options)]
    return [text.purpose, text.scope, text.responsible, *steps, *text.phrases, *text.never, *quiz]


def check_line(code: str, line: str) -> None:
    assert line == " ".join(line.split()), (code, line)
    assert line[0].isupper() or line[0] == "¿", (code, line)
    for sentence in SENTENCE.split(line):
        assert len(sentence.split()) <= LONGEST_SENTENCE, (code, sentence)
