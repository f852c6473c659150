"""How an action stands on a day, and who may judge it."""

from __future__ import annotations

from datetime import date, timedelta

from core.improvement.standing import FITS, Deed, Stage, State, WhyNot, state_of, why_not_verify

DUE = date(2026, 12, 15)
ANA, LUIS, CONTROL = 1, 2, 3


def test_an_action_is_late_from_the_day_after_its_day_and_only_while_it_is_open() -> None:
    late = DUE + timedelta(days=1)
    cases = [
        (Stage.OPEN, DUE, State.OPEN),
        (Stage.OPEN, late, State.LATE),
        (Stage.DONE, late, State.TO_VERIFY),
        (Stage.EFFECTIVE, late, State.EFFECTIVE),
        (Stage.NOT_EFFECTIVE, late, State.NOT_EFFECTIVE),
        (Stage.WITHDRAWN, late, State.WITHDRAWN),
    ]
    assert [state_of(stage, DUE, today) for stage, today, _ in cases] == [state for *_, state in cases]


def test_nobody_judges_what_they_answered_for_or_declared_done() -> None:
    cases = [
        (Stage.DONE, CONTROL, [ANA], [LUIS], None),
        (Stage.DONE, ANA, [ANA], [LUIS], WhyNot.WAS_RESPONSIBLE),
        (Stage.DONE, LUIS, [ANA], [LUIS], WhyNot.SAID_DONE),
        (Stage.DONE, ANA, [ANA, LUIS], [], WhyNot.WAS_RESPONSIBLE),
        (Stage.OPEN, CONTROL, [ANA], [], WhyNot.NOT_DONE),
        (Stage.EFFECTIVE, CONTROL, [ANA], [LUIS], WhyNot.NOT_DONE),
    ]
    for stage, by, responsible, said_done, refused in cases:
        assert why_not_verify(stage, by, responsible, said_done) == refused, (stage, by)


def test_every_deed_has_the_stages_in_which_it_makes_sense() -> None:
    assert set(FITS) == set(Deed) - {Deed.OPENED}
    assert not any(Stage.WITHDRAWN in stages for stages in FITS.values())
