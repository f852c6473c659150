"""The passwords that anybody would try first."""

import pytest

from core.people.actions import random_password
from core.people.passwords import is_obvious

OWN = ("maria.rojas", "María Rojas", "Alcaldía Municipal de California", "California")


@pytest.mark.parametrize(
    "password",
    [
        "alcaldia2026",
        "California2026!",
        "Contraseña1234",
        "ventanilla1ventanilla1",
        "mariarojas.2026",
        "MaríaRojas**2026",
        "aaaaaaaaaaaa",
        "123456789012",
        "abcdefghijkl",
        "qwerty123456",
        "------------",
        "Admin_Digiturno_2025",
        "AtencionCiudadano1",
        "pqrsd.alcalde.2026",
    ],
)
def test_words_of_the_place_years_and_runs_are_obvious(password: str) -> None:
    assert is_obvious(password, OWN)


@pytest.mark.parametrize(
    "password",
    [
        "una frase larga de prueba",
        "otra frase larga y distinta",
        "el burro sube al páramo",
        "tinto sin azúcar x3",
        "ñandú en bicicleta",
    ],
)
def test_a_phrase_of_ones_own_is_not_obvious(password: str) -> None:
    assert not is_obvious(password, OWN)


def test_no_first_password_is_obvious() -> None:
    assert not any(is_obvious(random_password(), OWN) for _ in range(500))
