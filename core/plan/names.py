"""The questions and the parts of a corruption risk, in the words of the guide of Función Pública."""

from __future__ import annotations

from core.errors import N_

QUESTIONS = (
    N_("¿Afecta al grupo de funcionarios del proceso?"),
    N_("¿Afecta el cumplimiento de metas y objetivos de la dependencia?"),
    N_("¿Afecta el cumplimiento de la misión de la entidad?"),
    N_("¿Afecta el cumplimiento de la misión del sector al que pertenece la entidad?"),
    N_("¿Hace perder la confianza en la entidad y afecta su reputación?"),
    N_("¿Hace perder recursos económicos?"),
    N_("¿Afecta la generación de productos o la prestación de servicios?"),
    N_("¿Desmejora la calidad de vida de la comunidad por perderse un bien, un servicio o un recurso público?"),
    N_("¿Hace perder información de la entidad?"),
    N_("¿Lleva a que intervengan los órganos de control, la Fiscalía u otra autoridad?"),
    N_("¿Da lugar a procesos sancionatorios?"),
    N_("¿Da lugar a procesos disciplinarios?"),
    N_("¿Da lugar a procesos fiscales?"),
    N_("¿Da lugar a procesos penales?"),
    N_("¿Hace perder credibilidad del sector?"),
    N_("¿Ocasiona lesiones físicas o pérdida de vidas humanas?"),
    N_("¿Afecta la imagen de la región?"),
    N_("¿Afecta la imagen del país?"),
    N_("¿Genera daño ambiental?"),
)
"""The questions of the impact, numbered from 1."""

ELEMENTS = (
    N_("una acción u omisión"),
    N_("el uso del poder"),
    N_("la desviación de la gestión de lo público"),
    N_("un beneficio privado"),
)
"""What the description of a corruption risk has to name."""
