"""The figures of turns in words: a sentence, tiles, and the parts of a report, each with the turns behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _

from core.errors import N_
from core.reports import charts
from core.reports.periods import Period
from core.reports.table import Cell, Table, written
from core.turns.statistics.exceptions import NOBODY, Exceptional
from core.turns.statistics.facts import LEVELS, TIMED, Tally, Times, places, tallies, tally
from core.turns.statistics.journey import MINUTE, Outcome
from core.turns.statistics.reading import Counted
from core.web.report_parts import NONE, NOWHERE, Opens, Part
from core.web.turn_report_words import (
    ENOUGH,
    EXCEPTION_NAMES,
    OPENS,
    OUTCOMES,
    Names,
    days_text,
    difference,
    minutes,
    minutes_said,
    percent,
)
from core.web.words import translate

Address = Callable[[Mapping[str, object]], str]
MOST_BARS = 15


@dataclass(frozen=True)
class Told:
    """What a report tells: of a period and of the one beside it; `address` is that of the turns behind a figure."""

    period: Period
    beside: Period
    now: Counted
    before: Counted
    names: Names
    exceptions: Sequence[Exceptional] = ()
    address: Address | None = None
    names_officials: bool = False

    @cached_property
    def whole(self) -> Tally:
        return tally(self.now.facts)

    @cached_property
    def whole_before(self) -> Tally:
        return tally(self.before.facts)

    def link(self, count: int, what: str, **chosen: object) -> Opens:
        """What a figure of so many turns opens, for who may see them."""
        if not self.address or not count:
            return NOWHERE
        return Opens(self.address({**chosen, "what": what}), translate(OPENS[what]) if what in OPENS else "")

    def opens(self, one: Tally, whats: Sequence[str], **chosen: object) -> list[Opens]:
        """What the figures of these turns open, by what each list shows; nothing where it is ""."""
        each = {what: self.link(_listed(one, what), what, **chosen) if what else NOWHERE for what in {*whats}}
        return [each[what] for what in whats]


def _listed(one: Tally, what: str) -> int:
    """How many are in a list of these turns; in that of who waited beyond the target, where its share is told."""
    if what in TIMED:
        timed: Times = getattr(one, what)
        return timed.count
    if what == "late":
        return one.called - one.within if one.called >= ENOUGH else 0
    count: int = one.ended(Outcome[what.upper()]) if what in _ENDS else getattr(one, what)
    return count


_ENDS = {outcome.name.lower() for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of the first row: what it is, how much, what to think of it, and what it opens."""

    name: str
    value: str
    hint: str
    opens: Opens


# ---------------------------------------------------------------- at one glance


def headline(told: Told) -> str:
    """The truth of the period in a sentence or two."""
    one = told.whole
    if not one.turns:
        return str(_("No se dio ningún turno en estos días."))
    given = _("Turnos dados: %(turns)s; llamados: %(called)s.", turns=written(one.turns), called=written(one.called))
    gone = _(
        "No se presentaron: %(absent)s; abandonaron la espera: %(left)s.",
        absent=written(one.ended(Outcome.ABSENT)),
        left=written(one.abandoned),
    )
    if one.called < ENOUGH:
        few = _("Con menos de diez llamados no se dicen porcentajes.")
        return f"{given} {few} {gone}"
    wait = _(
        "De cada 100 llamados, %(share)s esperaron dentro de su meta: la mitad, hasta %(half)s; nueve de cada diez, "
        "hasta %(most)s.",
        share=written(round(100 * one.within / one.called)),
        half=minutes_said(one.wait.at(0.5)),
        most=minutes_said(one.wait.at(0.9)),
    )
    return f"{given} {wait} {gone}"


def own_headline(told: Told) -> str:
    """What one official attended, in a sentence."""
    one = told.whole
    if not one.visits:
        return str(_("No hay llamados en estos días."))
    return str(
        _(
            "Llamados: %(visits)s; atenciones terminadas: %(count)s. La mitad duró hasta %(half)s.",
            visits=written(one.visits),
            count=written(one.attention.count),
            half=minutes_said(one.attention.at(0.5)),
        )
    )


def tiles_of(told: Told) -> list[Tile]:
    """How many, within target, the wait, the attention, and who was not attended."""
    now, before = told.whole, told.whole_before
    within = percent(now.within, now.called)
    turns, late, wait, attention, abandoned, absent = told.opens(
        now, ("turns", "late", "wait", "attention", "abandoned", "absent")
    )
    return [
        Tile(_("Turnos"), written(now.turns), _was(written(before.turns)), turns),
        Tile(
            _("Dentro de la meta"),
            NONE if within == NONE else f"{written(within)} %",
            _("de %(n)s llamados", n=written(now.called)),
            late,
        ),
        Tile(
            _("Espera: nueve de cada diez"),
            minutes_said(now.wait.at(0.9)),
            _(
                "la mitad, %(half)s; 95 de cada 100, %(most)s",
                half=minutes_said(now.wait.at(0.5)),
                most=minutes_said(now.wait.at(0.95)),
            ),
            wait,
        ),
        Tile(
            _("Atención: la mitad"),
            minutes_said(now.attention.at(0.5)),
            _("camino a la ventanilla, %(walk)s", walk=minutes_said(now.walk.at(0.5))),
            attention,
        ),
        Tile(
            _("Abandonaron la espera"),
            written(now.abandoned),
            _share_text(now.abandoned, now.turns),
            abandoned,
        ),
        Tile(
            _("No se presentaron"),
            written(now.ended(Outcome.ABSENT)),
            _share_text(now.ended(Outcome.ABSENT), now.turns),
            absent,
        ),
    ]


