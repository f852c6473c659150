"""What changed between two versions is told part by part, in the order in which a protocol is read."""

from __future__ import annotations

from dataclasses import replace

from core.differences import Difference, Line, Piece
from core.protocols.differences import PARTS, differences, lines_of
from core.protocols.text import Moment, ProtocolText, Step
from tests.make import PROTOCOL


def test_each_moment_is_a_part_and_only_what_differs_is_told() -> None:
    listens = Step(moment=Moment.LISTENING, do="Anote lo que pide.", say="Permítame anotarlo.")
    after = replace(
        PROTOCOL,
        steps=(PROTOCOL.steps[0], listens, PROTOCOL.steps[1]),
        targets=(),
        quiz=(replace(PROTOCOL.quiz[0], right=1),),
    )
    assert differences(PROTOCOL, after) == [
        Difference("listening", (Line("+", "Anote lo que pide."), Line("+", "«Permítame anotarlo.»"))),
        Difference("targets", (Line("-", "Empezar a escuchar: antes de un minuto"),)),
        Difference(
            "quiz",
            (
                Line(" ", "¿Qué se hace primero?"),
                Line("-", "* Escuchar"),
                Line("+", "· Escuchar"),
                Line("-", "· Explicar la norma"),
                Line("+", "* Explicar la norma"),
            ),
        ),
    ]
    assert differences(PROTOCOL, PROTOCOL) == []


def test_a_step_that_only_moves_within_its_moment_is_told_there() -> None:
    one, other = Step(moment=Moment.CONTACT, do="Salude."), Step(moment=Moment.CONTACT, do="Mire a la persona.")
    before, after = ProtocolText(steps=(one, other)), ProtocolText(steps=(other, one))
    assert [found.field for found in differences(before, after)] == ["contact"]
    apart = ProtocolText(steps=(Step(moment=Moment.CLOSING, do="Despídase."), one, other))
    assert differences(replace(before, steps=(one, other, apart.steps[0])), apart) == []


def test_of_a_line_that_was_mended_the_words_that_differ_are_marked() -> None:
    before = replace(PROTOCOL, purpose="Contestar antes del tercer timbre.")
    after = replace(PROTOCOL, purpose="Contestar antes del segundo timbre.")
    (found,) = differences(before, after)
    gone, come = found.lines
    assert gone.pieces == (Piece("Contestar antes del ", False), Piece("tercer", True), Piece(" timbre.", False))
    assert [piece.text for piece in come.pieces if piece.changed] == ["segundo"]
    (found,) = differences(before, replace(PROTOCOL, purpose="Otra cosa."))
    assert [line.pieces for line in found.lines] == [(), ()]


def test_every_part_of_a_protocol_is_compared() -> None:
    parts = {part for part in PARTS if part not in set(Moment)} | {"steps"}
    assert parts == set(ProtocolText.__dataclass_fields__)
    assert all(lines_of(PROTOCOL, part) for part in ("title", "contact", "never", "targets", "quiz"))
