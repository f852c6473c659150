"""What a damage is called in a sentence for the person who has to act on it."""

from __future__ import annotations

from core.audit.damage import Damage, Finding
from core.errors import N_

SENTENCES = {
    Damage.ALTERED: N_("La fila %(seq)s fue alterada: ya no dice lo que decía cuando se escribió."),
    Damage.MISSING: N_("Falta la fila %(seq)s: alguien borró desde ahí una o más filas."),
    Damage.INSERTED: N_("La fila %(seq)s fue insertada: el sistema no la escribió en ese lugar."),
    Damage.OUT_OF_ORDER: N_("La fila %(seq)s está fuera de su lugar: alguien cambió el orden."),
    Damage.CUT: N_("La cadena fue recortada: después de la fila %(before)s había otras."),
    Damage.HEAD_CHANGED: N_("El extremo de la cadena fue cambiado; no corresponde desde la fila %(seq)s."),
    Damage.UNKNOWN_KEY: N_("La fila %(seq)s se selló con una clave que este equipo no tiene. Agréguela en AUDIT_KEY."),
    Damage.ANCHOR: N_("El ancla no coincide: la fila %(seq)s no es la que se guardó afuera ese día."),
    Damage.SCHEMA: N_("La protección de la base fue cambiada: «%(name)s»."),
    Damage.BLOCK: N_("El diario de la sede %(site)s fue alterado entre los hechos %(first)s y %(last)s."),
}


def sentence(found: Finding) -> tuple[str, dict[str, object]]:
    """The sentence in Spanish, to be translated, and what fills it."""
    before = None if found.seq is None else found.seq - 1
    return SENTENCES[found.kind], {
        "seq": found.seq,
        "before": before,
        "name": found.name,
        "site": found.site_id,
        "first": found.first,
        "last": found.last,
    }
