"""The town hall on its first day."""

import re
from importlib.resources import files

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalogue import offer, publishing
from core.catalogue.completeness import completeness
from core.catalogue.model import Service, Window
from core.catalogue.sheet import COSTS, UNITS, untranslated
from tests import make


def test_every_service_of_the_first_content_is_attended_at_some_window(session: Session) -> None:
    attended = {service.id for window in session.scalars(select(Window)) for service in window.services}
    assert attended == set(session.scalars(select(Service.id)))


def test_the_first_content_has_four_windows_and_forty_hours_a_week(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Window)) == 4
    hours = sum(h.closes.hour - h.opens.hour for h in make.site(session).hours)
    assert hours >= 40, "CPACA art. 7.2"


def test_every_sheet_of_the_first_content_says_who_what_and_how_in_both_languages(session: Session) -> None:
    """What nobody is sure of stays empty, and the score says so; what is told is told also in English."""
    found = offer.published(session, make.site(session).id)
    for one in found:
        told = completeness(one.sheet, make.OPENING.date())
        assert untranslated(one.sheet) == (), one.service.code
        assert not {"who", "result", "steps", "requirements", "keywords", "reviewed"} & set(told.missing), (
            one.service.code,
            told.missing,
        )
        publishing.check(one.sheet)
        assert all(norm.link.startswith("http") for norm in one.sheet.norms if norm.norm.startswith("Ley ")), (
            one.service.code
        )
    assert {one.sheet.time_unit for one in found} <= {"", *UNITS}
    assert {one.sheet.cost_kind for one in found} <= {"", *COSTS}


def test_no_sheet_of_the_first_content_invents_an_amount() -> None:
    text = files("core").joinpath("california_sheets.toml").read_text(encoding="utf-8")
    assert not re.search(r"\$|\bpesos\b|\bUVT\b|\bsalarios?\b", text)
