"""What the buttons of the builder do to the fields of a form that is not saved."""

from __future__ import annotations

from admin.survey_acts import done
from core.surveys.keys import Known


def test_each_button_changes_only_what_it_says() -> None:
    none = Known({}, {})
    fields = {"order": ["q1", "q2"], "q1.text": ["Una"], "q2.options": ["o1", "o2"], "q2.o1.text": ["A"]}
    for act, order in (
        ("up q2", ["q2", "q1"]),
        ("up q1", ["q1", "q2"]),
        ("down q1", ["q2", "q1"]),
        ("down q2", ["q1", "q2"]),
        ("below q1", ["q1", "q3", "q2"]),
        ("section", ["q1", "q2", "section-1"]),
        ("remove q1", ["q2"]),
        ("add", ["q1", "q2", "q3"]),
        ("explode q1", ["q1", "q2"]),
        ("up q9", ["q1", "q2"]),
        ("up", ["q1", "q2"]),
        ("", ["q1", "q2"]),
    ):
        assert done(act, fields, none)["order"] == order, act
    assert "q1.text" not in done("remove q1", fields, none)
    dropped = done("drop q2 o1", fields, none)
    assert (dropped["q2.options"], "q2.o1.text" in dropped) == (["o2"], False)
    assert done("option q2", fields, Known({}, {"q2": frozenset({"o4"})}))["q2.options"] == ["o1", "o2", "o5"]
    assert fields["order"] == ["q1", "q2"]
