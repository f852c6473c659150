"""The plan is loaded to the letter, once, and given back as the same file."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import Who
from core.plan import actions as plans
from core.plan import document, loading
from core.plan.cutoffs import Rhythm
from core.plan.document import Mode, NotAPlan
from core.plan.figures import sources_of
from core.plan.followup import actions
from core.plan.loading import NoPlan, OtherPlan
from core.plan.sources import Sources
from tests import make

TEXT = files("core.plan").joinpath("california.yaml").read_text(encoding="utf-8")
SEED = (Path(__file__).parent / "plan-source.txt").read_text(encoding="utf-8")
BY, ACT = Who("command line"), "Decreto 4 de 2032"


def loaded(session: Session, text: str = TEXT, year: int = 2031) -> loading.Plan:
    return loading.load(session, text, year, BY, make.at())[0]


def test_the_plan_has_every_activity_and_is_loaded_once(town: Session) -> None:
    plan = loaded(town)
    metas = [meta for component in plan.components for meta in component.metas]
    assert (len(plan.components), len(metas), len(plan.activities)) == (5, 15, 44)
    modes = [activity.mode for activity in plan.activities]
    assert [modes.count(mode) for mode in (Mode.REGISTER, Mode.MIXED, Mode.AUTOMATIC, Mode.MANUAL)] == [19, 10, 8, 7]
    assert sum(activity.schedule.startswith("Cuatrim") for activity in plan.activities) == 10
    assert len({role for activity in plan.activities for role in activity.responsible}) == 13
    again, new = loading.load(town, TEXT, 2031, BY, make.at(5))
    assert (again.id, new) == (plan.id, False)
    with pytest.raises(OtherPlan):
        loaded(town, TEXT.replace("Establecer las Causas", "Establecer causas"))


def test_every_sentence_of_the_plan_as_it_was_adopted_is_in_the_loaded_one(town: Session) -> None:
    plan = loaded(town)
    told = [plan.title, str(plan.about["plan"]), " ".join(map(str, plan.about["plan"]["columnas_semilla"]))]
    for component in plan.components:
        told += [component.name, str(component.said["nombre_semilla"] or "")]
        told += [meta.name for meta in component.metas]
    for activity in plan.activities:
        told += [activity.text, activity.indicator, activity.schedule, str(activity.said["responsables_texto"])]
        told += [str(activity.said.get("lectura_literal", "")), *activity.said.get("items", ())]
    whole = _plain(" ".join(told))
    missing = [
        cell
        for line in SEED.splitlines()
        for cell in (part.strip() for part in line.split("\t"))
        if cell and _plain(cell) not in whole
    ]
    assert missing == []


def _plain(text: str) -> str:
    """Letters and figures only: the file breaks lines and parts where the paper did not."""
    return re.sub(r"\W+", "", text).lower()


def test_the_file_comes_back_to_the_letter_also_from_a_copy(town: Session) -> None:
    assert loading.export(loaded(town)) == TEXT
    with pytest.raises(Invalid):
        loading.copy(town, 2031, 2032, BY, make.at(), " ")
    copied = loading.copy(town, 2031, 2032, BY, make.at(), ACT)
    assert (copied.copied_from, copied.act, loading.export(copied)) == (2031, ACT, TEXT)
    assert loading.years(town)[:2] == [2032, 2031]
    with pytest.raises(OtherPlan):
        loading.copy(town, 2031, 2032, BY, make.at(), ACT)
    with pytest.raises(NoPlan):
        loading.copy(town, 2040, 2041, BY, make.at(), ACT)


def test_a_copy_goes_on_with_who_answers_what_is_counted_and_how_often(town: Session) -> None:
    before, by = loaded(town), make.official(town, "administracion").id
    actions.set_rhythm(town, before, Rhythm.HALF_YEAR, ACT, by, make.at())
    plans.name_holders(town, before, "alcalde", [by, make.official(town, "pqrsd").id], by, make.at())
    plans.name_holders(town, before, "alcalde", [by], by, make.at())
    plans.choose_sources(town, before.activities[3], Sources("turns_attended"), "Dice más.", by, make.at())
    after = loading.copy(town, 2031, 2032, BY, make.at(), ACT)
    assert after.rhythm is Rhythm.HALF_YEAR
    assert [(one.role, one.official_id, one.until) for one in after.holders] == [("alcalde", by, None)]
    assert [sources_of(one) for one in after.activities] == [sources_of(one) for one in before.activities]
    assert all(one.target is None for one in after.activities)


def test_a_plan_whose_rows_no_longer_are_its_file_is_written_anew(town: Session) -> None:
    plan = loaded(town)
    plan.activities[0].said = {**plan.activities[0].said, "indicador": "Otro"}
    told = loading.export(plan)
    assert told != TEXT
    assert "indicador: Otro" in told
    assert len(document.read(told)["componentes"]) == 5


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no tiene partes"),
        ("- a", "no tiene partes"),
        ("plan: {}", "falta «responsables»"),
        ("a: [1", "línea"),
        ("a: &x 1\nb: *x", "línea"),
        ("plan: {}\nplan: {}", "línea 1"),
        ("plan: {}\nresponsables: {}\ncomponentes: []", "no hay componentes"),
        (TEXT.replace("codigo: 1.1.2", "codigo: 1.1.1"), "1.1.1 está repetido"),
        (TEXT.replace("[alcalde_o_delegado]", "[nadie]", 1), "«nadie»"),
        (TEXT.replace("meses: [5, 6]", "meses: [5, 13]", 1), "un mes que no existe"),
        (TEXT.replace("modo: registro", "modo: solo", 1), "un modo de medirse"),
        (TEXT.replace("codigo: '0'", "codigo: 0", 1), "falta «codigo», como texto"),
        ("x: !!python/object/apply:os.system [ls]", "línea"),
        ("[" * 5000, "mal escrito"),
    ],
)
def test_what_is_no_plan_is_refused_and_says_where(text: str, why: str) -> None:
    with pytest.raises(NotAPlan) as refused:
        document.read(text)
    assert why in str(refused.value)