def _was(said: str) -> str:
    return str(_("antes: %(value)s", value=said))


def _share_text(part: int, base: int) -> str:
    share = percent(part, base)
    if share == NONE:
        return str(_("de %(n)s turnos", n=written(base)))
    return str(_("%(share)s %% de los turnos", share=written(share)))


# ---------------------------------------------------------------- side by side


def summary(told: Told) -> Part:
    """Every figure of the period, that of the one beside it, and the difference."""
    rows: list[tuple[Cell, ...]] = []
    links = []
    each = told.opens(told.whole, [what for _name, _of, what in _FIGURES])
    for (name, of, _what), opens in zip(_FIGURES, each, strict=True):
        now, before = of(told.whole), of(told.whole_before)
        rows.append((translate(name), now, before, difference(now, before) if told.whole_before.turns else NONE))
        links.append((NOWHERE, NOWHERE if now == NONE else opens, NOWHERE, NOWHERE))
    heads = (_("Cifra"), days_text(told.period), days_text(told.beside), _("Diferencia"))
    says = _(
        "La espera va del turno al primer llamado; el camino, del llamado al comienzo; la atención, hasta el final y "
        "sin pausas."
    )
    if not told.whole_before.turns:
        alone = _("En los días con que se compara no se dio ningún turno: no hay diferencia que decir.")
        says = f"{alone} {says}"
    return Part("summary", Table(_("Comparación"), heads, tuple(rows)), says, links=tuple(links))


def _time(name: str, measure: str, level: float) -> tuple[str, Callable[[Tally], Cell], str]:
    def of(one: Tally) -> Cell:
        timed = getattr(one, measure)
        return minutes(timed.mean if level == 0 else timed.at(level))

    return name, of, measure


def _ended(outcome: Outcome) -> tuple[str, Callable[[Tally], Cell], str]:
    return OUTCOMES[outcome], lambda one: one.ended(outcome), outcome.name.lower()


_FIGURES: list[tuple[str, Callable[[Tally], Cell], str]] = [
    (N_("Turnos dados"), lambda one: one.turns, "turns"),
    (N_("Llamados"), lambda one: one.called, "called"),
    (N_("Dentro de la meta: de cada 100 llamados"), lambda one: percent(one.within, one.called), "late"),
    _time(N_("Espera media (min)"), "wait", 0),
    _time(N_("Espera: la mitad, hasta (min)"), "wait", 0.5),
    _time(N_("Espera: 9 de cada 10, hasta (min)"), "wait", 0.9),
    _time(N_("Espera: 95 de cada 100, hasta (min)"), "wait", 0.95),
    _time(N_("Camino a la ventanilla: la mitad, hasta (min)"), "walk", 0.5),
    _time(N_("Camino a la ventanilla: 9 de cada 10, hasta (min)"), "walk", 0.9),
    _time(N_("Atención media (min)"), "attention", 0),
    _time(N_("Atención: la mitad, hasta (min)"), "attention", 0.5),
    _time(N_("Atención: 9 de cada 10, hasta (min)"), "attention", 0.9),
    _time(N_("Atención: 95 de cada 100, hasta (min)"), "attention", 0.95),
    *(_ended(outcome) for outcome in Outcome if outcome is not Outcome.OPEN),
    _ended(Outcome.OPEN),
    (N_("Abandono: de cada 100 turnos"), lambda one: percent(one.abandoned, one.turns), "abandoned"),
    (N_("No se presentaron: de cada 100 turnos"), lambda one: percent(one.ended(Outcome.ABSENT), one.turns), "absent"),
    (N_("Pases a otra fila o a otro servicio"), lambda one: one.sent_on, "sent_on"),
    (N_("Regresos de quien no se había presentado"), lambda one: one.returned, "returned"),
]
"""Each with its name, its figure, and what the list behind it shows."""


