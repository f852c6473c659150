"""Sheets are written, published and withdrawn; what was published once stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.catalogue import offer, publishing
from core.catalogue.model import Service, ServiceVersion
from core.catalogue.sheet import Sheet, read
from core.db import Event, transaction
from core.errors import Invalid, Missing
from tests import make


def in_hand(session: Session, code: str = "property-tax") -> tuple[Service, Sheet]:
    service = make.service(session, code)
    return service, publishing.sheet_in_hand(session, service)


def save(session: Session, sheet: Sheet, seen: int = 0, code: str = "property-tax") -> None:
    by = make.official(session, "administracion").id
    publishing.save_draft(session, make.site(session).id, make.service(session, code).id, sheet, seen, by, make.at(1))


def publish(session: Session, minute: float = 2, act: str = "", code: str = "property-tax") -> ServiceVersion:
    by = make.official(session, "administracion").id
    return publishing.publish(session, make.site(session).id, make.service(session, code).id, act, by, make.at(minute))


def withdraw(session: Session, reason: str = "Ya no se presta", code: str = "property-tax") -> None:
    by = make.official(session, "administracion").id
    publishing.withdraw(session, make.site(session).id, make.service(session, code).id, reason, by, make.at(3))


def seen_outside(session: Session, code: str = "property-tax") -> offer.Published | None:
    found = offer.published(session, make.site(session).id)
    return next((one for one in found if one.service.code == code), None)


def test_every_service_of_the_first_content_is_published_with_where_it_is_attended(town: Session) -> None:
    found = offer.published(town, make.site(town).id)
    assert {one.service.code for one in found} == set(town.scalars(select(Service.code)))
    first = found[0]
    assert (first.service.code, first.version, first.sheet.name) == ("property-tax", 1, "Pagar el impuesto predial")
    assert first.place == offer.Place(
        "Palacio Municipal", "Palacio Municipal, California, Santander", "Secretaría de Hacienda", ("1", "2")
    )


def test_a_draft_is_seen_by_nobody_until_it_is_published(town: Session) -> None:
    service, sheet = in_hand(town)
    save(town, replace(sheet, name="Pagar el predial", who="Todos"))
    assert service.name == "Pagar el impuesto predial"
    before = seen_outside(town)
    assert before is not None
    assert before.sheet == sheet
    version = publish(town, act="Decreto 9 de 2026")
    after = seen_outside(town)
    assert after is not None
    assert (after.version, after.sheet.name, after.sheet.who) == (2, "Pagar el predial", "Todos")
    assert (service.name, version.act, publishing.draft_of(town, service.id)) == (
        "Pagar el predial",
        "Decreto 9 de 2026",
        None,
    )


def test_a_version_is_kept_as_it_was_and_ends_when_the_next_begins(town: Session) -> None:
    service, sheet = in_hand(town)
    save(town, replace(sheet, name="Otro nombre"))
    publish(town)
    newest, oldest = publishing.versions_of(town, service.id)
    assert (newest.number, newest.until, oldest.number) == (2, None, 1)
    assert oldest.until == newest.since == make.at(2)
    assert read(oldest.sheet) == sheet


def test_two_published_versions_of_a_service_are_refused_by_the_database(town: Session) -> None:
    service = make.service(town)
    town.add(ServiceVersion(service_id=service.id, number=2, sheet={}, since=make.at(1)))
    with pytest.raises(IntegrityError):
        town.flush()


def test_what_says_the_same_is_not_published_again(town: Session) -> None:
    service, sheet = in_hand(town)
    save(town, sheet)
    with pytest.raises(publishing.NothingNew):
        publish(town)
    assert len(publishing.versions_of(town, service.id)) == 1


def test_what_another_saved_meanwhile_is_not_written_over(town: Session) -> None:
    _service, sheet = in_hand(town)
    save(town, replace(sheet, who="Una"))
    with pytest.raises(publishing.WrittenMeanwhile):
        save(town, replace(sheet, who="Otra"))
    save(town, replace(sheet, who="Otra"), seen=1)
    assert in_hand(town)[1].who == "Otra"


def test_a_discarded_draft_leaves_what_is_published(town: Session) -> None:
    service, sheet = in_hand(town)
    save(town, replace(sheet, who="Nadie"))
    by = make.official(town, "administracion").id
    publishing.discard_draft(town, make.site(town).id, service.id, by, make.at(2))
    assert in_hand(town)[1] == sheet


def test_a_withdrawn_service_gives_no_more_turns_says_why_and_can_be_published_again(town: Session) -> None:
    service, sheet = in_hand(town)
    waiting = make.turn(town)
    withdraw(town)
    assert seen_outside(town) is None
    assert not service.active
    last = publishing.last_version(town, service.id)
    assert last is not None
    assert (last.until, last.withdrawn_because) == (make.at(3), "Ya no se presta")
    assert waiting.service.name == "Pagar el impuesto predial"
    with pytest.raises(publishing.NotPublished):
        withdraw(town)
    assert publish(town, minute=5).number == 2
    again = seen_outside(town)
    assert again is not None
    assert again.sheet == sheet


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": ""}, "name"), ({"hint": ""}, "hint"), ({"without": ("requirements",)}, "requirements")],
)
def test_a_sheet_that_no_face_could_show_is_refused(town: Session, wrong: dict[str, object], field: str) -> None:
    _service, sheet = in_hand(town)
    with pytest.raises(Invalid) as refused:
        save(town, replace(sheet, **wrong))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_service_is_withdrawn_only_with_a_reason(town: Session) -> None:
    with pytest.raises(Invalid):
        withdraw(town, reason="")


def test_a_service_of_another_site_does_not_exist_here(town: Session) -> None:
    with pytest.raises(Missing):
        publishing.service_of(town, make.site(town).id + 1, make.service(town).id)


def test_the_log_says_who_published_and_who_withdrew_and_why(session: Session) -> None:
    with transaction(session):
        _service, sheet = in_hand(session)
        save(session, replace(sheet, who="Todos"))
        publish(session, act="Decreto 9 de 2026")
        withdraw(session)
    told = session.execute(
        select(Event.kind, Event.who_id, Event.reason, Event.detail).order_by(Event.seq.desc()).limit(2)
    ).all()
    by, service_id = make.official(session, "administracion").id, make.service(session).id
    assert [tuple(row) for row in told] == [
        ("service withdrawn", by, "Ya no se presta", {"service_id": service_id, "version": 2}),
        ("service published", by, None, {"service_id": service_id, "version": 2, "act": "Decreto 9 de 2026"}),
    ]


def test_hours_of_versions_never_overlap(town: Session) -> None:
    service, sheet = in_hand(town)
    for number in (1, 2, 3):
        save(town, replace(sheet, who=f"Versión {number}"))
        publish(town, minute=number)
    chain = list(reversed(publishing.versions_of(town, service.id)))
    for earlier, later in pairwise(chain):
        assert earlier.until == later.since
        assert later.since - earlier.since > timedelta()
