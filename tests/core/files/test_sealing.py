"""What is sealed opens with its key, whole and in its order, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.files.refusals import WrongKey
from core.files.sealing import PIECE, opened, seal

KEY = bytes(range(32))


@given(
    some.lists(some.binary(max_size=300), max_size=4), some.sampled_from([0, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
)
def test_what_is_sealed_opens_as_it_was_and_says_nothing_before(parts: list[bytes], more: int) -> None:
    plain = b"".join(parts) + (b"el alcalde " * (more // 11 + 1))[:more]
    sealed = b"".join(seal([plain[:7], plain[7:]], KEY))
    assert b"".join(opened(io.BytesIO(sealed), KEY)) == plain
    assert len(plain) < 5 or plain[:64] not in sealed
    assert sealed != b"".join(seal([plain], KEY))


def test_a_changed_moved_or_missing_piece_and_another_key_open_nothing() -> None:
    sealed = b"".join(seal([bytes(3 * PIECE)], KEY))
    head, piece = 24, PIECE + 16
    pieces = [sealed[head + n * piece : head + (n + 1) * piece] for n in range(3)]
    changed = bytearray(sealed)
    changed[head + 5] ^= 1
    for bad in (
        bytes(changed),
        sealed[:head] + pieces[1] + pieces[0] + pieces[2],
        sealed[:head] + pieces[0] + pieces[2],
        sealed[:head] + pieces[0] + pieces[1],
        sealed + pieces[2],
        sealed[:-1],
        sealed[:head],
        sealed[:10],
        b"",
        bytes(3 * PIECE),
    ):
        with pytest.raises(WrongKey):
            list(opened(io.BytesIO(bad), KEY))
    with pytest.raises(WrongKey):
        list(opened(io.BytesIO(sealed), bytes(32)))
    with pytest.raises(ValueError, match="32"):
        list(seal([b"a"], b"short"))