def by(told: Told, what: str) -> Part:
    """The turns by service, group, channel or site: how long they waited, and who was not attended."""
    title, head = (translate(each) for each in _BY[what])
    numbers, key = places(told.now.by_day(lambda day: day.site_id) if what == "site" else told.now.facts[what])
    of_services = what == "service"
    each = tallies(told.now.facts, key, len(numbers), ("wait", "attention") if of_services else ("wait",))
    names = [told.names.of(what, number) for number in numbers]
    lists = ["", "turns", "", "late", *["wait"] * 4, "absent", "abandoned", *["attention"] * (3 if of_services else 0)]
    rows, links, drawn = [], [], []
    for n in sorted(range(len(numbers)), key=lambda n: names[n].casefold()):
        one, most = each[n], each[n].wait.at(0.9)
        figures = (names[n], one.turns, _meant(one.targets), percent(one.within, one.called))
        waited = [minutes(seconds) for seconds in (one.wait.mean, *map(one.wait.at, LEVELS))]
        attended = [minutes(one.attention.at(level)) for level in LEVELS] if of_services else []
        rows.append((*figures, *waited, one.ended(Outcome.ABSENT), one.abandoned, *attended))
        links.append(tuple(told.opens(one, lists, **{what: numbers[n]})))
        if one.called:
            drawn.append((names[n], None if most is None else round(most / MINUTE, 1)))
    heads = [head, _("Turnos"), _("Meta (min)"), _("Dentro (%)"), _("Espera media"), _("Mitad"), _("9 de 10")]
    heads += [_("95 de 100"), _("No se presentaron"), _("Abandonaron")]
    heads += [_("Atención: mitad"), _("Atención: 9 de 10"), _("Atención: 95 de 100")] if of_services else []
    says = _("Minutos que esperaron, a lo sumo, nueve de cada diez personas llamadas.")
    chart = charts.bars(drawn[:MOST_BARS], says, NONE) if len(drawn) > 1 else ""
    return Part(f"by-{what}", Table(title, tuple(heads), tuple(rows)), says, chart, tuple(links))


_BY = {
    "service": (N_("Por servicio"), N_("Servicio")),
    "group": (N_("Por grupo"), N_("Grupo")),
    "channel": (N_("Por dónde se pidió el turno"), N_("Dónde")),
    "site": (N_("Por sede"), N_("Sede")),
}


def attended(told: Told, what: str) -> Part:
    """What was attended at each window, by each official or of each service: the wait is not their doing."""
    title, head, says = (translate(each) for each in _ATTENDED[what])
    numbers, key = places(told.now.facts[what])
    each = tallies(told.now.facts, key, len(numbers), ("walk", "attention"))
    names = [told.names.of(what, number) for number in numbers]
    there = [n for n in range(len(numbers)) if each[n].visits]
    lists = ["", "visits", "attention", "walk", *["attention"] * 4]
    rows, links = [], []
    for n in sorted(there, key=lambda n: (len(names[n]) if what == "window" else 0, names[n].casefold())):
        one = each[n]
        long = (one.walk.at(0.5), one.attention.mean, *map(one.attention.at, LEVELS))
        rows.append((names[n], one.visits, one.attention.count, *map(minutes, long)))
        links.append(tuple(told.opens(one, lists, **{what: numbers[n]})))
    heads = [head, _("Llamados"), _("Atenciones"), _("Camino: mitad (min)"), _("Atención media (min)")]
    heads += [_("Mitad (min)"), _("9 de 10 (min)"), _("95 de 100 (min)")]
    return Part(f"attended-{what}", Table(title, tuple(heads), tuple(rows)), says, links=tuple(links))


_EACH = N_("Lo que se atendió en cada una. Un turno con varias atenciones cuenta una vez en cada una.")
_ATTENDED = {
    "window": (N_("Por ventanilla"), N_("Ventanilla"), _EACH),
    "service": (N_("Lo que atendió, por servicio"), N_("Servicio"), N_("Cada atención cuenta una vez.")),
    "official": (
        N_("Por funcionario"),
        N_("Funcionario"),
        N_(
            "En orden alfabético. No es una clasificación: cada persona atiende servicios distintos, y lo que tarda "
            "una atención depende del servicio."
        ),
    ),
}


def exceptional(told: Told, address: Address | None) -> Part:
    """What was out of the ordinary, with reasons; by whom only for who supervises them."""
    counts: dict[tuple[str, str, int | None], list[int]] = {}
    for one in told.exceptions:
        row = counts.setdefault((one.kind, one.reason or "", one.official if told.names_officials else None), [0, 0])
        row[0] += one.count
        row[1] += one.seconds
    rows, links = [], []
    for (kind, reason, official), (count, seconds) in counts.items():
        who = (told.names.official.get(official or 0, _("Nadie de la oficina")),) if told.names_officials else ()
        why = told.names.reason.get(reason, reason) if reason else _("Sin motivo: pase desde la ventanilla")
        rows.append((translate(EXCEPTION_NAMES[kind]), why, *who, count, minutes(seconds) if seconds else NONE))
        by_whom = {"official": official or NOBODY} if told.names_officials else {}
        opened = address({"kind": kind, "reason": reason, **by_whom}) if address else ""
        links.append(("", "", *("" for _name in who), opened, ""))
    by = [_("Quién")] if told.names_officials else []
    heads = [_("Qué se hizo"), _("Motivo"), *by, _("Veces"), _("Minutos")]
    says = _("Lo que se salió de lo ordinario en la sede, sin lo que se deshizo.") if rows else _("No hubo ninguna.")
    table = Table(_("Excepciones y pausas"), tuple(heads), tuple(rows))
    return Part("exceptions", table, says, links=tuple(links), texts=len(heads) - 2)


def _meant(found: Sequence[int]) -> str:
    return _(" y ").join(written(one) for one in found) or NONE
