"""A message is read whole whatever its shape, or told to be one that a person has to look at; nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import hypothesis
import hypothesis.strategies as some
import pytest

from core.mail.reading import Unreadable, glance, head_of, mark, read
from tests import make
from tests.core.mail import letters

CAME = make.at()


def test_what_looks_wrong_is_read_all_the_same() -> None:
    for name, raw, text, files in letters.readable():
        mail = read(raw, CAME)
        assert mail.text == text, name
        assert [(file.name, file.content) for file in mail.attachments] == files, name
        assert (mail.head.sender, mail.head.sender_name) == ("ana@correo.example", "Ana Pérez"), name
        assert mail.raw == raw


def test_what_cannot_be_read_whole_says_why_and_still_says_who_wrote() -> None:
    for name, raw, problem in letters.unreadable():
        with pytest.raises(Unreadable) as unreadable:
            read(raw, CAME)
        assert unreadable.value.problem is problem, name
        assert glance(head_of(raw)).sender == "ana@correo.example", name
        assert len(mark(raw)) == 64


def test_a_head_says_what_it_says_in_any_writing() -> None:
    for written, said in (
        ("=?utf-8?q?Petici=C3=B3n?= de agua", "Petición de agua"),
        ("=?utf-8?b?UGV0aWNpw7M=?=\r\n =?utf-8?b?bg==?=", "Petición"),
        ("=?iso-8859-1?q?Petici=F3n?=", "Petición"),
        ("=?x-klingon?q?Petici=C3=B3n?=", "Petición"),
        ("=?utf-8?b?A?= roto", "=?utf-8?b?A?= roto"),
        ("Petición en crudo", "Petición en crudo"),
        ("=?utf-8?q?Hola=0D=0ABcc=3A_x=40y=2Eco?=", "Hola Bcc: x@y.co"),
        ("=?utf-8?q?Hola=E2=80=AEolleh?=", "Holaolleh"),
        ("x" * 5000, "x" * 300),
        ("", ""),
    ):
        raw = f"From: a@b.co\r\nSubject: {written}\r\n\r\n".encode()
        assert glance(head_of(raw)).subject == said, written
    for written, said in (
        ("Mon, 23 Nov 2026 08:30:00 -0500", datetime(2026, 11, 23, 13, 30, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 08:30:00 -0000", datetime(2026, 11, 23, 8, 30, tzinfo=UTC)),
        ("Mon, 23 Nov 1901 08:30:00 -0500", None),
        ("ayer", None),
        ("Mon, 99 Nov 2026 99:99:99 +9999", None),
    ):
        assert glance(f"Date: {written}".encode()).dated == said, written
    for sender in ("", "sin arroba", "(" * 9000, '"' * 9000, "a@b.co, c@d.co", "\xff\xfe"):
        assert "\n" not in glance(f"From: {sender}".encode()).sender
    ids = glance(b"In-Reply-To: <2@a>\r\nReferences: <1@a>\r\n <2@a> basura <3@a>").replies_to
    assert ids == ("<2@a>", "<3@a>", "<1@a>")


def test_what_a_program_writes_is_known_for_it() -> None:
    for headers in letters.AUTOMATIC:
        assert glance(letters.letter(**headers)).automatic, headers  # type: ignore[arg-type]
    for headers in ({}, {"Auto_Submitted": "no"}, {"Precedence": "normal"}, {"Return_Path": "<ana@correo.example>"}):
        assert not glance(letters.letter(**headers)).automatic, headers  # type: ignore[arg-type]


def test_the_same_message_by_two_ways_is_one_and_two_messages_are_two() -> None:
    first = letters.letter()
    by_another_way = b"Received: from x\r\nDelivered-To: pqr@alcaldia.example\r\n" + first + b"\r\n"
    assert mark(first) == mark(by_another_way)
    others = [letters.letter(id="2"), letters.letter("Otra cosa."), letters.letter(sender="otra@correo.example")]
    assert len({mark(first), *map(mark, others)}) == 4


def test_what_could_not_be_delivered_names_the_message_and_what_is_only_late_does_not() -> None:
    back = read(letters.undelivered("<7@alcaldia.example>"), CAME)
    assert back.returned is not None
    assert (back.returned.message_id, back.returned.diagnosis) == (
        "<7@alcaldia.example>",
        "smtp; 552 5.2.2 buzon lleno",
    )
    assert back.head.automatic
    assert read(letters.undelivered("<7@alcaldia.example>", "delayed"), CAME).returned is None
    assert read(letters.letter(), CAME).returned is None


SAMPLES = [raw for _name, raw, *_ in (*letters.readable(), *letters.unreadable()) if len(raw) < 20_000]


@hypothesis.given(
    some.sampled_from(SAMPLES), some.lists(some.tuples(some.integers(0, 19_999), some.binary(max_size=9)))
)
def test_no_bytes_break_the_reader(raw: bytes, damage: list[tuple[int, bytes]]) -> None:
    for place, written in damage:
        raw = raw[: place % (len(raw) + 1)] + written + raw[place % (len(raw) + 1) + len(written) :]
    try:
        mail = read(raw, CAME)
    except Unreadable:
        pass
    else:
        assert "\x00" not in mail.text + mail.head.subject + mail.head.sender + mail.head.sender_name
    assert len(mark(raw)) == 64
    glance(head_of(raw))
