"""How the town hall attends, for everybody to read: the list, each protocol, its versions, paper and open data."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

from pypdf import PdfReader
from sqlalchemy import select

from core import first_content
from core.db import transaction
from core.protocols import actions as protocols
from core.protocols.model import Protocol, ProtocolVersion
from tests import make
from tests.conftest import House

ACT = "Resolución 012 de 2026"


def said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def renew(house: House, code: str, days: int = 0) -> None:
    """A second version is approved today, to rule so many days from now; and the draft of a third is begun."""
    with house.app.app_context(), transaction(house.look()) as session:
        by, other = make.official(session, "supervision").id, make.official(session, "administracion").id
        protocol = session.scalars(select(Protocol).where(Protocol.code == code)).one()
        draft = protocols.begin_version(session, protocol.id, by, make.at())
        draft = protocols.save(session, protocol.id, make.PROTOCOL, draft.saving, by, make.at())
        protocols.ask_review(session, protocol.id, by, make.at())
        approval = protocols.Approval(act=ACT, valid_from=make.OPENING.date() + timedelta(days=days))
        protocols.approve(session, protocol.id, draft.saving, approval, other, make.at())
        protocols.begin_version(session, protocol.id, by, make.at())


def withdraw(house: House, *codes: str) -> None:
    with house.app.app_context(), transaction(house.look()) as session:
        by = make.official(session, "administracion").id
        for version in session.scalars(select(ProtocolVersion)).all():
            if not codes or version.protocol.code in codes:
                protocols.withdraw(session, version.protocol_id, version.number, "Ya no se usa.", by, make.at())


def test_every_protocol_in_force_is_listed_and_read_with_its_version_and_without_its_questions(house: House) -> None:
    client = house.anybody()
    listed = client.get("/protocols").get_data(as_text=True)
    for row in first_content.california()["protocols"]:
        assert row["title"] in listed
        page = client.get(f"/protocols/{row['code']}").get_data(as_text=True)
        words = said(page)
        assert all(step["do"] in words for step in row["steps"]), row["code"]
        assert all(line in words for line in (*row["never"], row["responsible"])), row["code"]
        assert all(asked["text"] not in words for asked in row["quiz"]), row["code"]
        assert "Vigente" in words, row["code"]
        assert f'href="/protocols/{row["code"]}"' in listed
    assert 'href="/protocols"' in client.get("/").get_data(as_text=True)


def test_the_versions_that_ruled_are_told_and_what_is_only_written_is_not(house: House) -> None:
    client = house.anybody()
    renew(house, "P-09")
    page = said(client.get("/protocols/P-09").get_data(as_text=True))
    assert make.PROTOCOL.purpose in page
    versions = page.partition("Versiones")[2]
    assert re.findall(r"\b[123]\b (\d+ de \w+ de 2026) (?:Vigente|\d+ de \w+ de 2026)", versions) == [
        "23 de noviembre de 2026",
        "24 de octubre de 2026",
    ]
    assert versions.count(ACT) == 1
    renew(house, "P-10", days=3)
    assert make.PROTOCOL.purpose not in client.get("/protocols/P-10").get_data(as_text=True), "it does not rule yet"
    withdraw(house, "P-02")
    assert client.get("/protocols/P-02").status_code == 404
    assert "P-02" not in client.get("/protocols").get_data(as_text=True)
    assert client.get("/protocols/P-99").status_code == client.get("/protocols/P-99.pdf").status_code == 404


def test_the_manual_is_tagged_paper_with_its_contents_and_every_protocol_says_its_version_at_the_foot(
    house: House,
) -> None:
    client = house.anybody()
    renew(house, "P-09")
    answer = client.get("/protocols.pdf")
    assert answer.mimetype == "application/pdf"
    paper = PdfReader(BytesIO(answer.data))
    assert paper.root_object["/MarkInfo"]["/Marked"]
    assert paper.metadata is not None
    assert paper.metadata.title == "Protocolos de atención a la ciudadanía"
    contents = paper.pages[1].extract_text()
    first_pages: dict[str, str] = {}
    for page in paper.pages[2:]:
        words = " ".join(page.extract_text().split())
        (code,) = set(re.findall(r"(P-\d\d) [^·]+ · Versión", words))
        first_pages.setdefault(code, words)
    assert list(first_pages) == [f"P-{n:02}" for n in range(1, 11)]
    for code, words in first_pages.items():
        number = re.findall(r"Página (\d+) de", words)[-1]
        assert re.search(rf"{code}.*\.\s*{number}\b", contents), (code, number)
    assert (
        f"P-09 {make.PROTOCOL.title} · Versión 2 · rige desde el 23 de noviembre de 2026 · {ACT}" in first_pages["P-09"]
    )
    one = PdfReader(BytesIO(client.get("/protocols/P-05.pdf").data))
    assert one.metadata is not None
    assert one.metadata.title == "Atención preferencial"
    assert house.anybody().get("/protocols.pdf").data == answer.data, "the same ones rule: the same paper"


def test_they_are_open_data_that_any_page_may_read(house: House) -> None:
    answer = house.anybody().get("/protocols.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.json
    assert told is not None
    assert [one["code"] for one in told["protocols"]] == [f"P-{n:02}" for n in range(1, 11)]
    first = told["protocols"][0]
    assert (first["channel"], first["population"], first["number"], first["act"]) == ("in_person", "everybody", 1, "")
    assert first["address"].endswith("/protocols/P-01")
    assert first["steps"][0]["moment"] == "contact"
    assert all("quiz" not in one for one in told["protocols"])


def test_a_town_hall_without_protocols_says_so(house: House) -> None:
    withdraw(house)
    client = house.anybody()
    assert "todavía no ha publicado sus protocolos" in client.get("/protocols").get_data(as_text=True)
    assert client.get("/protocols.pdf").status_code == 404
    assert client.get("/protocols.json").json["protocols"] == []
