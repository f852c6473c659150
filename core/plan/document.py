"""The plan as a file: what its YAML has to say, checked, and what of it becomes rows; pure but for reading YAML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from core.errors import N_, Invalid

LARGEST = 1_000_000
"""Characters; a plan of a large city has a tenth of that."""
_PLAN, _ROLES, _COMPONENTS = "plan", "responsables", "componentes"


class Mode(StrEnum):
    """How an activity is measured: by itself, in part, by the entries of a register, or by hand with evidence."""

    AUTOMATIC = "auto"
    MIXED = "mixto"
    REGISTER = "registro"
    MANUAL = "manual"


class NotAPlan(Invalid):
    message = N_("El archivo no es un plan: %(why)s.")

    def __init__(self, why: str) -> None:
        super().__init__(why=why)


@dataclass(frozen=True, slots=True)
class Entry:
    """A component, a meta or an activity, with all that the file says of it but what hangs below it."""

    code: str
    said: Mapping[str, Any]


def read(text: str) -> dict[str, Any]:
    """The document of a plan, as plain values. Raises NotAPlan, which says in Spanish what is wrong and where."""
    if len(text) > LARGEST:
        raise NotAPlan("es demasiado grande")
    try:
        found = yaml.load(text, Loader=_Plain)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        raise NotAPlan(f"YAML mal escrito en la línea {where.line + 1}" if where else "YAML mal escrito") from None
    except RecursionError:
        raise NotAPlan("YAML mal escrito") from None
    _check(found)
    return dict(found)


def write(document: Mapping[str, Any]) -> str:
    """The document as a file that `read` reads to the same values."""
    return str(yaml.dump(dict(document), Dumper=yaml.SafeDumper, allow_unicode=True, sort_keys=False, width=200))


def components(document: Mapping[str, Any]) -> Iterator[tuple[Entry, list[tuple[Entry, list[Entry]]]]]:
    """The components in order, each with its metas, each of them with its activities."""
    for component in document[_COMPONENTS]:
        metas = [
            (Entry(meta["codigo"], _without(meta, "actividades")), [Entry(a["codigo"], a) for a in meta["actividades"]])
            for meta in component["metas"]
        ]
        yield Entry(component["codigo"], _without(component, "metas")), metas


def rest(document: Mapping[str, Any]) -> dict[str, Any]:
    """All of the document but its components."""
    return _without(document, _COMPONENTS)


def whole(about: Mapping[str, Any], parts: list[tuple[Entry, list[tuple[Entry, list[Entry]]]]]) -> dict[str, Any]:
    """The document again, from what `rest` and `components` told."""
    return {
        **about,
        _COMPONENTS: [
            _with(
                component.said,
                "metas",
                [_with(meta.said, "actividades", [dict(a.said) for a in activities]) for meta, activities in metas],
            )
            for component, metas in parts
        ],
    }


class _Plain(yaml.SafeLoader):
    """Plain values only: a code like 1.10 stays text, so does a day; a repeated key and a reference are faults."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "alias", parent.start_mark)
        return super().compose_node(parent, index)

    yaml_implicit_resolvers = {
        letter: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
        for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _value in node.value]
        if len(set(keys)) < len(keys):
            raise yaml.constructor.ConstructorError(None, None, "key twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _check(found: Any) -> None:
    if not isinstance(found, dict):
        raise NotAPlan("no tiene partes")
    for part, kind in ((_PLAN, dict), (_ROLES, dict), (_COMPONENTS, list)):
        if not isinstance(found.get(part), kind):
            raise NotAPlan(f"falta «{part}»")
    codes: Counter[str] = Counter()
    for component in _each(found[_COMPONENTS], "componentes", ("codigo", "nombre"), "metas"):
        codes[component["codigo"]] += 1
        for meta in _each(component["metas"], f"metas de {component['codigo']}", ("codigo", "nombre"), "actividades"):
            codes[meta["codigo"]] += 1
            for activity in _each(meta["actividades"], f"actividades de {meta['codigo']}", ("codigo", "texto")):
                codes[activity["codigo"]] += 1
                _check_activity(activity, found[_ROLES])
    if twice := [code for code, count in codes.items() if count > 1]:
        raise NotAPlan(f"el código {twice[0]} está repetido")


def _each(found: Any, what: str, texts: tuple[str, ...], below: str = "") -> Iterator[dict[str, Any]]:
    if not isinstance(found, list) or not found:
        raise NotAPlan(f"no hay {what}")
    for n, one in enumerate(found, start=1):
        if not isinstance(one, dict):
            raise NotAPlan(f"{what}, n.º {n}: no es una ficha")
        for name in texts:
            if not isinstance(one.get(name), str) or not one[name].strip():
                raise NotAPlan(f"{what}, n.º {n}: falta «{name}», como texto")
        if below and not isinstance(one.get(below), list):
            raise NotAPlan(f"{what}, n.º {n}: falta «{below}»")
        yield one


def _check_activity(activity: Mapping[str, Any], roles: Mapping[str, Any]) -> None:
    code, schedule = activity["codigo"], activity.get("cronograma")
    if not isinstance(activity.get("indicador"), str):
        raise NotAPlan(f"la actividad {code} no tiene indicador")
    if not isinstance(schedule, dict) or not isinstance(schedule.get("texto"), str):
        raise NotAPlan(f"la actividad {code} no tiene cronograma")
    months = schedule.get("meses", [])
    if not isinstance(months, list) or not all(type(month) is int and 1 <= month <= 12 for month in months):
        raise NotAPlan(f"el cronograma de la actividad {code} tiene un mes que no existe")
    named = activity.get("responsables")
    if not isinstance(named, list) or not all(isinstance(role, str) for role in named):
        raise NotAPlan(f"la actividad {code} no tiene responsables")
    if unknown := [role for role in named if role not in roles]:
        raise NotAPlan(f"la actividad {code} nombra a «{unknown[0]}», que no está entre los responsables")
    told = activity.get("propuesta_sistema") or {}
    if not isinstance(told, dict) or told.get("modo", Mode.MANUAL) not in set(Mode):
        raise NotAPlan(f"la actividad {code} dice un modo de medirse que no existe")


def _without(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: (None if key == name else value) for key, value in said.items()}


def _with(said: Mapping[str, Any], name: str, below: list[Any]) -> dict[str, Any]:
    """With what hangs below it in its place among the rest."""
    return {key: (below if key == name else value) for key, value in said.items()}
