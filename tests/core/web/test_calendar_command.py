"""The calendar on the command line: the days of a year that have a name, what counts, and the version."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import Flask

from core.catalogue.days import RELEASE
from core.db import transaction
from core.web.database import db
from tests import make


def shown(app: Flask, *asked: str) -> dict[str, Any]:
    answer = app.test_cli_runner().invoke(args=["calendar", "show", "2026", "--json", *asked])
    assert answer.exit_code == 0, answer.output
    told: dict[str, Any] = json.loads(answer.output)
    return told


def test_the_year_is_told_with_its_holidays_the_own_days_and_what_counts(app: Flask) -> None:
    assert sum(shown(app)["working_days"]) == 242
    with app.app_context(), transaction(db.session) as session:
        make.closed(session, date(2026, 12, 24), "Decreto 40", affects_terms=True)
        make.closed(session, date(2026, 12, 31), "Decreto 41", affects_terms=True, everywhere=True)
    told = shown(app, "--site", "principal")
    assert told["version"] == f"2/{RELEASE}"
    assert told["working_days"][11] == shown(app)["working_days"][11] - 1
    assert {"day": "2026-07-13", "working": False, "kind": "holiday"}.items() <= next(
        day for day in told["days"] if day["day"] == "2026-07-13"
    ).items()
    assert [day["name"] for day in told["days"] if day["kind"] == "closed"] == ["Decreto 40", "Decreto 41"]
    assert [day["name"] for day in shown(app)["days"] if day["kind"] == "closed"] == ["Decreto 41"]


def test_the_year_is_told_as_it_was_on_a_day(app: Flask) -> None:
    with app.app_context(), transaction(db.session) as session:
        make.closed(session, date(2026, 12, 24), "Decreto 40", everywhere=True)
    assert shown(app, "--as-of", "2026-11-22")["version"] == f"0/{RELEASE}"
    assert shown(app, "--as-of", "2026-11-23")["version"] == f"1/{RELEASE}"


def test_people_read_it_in_spanish_and_a_site_that_does_not_exist_is_said(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    text = run(args=["calendar", "show", "2026"]).output
    assert "2026-10-12  inhábil  Día de la Diversidad Étnica y Cultural de la Nación Colombiana" in text
    assert "En el año: 242" in text
    wrong = run(args=["calendar", "show", "2026", "--site", "nada"])
    assert (wrong.exit_code, "no hay una sede con ese código" in wrong.output) == (2, True)
