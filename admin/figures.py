"""The figures of petitions: by the period of the address, each with the cases behind it for who may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from admin import bp
from core.catalogue.model import Office
from core.clock import now, today
from core.errors import N_, Invalid
from core.people.rights import Permission, Reach, reaches
from core.petitions import recommendations, tally
from core.petitions.figures import annulled_in, cases_of
from core.petitions.tally import COMPLAINTS, INFORMATION, Case, Figures, Result
from core.reports import periods
from core.reports.periods import Period
from core.web.database import db
from core.web.guard import requires
from core.web.petition_report import Told, group_text, parts_of, result_text
from core.web.recommended import recommended
from core.web.report_files import report_file
from core.web.report_parts import Part
from core.web.words import period_text, translate

QUARTERS = 8
SHOWN = 100
_GROUPS = {"information": INFORMATION, "complaints": COMPLAINTS}


class NoPeriod(Invalid):
    message = N_("Elija las dos fechas del periodo, la primera antes que la última, y no más de tres años.")


@dataclass(frozen=True, slots=True)
class Asked:
    """The period of the address, as it was typed and as it was understood; `wrong` says what was not."""

    period: Period
    first: str = ""
    last: str = ""
    wrong: str = ""

    @property
    def address(self) -> dict[str, str]:
        """The same period in another address."""
        if self.period.name:
            return {"period": self.period.name}
        return {"from": self.period.first.isoformat(), "until": self.period.last.isoformat()}


@bp.get("/petitions/figures")
@requires(Permission.SEE_PETITION_FIGURES)
def figures() -> ResponseReturnValue:
    asked = _asked()
    page = render_template(
        "admin/figures.html",
        asked=asked,
        parts=_parts(asked, links=current_user.may(Permission.READ_PETITIONS)),
        chosen=period_text(asked.period),
        periods=[(each.name, period_text(each)) for each in periods.recent(today(), QUARTERS)],
        whole=_offices() is None,
        notes=_notes(),
        gathers=current_user.may(Permission.WRITE_RECOMMENDATIONS),
    )
    return page, 422 if asked.wrong else 200


@bp.get("/petitions/figures.<any(csv, xlsx, pdf):form>")
@requires(Permission.SEE_PETITION_FIGURES)
def figures_file(form: str) -> Response:
    asked = _asked()
    if asked.wrong:
        raise NoPeriod
    name = f"informe-pqrsd-{asked.period.name or f'{asked.period.first}-{asked.period.last}'}"
    title, parts = _("Informe de PQRSD"), _parts(asked, links=False)
    return report_file(form, name, title, period_text(asked.period), parts, _notes(), now())


@bp.get("/petitions/figures/cases")
@requires(Permission.SEE_PETITION_FIGURES)
def figures_cases() -> ResponseReturnValue:
    """The petitions behind a figure: the same that it counted, as far as the reader may read them."""
    asked, page = _asked(), request.args.get("page", "1")
    place, reader = current_user.site_id, current_user.official
    found = cases_of(db.session(), place, asked.period, today(), offices=_offices(), reader=reader)
    cases = [case for case in found if _is_asked(case)]
    at = max(int(page) if page.isdecimal() and len(page) < 6 else 1, 1)
    filters = {name: value for name, value in request.args.items() if name != "page"}
    return render_template(
        "admin/figures_cases.html",
        asked=asked,
        cases=cases[(at - 1) * SHOWN : at * SHOWN],
        count=len(cases),
        page=at,
        more=len(cases) > at * SHOWN,
        address=lambda number: url_for(".figures_cases", **filters, page=number),
        told=_told_filters(),
        chosen=period_text(asked.period),
        offices=_office_names(),
        result_text=result_text,
        group_text=group_text,
    )


def _is_asked(case: Case) -> bool:
    """Whether the address asks for a case: by group, result, denial, kind, channel, office or month."""
    said = request.args
    result, group = said.get("result", ""), said.get("group", "")
    results = {Result.ON_TIME, Result.LATE} if result == "answered" else {result}
    by = {by: said[by] for by in tally.BY if said.get(by)}
    return (
        (not result or case.result in results)
        and (group not in _GROUPS or case.kind in _GROUPS[group])
        and (not said.get("denied") or case.denied)
        and all(tally.group_of(case, name) == value for name, value in by.items())
    )


def _told_filters() -> list[str]:
    """What the list shows, in words; what the address says that no list knows is left out."""
    said, found = request.args, []
    groups = {"information": _("Solicitudes de información pública"), "complaints": _("Quejas, reclamos y denuncias")}
    if name := groups.get(said.get("group", "")):
        found.append(name)
    for by in tally.BY:
        try:
            found += [group_text(by, said[by], _office_names())] if said.get(by) else []
        except ValueError:
            continue
    if said.get("result") == "answered":
        found.append(_("Respondidas"))
    elif said.get("result") in set(Result) - {Result.RESERVED}:
        found.append(result_text(Result(said["result"])))
    return found + ([_("En las que se negó el acceso")] if said.get("denied") else [])


def _parts(asked: Asked, *, links: bool) -> list[Part]:
    told = Told(asked.period, _figures(asked.period), _figures(asked.period.before), _office_names())

    def address(more: Mapping[str, str]) -> str:
        return url_for(".figures_cases", **asked.address, **more)

    said = recommendations.of(db.session(), current_user.site_id, asked.period)
    return [*parts_of(told, address if links else None), *recommended(said)]


def _figures(period: Period) -> Figures:
    session, place = db.session(), current_user.site_id
    cases = cases_of(session, place, period, today(), offices=_offices())
    months = [f"{month:%Y-%m}" for month in period.each_month()]
    return tally.figures(cases, months, annulled_in(session, place, period))


def _offices() -> frozenset[int] | None:
    """The offices whose figures these are; None for all of the site."""
    far = {reaches(role, Permission.SEE_PETITION_FIGURES) for role in current_user.roles} - {None}
    return None if far - {Reach.OFFICE} else frozenset(current_user.offices)


def _office_names() -> dict[int, str]:
    found = db.session.execute(select(Office.id, Office.name).where(Office.site_id == current_user.site_id))
    return {row.id: row.name for row in found}


def _notes() -> list[str]:
    return [
        _(
            "Cifras al %(day)s de las peticiones recibidas en el periodo. Respondida quiere decir entregada.",
            day=f"{today():%d/%m/%Y}",
        ),
        _("Los días hábiles salen de la misma cuenta que cada petición: sin el día en que llegó y sin suspensiones."),
        _("Las reservadas no entran en los cuadros; se dice cuántas son solo si son cinco o más."),
    ]


def _asked() -> Asked:
    """The period of the address: a name, or two days; without one, the quarter that runs."""
    said, running = request.args, periods.quarter_of(today())
    first, last = said.get("from", "").strip(), said.get("until", "").strip()
    if not first and not last:
        return Asked(periods.read(said.get("period", "")) or running)
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
        whole = 0 <= (period.last - period.first).days < periods.LONGEST and period.first.year >= 2000
    except ValueError:
        whole = False
    return Asked(period, first, last) if whole else Asked(running, first, last, translate(NoPeriod.message))
