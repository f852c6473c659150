"""What people recommend, as a part of the report of a period."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from core.petitions.recommendations import Recommendation
from core.reports.table import Table
from core.web.report_parts import Part


def recommended(said: Sequence[Recommendation]) -> list[Part]:
    """The part that tells them, those that most people made first; none while nobody has gathered them."""
    if not said:
        return []
    rows = tuple((one.text, one.people) for one in sorted(said, key=lambda one: -one.people))
    table = Table(_("Lo que recomienda la ciudadanía"), (_("Recomendación"), _("Personas")), rows)
    says = _("Recomendaciones de particulares para mejorar el servicio (Ley 190 de 1995, art. 54).")
    return [Part("recommendations", table, says)]
