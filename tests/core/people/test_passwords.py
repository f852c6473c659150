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
        "iloveyou1234",
        "1qaz2wsx3edc",
        "P@ssw0rd1234",
        "millonarios123",
        "mibebehermosa",
        "juancarlos2020",
        "Teamomucho123",
        "amoreterno2020",
        "jesusteama1990",
    ],
)
def test_words_of_the_place_years_runs_and_what_was_leaked_are_obvious(password: str) -> None:
    assert is_obvious(password, OWN)


@pytest.mark.parametrize(
    "password",
    [
        "una frase larga de prueba",
        "otra frase larga y distinta",
        "el burro sube al páramo",
        "tinto sin azúcar x3",
        "ñandú en bicicleta",
        "k7m-9xq2-tr4w",
    ],
)
def test_a_phrase_of_ones_own_is_not_obvious(password: str) -> None:
    assert not is_obvious(password, OWN)


def test_no_first_password_is_obvious() -> None:
    assert not any(is_obvious(random_password(), OWN) for _ in range(100))
