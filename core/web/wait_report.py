"""How good the announced waits are, as pieces of a report: in all, by service, group and hour, and what is apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from core.reports import charts
from core.reports.table import Cell, Table, written
from core.turns.lifecycle import State
from core.turns.outlook.accuracy import Accuracy, Judged, accuracy, each
from core.turns.outlook.predictions import FREE, NEVER_CALLED, NO_WINDOW, WAITS, Kept
from core.turns.policy import GENERAL
from core.web.report_parts import NONE, UNTOLD, Part

APART = {
    FREE: _l("Encontraron una ventanilla libre y no esperaron"),
    NO_WINDOW: _l("No se les dijo un número: ninguna ventanilla estaba abierta"),
    State.LEFT: _l("Se retiraron antes del llamado"),
    State.CANCELLED: _l("Anulados antes del llamado"),
    State.ABSENT: _l("No se presentaron"),
    NEVER_CALLED: _l("Nunca se llamaron"),
    WAITS: _l("Todavía esperan, o los llamaron hace un momento"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What services and groups are called, by their id and their code, in the order in which they are listed."""

    services: Mapping[int, str]
    groups: Mapping[str, str]


def parts_of(kept: Kept, names: Names) -> list[Part]:
    """The report; of a period in which nobody had to wait, only what is apart."""
    whole = accuracy(kept.judged)
    if whole is None:
        return [Part("all", Table(_("En conjunto"), (), ()), sentence_of(None)), _apart(kept)]
    together = Table(_("En conjunto"), _columns(_("Quiénes")), (_row(_("Todos"), whole),))
    return [
        Part("all", together, sentence_of(whole), _against(whole)),
        _by_service(kept.judged, names),
        _by_group(kept.judged, names),
        _by_hour(kept.judged),
        _apart(kept),
    ]


def sentence_of(whole: Accuracy | None) -> str:
    """How good they were, in a sentence that anybody understands; and whether that is said of few."""
    if whole is None:
        return str(_("Todavía no hay turnos que hayan esperado y cuyo llamado se conozca."))
    said: str = _(
        "De cada 100 rangos anunciados, %(held)s se cumplieron. El error medio fue de %(error)s min; multiplicar la "
        "posición por el promedio habría errado %(naive)s min, y la cuenta sencilla de la fila, %(forward)s min.",
        held=round(whole.share_held * 100),
        error=written(round(whole.error, 1)),
        naive=written(round(whole.naive, 1)),
        forward=written(round(whole.forward, 1)),
    )
    lean = written(round(abs(whole.bias), 1))
    more = _("Se anunciaron %(minutes)s min de más en promedio.", minutes=lean)
    said += " " + (more if whole.bias > 0 else _("Se anunciaron %(minutes)s min de menos en promedio.", minutes=lean))
    if whole.few:
        few = ngettext("Pocos datos: %(num)s turno.", "Pocos datos: %(num)s turnos.", whole.count)
        return f"{few} {said}"
    return said


def _against(whole: Accuracy) -> str:
    rows = [
        (_("Lo anunciado"), round(whole.error, 1)),
        (_("La cuenta sencilla"), round(whole.forward, 1)),
        (_("Posición × promedio"), round(whole.naive, 1)),
    ]
    says = _("Error medio en minutos: %(rows)s.", rows=", ".join(f"{name} {written(value)}" for name, value in rows))
    return charts.bars(rows, says, UNTOLD)


def _by_service(judged: list[Judged], names: Names) -> Part:
    found = each(judged, lambda turn: turn.service)
    rows = [(names.services.get(service, str(service)), one) for service, one in found.items()]
    rows.sort(key=lambda row: (row[1].few, -row[1].error))
    enough = [(name, round(one.error, 1)) for name, one in rows if not one.few]
    says = _("Error medio en minutos, por servicio; los que tienen pocos datos solo están en la tabla.")
    worst = _("Ningún servicio tiene 30 turnos.")
    if enough:
        worst = _(
            "Donde más se yerra, entre los que tienen 30 turnos o más: %(service)s, %(error)s min.",
            service=enough[0][0],
            error=written(enough[0][1]),
        )
    return Part(
        "services",
        Table(_("Por servicio"), _columns(_("Servicio")), tuple(_row(*row) for row in rows)),
        worst,
        charts.bars(enough, says, UNTOLD) if len(enough) > 1 else "",
    )


