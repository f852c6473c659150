"""What is wrong with an entry is told of the field that has to be mended, whatever its kind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from core.plan import sources
from core.plan.registers.faults import Shown, Why, faults, is_complete
from core.plan.registers.fields import Asks, Shows
from core.plan.registers.kinds import ALL, KINDS
from core.plan.registers.names import FAULTS
from core.plan.registers.spaces import POINTS
from core.plan.registers.standing import State, state_of
from tests import make

TODAY = make.OPENING.date()
TOMORROW = TODAY + timedelta(days=1)
BAD: dict[Asks, tuple[tuple[Any, Why], ...]] = {
    Asks.TEXT: (("x" * 161, Why.TOO_LONG), ("Llame al 310 555 1234", Why.PERSONAL), ("ana@correo.co", Why.PERSONAL)),
    Asks.PROSE: (("x" * 2001, Why.TOO_LONG), ("Cédula 1.098.765.432", Why.PERSONAL)),
    Asks.CODE: (("x" * 121, Why.TOO_LONG),),
    Asks.NUMBER: ((-1, Why.TOO_MUCH), (100_001, Why.TOO_MUCH)),
    Asks.MONEY: ((-1, Why.TOO_MUCH), (10**13 + 1, Why.TOO_MUCH)),
    Asks.LINK: (
        ("javascript:alert(1)", Why.NOT_A_LINK),
        ("secop.gov.co", Why.NOT_A_LINK),
        ("http://[", Why.NOT_A_LINK),
    ),
    Asks.CHOICE: (("otra", Why.NOT_OFFERED),),
    Asks.ACTION: (("12", Why.NOT_AN_ACTION), ("AM-1", Why.NOT_AN_ACTION)),
    Asks.PEOPLE: (({"citizens": -1}, Why.TOO_MUCH), ({"citizens": 100_001}, Why.TOO_MUCH)),
    Asks.DAY: ((TOMORROW, Why.IN_THE_FUTURE),),
    Asks.CHECKLIST: (),
    Asks.SERVICE: (),
    Asks.OFFICIAL: (),
}
MISSING = {Asks.PEOPLE: Why.NOBODY, **dict.fromkeys((Asks.CHOICE, Asks.SERVICE, Asks.OFFICIAL), Why.NOT_OFFERED)}


def good(kind: str, **more: Any) -> dict[str, Any]:
    asked = {field.name for field in KINDS[kind].fields}
    said = {"title": "Tema", "day": TODAY, "service_id": 1, "official_id": 1, "steps_before": 5, "steps_after": 3}
    return {name: value for name, value in {**said, **make.SAID[kind], **more}.items() if name in asked}


def told(kind: str, said: dict[str, Any]) -> dict[str, Why]:
    return {fault.field: fault.why for fault in faults(KINDS[kind], said, TODAY)}


def test_every_field_of_every_kind_is_refused_when_it_is_missing_or_badly_filled() -> None:
    for kind in ALL:
        assert told(kind.slug, good(kind.slug)) == {}, kind.slug
        for field in kind.fields:
            gone = {name: value for name, value in good(kind.slug).items() if name != field.name}
            if field.asks is Asks.CHECKLIST:
                expected = {f"points-{point}": Why.NOT_JUDGED for point, _words in POINTS}
            elif field.needed:
                expected = {field.name: MISSING.get(field.asks, Why.MISSING)}
            else:
                expected = told(kind.slug, gone) if kind.pairs else {}
            assert told(kind.slug, gone) == expected, (kind.slug, field.name)
            for value, why in BAD[field.asks]:
                if not (field.future and why is Why.IN_THE_FUTURE):
                    found = told(kind.slug, good(kind.slug, **{field.name: value}))
                    assert found.get(field.name) is why, (kind.slug, field.name, value)
    assert set(FAULTS) == set(Why)


def test_days_run_forward_and_a_process_is_never_made_longer() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert told("training", good("training", until=yesterday)) == {"until": Why.BEFORE_IT_BEGAN}
    assert told("training", good("training", until=TODAY)) == {}
    assert told("commitment", good("commitment", day=TOMORROW)) == {}
    assert told("commitment", good("commitment", done_on=TOMORROW)) == {"done_on": Why.IN_THE_FUTURE}
    cases = (
        ({"steps_after": 6}, {"steps_after": Why.WORSE}),
        ({"steps_after": None}, {"steps_after": Why.HALF_A_PAIR}),
        ({"steps_after": 5}, {"steps_after": Why.NOTHING_BETTER}),
        ({"steps_after": 5, "cost_before": 20_000, "cost_after": 0}, {}),
        ({"days_before": 0, "days_after": 0}, {}),
    )
    for more, expected in cases:
        assert told("streamlining", good("streamlining", **more)) == expected, more


def test_an_entry_counts_only_with_what_its_kind_demands() -> None:
    for kind in ALL:
        said, nothing = good(kind.slug), Shown()
        done = {**said, "done_on": TODAY} if kind.falls_due else said
        assert is_complete(kind, done, nothing) is (kind.shows is Shows.NOTHING or kind.slug == "space"), kind.slug
        assert is_complete(kind, done, Shown(files=1)), kind.slug
        assert is_complete(kind, done, Shown(links=1)) is (kind.shows is not Shows.FILE), kind.slug
        assert is_complete(kind, said, Shown(files=1)) is not kind.falls_due, kind.slug
    space = good("space", points={"doors": "met", "lift": "not_applicable", "signs": "not_met"})
    assert not is_complete(KINDS["space"], space, Shown(files=1, points=frozenset({"doors"})))
    assert is_complete(KINDS["space"], space, Shown(files=2, points=frozenset({"doors", "signs"})))


def test_what_falls_due_is_late_from_the_day_after() -> None:
    def at(day: date, **more: bool) -> State:
        told = {"falls_due": True, "done": False, "complete": False, "withdrawn": False, **more}
        return state_of(day=day, today=TODAY, **told)

    assert [at(TODAY), at(TODAY - timedelta(days=1)), at(TODAY, done=True)] == [
        State.PENDING,
        State.OVERDUE,
        State.INCOMPLETE,
    ]
    assert [at(TODAY, done=True, complete=True), at(TODAY, withdrawn=True)] == [State.COMPLETE, State.WITHDRAWN]


def test_every_register_that_the_plan_counts_from_is_kept() -> None:
    named = {name for one in sources._of_the_first_plan().values() for name in (one.leads, *one.beside)}
    kept = {f"register_{slug}" for kind in ALL for slug, _name in kind.measures}
    counted = {name for name in named if name.startswith("register_")}
    assert kept - counted == {"register_commitment", "register_audit_finding"}
    assert counted <= kept
