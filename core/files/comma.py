"""A table as text (CSV): words and numbers, and nothing that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

from core.files.refusals import HasFormulas, NotText, TooMuchInside

MOST_ROWS, LONGEST_CELL = 100_000, 32_000
_FORMULA = re.compile(r"[=@\t\r＝＠]|[+\-＋－](?![0-9(. ]*[0-9][0-9 .,()/%-]*$)")
"""How a formula begins; a number or a telephone may begin with its sign."""


def check(sent: bytes) -> None:
    """Raises NotTaken."""
    text = _text(sent)
    if text.lstrip().startswith("<"):
        raise NotText
    separator = max(";,\t", key=text.partition("\n")[0].count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1):
            if number > MOST_ROWS:
                raise TooMuchInside
            if any(_FORMULA.match(cell.lstrip(" ")) for cell in row):
                raise HasFormulas(row=number)
    except csv.Error:
        raise NotText from None


def _text(sent: bytes) -> str:
    """UTF-8, with its mark or not, or what spreadsheets of Windows write."""
    for coding in ("utf-8-sig", "cp1252"):
        try:
            text = sent.decode(coding)
        except UnicodeDecodeError:
            continue
        if any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\r\n\t" for one in text):
            raise NotText
        return text
    raise NotText
