"""What the buttons of the builder do to a form that is not saved: the fields in, the fields out."""

from __future__ import annotations

from collections.abc import Callable

from admin.survey_form import SECTION
from core.surveys.keys import Known, next_key
from core.surveys.questionnaire import Kind, Sent

Fields = dict[str, list[str]]
_BEGINS_WITH = {Kind.SINGLE: 2, Kind.MULTIPLE: 3, Kind.MATRIX: 2}
"""How many empty options a new question of these kinds shows."""


def done(act: str, sent: Sent, known: Known) -> Fields:
    """The fields after an act such as «up q3», «drop q3 o2»; of an act that there is not, as they were."""
    fields = {name: list(values) for name, values in sent.items()}
    name, *about = act.split(" ")
    do, needs = _ACTS.get(name, (_nothing, 0))
    if len(about) == needs and (not about or about[0] in fields.get("order", [])):
        do(fields, known, *about)
    return fields


def key_to_come(sent: Sent, known: Known) -> str:
    """The key of the question that is added next."""
    return next_key("q", {*sent.get("order", ()), *known.kinds})


def section_to_come(sent: Sent) -> str:
    """The same of a section."""
    return next_key(SECTION, sent.get("order", ()))


def _nothing(fields: Fields, known: Known) -> None:
    pass


def _show(fields: Fields, known: Known, key: str) -> None:
    """The page is drawn again: a question of another kind has other fields."""
    _give_options(fields, known, key)


def _up(fields: Fields, known: Known, key: str) -> None:
    order = fields["order"]
    place = order.index(key)
    order.insert(max(place - 1, 0), order.pop(place))


def _down(fields: Fields, known: Known, key: str) -> None:
    order = fields["order"]
    place = order.index(key)
    order.insert(place + 1, order.pop(place))


def _remove(fields: Fields, known: Known, key: str) -> None:
    fields["order"].remove(key)
    for name in [name for name in fields if name.startswith(f"{key}.")]:
        del fields[name]


def _add(fields: Fields, known: Known, after: str | None = None) -> None:
    key, order = key_to_come(fields, known), fields.setdefault("order", [])
    asked_for = fields.get("kind_to_add", [""])[0]
    kind = asked_for if asked_for in set(Kind) and after is None else Kind.FACES.value
    order.insert(order.index(after) + 1 if after else len(order), key)
    fields |= {f"{key}.kind": [kind], f"{key}.may_not_apply": ["y"]}
    _give_options(fields, known, key)


def _add_section(fields: Fields, known: Known) -> None:
    fields.setdefault("order", []).append(section_to_come(fields))


def _give_options(fields: Fields, known: Known, key: str) -> None:
    """As many empty options as a question begins with, if it has none."""
    kind = fields.get(f"{key}.kind", [""])[0]
    if not fields.get(f"{key}.options"):
        for _ in range(_BEGINS_WITH.get(Kind(kind), 0) if kind in set(Kind) else 0):
            _add_option(fields, known, key)


def _add_option(fields: Fields, known: Known, key: str) -> None:
    options = fields.setdefault(f"{key}.options", [])
    options.append(next_key("o", {*options, *known.options.get(key, ())}))


def _drop_option(fields: Fields, known: Known, key: str, option: str) -> None:
    _drop(fields, key, "options", option)


def _add_jump(fields: Fields, known: Known, key: str) -> None:
    jumps = fields.setdefault(f"{key}.jumps", [])
    jumps.append(next_key("j", jumps))


def _drop_jump(fields: Fields, known: Known, key: str, jump: str) -> None:
    _drop(fields, key, "jumps", jump)


def _drop(fields: Fields, key: str, listed: str, one: str) -> None:
    kept = fields.get(f"{key}.{listed}", [])
    if one in kept:
        kept.remove(one)
        for name in [name for name in fields if name.startswith(f"{key}.{one}.")]:
            del fields[name]


_ACTS: dict[str, tuple[Callable[..., None], int]] = {
    "show": (_show, 1),
    "up": (_up, 1),
    "down": (_down, 1),
    "remove": (_remove, 1),
    "add": (_add, 0),
    "below": (_add, 1),
    "section": (_add_section, 0),
    "option": (_add_option, 1),
    "drop": (_drop_option, 2),
    "jump": (_add_jump, 1),
    "unjump": (_drop_jump, 2),
}
"""Each act, and how many keys it is about."""
