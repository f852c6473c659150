"""The points by which a space is looked at: that everybody can come in, move about, understand and be attended."""

from __future__ import annotations

from core.errors import N_

POINTS = (
    ("parking", N_("Hay un sitio señalado donde puede bajar o estacionar quien se mueve con dificultad.")),
    ("entrance", N_("Se entra desde la calle sin gradas, o con otra entrada a la vista.")),
    ("ways", N_("Los pasillos están libres y una silla de ruedas llega hasta la ventanilla.")),
    ("ramps", N_("Las rampas son suaves, con pasamanos y de 1.200 mm de ancho o más.")),
    ("stairs", N_("Las escaleras tienen pasamanos, huella de 260 mm o más y contrahuella de 180 mm o menos.")),
    ("lift", N_("Lo que está en otro piso se alcanza por ascensor, o se atiende abajo.")),
    ("doors", N_("Las puertas dejan libres 800 mm o más y se abren sin esfuerzo.")),
    ("toilet", N_("Hay un baño en el que cabe y gira una silla de ruedas.")),
    ("signs", N_("Los avisos se leen de lejos, con contraste, y dicen también con dibujos a dónde ir.")),
    ("waiting", N_("Se espera sentado, con sillas señaladas para quien tiene prioridad.")),
    ("counter", N_("Hay una ventanilla baja en la que se atiende a quien está sentado.")),
    ("calls", N_("El turno se ve y se oye al llamarlo, sin luces que destellen.")),
    ("sign_language", N_("A la vista dice dónde y cómo se atiende a las personas sordas.")),
)
"""Themes of NTC 6047 (Decreto 103 de 2015, art. 14), of Ley 1618 de 2013, arts. 14 and 16, and of Ley 982 de 2005."""
