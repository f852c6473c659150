"""The keys of questions and options: made by us, stable, and never used again for something else."""

from __future__ import annotations

from dataclasses import replace

from core.surveys.keys import known, next_key, rekeyed
from core.surveys.questionnaire import Choice, Jump, Kind, Question, Questionnaire, Section


def asked(*questions: Question) -> Questionnaire:
    return Questionnaire(sections=(Section(questions=questions),))


ONE = Question(key="q1", kind=Kind.YES_NO, text="¿Una?", jumps=(Jump(values=("yes",), to="q2"),))
TWO = Question(key="q2", kind=Kind.SINGLE, text="¿Dos?", choices=(Choice(key="o1", text="A"),))


def test_a_key_is_never_used_again() -> None:
    for taken, key in (((), "q1"), (("q1", "q7", "overall"), "q8"), (("q²", "q-1", "qq"), "q1")):
        assert next_key("q", taken) == key


def test_what_versions_called_something_is_known_together() -> None:
    both = known([asked(ONE, TWO), asked(replace(TWO, choices=(Choice(key="o3", text="C"),)))])
    assert (dict(both.kinds), both.options["q2"]) == ({"q1": Kind.YES_NO, "q2": Kind.SINGLE}, {"o1", "o3"})


def test_a_question_answered_otherwise_than_before_gets_a_key_of_its_own_and_jumps_follow_it() -> None:
    earlier = known([asked(ONE, TWO, replace(TWO, key="q5"))])
    changed = asked(ONE, replace(TWO, kind=Kind.TEXT, choices=()))
    found = rekeyed(changed, earlier)
    assert [question.key for question in found.questions] == ["q1", "q6"]
    assert found.questions[0].jumps == (Jump(values=("yes",), to="q6"),)
    assert rekeyed(asked(ONE, replace(TWO, text="¿Dos, mejor dicho?")), earlier).questions[1].key == "q2"
