"""What the indicator of an activity is counted from: what was chosen for it, else what the first plan proposes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.plan import document


@dataclass(frozen=True, slots=True)
class Sources:
    """Names of measures: the one whose value is that of the indicator (empty: reported by hand), and those beside."""

    leads: str = ""
    beside: tuple[str, ...] = ()


def proposed(code: str, text: str) -> Sources:
    """What the first plan proposes for an activity, if it is one of its own: the same code with the same text."""
    return _of_the_first_plan().get((code, text), Sources())


@cache
def _of_the_first_plan() -> dict[tuple[str, str], Sources]:
    room = files("core.plan")
    told = tomllib.loads(room.joinpath("sources.toml").read_text(encoding="utf-8"))
    plan = document.read(room.joinpath("california.yaml").read_text(encoding="utf-8"))
    return {
        (activity.code, activity.said["texto"]): Sources(one["leads"], tuple(one.get("beside", ())))
        for _component, metas in document.components(plan)
        for _meta, activities in metas
        for activity in activities
        if (one := told.get(activity.code))
    }