def _by_group(judged: list[Judged], names: Names) -> Part:
    general = accuracy([turn for turn in judged if turn.group == GENERAL])
    priority = accuracy([turn for turn in judged if turn.group != GENERAL])
    found = each(judged, lambda turn: turn.group)
    rows = [(_("Sin atención preferencial"), general), (_("Con atención preferencial"), priority)]
    rows += [(names.groups[group], found.get(group)) for group in names.groups if group in found]
    return Part(
        "groups",
        Table(_("Por grupo"), _columns(_("Grupo")), tuple(_row(name, one) for name, one in rows if one)),
        _(
            "Error medio con atención preferencial: %(priority)s min; sin ella: %(general)s min.",
            priority=written(round(priority.error, 1)) if priority else NONE,
            general=written(round(general.error, 1)) if general else NONE,
        ),
    )


def _by_hour(judged: list[Judged]) -> Part:
    found = dict(sorted(each(judged, lambda turn: turn.hour).items()))
    labels = [f"{hour}:00" for hour in found]
    says = _("Error medio en minutos, según la hora en que se tomó el turno.")
    series = [
        charts.Series(_("Anunciado"), [round(one.error) for one in found.values()]),
        charts.Series(_("Posición × promedio"), [round(one.naive) for one in found.values()]),
    ]
    return Part(
        "hours",
        Table(
            _("Por hora"),
            _columns(_("Hora")),
            tuple(_row(name, one) for name, one in zip(labels, found.values(), strict=True)),
        ),
        says,
        charts.trend(labels, series, says) if len(labels) > 1 else "",
    )


def _apart(kept: Kept) -> Part:
    rows = tuple((str(name), kept.apart[code]) for code, name in APART.items() if kept.apart.get(code))
    return Part(
        "apart",
        Table(_("Los que no se juzgan"), (_("Por qué"), _("Turnos")), rows),
        _("Quien no tuvo que esperar, o no fue llamado, no dice cuánto se acertó.") if rows else _("Ninguno."),
    )


def _columns(first: str) -> tuple[str, ...]:
    return (
        first,
        _("Turnos"),
        _("Error"),
        _("Sesgo"),
        _("Cumplidos"),
        _("Ancho"),
        _("Sencilla"),
        _("Posición"),
    )


def _row(name: str, one: Accuracy) -> tuple[Cell, ...]:
    return (
        _("%(name)s (pocos datos)", name=name) if one.few else name,
        one.count,
        round(one.error, 1),
        round(one.bias, 1),
        round(one.share_held * 100),
        round(one.width, 1),
        round(one.forward, 1),
        round(one.naive, 1),
    )


def notes_of() -> Iterable[str]:
    """What whoever reads the report has to know."""
    return (
        _(
            "«Error», «Sesgo» y «Ancho» del rango son minutos, en promedio; «Cumplidos», cuántos rangos de cada 100. "
            "«Sencilla» y «Posición» son el error que habrían tenido la cuenta sencilla y posición × promedio."
        ),
        _("Lo anunciado es lo que dijo el tiquete. Se compara con el primer llamado que no se deshizo."),
        _("Con sesgo positivo se anunció más de lo que se esperó. Cada rango se redondea hacia afuera, a 5 minutos."),
        _("La cuenta sencilla repasa la fila una sola vez, con el tiempo promedio de cada servicio."),
        _("Con menos de 30 turnos, las cifras dicen poco."),
    )
