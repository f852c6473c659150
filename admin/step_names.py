"""What each step of a petition is called where officials read it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.petitions.model import StepKind

STEP_NAMES = {
    StepKind.FILED: _l("Radicada"),
    StepKind.ACKNOWLEDGED: _l("Acuse enviado"),
    StepKind.ASSIGNED: _l("Asignada"),
    StepKind.RETURNED: _l("Devuelta"),
    StepKind.RECLASSIFIED: _l("Cambió de clase"),
    StepKind.PRIORITISED: _l("Con prioridad"),
    StepKind.CLARIFICATION_ASKED: _l("Se pidió completarla"),
    StepKind.CLARIFICATION_LONGER: _l("Más tiempo para completarla"),
    StepKind.CLARIFIED: _l("Completada"),
    StepKind.CORRECTION_ASKED: _l("Se pidió aclararla"),
    StepKind.CORRECTED: _l("Aclarada"),
    StepKind.EXTENDED: _l("Prorrogada"),
    StepKind.TRANSFERRED: _l("Trasladada"),
    StepKind.WITHDRAWN: _l("Desistida"),
    StepKind.ARCHIVED: _l("Archivada"),
    StepKind.LINKED: _l("Relacionada con otra"),
    StepKind.GROUPED: _l("Agrupada con otras"),
    StepKind.NOTED: _l("Nota interna"),
    StepKind.OFFICE_WROTE: _l("Mensaje de la alcaldía"),
    StepKind.CITIZEN_WROTE: _l("Mensaje de la persona"),
    StepKind.DOCUMENT_ADDED: _l("Documento agregado"),
    StepKind.DRAFTED: _l("Borrador de respuesta"),
    StepKind.REVIEW_ASKED: _l("En revisión"),
    StepKind.SENT_BACK: _l("Borrador devuelto"),
    StepKind.SIGNED: _l("Respuesta firmada"),
    StepKind.SENT: _l("Respuesta enviada"),
    StepKind.DELIVERED: _l("Respuesta entregada"),
    StepKind.APPEALED: _l("Recurso presentado"),
    StepKind.INSISTED: _l("Insistencia"),
    StepKind.DATE_MOVED: _l("Cambió la fecha"),
    StepKind.IDENTITY_OPENED: _l("Se vio la identidad"),
    StepKind.ANNULLED: _l("Anulada"),
}


def step_name(kind: StepKind) -> str:
    """Its name; a kind that has none yet is shown as it is kept."""
    return str(STEP_NAMES.get(kind, kind.value))
