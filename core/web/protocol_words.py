"""Protocols in words: their channels, whom they are for and their moments, the same on every page and on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import N_
from core.protocols.text import Channel, Moment, Population, ProtocolText, Step
from core.web.words import translate

CHANNELS = {
    Channel.ANY: N_("Todos los canales"),
    Channel.IN_PERSON: N_("Presencial"),
    Channel.PHONE: N_("Telefónico"),
    Channel.VIRTUAL: N_("Virtual"),
    Channel.POST: N_("Correspondencia"),
}
POPULATIONS = {
    Population.EVERYBODY: N_("Todas las personas"),
    Population.PREFERENTIAL: N_("Atención preferencial"),
    Population.DEAF: N_("Personas sordas"),
    Population.BLIND: N_("Personas ciegas o con baja visión"),
    Population.CHILDREN: N_("Niñas, niños y adolescentes"),
    Population.UPSET: N_("Persona inconforme"),
    Population.DENIAL: N_("Respuesta negativa"),
}
_IN_SHORT = {
    Population.EVERYBODY: N_("General"),
    Population.PREFERENTIAL: N_("Preferencial"),
    Population.DEAF: N_("Sorda"),
    Population.BLIND: N_("Ciega"),
    Population.CHILDREN: N_("Niñez"),
    Population.UPSET: N_("Alterada"),
    Population.DENIAL: N_("Decir que no"),
}
"""What a key says of whom it is for, where there is little room."""
MOMENTS = {
    Moment.CONTACT: N_("Contacto inicial"),
    Moment.LISTENING: N_("Escucha"),
    Moment.HANDLING: N_("Gestión"),
    Moment.CLOSING: N_("Cierre"),
    Moment.RECORDING: N_("Registro"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """The steps of a moment, and the number of the first of them in the whole protocol."""

    moment: Moment
    first: int
    steps: Sequence[Step]


def stages(text: ProtocolText) -> Iterator[Stage]:
    """The moments that a protocol has something to say of, in order."""
    first = 1
    for moment in Moment:
        steps = [step for step in text.steps if step.moment is moment]
        if steps:
            yield Stage(moment, first, steps)
            first += len(steps)


def channel_text(channel: Channel) -> str:
    """«Presencial»"""
    return translate(CHANNELS[channel])


def population_text(population: Population) -> str:
    """«Personas sordas»"""
    return translate(POPULATIONS[population])


def short_text(population: Population) -> str:
    """«Sorda», on a small key."""
    return translate(_IN_SHORT[population])


def moment_text(moment: Moment) -> str:
    """«Contacto inicial»"""
    return translate(MOMENTS[moment])
