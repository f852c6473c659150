"""What reaches the printer: the whole ticket and nothing that commands it, or a refusal that says what to do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace

import pytest

from core.errors import Refused
from core.printing import (
    CLONE_CP858,
    COLUMNS,
    PrinterOutOfPaper,
    PrinterUnreachable,
    Ticket,
    encode,
    send,
)

TICKET = Ticket(
    entity="Alcaldía de California",
    site="Sede principal",
    title="Turno",
    code="A 012",
    service="Impuesto predial: liquidación y pago",
    issued="23/11/2026 8:05 a. m.",
    wait="Espera: entre 10 y 25 minutos",
    ahead="Hay 4 turnos antes del suyo",
    advice="Puede esperar sentado. Lo llamaremos por la pantalla y por el altavoz. ¡Gracias!",
    url="https://turnos.california.example/t/Zk3vQ9",
    opinion="Para opinar en el quiosco: 4821",
)
WITH_PAPER, ALMOST_NONE, NO_PAPER = b"\x12", b"\x1e", b"\x72"
ASK = b"\x10\x04\x04"


def commands(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Read a print as the printer does, in commands and text; an unknown command ends the test."""
    at = 0
    lengths = {b"\x1b@": 0, b"\x1c.": 0, b"\x1bt": 1, b"\x1ba": 1, b"\x1bE": 1, b"\x1d!": 1, b"\x1bd": 1, b"\x1dV": 1}
    while at < len(data):
        name = data[at : at + 2]
        if name in lengths:
            end = at + 2 + lengths[name]
            yield name.decode("ascii"), data[at + 2 : end]
        elif name == b"\x1d(":
            end = at + 5 + int.from_bytes(data[at + 3 : at + 5], "little")
            yield data[at : at + 3].decode("ascii"), data[at + 5 : end]
        else:
            assert data[at] == 0x0A or data[at] >= 0x20, f"stray control byte {data[at]:#x} at {at}"
            end = at + 1
            yield "text", data[at:end]
        at = end


def printed_lines(data: bytes) -> list[tuple[int, str]]:
    """Lines of the ticket as (size of the letters, text)."""
    size, line, lines = 1, b"", []
    for name, value in commands(data):
        if name == "\x1d!":
            size = value[0] % 16 + 1
        elif name == "text" and value != b"\n":
            line += value
        elif name == "text":
            lines.append((size, line.decode("cp858")))
            line = b""
    return lines


