"""How a public text is read: titles, paragraphs, lists, what a line says in short, and pages for a small screen."""

from __future__ import annotations

from core import first_content
from core.information.actions import LONGEST_LINE
from core.information.writing import Block, Section, gist, leaves, sections

TEXT = """
Una frase
partida a mano.

Otra.
# Título
- Primera. Con más.
- Segunda
Después.
#
## Vacío
"""


def test_titles_lists_and_paragraphs_are_told_apart_and_broken_lines_joined() -> None:
    assert sections(TEXT) == [
        Section("", (Block(False, ("Una frase partida a mano.", "Otra.")),)),
        Section("Título", (Block(True, ("Primera. Con más.", "Segunda")), Block(False, ("Después.",)))),
        Section("Vacío", ()),
    ]


def test_nothing_written_is_no_section() -> None:
    assert sections("\n \n") == []


def test_the_gist_of_a_line_is_its_first_sentence() -> None:
    assert gist("Que lo traten bien. Siempre.") == "Que lo traten bien"
    assert gist("¿Puede quejarse? Sí.") == "¿Puede quejarse?"
    assert gist("Artículo 5.2 de la ley") == "Artículo 5.2 de la ley"


def test_leaves_hold_what_fits_never_break_a_line_and_begin_with_the_title_of_what_they_go_on_with() -> None:
    first = Section("T", (Block(False, ("a" * 30,)), Block(True, ("b" * 40, "c" * 40, "d" * 400))))
    second = Section("U", (Block(True, ("e" * 10,)),))

    told = leaves([first, second], 170)

    assert [[section.title for section in leaf] for leaf in told] == [["T"], ["T"], ["T"], ["U"]]
    assert told[0][0].blocks == (Block(False, ("a" * 30,)), Block(True, ("b" * 40,)))
    lines = [line for leaf in told for section in leaf for block in section.blocks for line in block.lines]
    assert [line[0] for line in lines] == ["a", "b", "c", "d", "e"]
    assert [[section.title for section in leaf] for leaf in leaves([second, second], 170)] == [["U", "U"]]
    assert leaves([], 100) == []


def test_the_first_texts_say_the_same_in_both_languages_in_lines_that_a_kiosk_holds() -> None:
    for text in first_content.california()["texts"]:
        spanish, english = sections(text["body"]), sections(text["body_en"])
        shape = [[(block.is_list, len(block.lines)) for block in part.blocks] for part in spanish]
        assert shape == [[(block.is_list, len(block.lines)) for block in part.blocks] for part in english]
        lines = [line for part in (*spanish, *english) for block in part.blocks for line in block.lines]
        assert max(map(len, lines)) <= LONGEST_LINE
