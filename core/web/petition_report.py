"""A report of petitions in words: sentences, charts and tables, the same on screen, on paper and in a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from core.errors import N_
from core.petitions import names
from core.petitions.model import Channel
from core.petitions.tally import RESERVED, Counted, Figures, Result, Times
from core.petitions.terms import Kind
from core.reports import charts
from core.reports.charts import Series
from core.reports.periods import Period
from core.reports.table import Cell, Table, written
from core.web.report_parts import NONE, UNTOLD, Part
from core.web.words import month_text, period_text, translate

SHOWN = (Result.ON_TIME, Result.LATE, Result.RUNNING, Result.OVERDUE, Result.TRANSFERRED, Result.CLOSED)
RESULTS = {
    Result.ON_TIME: N_("Respondidas a tiempo"),
    Result.LATE: N_("Respondidas tarde"),
    Result.RUNNING: N_("En término"),
    Result.OVERDUE: N_("Vencidas sin responder"),
    Result.TRANSFERRED: N_("Trasladadas"),
    Result.CLOSED: N_("Desistidas o archivadas"),
}
HEADS = {
    Result.ON_TIME: N_("A tiempo"),
    Result.LATE: N_("Tarde"),
    Result.RUNNING: N_("En término"),
    Result.OVERDUE: N_("Vencidas"),
    Result.TRANSFERRED: N_("Trasladadas"),
    Result.CLOSED: N_("Otras"),
}
"""The same over a column, where there is little room."""
CHANNELS = {
    Channel.WEB: N_("Página web"),
    Channel.IN_PERSON: N_("Ventanilla"),
    Channel.PHONE: N_("Teléfono"),
    Channel.PAPER: N_("Papel"),
    Channel.EMAIL: N_("Correo electrónico"),
}
_TITLES = {
    "kind": (N_("Por clase de petición"), N_("Clase")),
    "channel": (N_("Por canal"), N_("Canal")),
    "office": (N_("Por dependencia"), N_("Dependencia")),
    "month": (N_("Por mes"), N_("Mes")),
}
Address = Callable[[Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Told:
    """A period and the one before it, and what is needed to say them."""

    period: Period
    figures: Figures
    before: Figures | None
    offices: Mapping[int, str]


def parts_of(told: Told, address: Address | None = None) -> list[Part]:
    """Every piece of the report. `address` gives the page of the cases behind a figure, for who may read them."""
    grids = [_grid(told, by, address) for by in ("kind", "month", "channel", "office")]
    return [_summary(told, address), *grids, _information(told, address), _complaints(told, address)]


def result_text(result: Result) -> str:
    return translate(RESULTS[result])


def channel_text(channel: str) -> str:
    return translate(CHANNELS[Channel(channel)])


def group_text(by: str, group: str, offices: Mapping[int, str]) -> str:
    """What a group of cases is called."""
    if group in ("", RESERVED):
        return str(_("Trámite reservado") if group else _("Total"))
    if by == "kind":
        name = translate(names.KINDS[Kind(group)])
        return name[:1].upper() + name[1:]
    if by == "channel":
        return channel_text(group)
    if by == "office":
        return offices.get(int(group), group)
    return month_text(date.fromisoformat(f"{group}-01"))


def _grid(told: Told, by: str, address: Address | None) -> Part:
    lines = told.figures.grids[by]
    title, head = (translate(each) for each in _TITLES[by])
    columns = (head, _("Recibidas"), *(translate(HEADS[result]) for result in SHOWN))
    shown = [line for line in lines if line.received != 0 or line.group == ""]
    rows: list[tuple[Cell, ...]] = []
    links: list[tuple[str, ...]] = []
    for line in shown:
        name = group_text(by, line.group, told.offices)
        rows.append((name, _cell(line.received), *(_cell(line.of(result)) for result in SHOWN)))
        links.append(("", *_links(address, by, line)))
    table = Table(title, columns, tuple(rows), sums=True)
    return Part(by, table, _most(told, by, shown[:-1]), _chart(told, by, lines[:-1]), tuple(links))


def _links(address: Address | None, by: str, line: Counted) -> Iterator[str]:
    group = {by: line.group} if line.group else {}
    for result in (None, *SHOWN):
        count = line.received if result is None else line.of(result)
        asked = group | ({"result": result.value} if result else {})
        yield address(asked) if address and count and line.group != RESERVED else ""


def _most(told: Told, by: str, lines: Sequence[Counted]) -> str:
    known = [line for line in lines if line.received and line.group != RESERVED]
    if not known:
        return str(_("No hay cifras que contar en este periodo."))
    best = max(known, key=lambda line: line.received or 0)
    name, total = group_text(by, best.group, told.offices), told.figures.total.received
    if total is None:
        return str(_("Lo más frecuente: %(name)s, con %(count)s.", name=name, count=written(best.received or 0)))
    said = {"name": name, "count": written(best.received or 0), "total": written(total)}
    return str(_("Lo más frecuente: %(name)s, con %(count)s de %(total)s.", **said))


def _chart(told: Told, by: str, lines: Sequence[Counted]) -> str:
    title = translate(_TITLES[by][0])
    if by == "month":
        months = [line for line in lines if line.group != RESERVED]
        labels = [date.fromisoformat(f"{line.group}-01").strftime("%m/%Y") for line in months]
        series = [
            Series(_("Recibidas"), [line.received for line in months]),
            Series(_("Tarde o vencidas"), [_late(line) for line in months]),
        ]
        return charts.trend(labels, series, _("%(title)s: peticiones recibidas, y las que van tarde.", title=title))
    rows = [(group_text(by, line.group, told.offices), line.received) for line in lines if line.received != 0]
    says = "; ".join(f"{name}: {UNTOLD if count is None else written(count)}" for name, count in rows)
    return charts.bars(rows, f"{title}. {says}.", UNTOLD) if rows else ""


def _late(line: Counted) -> int | None:
    late, overdue = line.of(Result.LATE), line.of(Result.OVERDUE)
    return None if late is None or overdue is None else late + overdue


def _summary(told: Told, address: Address | None) -> Part:
    now, before = told.figures, told.before
    names_ = [_("Recibidas"), *(result_text(result) for result in SHOWN)]
    rows: list[tuple[Cell, ...]] = []
    links: list[tuple[str, ...]] = []
    for name, result in zip(names_, (None, *SHOWN), strict=True):
        each = [
            (one.total.received if result is None else one.total.of(result)) if one else None for one in (now, before)
        ]
        rows.append((name, _cell(each[0]), _cell(each[1]) if before else NONE))
        asked = {"result": result.value} if result else {}
        links.append(("", address(asked) if address and each[0] else "", ""))
    rows += [
        (_("De cada 100 respuestas, a tiempo"), _share(now), _share(before) if before else NONE),
        *_times_rows(now.times, before.times if before else None),
        (_("Reservadas"), _reserved(now), _reserved(before) if before else NONE),
        (_("Radicados anulados"), now.annulled, before.annulled if before else NONE),
    ]
    links += [("", "", "")] * (len(rows) - len(links))
    previous = period_text(told.period.before) if before else _("Periodo anterior")
    table = Table(_("Resumen"), (_("Cifra"), period_text(told.period), previous), tuple(rows))
    return Part("summary", table, _summary_sentence(now), links=tuple(links))


def _summary_sentence(now: Figures) -> str:
    share, times = _share(now), now.times
    if not isinstance(share, float) or times is None:
        return str(_("Todavía no hay respuestas bastantes para decir cuánto se demoran."))
    sentence = N_("De cada 100 respuestas, %(share)s llegaron a tiempo. La mitad tomó %(p50)s días hábiles o menos.")
    return translate(sentence, share=written(round(share)), p50=times.p50)


def _times_rows(now: Times | None, before: Times | None) -> list[tuple[Cell, ...]]:
    """How long answers took, in working days that leave out those in which the term was suspended."""

    def each(get: Callable[[Times], Cell]) -> list[Cell]:
        return [get(one) if one else NONE for one in (now, before)]

    return [
        (_("Días hábiles de respuesta: promedio"), *each(lambda one: round(one.mean, 1))),
        (_("Días hábiles en que respondió la mitad"), *each(lambda one: one.p50)),
        (_("Días hábiles en que respondieron 9 de cada 10"), *each(lambda one: one.p90)),
    ]


def _information(told: Told, address: Address | None) -> Part:
    """What the law wants told of requests of information (Decreto 1081 de 2015, art. 2.1.1.6.2)."""
    now, times, asked = told.figures.information, told.figures.information_times, {"group": "information"}
    lines: list[tuple[str, Cell, dict[str, str]]] = [
        (_("Solicitudes recibidas"), _cell(now["received"]), asked),
        (_("Trasladadas a otra entidad"), _cell(now["transferred"]), {**asked, "result": Result.TRANSFERRED.value}),
        (_("Respondidas"), _cell(now["answered"]), {**asked, "result": "answered"}),
        (_("En las que se negó el acceso"), _cell(now["denied"]), {**asked, "denied": "1"}),
    ]
    rows = [(name, cell) for name, cell, _asked in lines] + [row[:2] for row in _times_rows(times, None)]
    links = [("", address(more) if address and isinstance(cell, int) and cell else "") for _n, cell, more in lines]
    links += [("", "")] * (len(rows) - len(links))
    table = Table(_("Solicitudes de información pública"), (_("Cifra"), period_text(told.period)), tuple(rows))
    says = _("Peticiones de información, de documentos y de acceso a información pública (Ley 1712 de 2014).")
    return Part("information", table, says, links=tuple(links))


def _complaints(told: Told, address: Address | None) -> Part:
    lines = told.figures.complaints
    rows = tuple((group_text("office", line.group, told.offices), _cell(line.received)) for line in lines)
    links = tuple(
        ("", address({"group": "complaints", **({"office": line.group} if line.group else {})}) if address else "")
        for line in lines
    )
    table = Table(_("Dependencias con más quejas"), (_("Dependencia"), _("Quejas, reclamos y denuncias")), rows, True)
    says = _("Ley 190 de 1995, art. 54. Las sugerencias de particulares se cuentan entre las clases de petición.")
    if not lines:
        says = _("En este periodo fueron tan pocas que no se publican por dependencia.")
    return Part("complaints", table, says, links=links)


def _cell(count: int | None) -> Cell:
    return UNTOLD if count is None else count


def _reserved(figures: Figures) -> Cell:
    return _("menos de 5") if figures.reserved is None else figures.reserved


def _share(figures: Figures) -> Cell:
    on_time, answered = figures.total.of(Result.ON_TIME), figures.total.answered
    if on_time is None or answered is None:
        return UNTOLD
    return round(100 * on_time / answered, 1) if answered else NONE
