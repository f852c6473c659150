"""What the steps, the ways and the decisions of an office are called, on screen and on paper."""

from __future__ import annotations

from core.errors import N_
from core.petitions.checklist import Check, Ground
from core.petitions.model import Channel, Identity, Stage, StepKind
from core.petitions.reply_model import Outcome, ReplyState, Way
from core.petitions.work import Priority, Told

STEPS = {
    StepKind.FILED: N_("Radicada"),
    StepKind.ACKNOWLEDGED: N_("Acuse de recibo"),
    StepKind.ASSIGNED: N_("Asignada"),
    StepKind.RETURNED: N_("Devuelta"),
    StepKind.RECLASSIFIED: N_("Cambió de clase"),
    StepKind.PRIORITISED: N_("Prelación legal"),
    StepKind.CLARIFICATION_ASKED: N_("Se pidió completar"),
    StepKind.CLARIFICATION_LONGER: N_("Más plazo para completar"),
    StepKind.CLARIFIED: N_("La persona completó"),
    StepKind.CORRECTION_ASKED: N_("Se pidió aclarar"),
    StepKind.CORRECTED: N_("La persona aclaró"),
    StepKind.EXTENDED: N_("Prórroga"),
    StepKind.TRANSFERRED: N_("Trasladada"),
    StepKind.WITHDRAWN: N_("La persona desistió"),
    StepKind.ARCHIVED: N_("Archivada"),
    StepKind.LINKED: N_("Relacionada con otra"),
    StepKind.GROUPED: N_("Agrupada con otras"),
    StepKind.NOTED: N_("Nota interna"),
    StepKind.OFFICE_WROTE: N_("Mensaje de la entidad"),
    StepKind.CITIZEN_WROTE: N_("Mensaje de la persona"),
    StepKind.DOCUMENT_ADDED: N_("Documento agregado"),
    StepKind.DRAFTED: N_("Se empezó la respuesta"),
    StepKind.REVIEW_ASKED: N_("Respuesta a revisión"),
    StepKind.SENT_BACK: N_("Respuesta devuelta"),
    StepKind.APPROVED: N_("Respuesta aprobada"),
    StepKind.SIGNED: N_("Respuesta firmada"),
    StepKind.SENT: N_("Respuesta enviada"),
    StepKind.DELIVERED: N_("Respuesta entregada"),
    StepKind.APPEALED: N_("Recurso"),
    StepKind.INSISTED: N_("Insistencia"),
    StepKind.DATE_MOVED: N_("Cambió la fecha"),
    StepKind.IDENTITY_OPENED: N_("Se abrió la identidad"),
    StepKind.ANNULLED: N_("Radicado anulado"),
}
CHANNELS = {
    Channel.WEB: N_("Web"),
    Channel.IN_PERSON: N_("Presencial"),
    Channel.PHONE: N_("Teléfono"),
    Channel.PAPER: N_("Papel"),
    Channel.EMAIL: N_("Correo electrónico"),
}
STAGES = {
    Stage.OPEN: N_("por responder"),
    Stage.ANSWERED: N_("respondidas"),
    Stage.TRANSFERRED: N_("trasladadas"),
    Stage.WITHDRAWN: N_("desistidas"),
    Stage.ARCHIVED: N_("archivadas"),
    Stage.ANNULLED: N_("anuladas"),
}
IDENTITIES = {
    Identity.IDENTIFIED: N_("Identificada"),
    Identity.ANONYMOUS: N_("Anónima"),
    Identity.RESERVED: N_("Identidad reservada"),
}
MISSING = {
    "subject": N_("el asunto"),
    "name": N_("el nombre"),
    "document": N_("el documento"),
    "contact": N_("cómo responderle"),
}
PRIORITIES = {
    Priority.RIGHTS: N_("Un derecho fundamental y un perjuicio irremediable"),
    Priority.DANGER: N_("Peligro inminente para la vida o la integridad"),
    Priority.JOURNALIST: N_("La pide un periodista para su trabajo"),
}
TOLD = {
    Told.EMAIL: N_("Correo electrónico"),
    Told.POST: N_("Correo físico"),
    Told.PHONE: N_("Llamada"),
    Told.IN_PERSON: N_("En persona"),
    Told.PORTAL: N_("Página de seguimiento"),
}
OUTCOMES = {
    Outcome.GRANTED: N_("Se concede lo pedido"),
    Outcome.PARTLY: N_("Se concede en parte"),
    Outcome.DENIED: N_("Se niega"),
    Outcome.RESERVED: N_("Se niega por reserva legal"),
    Outcome.INFORMED: N_("Se informa o se orienta"),
}
WAYS = {
    Way.PORTAL: N_("Página de seguimiento"),
    Way.EMAIL: N_("Correo electrónico"),
    Way.IN_PERSON: N_("Entrega en persona"),
    Way.POST: N_("Correo certificado"),
    Way.NOTICE: N_("Aviso en la web y en la cartelera"),
}
REPLY_STATES = {
    ReplyState.DRAFT: N_("En borrador"),
    ReplyState.REVIEW: N_("Espera aprobación"),
    ReplyState.APPROVED: N_("Aprobada, falta la firma"),
    ReplyState.SIGNED: N_("Firmada"),
}
CHECKS = {
    Check.CLEAR: N_("Clara: se entiende sin ayuda."),
    Check.PRECISE: N_("Precisa: va al punto, sin fórmulas."),
    Check.CONGRUENT: N_("Congruente: responde lo que se preguntó."),
    Check.COMPLETE: N_("Completa: responde cada punto."),
    Check.REASONED: N_("Motivada: dice los hechos y las normas."),
    Check.REMEDIES: N_("Dice qué recursos proceden, ante quién y hasta cuándo, o que no procede ninguno."),
}
GROUNDS = {
    Ground.DEFENCE: N_("Defensa o seguridad nacionales"),
    Ground.DIPLOMACY: N_("Negociaciones diplomáticas reservadas"),
    Ground.PRIVACY: N_("Intimidad: hojas de vida, historias y registros de personas"),
    Ground.PUBLIC_CREDIT: N_("Condiciones financieras del crédito público"),
    Ground.FINANCIAL_DATA: N_("Datos financieros y comerciales (Ley 1266 de 2008)"),
    Ground.TRADE_SECRET: N_("Secreto comercial o industrial"),
    Ground.PROFESSIONAL_SECRET: N_("Secreto profesional"),
    Ground.GENETIC_DATA: N_("Datos genéticos humanos"),
}
