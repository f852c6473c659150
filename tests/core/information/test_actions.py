"""A public text is written, published and kept in versions; what is written badly is refused beside its field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import Event, transaction
from core.errors import Invalid, Missing
from core.information import actions as information
from core.information.actions import Written
from core.information.model import CHARTER, COMPLAINTS, PublicText
from tests import make

NEW = Written("# Derechos\n- Que lo traten bien.", "# Rights\n- To be treated well.", 2027)
LATER = make.at() + timedelta(days=40)


def who(session: Session) -> tuple[int, int]:
    return make.site(session).id, make.official(session, "administracion").id


def test_a_new_town_hall_has_both_texts_in_force_in_both_languages_and_adopted_by_nobody(town: Session) -> None:
    for kind in (CHARTER, COMPLAINTS):
        text = information.in_force(town, kind)
        assert text is not None
        assert (text.number, text.act, text.published_by) == (1, "", None)
        assert text.body
        assert text.body_en
    assert set(information.in_force(town, COMPLAINTS).contact.values()) == {""}  # type: ignore[union-attr]


def test_a_draft_is_seen_by_nobody_until_it_is_published_and_the_version_before_is_kept(town: Session) -> None:
    with transaction(town):
        site, by = who(town)
        first = information.in_force(town, CHARTER)
        information.write(town, site, CHARTER, NEW, by, make.at())
        draft = information.write(town, site, CHARTER, NEW, by, LATER)
        assert information.in_force(town, CHARTER) is first
        assert (draft.number, draft.written_at) == (2, LATER)

        information.publish(town, site, CHARTER, "Decreto 2 de 2027", by, LATER)

        now = information.in_force(town, CHARTER)
        assert now is draft
        assert (now.year, now.act, now.published_by, now.published_at) == (2027, "Decreto 2 de 2027", by, LATER)
        assert information.draft_of(town, CHARTER) is None
        assert [text.number for text in information.versions(town, CHARTER)] == [2, 1]
        assert information.version_of(town, CHARTER, 1) is first
    kinds = town.scalars(select(Event.kind).order_by(Event.seq)).all()
    assert kinds[-3:] == ["text written", "text written", "text published"]


def test_a_charter_is_not_published_without_its_act_and_nothing_without_a_draft(town: Session) -> None:
    site, by = who(town)
    with pytest.raises(Missing):
        information.publish(town, site, CHARTER, "Decreto", by, make.at())
    information.write(town, site, CHARTER, NEW, by, make.at())
    with pytest.raises(Invalid) as refused:
        information.publish(town, site, CHARTER, "", by, make.at())
    assert refused.value.field == "act"


def test_a_draft_that_is_discarded_leaves_what_is_in_force(town: Session) -> None:
    with transaction(town):
        site, by = who(town)
        information.write(town, site, COMPLAINTS, NEW, by, make.at())
        information.discard(town, site, COMPLAINTS, by, make.at())
        assert information.draft_of(town, COMPLAINTS) is None
        assert information.in_force(town, COMPLAINTS).number == 1  # type: ignore[union-attr]
        with pytest.raises(Missing):
            information.discard(town, site, COMPLAINTS, by, make.at())


@pytest.mark.parametrize(
    ("part", "value", "field"),
    [
        ("body", "", "body"),
        ("body", "x" * 601, "body"),
        ("body_en", "x" * 601, "body_en"),
        ("body", "# Título solo", "body"),
        ("body", "\n".join(f"# T{n}\n- x" for n in range(10)), "body"),
        ("body", "x\n\n" * 5000, "body"),
        ("year", 1999, "year"),
        ("year", 2028, "year"),
        ("contact", {"email": "sin arroba"}, "email"),
        ("contact", {"phone": "llame"}, "phone"),
        ("contact", {"person": "x" * 121}, "person"),
    ],
)
def test_what_a_face_could_not_show_is_refused_beside_its_field(
    town: Session, part: str, value: Any, field: str
) -> None:
    site, by = who(town)
    parts = {"body": "Texto.", "body_en": "", "year": 2026, "contact": {}} | {part: value}
    with pytest.raises(Invalid) as refused:
        information.write(town, site, COMPLAINTS, Written(**parts), by, make.at())
    assert refused.value.field == field


@pytest.mark.parametrize("phone", ["6070000000", "(607) 000 0000", "+57 300 000 0000 ext. 12"])
def test_a_telephone_is_written_as_people_write_it(town: Session, phone: str) -> None:
    site, by = who(town)
    written = Written("Texto.", "", 2026, {"phone": phone})
    assert information.write(town, site, COMPLAINTS, written, by, make.at()).contact["phone"] == phone


def test_another_kind_of_text_does_not_exist(town: Session) -> None:
    site, by = who(town)
    with pytest.raises(Missing):
        information.write(town, site, "manifesto", NEW, by, make.at())


def test_the_database_itself_keeps_one_draft_of_a_kind(town: Session) -> None:
    def draft(number: int) -> PublicText:
        return PublicText(
            kind=CHARTER, number=number, year=2026, body="", body_en="", contact={}, act="", written_at=make.at()
        )

    town.add_all([draft(7), draft(8)])
    with pytest.raises(IntegrityError):
        town.flush()
    town.rollback()


def test_the_way_to_a_site_is_kept_with_what_it_was(town: Session) -> None:
    with transaction(town):
        site, by = who(town)
        information.tell_the_way(town, site, "Entre por la rampa.", "Use the ramp.", by, make.at())
        assert make.site(town).way == "Entre por la rampa."
        with pytest.raises(Invalid):
            information.tell_the_way(town, site, "x" * 601, "", by, make.at())
