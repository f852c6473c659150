"""Deadlines on the command line: one case with its account, many from a CSV file, and what is typed badly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from core.catalogue.days import RELEASE
from core.db import transaction
from core.web.database import db
from tests import make
from tests.conftest import settings_for
from wsgi import create_app

Command = Callable[..., Result]
HOUSE = Path(__file__).resolve().parents[3]
TITLES = "kind,received,asked,answered,extended,closed,policy"


@pytest.fixture
def flask(bare: Flask) -> Command:
    return lambda *asked, **more: bare.test_cli_runner().invoke(args=["petitions", *asked], **more)


def told(answer: Result) -> dict[str, Any]:
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_a_case_is_told_whole_without_a_database(flask: Command, bare: Flask) -> None:
    case = ("deadline", "--kind", "documentos", "--received", "2026-06-26T09:30")
    found = told(flask(*case, "--as-of", "2026-07-14", "--json"))
    assert (found["due"], found["state"], found["left"]) == ("2026-07-14", "vence hoy", 0)
    assert (found["received"], found["day_zero"]) == ("2026-06-26T09:30-05:00", "2026-06-26")
    assert found["longest"] == "2026-07-29"
    assert found["calendar"] == {"version": RELEASE, "of_entity": False}
    assert {"day": "2026-07-13", "counts": False, "number": 0, "why": "holiday"}.items() <= found["account"][17].items()
    assert found["account"][17]["text"] == ("no cuenta · festivo «Día de Nuestra Señora del Rosario de Chiquinquirá»")
    assert found["account"][-1]["number"] == 10
    assert {"transfer": "2026-07-06", "acceptance": "2026-07-14", "copies": "2026-07-17"}.items() <= {
        each["clock"]: each["due"] for each in found["clocks"]
    }.items()
    assert found["articles"][:2] == ["Ley 1437 de 2011, art. 14, numeral 1", "Ley 1437 de 2011, art. 21"]
    text = flask(*case, "--as-of", "2026-07-15").stdout
    assert text.splitlines()[:2] == [
        "Petición de documentos o copias: vencida el 2026-07-15",
        "Vence el martes 14 de julio de 2026: 10 días hábiles (Ley 1437 de 2011, art. 14, numeral 1).",
    ]
    assert "Si nadie responde en el término, se entiende aceptada" in text
    assert "  2026-06-29  no cuenta  festivo «San Pedro y San Pablo»" in text
    assert not Path(bare.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")).exists()


def test_what_happened_to_a_case_is_counted(flask: Command) -> None:
    cases = [
        ("--received 2026-10-09 --asked 2026-10-16 --answered 2026-11-05", "2026-11-23"),
        ("--received 2026-11-20 --extended", "2027-01-06"),
        ("--received 2026-12-11 --closed 2026-12-24,2026-12-31", "2027-01-07"),
        ("--received 2026-11-22 --policy laxa", "2026-12-15"),
        ("--received 2026-11-20T20:00 --policy laxa", "2026-12-15"),
        ("--received 2026-11-20T17:00 --policy laxa", "2026-12-14"),
        ("--received 2026-11-21T04:59Z", "2026-12-14"),
        ("--received 2026-11-23T05:01Z", "2026-12-15"),
        ("--received 2026-10-09 --asked 2026-10-16", None),
        ("--received 2021-03-01", "2021-04-15"),
    ]
    wrong = []
    for options, due in cases:
        found = told(flask("deadline", "--kind", "peticion_particular", *options.split(), "--json"))
        if found["due"] != due:
            wrong.append((options, due, found["due"]))
    assert wrong == []


def test_what_the_law_would_not_allow_is_said_beside_the_count(flask: Command) -> None:
    case = ("--kind", "queja", "--received", "2026-10-09", "--asked", "2026-10-28", "--answered", "2026-11-05")
    found = told(flask("deadline", *case, "--json"))
    assert found["warnings"] == ["Ya pasó el plazo para pedir lo que falta: responda con lo que hay."]
    assert found["due"] is not None


def test_the_calendar_and_the_hours_are_those_of_the_entity_where_there_is_a_database(app: Flask) -> None:
    with app.app_context(), transaction(db.session) as session:
        make.closed(session, date(2026, 12, 9), "Decreto 40", affects_terms=True, everywhere=True)
        make.closed(session, date(2026, 12, 10), "Decreto 41", affects_terms=True)
    run = app.test_cli_runner().invoke
    case = ["petitions", "deadline", "--kind", "queja", "--received", "2026-11-20", "--json"]
    found = told(run(args=case))
    assert (found["due"], found["calendar"]) == ("2026-12-15", {"version": f"2/{RELEASE}", "of_entity": True})
    assert told(run(args=[*case, "--site", "principal"]))["due"] == "2026-12-16"
    wrong = run(args=[*case, "--site", "'; DROP"])
    assert (wrong.exit_code, wrong.stderr) == (2, "site: no hay una sede con ese código\n")


def test_many_cases_come_back_with_the_day_on_which_each_is_due(flask: Command) -> None:
    rows = [
        "documentos,2026-06-26T09:30,,,,,|2026-07-14",
        "peticion_particular,2026-10-09,2026-10-16,2026-11-05,,,|2026-11-23",
        'peticion_general,2026-12-18,,,,"2026-12-24,2026-12-31",|2027-01-15',
        "queja,2026-11-20,,,true,,|2027-01-06",
        "reclamo,2026-11-22,,,false,,laxa|2026-12-15",
        "felicitacion,2026-11-22,,,,,estricta|",
        "queja,2026-10-09,2026-10-16,,,,|",
    ]
    asked = "\n".join([TITLES, *(row.partition("|")[0] for row in rows)])
    answer = flask("deadline", "--csv", input=asked)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == "\n".join([f"{TITLES},due", *(row.replace("|", ",") for row in rows), ""])
    assert flask("deadline", "--csv", input=answer.stdout).stdout == answer.stdout


def test_a_file_of_a_spreadsheet_is_read_too(flask: Command) -> None:
    typed = "\ufeffid;Received;KIND;closed\r\n7;2026-12-18;queja;2026-12-24,2026-12-31\r\n;;;\r\n"
    answer = flask("deadline", "--csv", input=typed.encode())
    assert answer.stdout == "id;received;kind;closed;due\n7;2026-12-18;queja;2026-12-24,2026-12-31;2027-01-15\n"


QUEJA = "--kind queja --received 2026-06-26"


@pytest.mark.parametrize("where", ["options", "file"])
def test_what_is_typed_badly_is_answered_in_one_line_and_nothing_is_printed(flask: Command, where: str) -> None:
    in_options = {
        "": "kind: falta; escriba una de peticion_general",
        "--kind Queja --received 2026-06-26": "kind: «Queja» no es una de peticion_general",
        "--kind queja": "received: falta",
        "--kind queja --received 20260626": "received: «20260626» no es una fecha como 2026-06-26",
        "--kind queja --received 2026-W26-5": "received: «2026-W26-5» no es una fecha",
        "--kind queja --received 2026-02-30": "received: «2026-02-30» no es una fecha",
        "--kind queja --received ٢٠٢٦-06-26": "received: «٢٠٢٦-06-26» no es una fecha",
        "--kind queja --received 2026-06-26T25:00": "received: «2026-06-26T25:00» no es una fecha con hora",
        "--kind queja --received 0001-01-01": "received: el año 1 no está entre 2000 y 2100",
        "--kind queja --received 9999-12-31T23:59": "received: el año 9999 no está entre 2000 y 2100",
        "--kind queja --received 2014-06-26": "received: no se conoce el término que regía el 26/06/2014",
        f"{QUEJA} --asked 2026-06-25": "asked: Esa fecha es anterior al día en que se recibió la petición.",
        f"{QUEJA} --asked 2026-07-02 --answered 2026-07-01": "answered: Esa fecha es anterior al día en que se pidió",
        f"{QUEJA} --answered 2026-07-01": "answered: falta la fecha en que se pidió completar (asked)",
        f"{QUEJA} --closed 2026-07-01,ayer": "closed: «ayer» no es una fecha",
        f"{QUEJA} --policy Laxa": "policy: «Laxa» no es una de estricta, laxa",
        f"{QUEJA} --days 3": "days: El término de esta clase lo fija la ley y no se cambia.",
        "--kind congreso --received 2026-06-26 --days ٣": "days: «٣» no es un número de 1 a 30",
        "--kind congreso --received 2026-06-26 --extended": "extended: A esta clase de petición la ley no le da",
        f"{QUEJA} --as-of mañana": "as-of: «mañana» no es una fecha",
        f"{QUEJA} --site principal": "site: no hay una base de datos con sedes",
        f"{QUEJA} --bogus": "No existe la opción --bogus.",
        "--kind": "La opción --kind está incompleta o de más.",
        f"{QUEJA} algo": "Sobra algo o falta algo en lo escrito.",
        f"{QUEJA} --csv": "Con --csv los casos se leen de la entrada: quite --kind, --received.",
    }
    in_a_file: dict[str | bytes, str] = {
        "": "Línea 1: falta la columna kind.",
        TITLES: "La entrada no trae ningún caso después de los títulos.",
        "kind,asked\nqueja,": "Línea 1: falta la columna received.",
        "kind,received,kind\nqueja,2026-06-26,queja": "Línea 1: la columna kind está repetida.",
        "kind,received\nqueja,2026-06-26\nqueja,2026-06-31": "Línea 3, received: «2026-06-31» no es una fecha",
        'kind,received,note\nqueja,2026-06-26,"a\nb"\nquja,2026-06-26,': "Línea 4, kind: «quja» no es una de",
        "kind,received\nqueja\n": "Línea 2: tiene 1 celdas y los títulos son 2.",
        "kind,received,extended\nqueja,2026-06-26,quizá": "Línea 2, extended: «quizá» no es sí ni no",
        'kind,received\n"queja,2026-06-26': "Línea 2: no es un CSV bien escrito.",
        "kind,received\nqueja\0,2026-06-26": "La entrada tiene caracteres que no son de texto.",
        "kind,received\nquéja,2026-06-26".encode("latin-1"): "La entrada no está escrita en UTF-8.",
        "kind,received\nqueja,2026-06-26".encode("utf-16"): "La entrada no está escrita en UTF-8.",
        "kind,received\n" + "queja,2026-06-26\n" * 100_001: "Son demasiados casos: traiga 100000 o menos a la vez.",
    }
    typed: list[tuple[str, list[str], str | bytes | None, str]] = [
        (words, words.split(), None, said) for words, said in in_options.items()
    ]
    if where == "file":
        typed = [(repr(text[:60]), ["--csv"], text, said) for text, said in in_a_file.items()]
    for words, options, text, said in typed:
        answer = flask("deadline", *options, input=text)
        assert (answer.exit_code, answer.stdout) == (2, ""), words
        assert answer.stderr.startswith(said), (words, answer.stderr)
        assert answer.stderr.count("\n") == 1, words


def test_an_entry_that_cannot_be_read_is_said_too(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "flask", "--app", "wsgi", "petitions", "deadline", "--csv"]
    answer = subprocess.run(
        ["sh", "-c", '"$@" <&-', "sh", *asked],
        cwd=HOUSE,
        env={**os.environ, "INSTANCE_DIR": str(tmp_path), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (2, "", "No se pudo leer la entrada.\n")


def test_an_order_that_does_not_exist_is_said_in_spanish(flask: Command) -> None:
    answer = flask("nada")
    assert (answer.exit_code, answer.stderr) == (2, "No existe la orden «nada». Vea --help.\n")


def test_a_database_that_cannot_be_read_is_said_and_the_law_is_counted(tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"this is no database, however long one reads it" * 40)
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'broken.sqlite3'}", tmp_path))
    asked = ["petitions", "deadline", "--kind", "queja", "--received", "2026-11-20", "--json"]
    answer = app.test_cli_runner().invoke(args=asked)
    assert told(answer)["due"] == "2026-12-14"
    assert answer.stderr == "No se pudo leer la base de datos: se cuenta con los festivos de ley.\n"
