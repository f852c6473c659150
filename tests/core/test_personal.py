"""What looks like a person's document, telephone or address is found, and what is none of them is left."""

from __future__ import annotations

import pytest

from core.personal import BLACK, blacked, masked, pieces

PERSONAL = {
    "Mi cédula es 63.400.100 y espero": ["63.400.100"],
    "CC63400100": ["63400100"],
    "llámeme al 310 555 12 34 o al +57 607 6290000": ["310 555 12 34", "+57 607 6290000"],
    "escriba a rosa.pabon@ejemplo.com.co, por favor": ["rosa.pabon@ejemplo.com.co"],
    "rosa63400100@ejemplo.co": ["rosa63400100@ejemplo.co"],
    "3105551234 y otra vez 3105551234": ["3105551234"],
}
NOBODY = (
    "Esperé 45 minutos en la ventanilla 3",
    "El 23-11-2026 y el 2026-11-24 no abrieron",
    "El radicado 2026-E-000123",
    "Me cobraron $ 1.500.000 y eran 1.200.000 pesos",
    "El plan 2024-2027",
    "Abren de 8:00 a 12:00",
)


def test_what_looks_personal_is_found_and_what_does_not_is_left() -> None:
    for text, found in PERSONAL.items():
        assert pieces(text) == found, text
        assert not any(piece in masked(text) for piece in found), text
    for text in NOBODY:
        assert pieces(text) == [], text
        assert masked(text) == text


def test_what_is_blacked_out_is_nowhere_in_the_text_in_capitals_or_not() -> None:
    text = "Doña Rosa me trató mal. DOÑA ROSA PABÓN, digo."
    assert blacked(text, ["doña rosa", "Rosa Pabón", "doña rosa pabón", " "]) == f"{BLACK} me trató mal. {BLACK}, digo."
    with pytest.raises(ValueError, match="Juan"):
        blacked(text, ["Juan"])