@contextmanager
def printer(attend: Callable[[socket.socket], None]) -> Iterator[int]:
    """A printer on a port of this machine, which treats its first visitor as `attend` says."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            visitor, _ = server.accept()
            with visitor:
                attend(visitor)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(timeout=20)
        assert not thread.is_alive()


def everything(visitor: socket.socket, answer: bytes = b"", received: bytes = b"") -> bytes:
    """Read to the end, and answer every question about paper."""
    while piece := visitor.recv(4096):
        received += piece
        if answer and received.endswith(ASK):
            visitor.sendall(answer)
    return received


def test_a_ticket_prints_every_text_it_has() -> None:
    paper = " ".join(text for _, text in printed_lines(encode(TICKET)))
    for field in fields(TICKET):
        if field.name != "url":
            assert getattr(TICKET, field.name) in paper


def test_a_ticket_begins_afresh_and_ends_with_a_partial_cut() -> None:
    data = encode(TICKET)
    assert data.startswith(b"\x1b@\x1c.\x1bt\x13\x1ba\x01")
    assert data.endswith(b"\x1dV\x01")


@pytest.mark.parametrize("code_page", [0x13, CLONE_CP858])
def test_spanish_letters_are_those_of_the_code_page_of_the_printer(code_page: int) -> None:
    data = encode(replace(TICKET, entity="áéíóúñÑ¿¡ÁÉÍÓÚºª·üÜ€"), code_page=code_page)
    assert b"\x1bt" + bytes([code_page]) in data
    assert bytes.fromhex("a082a1a2a3a4a5a8adb590d6e0e9a7a6fa819ad5") in data


def test_the_code_is_the_largest_text_of_the_ticket() -> None:
    for paper_mm in COLUMNS:
        lines = printed_lines(encode(TICKET, paper_mm))
        assert (4, "A 012") in lines
        assert [text for size, text in lines if size > 1] == ["A 012"]


@pytest.mark.parametrize(("paper_mm", "columns"), [(80, 48), (58, 32)])
@pytest.mark.parametrize("text", ["palabras enteras " * 12, "x" * 200, "…" * 100])
def test_no_line_is_wider_than_the_paper(paper_mm: int, columns: int, text: str) -> None:
    long = Ticket(**{field.name: text for field in fields(TICKET)})
    widths = [size * len(line) for size, line in printed_lines(encode(long, paper_mm))]
    assert max(widths) <= columns
    assert max(widths) > columns - 20


def test_words_are_not_cut_between_lines() -> None:
    lines = [text for _, text in printed_lines(encode(TICKET, 58))]
    assert {"Puede esperar sentado. Lo", "llamaremos por la pantalla y por"} <= set(lines)


@pytest.mark.parametrize("field", [field.name for field in fields(Ticket)])
@pytest.mark.parametrize(
    "attack",
    ["\x1b@", "\x1dV\x00", "\x1d(k\x03\x001Q0", "\x10\x14\x01\x00\x05", "\x9b@", "\x7f", "\r\n\x1b", "\x1b\u200bp"],
)
def test_no_text_can_command_the_printer(field: str, attack: str) -> None:
    attacked = encode(replace(TICKET, **{field: f"Ana{attack}Ruiz"}))
    assert [part for part in commands(attacked) if part[0] not in ("text", "\x1d!", "\x1d(k")] == [
        part for part in commands(encode(TICKET)) if part[0] not in ("text", "\x1d!", "\x1d(k")
    ]
    assert sum(name == "\x1d(k" for name, _ in commands(attacked)) == 5
    assert attacked.count(attack.encode()) == encode(TICKET).count(attack.encode())


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("8:05\u202fa.\u00a0m.", "8:05 a. m."),
        ("María Jose\u0301", "María José"),
        ("“Paz y salvo” – hoy…", '"Paz y salvo" - hoy...'),
        ("Šimić", "Simic"),
        ("½ ﬁn ™", "½ fin TM"),
        ("日本 😀", "?? ?"),
        ("uno\ndos\ttres", "uno dos tres"),
        ("in\u200bvisi\u202eble", "invisible"),
        ("x\u0301", "x"),
        ("\ud800", "?"),
    ],
)
def test_a_letter_the_printer_lacks_becomes_the_nearest_it_has(text: str, paper: str) -> None:
    assert (1, paper) in printed_lines(encode(replace(TICKET, service=text)))


def test_the_qr_is_five_commands_that_hold_the_address() -> None:
    address = TICKET.url.encode()
    parts = [value for name, value in commands(encode(TICKET)) if name == "\x1d(k"]
    assert parts == [b"1A2\x00", b"1C\x06", b"1E1", b"1P0" + address, b"1Q0"]
    assert b"\x1d(k" + bytes([len(address) + 3, 0]) + b"1P0" + address in encode(TICKET)


def test_a_long_address_has_both_bytes_of_its_length() -> None:
    address = "https://a.example/" + "x" * 300
    assert b"\x1d(k" + bytes([(318 + 3) % 256, 1]) + b"1P0https" in encode(replace(TICKET, url=address))


def test_a_ticket_without_address_has_no_qr() -> None:
    assert b"\x1d(k" not in encode(replace(TICKET, url=""))


@pytest.mark.parametrize("settings", [{"paper_mm": 76}, {"code_page": 256}, {"code_page": -1}])
def test_a_printer_that_does_not_exist_is_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"76|256"):
        encode(TICKET, **settings)


def test_a_printer_that_answers_gets_the_whole_ticket_and_is_asked_again() -> None:
    received: list[bytes] = []
    with printer(lambda visitor: received.append(everything(visitor, WITH_PAPER))) as port:
        send(encode(TICKET), "127.0.0.1", port)
    assert received == [ASK + encode(TICKET) + ASK]


def test_a_printer_with_little_paper_left_prints() -> None:
    received: list[bytes] = []
    with printer(lambda visitor: received.append(everything(visitor, ALMOST_NONE))) as port:
        send(encode(TICKET), "127.0.0.1", port)
    assert encode(TICKET) in received[0]


@pytest.mark.parametrize("answer", [b"", b"?", b"\xff"])
def test_a_printer_that_knows_no_questions_prints(answer: bytes) -> None:
    received: list[bytes] = []
    with printer(lambda visitor: received.append(everything(visitor, answer))) as port:
        send(encode(TICKET), "127.0.0.1", port, timeout=0.2)
    assert received == [ASK + encode(TICKET)]


def test_a_printer_without_paper_is_reported_and_sent_nothing() -> None:
    received: list[bytes] = []
    with (
        printer(lambda visitor: received.append(everything(visitor, NO_PAPER))) as port,
        pytest.raises(PrinterOutOfPaper, match="papel"),
    ):
        send(encode(TICKET), "127.0.0.1", port)
    assert received == [ASK]


def test_paper_that_ends_while_it_prints_is_reported() -> None:
    def attend(visitor: socket.socket) -> None:
        assert visitor.recv(16) == ASK
        visitor.sendall(WITH_PAPER)
        everything(visitor, NO_PAPER)

    with printer(attend) as port, pytest.raises(PrinterOutOfPaper):
        send(encode(TICKET), "127.0.0.1", port)


def test_a_printer_that_is_off_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PrinterUnreachable, match="encendida"):
        send(encode(TICKET), "127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("x" * 300, 9100), ("127.0.0.1", 70_000)])
def test_an_address_that_is_no_printer_is_unreachable(host: str, port: int) -> None:
    with pytest.raises(PrinterUnreachable):
        send(encode(TICKET), host, port, timeout=1)


def test_without_an_address_nothing_is_sent_to_this_same_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(PrinterUnreachable):
            send(encode(TICKET), "", server.getsockname()[1], timeout=0.2)
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_printer_that_stops_reading_is_unreachable() -> None:
    done, outcomes = threading.Event(), []

    def attend(visitor: socket.socket) -> None:
        visitor.recv(1)
        outcomes.append(done.wait(10))

    with printer(attend) as port:
        with pytest.raises(PrinterUnreachable):
            send(encode(TICKET) * 20_000, "127.0.0.1", port, timeout=0.3)
        done.set()
    assert outcomes == [True], "the sender must give up while the printer still holds the line"


def test_a_printer_that_answers_once_and_then_no_more_is_unreachable() -> None:
    done = threading.Event()

    def attend(visitor: socket.socket) -> None:
        visitor.recv(16)
        visitor.sendall(WITH_PAPER)
        done.wait(20)

    with printer(attend) as port:
        with pytest.raises(PrinterUnreachable):
            send(encode(TICKET), "127.0.0.1", port, timeout=0.3)
        done.set()


@pytest.mark.parametrize("greeting", [b"", WITH_PAPER])
def test_a_printer_that_hangs_up_is_unreachable(greeting: bytes) -> None:
    def attend(visitor: socket.socket) -> None:
        visitor.recv(16)
        visitor.sendall(greeting)

    with printer(attend) as port, pytest.raises(PrinterUnreachable):
        send(encode(TICKET), "127.0.0.1", port)


@pytest.mark.parametrize("refusal", [PrinterUnreachable, PrinterOutOfPaper])
def test_a_print_that_failed_tells_the_person_the_turn_is_kept(refusal: type[Refused]) -> None:
    assert "turno sigue siendo válido" in str(refusal())
    assert refusal.status == 503
