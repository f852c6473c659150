"""A table as text, as a spreadsheet and as a drawing: what a person wrote is never worked out, and a figure is one."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from core.reports import charts, csv, xlsx
from core.reports.charts import Series
from core.reports.table import Percent, Table, one_below_another, written
from tests import make

SAID = ("=1+1", "+57 300", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x")')
TABLE = Table(
    "Por clase: [1]/2",
    ("Clase", "Cuántas", "Parte", "Día"),
    (*((said, 1234, 12.5, date(2026, 11, 23)) for said in SAID), ('Año; "nuevo"', -7, 0.0, "—")),
    sums=True,
)


def test_text_that_begins_like_a_formula_is_text_and_the_rest_is_as_it_was() -> None:
    lines = csv.write(TABLE).decode("utf-8-sig")
    assert csv.write(TABLE).startswith(b"\xef\xbb\xbf")
    assert lines.startswith("Clase;Cuántas;Parte;Día\r\n'=1+1;1234;12,5;2026-11-23\r\n")
    assert '"Año; ""nuevo""";-7;0,0;—' in lines
    for said in SAID:
        assert f"'{said}".replace('"', '""') in lines, said
    book = ZipFile(BytesIO(xlsx.write([TABLE, TABLE], "Informe", make.at())))
    names = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(names) == 2
    for name in names:
        assert b"<f>" not in book.read(name)
    strings = "".join(ElementTree.fromstring(book.read("xl/sharedStrings.xml")).itertext())
    assert "=1+1" in strings
    assert "HYPERLINK" in strings
    titles = re.findall(r'sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert titles == ["Por clase   1  2", "Por clase   1  2 2"]
    assert b"<v>1234</v>" in book.read(names[0])


def test_a_sheet_is_read_narrowed_and_printed() -> None:
    long = "Se socializó con las juntas de acción comunal. " * 9
    rows = ((long, Percent(66.66), 1250000, date(2026, 8, 31), long), ("El plan", Percent(60), 7, "—", "Falta"))
    table = Table("Avance", ("Componente", "Avance", "Valor en pesos", "Corte", "Observaciones"), rows, sums=True)
    book = ZipFile(BytesIO(xlsx.write([table, Table("Notas", ("Notas",), ((long,),))], "Informe", make.at())))
    sheet, notes = (book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
    for said in ('topLeftCell="B4"', '<autoFilter ref="A3:E4"/>', 'orientation="landscape"', 'fitToHeight="0"'):
        assert said in sheet, said
    assert [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)] == [
        32.7109375,
        10.7109375,
        11.7109375,
        12.7109375,
        50.7109375,
    ]
    assert "autoFilter" not in notes
    styles = book.read("xl/styles.xml").decode()
    for drawn in ("0.0&quot; %&quot;", "dd/mm/yyyy", 'wrapText="1"'):
        assert drawn in styles, drawn
    assert written(Percent(66.66)) == "66,7\N{NO-BREAK SPACE}%"
    assert csv.write(table).decode("utf-8-sig").splitlines()[1].split(";")[1] == "66,7"


def test_figures_are_written_as_they_are_read_here() -> None:
    cells = {1234567: "1.234.567", 1234.5: "1.234,5", date(2026, 1, 2): "02/01/2026", "x": "x", -3: "-3"}
    assert {cell: written(cell) for cell in cells} == cells
    whole = one_below_another("Todo", [TABLE], ("Cuadro", "Fila", "Cifra", "Valor"))
    assert whole.rows[:2] == (
        ("Por clase: [1]/2", "=1+1", "Cuántas", 1234),
        ("Por clase: [1]/2", "=1+1", "Parte", 12.5),
    )


def test_a_chart_says_itself_in_a_sentence_runs_nothing_and_leaves_what_is_untold_out() -> None:
    drawings = [
        charts.bars([("Queja <1>", 12), ("Consulta", 0), ("Otra", None)], "Por clase & más.", "*"),
        charts.trend(["10/2026", "11/2026"], [Series("Recibidas", [3, None]), Series("Tarde", [1, 2])], "Por mes."),
        charts.trend([], [Series("Recibidas", [])], "Por mes."),
    ]
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"].startswith("Por ")
        assert not re.search(r"<script|\son\w+=|style=|href", drawing)
    texts = list(ElementTree.fromstring(drawings[0]).itertext())
    assert texts == ["Queja <1>", "12", "Consulta", "0", "Otra", "*"]
    assert drawings[0].count("<rect") == 1
    assert drawings[1].count("<circle") == 2, "one in the line and one beside its name"
