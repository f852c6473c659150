"""The town hall on its first day."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalogue.model import Service, Window
from tests import make


def test_every_service_of_the_first_content_is_attended_at_some_window(session: Session) -> None:
    attended = {service.id for window in session.scalars(select(Window)) for service in window.services}
    assert attended == set(session.scalars(select(Service.id)))


def test_the_first_content_has_four_windows_and_forty_hours_a_week(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Window)) == 4
    hours = sum(h.closes.hour - h.opens.hour for h in make.site(session).hours)
    assert hours >= 40, "CPACA art. 7.2"
