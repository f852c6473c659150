"""The published cut-offs of the plan, each edition as it was frozen with its hash; and how to comment an activity."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.errors import Missing
from core.files.actions import content_of
from core.petitions.terms import Kind
from core.plan.finding import activity_of
from core.plan.followup import overview, snapshot
from core.plan.followup.model import Snapshot
from core.plan.loading import plan_of
from core.web import followup_report
from core.web.database import db
from core.web.followup_words import Said, activities, moment, report_of, told, words
from core.web.guard import public
from core.web.report_files import download
from core.web.uploads import answer, store
from portal import bp

ID = "int(max=2147483647)"
FILES = (("pdf", "PDF"), ("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON"))


@bp.get(f"/plan/<{ID}:year>/cutoffs/<{ID}:cutoff>/<{ID}:edition>")
@public
def plan_cutoff(year: int, cutoff: int, edition: int) -> ResponseReturnValue:
    """What was published, from what was frozen and nothing else. Raises NoPlan, NoCutoff."""
    session = db.session()
    found = _edition(session, year, cutoff, edition)
    content = snapshot.read(found)
    return render_template(
        "portal/plan_cutoff.html",
        content=content,
        found=found,
        intact=snapshot.is_intact(found),
        editions=overview.editions(session, found.plan, cutoff),
        reopening=overview.reopening_of(session, [found]),
        files=FILES,
        told=told,
        moment=moment,
        report_of=report_of,
        notes=followup_report.notes(content, found.digest),
        **words(),
    )


@bp.get(f"/plan/<{ID}:year>/cutoffs/<{ID}:cutoff>/<{ID}:edition>/report.<any(pdf, xlsx, csv, json):form>")
@public
def plan_cutoff_file(form: str, year: int, cutoff: int, edition: int) -> Response:
    """The same as a file; as JSON, the very text that the hash is of."""
    found = _edition(db.session(), year, cutoff, edition)
    if form == "json":
        made = download(found.content.encode(), "application/json", f"seguimiento-{year}-{cutoff}-v{edition}.json")
        made.headers["Access-Control-Allow-Origin"] = "*"
        return made
    return followup_report.file(form, snapshot.read(found), found.digest, found.published_at)


@bp.get(f"/plan/proof/<{ID}:proof_id>")
@public
def plan_proof(proof_id: int) -> ResponseReturnValue:
    """A file that shows what was done, if it may be seen and stands in something published. Raises Missing."""
    session = db.session()
    found = overview.evidence_of(session, proof_id)
    if found.file is None or not found.public or not _is_published(session, proof_id, found.report.activity.plan.year):
        raise Missing
    return answer(content_of(store(), found.file), found.file.kind, found.label)


def progress_of(published: list[Snapshot]) -> tuple[Said | None, dict[str, Said]]:
    """The newest cut-off as it was published, and what it says of each activity by its code."""
    if not published:
        return None, {}
    newest = snapshot.read(published[0])
    return newest, {one["code"]: one for _c, _m, one in activities(newest)}


def comment_begun() -> dict[str, Any]:
    """How a petition begins that comments an activity of the plan: a suggestion that names it. Raises Missing."""
    year, code = request.args.get("plan", ""), request.args.get("activity", "")[:20]
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        return {}
    activity = activity_of(db.session(), int(year), code)
    return {"kind": Kind.SUGGESTION, "subject": _("Plan %(year)s, actividad %(code)s", year=year, code=activity.code)}


def _edition(session: Session, year: int, cutoff: int, edition: int) -> Snapshot:
    return overview.edition_of(session, plan_of(session, year), cutoff, edition)


def _is_published(session: Session, proof_id: int, year: int) -> bool:
    return any(
        proof["id"] == proof_id
        for one in overview.published(session, plan_of(session, year))
        for _c, _m, activity in activities(snapshot.read(one))
        for report in activity["reports"]
        for proof in report["evidence"]
    )
