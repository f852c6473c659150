"""Officials record what was done for the plan in a minute, mend it in the open, and take each register away."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from core.catalogue.model import Office
from core.db import transaction
from core.plan.registers import looking
from core.plan.registers.kinds import ALL, KINDS
from core.plan.registers.spaces import POINTS
from core.web import besides
from core.web.database import db
from tests import make
from tests.admin.conftest import press, told
from tests.conftest import House
from tests.core.files.samples import pdf, photo


def asked(house: House, kind: str, **more: Any) -> dict[str, Any]:
    """What the form of a kind sends."""
    with house.app.app_context():
        said = make.register_said(db.session(), kind)
        said |= {"office": make.office(db.session()).id}
    for name, many in said.pop("people", {}).items():
        said[f"people-{name}"] = many
    for point, mark in said.pop("points", {}).items():
        said[f"points-{point}"] = mark
    said |= {"day": make.OPENING.date().isoformat()}
    if KINDS[kind].chosen:
        said["activities"] = ["1.3.1"]
    return {name: value for name, value in {**said, **more}.items() if value is not None}


def in_role(house: House, role: str, username: str = "ventanilla2") -> FlaskClient:
    with house.app.app_context(), transaction(db.session) as session:
        official = make.official(session, username)
        official.roles, official.office = [role], make.office(session)
    return house.official(username)


def a_file(content: bytes, name: str) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(content), name)]


def test_a_session_is_recorded_with_its_minutes_corrected_and_withdrawn_and_nothing_is_lost(house: House) -> None:
    clerk = house.official("pqrsd")
    form = told(clerk.get("/admin/registers/induction/new"))
    for words in ("Registrar una jornada", "Personas que participaron", "Ciudadanía", "Lo que lo muestra"):
        assert words in form, words
    made = press(clerk, "/admin/registers/induction/new", **asked(house, "induction", title="Plan 2026"))
    assert made.status_code == 302, told(made)
    page = made.location
    assert "Todavía no cuenta" in told(clerk.get(page))
    mended = asked(house, "induction", title="Plan 2026", latest="1", reason="Llegó el acta.")
    content = pdf()
    mended |= {"files": a_file(content, "acta.pdf")}
    answer = press(clerk, f"{page}/correct", **mended)
    assert answer.status_code == 302, told(answer)
    words = told(clerk.get(page))
    for said in ("acta.pdf", "Llegó el acta.", "Se corrigió", "0.1.1", "cuenta", "12 de la ciudadanía"):
        assert said in words, said
    with house.app.app_context():
        proof = looking.entry(db.session(), 1).now.proofs[0].id
    assert clerk.get(f"{page}/proof/{proof}").data == content
    again = press(clerk, f"{page}/correct", **(asked(house, "induction", latest="1", reason="Otra vez.")))
    assert (again.status_code, "Alguien lo corrigió" in told(again)) == (409, True)
    assert press(clerk, f"{page}/withdraw", reason=" ").status_code == 422
    assert press(clerk, f"{page}/withdraw", reason="Se repitió.").status_code == 302
    assert "Se retiró" in told(clerk.get(page))
    assert "Retirarlo" not in told(clerk.get(page))


def test_every_kind_has_its_form_its_list_and_its_files(house: House) -> None:
    clerk, judge = house.official("pqrsd"), in_role(house, "control")
    with house.app.app_context(), transaction(db.session) as session:
        talk = make.register(session, "dialogue")
        for kind in ALL:
            make.register(session, kind.slug, below=talk if kind.below else None)
    for kind in ALL:
        who = judge if kind.judged else clerk
        below, room = "?below=1" if kind.below else "", "findings" if kind.judged else kind.slug
        assert who.get(f"/admin/registers/{room}/new{below}").status_code == 200, kind.slug
        assert "Plan anticorrupción" in told(clerk.get(f"/admin/registers/{kind.slug}"))
        assert b"RG-0002" in clerk.get("/admin/registers/induction.csv?year=2026").data
        for form, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")):
            file = clerk.get(f"/admin/registers/{kind.slug}.{form}")
            assert (file.status_code, file.data.startswith(begins)) == (200, True), (kind.slug, form)
    told_of = [told(clerk.get(f"/admin/registers/entry/{n}")) for n in range(1, len(ALL) + 2)]
    assert sum("Lo que se mide de este trámite" in one for one in told_of) == 1, "of the one that was diagnosed"
    for page in [f"/admin/registers/entry/{n}" for n in range(1, len(ALL) + 2)] + ["/admin/registers"]:
        assert clerk.get(page).status_code == 200, page
    assert clerk.get("/admin/registers/nada").status_code == 404
    assert clerk.get("/admin/registers/commitment/new").status_code == 404


def test_what_is_typed_badly_is_told_beside_its_field_and_kept(house: House) -> None:
    clerk = house.official("pqrsd")
    tomorrow = (make.OPENING.date() + timedelta(days=400)).isoformat()
    cases: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("induction", {"day": tomorrow}, "Ese día todavía no llega"),
        ("induction", {"day": "2024-02-02"}, "El año 2024 no tiene un plan"),
        ("induction", {"people-citizens": ""}, "Escriba cuántas personas participaron"),
        ("induction", {"people-citizens": "doce"}, "Escriba un número de 0 a"),
        ("induction", {"type": ""}, "Elija una opción de la lista"),
        ("induction", {"office": "999"}, "Elija una dependencia"),
        ("induction", {"place": "Casa de Ana, 310 555 1234"}, "Quite «310 555 1234»"),
        ("training", {"until": "2026-11-01"}, "No puede terminar antes de empezar"),
        ("publication", {"link": "facebook"}, "https://"),
        ("secop", {"value": "mucho"}, "Escriba el valor en pesos"),
        ("streamlining", {"steps_after": "9"}, "no sería una racionalización"),
        ("space", {"points-doors": "quizá"}, "Diga si cumple, no cumple o no aplica"),
        ("support", {"activities": None}, "Elija al menos una actividad"),
    )
    for kind, more, sentence in cases:
        answer = press(clerk, f"/admin/registers/{kind}/new", **asked(house, kind, **{"title": "Se conserva", **more}))
        page = answer.get_data(as_text=True)
        assert (answer.status_code, sentence in told(answer), "Se conserva" in page) == (422, True, True), (kind, more)
    page = told(
        press(clerk, "/admin/registers/space/new", **asked(house, "space", **{"points-doors": "", "points-signs": ""}))
    )
    for point in ("doors", "signs"):
        assert f"{dict(POINTS)[point].removesuffix('.')}: Diga si cumple" in page, "the summary says of which point"
    kept = {**asked(house, "induction", title=""), "files": a_file(pdf(), "lista.pdf")}
    answer = press(clerk, "/admin/registers/induction/new", **kept)
    assert (answer.status_code, "lista.pdf" in told(answer)) == (422, True)


def test_a_space_counts_once_each_point_that_applies_has_its_photograph(house: House) -> None:
    clerk = house.official("pqrsd")
    marks = {"points-doors": "met", "points-signs": "not_met"}
    said = asked(house, "space", **marks, **{"seen-doors": "La puerta, abierta"})
    said |= {"photo-doors": a_file(photo(), "puerta.jpg")}
    made = press(clerk, "/admin/registers/space/new", **said)
    assert made.status_code == 302, told(made)
    page = made.location
    assert "todavía no cuenta" in told(clerk.get(page)).lower()
    with house.app.app_context():
        one = looking.entry(db.session(), 1)
        keeps = [proof.id for proof in one.now.proofs]
        assert [(proof.point, proof.seen, proof.file.cleaned) for proof in one.now.proofs if proof.file] == [
            ("doors", "La puerta, abierta", True)
        ]
    said = asked(house, "space", **marks, latest="1", reason="Otra foto.")
    said |= {"photo-signs": a_file(photo(), "avisos.jpg"), "keeps": keeps}
    answer = press(clerk, f"{page}/correct", **said)
    assert answer.status_code == 302, told(answer)
    shown = clerk.get(page).get_data(as_text=True)
    assert 'alt="La puerta, abierta"' in shown
    assert shown.count("<img") == 2
    with house.app.app_context():
        assert looking.entry(db.session(), 1).now.complete
    assert len(POINTS) == 13


def test_each_office_reports_its_own_and_control_interno_its_findings(house: House) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        other = session.scalars(select(Office.id).where(Office.code != "front-desk")).first()
        make.register(session)
    clerk = in_role(house, "petitions", "ventanilla3")
    planning, judge = in_role(house, "planning", "ventanilla1"), in_role(house, "control")
    reader = in_role(house, "mayor", "ventanilla4")
    elsewhere = asked(house, "induction", office=other)
    assert press(clerk, "/admin/registers/induction/new", **elsewhere).status_code == 422
    assert press(planning, "/admin/registers/induction/new", **elsewhere).status_code == 302
    finding = asked(house, "audit_finding")
    asks = ((planning, 403), (judge, 302), (reader, 403))
    for who, status in asks:
        assert press(who, "/admin/registers/findings/new", **finding).status_code == status
    assert press(judge, "/admin/registers/induction/new", **asked(house, "induction")).status_code == 403
    assert press(planning, "/admin/registers/audit_finding/new", **finding).status_code == 404
    assert planning.get("/admin/registers/entry/3/correct").status_code == 404
    assert judge.get("/admin/registers/findings/3/correct").status_code == 200
    assert clerk.get("/admin/registers/entry/2/correct").status_code == 403
    assert [reader.get(f"/admin/registers/entry/{n}").status_code for n in (1, 2, 3)] == [200, 200, 200]
    assert "Abrir una acción" in told(planning.get("/admin/registers/entry/3"))


def test_commitments_and_stages_that_press_are_told_each_morning(house: House) -> None:
    day = make.OPENING.date()
    with house.app.app_context(), transaction(db.session) as session:
        talk = make.register(session, "dialogue")
        make.register(session, "commitment", below=talk, title="Arreglar la vía", day=day - timedelta(days=3), link="")
        make.register(session, "route", title="Informe listo", day=day + timedelta(days=2), link="")
        make.register(session, "route", title="Audiencia", day=day + timedelta(days=30), link="")
        who = make.official(session, "pqrsd").id
    with house.app.test_request_context():
        piles = [pile for pile in besides.besides(db.session(), day)[who] if "etapas" in pile.title]
    assert piles[0].lines == (
        "Arreglar la vía (RG-0002): vencido, era para el viernes 20 de noviembre",
        "Informe listo (RG-0003): para el miércoles 25 de noviembre",
    )
