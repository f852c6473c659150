"""The kinds of register that the plan keeps: what each asks, what shows it, and as what it counts."""

from __future__ import annotations

from core.errors import N_
from core.plan.registers.fields import Asks, Field, Kind, Pair, Shows
from core.plan.registers.spaces import POINTS

STRATEGIES = (
    ("simplified", N_("Simplificado")),
    ("eliminated", N_("Eliminado")),
    ("optimised", N_("Optimizado")),
    ("automated", N_("Automatizado")),
)
PAIRS = (
    Pair("steps", N_("Pasos"), N_("Pasos antes"), N_("Pasos después")),
    Pair("documents", N_("Documentos"), N_("Documentos antes"), N_("Documentos después")),
    Pair("days", N_("Días que tarda"), N_("Días antes"), N_("Días después")),
    Pair("cost", N_("Costo en pesos"), N_("Costo antes"), N_("Costo después")),
)
MINUTES = N_("El acta, la lista de asistencia o la presentación. Los datos de quienes asistieron no se publican.")


def _title(label: str, hint: str = "") -> Field:
    return Field("title", label, Asks.TEXT, needed=True, listed=True, hint=hint)


def _day(label: str = N_("Fecha")) -> Field:
    return Field("day", label, Asks.DAY, needed=True, listed=True)


def _until() -> Field:
    return Field("until", N_("Último día, si duró varios"), Asks.DAY)


def _due(label: str) -> Field:
    return Field("day", label, Asks.DAY, needed=True, listed=True, future=True)


def _place(*, needed: bool = False) -> Field:
    return Field("place", N_("Lugar"), Asks.TEXT, needed=needed)


def _people(*, needed: bool = True) -> Field:
    return Field("people", N_("Personas que participaron"), Asks.PEOPLE, needed=needed, listed=True)


def _act(*, needed: bool = False) -> Field:
    return Field(
        "act", N_("Acto o documento que lo respalda"), Asks.CODE, needed=needed, hint=N_("«Resolución 045 de 2026».")
    )


def _text(name: str, label: str, *, needed: bool = False, hint: str = "", public: bool = True) -> Field:
    return Field(name, label, Asks.PROSE, needed=needed, hint=hint, public=public)


def _choice(name: str, label: str, *choices: tuple[str, str]) -> Field:
    return Field(name, label, Asks.CHOICE, needed=True, listed=True, choices=choices)


def _service() -> Field:
    return Field("service_id", N_("Trámite o servicio"), Asks.SERVICE, needed=True, listed=True)


def _official() -> Field:
    return Field("official_id", N_("Quién responde"), Asks.OFFICIAL, needed=True, public=False)


def _done(label: str) -> tuple[Field, Field]:
    hint = N_("Vacía mientras no se haya hecho.")
    return Field("done_on", label, Asks.DAY, listed=True, hint=hint), _text("done", N_("Qué se hizo"))


def _before_and_after() -> tuple[Field, ...]:
    found = []
    for pair in PAIRS:
        asks = Asks.MONEY if pair.name == "cost" else Asks.NUMBER
        found += [Field(pair.before, pair.label_before, asks), Field(pair.after, pair.label_after, asks)]
    return tuple(found)


ALL = (
    Kind(
        slug="induction",
        name=N_("Jornadas de inducción y reinducción"),
        one=N_("Jornada de inducción o reinducción"),
        add=N_("Registrar una jornada"),
        icon="users",
        fields=(
            _title(N_("Tema")),
            _choice(
                "type",
                N_("Tipo"),
                ("presentation", N_("Presentación del plan")),
                ("induction", N_("Inducción")),
                ("reinduction", N_("Reinducción")),
            ),
            _day(),
            _place(),
            _people(),
            _act(),
        ),
        what_shows=MINUTES,
    ),
    Kind(
        slug="training",
        name=N_("Capacitaciones"),
        one=N_("Capacitación"),
        add=N_("Registrar una capacitación"),
        icon="users",
        fields=(
            _title(N_("Tema")),
            _day(),
            _until(),
            Field("hours", N_("Horas"), Asks.NUMBER, needed=True, listed=True),
            _place(),
            Field("given_by", N_("Entidad o dependencia que la dio"), Asks.TEXT),
            _people(),
            _text("evaluation", N_("Cómo se evaluó y qué resultó")),
            _act(),
        ),
        what_shows=MINUTES,
    ),
    Kind(
        slug="incentive",
        name=N_("Incentivos a los servidores"),
        one=N_("Incentivo"),
        add=N_("Registrar un incentivo"),
        icon="star",
        fields=(
            _title(N_("Incentivo"), N_("Lo que se dio, sin el nombre de nadie: «Día compensado por buen servicio».")),
            _day(),
            Field("group", N_("A quiénes, por cargo o dependencia"), Asks.TEXT, needed=True),
            Field("people", N_("Cuántas personas lo recibieron"), Asks.PEOPLE, needed=True, listed=True),
            _act(needed=True),
        ),
        shows=Shows.FILE,
        what_shows=N_("El acto o la constancia."),
    ),
    Kind(
        slug="education",
        name=N_("Acciones de educación a la comunidad"),
        one=N_("Acción de educación"),
        add=N_("Registrar una acción"),
        icon="megaphone",
        fields=(
            _title(N_("Tema")),
            _day(),
            _place(needed=True),
            Field("audience", N_("A quiénes se dirigió"), Asks.TEXT, needed=True),
            _people(),
            _act(),
        ),
        what_shows=MINUTES,
        public=True,
    ),
    Kind(
        slug="dialogue",
        name=N_("Espacios de diálogo"),
        one=N_("Espacio de diálogo"),
        add=N_("Registrar un espacio"),
        icon="message-square",
        fields=(
            _title(N_("Nombre del espacio")),
            _choice(
                "type",
                N_("Tipo"),
                ("government_council", N_("Consejo de gobierno")),
                ("community_council", N_("Consejo comunal")),
                ("public_hearing", N_("Audiencia pública de rendición de cuentas")),
                ("table", N_("Mesa de trabajo")),
                ("fair", N_("Feria o jornada en la comunidad")),
                ("virtual", N_("Encuentro virtual")),
            ),
            _day(),
            _place(needed=True),
            _text("topics", N_("De qué se habló"), needed=True),
            _people(),
            _act(),
        ),
        what_shows=MINUTES,
        public=True,
    ),
    Kind(
        slug="commitment",
        name=N_("Compromisos de los espacios de diálogo"),
        one=N_("Compromiso"),
        add=N_("Agregar un compromiso"),
        icon="check",
        fields=(
            _title(N_("A qué se comprometió la alcaldía")),
            _due(N_("Para cuándo")),
            _official(),
            *_done(N_("Día en que se cumplió")),
        ),
        what_shows=N_("Lo que muestra que se cumplió."),
        falls_due=True,
        below="dialogue",
        public=True,
    ),
    Kind(
        slug="publication",
        name=N_("Publicaciones en la web y en redes"),
        one=N_("Publicación"),
        add=N_("Registrar una publicación"),
        icon="send",
        fields=(
            _title(N_("Qué se publicó")),
            _choice(
                "medium",
                N_("Dónde"),
                ("web", N_("Página web de la alcaldía")),
                ("facebook", "Facebook"),
                ("instagram", "Instagram"),
                ("x", "X"),
                ("youtube", "YouTube"),
                ("whatsapp", N_("Canal de WhatsApp")),
                ("other", N_("Otro sitio en internet")),
            ),
            _day(N_("Día en que se publicó")),
            Field("link", N_("Dirección en la web"), Asks.LINK, needed=True, listed=True),
        ),
        shows=Shows.FILE,
        what_shows=N_("Una captura de la publicación: los enlaces se pierden."),
        public=True,
    ),
    Kind(
        slug="secop",
        name=N_("Procesos publicados en el SECOP"),
        one=N_("Proceso en el SECOP"),
        add=N_("Registrar un proceso"),
        icon="scale",
        fields=(
            Field("number", N_("Número del proceso"), Asks.CODE, needed=True, listed=True),
            _title(N_("Objeto")),
            _choice(
                "modality",
                N_("Modalidad"),
                ("minimum", N_("Mínima cuantía")),
                ("abbreviated", N_("Selección abreviada")),
                ("tender", N_("Licitación pública")),
                ("merit", N_("Concurso de méritos")),
                ("direct", N_("Contratación directa")),
                ("special", N_("Régimen especial")),
            ),
            _choice(
                "state",
                N_("Estado"),
                ("called", N_("Convocado")),
                ("evaluating", N_("En evaluación")),
                ("awarded", N_("Adjudicado")),
                ("signed", N_("Contrato firmado")),
                ("running", N_("En ejecución")),
                ("ended", N_("Terminado")),
                ("settled", N_("Liquidado")),
                ("void", N_("Desierto")),
            ),
            _day(N_("Día en que se publicó en el SECOP")),
            Field("link", N_("Dirección en el SECOP"), Asks.LINK, needed=True),
            Field("value", N_("Valor en pesos"), Asks.MONEY),
        ),
        shows=Shows.NOTHING,
        what_shows=N_("Basta la dirección; puede adjuntar más."),
        public=True,
    ),
    Kind(
        slug="streamlining",
        name=N_("Trámites racionalizados"),
        one=N_("Trámite racionalizado"),
        add=N_("Registrar una racionalización"),
        icon="list",
        fields=(
            _service(),
            _title(N_("Qué se mejoró"), N_("«Ya no se pide el paz y salvo».")),
            Field("strategy", N_("Qué se le hizo"), Asks.CHOICE, needed=True, listed=True, choices=STRATEGIES),
            _choice(
                "suit",
                N_("Tipo en el SUIT"),
                ("normative", N_("Normativa: cambió una norma o un requisito")),
                ("administrative", N_("Administrativa: menos tiempo, pasos o documentos")),
                ("technological", N_("Tecnológica: en línea o entre sistemas")),
            ),
            _day(N_("Desde cuándo rige")),
            _text("before", N_("Cómo era"), needed=True),
            _text("benefit", N_("En qué le sirve a la gente"), needed=True),
            *_before_and_after(),
            _act(),
        ),
        what_shows=N_("El acto, el formato nuevo o la página donde se hace."),
        split="strategy",
        pairs=PAIRS,
        public=True,
    ),
    Kind(
        slug="diagnosis",
        name=N_("Trámites por intervenir"),
        one=N_("Trámite por intervenir"),
        add=N_("Agregar un trámite"),
        icon="search",
        fields=(
            _service(),
            _title(N_("Qué se va a mejorar")),
            _day(N_("Fecha del diagnóstico")),
            _text("why", N_("Por qué se escogió: demanda, espera, quejas, costo"), needed=True),
            Field("strategy", N_("Qué se le haría"), Asks.CHOICE, choices=STRATEGIES, listed=True),
            _act(),
        ),
        what_shows=N_("El diagnóstico o el acta en que se escogió."),
    ),
    Kind(
        slug="report",
        name=N_("Informes y tablas"),
        one=N_("Informe o tabla"),
        add=N_("Registrar un informe"),
        icon="file-text",
        fields=(
            _title(N_("Título")),
            _choice("type", N_("Tipo"), ("report", N_("Informe")), ("table", N_("Tabla"))),
            _day(),
            Field("period", N_("Período del que habla"), Asks.TEXT),
            _act(),
        ),
        what_shows=N_("El informe, o la dirección donde está publicado."),
        public=True,
    ),
    Kind(
        slug="space",
        name=N_("Espacios accesibles"),
        one=N_("Revisión de un espacio"),
        add=N_("Revisar un espacio"),
        icon="map-pin",
        fields=(
            _title(N_("Qué espacio se revisó"), N_("«Ventanilla única, primer piso».")),
            _day(N_("Día de la revisión")),
            Field("points", N_("Punto por punto"), Asks.CHECKLIST, needed=True, choices=POINTS),
            _text("pending", N_("Qué falta por adecuar")),
            _act(),
        ),
        shows=Shows.PHOTOS,
        what_shows=N_("Una foto por cada punto que aplica, sin personas que se reconozcan."),
        public=True,
    ),
    Kind(
        slug="process",
        name=N_("Mapa de procesos"),
        one=N_("Versión del mapa de procesos"),
        add=N_("Registrar una versión"),
        icon="layout-dashboard",
        fields=(
            _title(N_("Proceso o mapa")),
            Field("version", N_("Versión"), Asks.CODE, needed=True, listed=True),
            _day(N_("Vigente desde")),
            _text("change", N_("Qué cambió")),
            _act(),
        ),
        what_shows=N_("El mapa o la caracterización del proceso."),
    ),
    Kind(
        slug="route",
        name=N_("Ruta de rendición de cuentas"),
        one=N_("Etapa de la ruta"),
        add=N_("Agregar una etapa"),
        icon="list-ordered",
        fields=(
            _title(N_("Etapa")),
            _choice(
                "stage",
                N_("Momento"),
                ("prepare", N_("Preparar el equipo y el plan de trabajo")),
                ("inform", N_("Informar: reunir y publicar")),
                ("talk", N_("Dialogar con la ciudadanía")),
                ("answer", N_("Responder y cumplir compromisos")),
                ("evaluate", N_("Evaluar y mejorar")),
            ),
            _due(N_("Para cuándo")),
            _official(),
            *_done(N_("Día en que se hizo")),
        ),
        what_shows=N_("Lo que muestra que se hizo."),
        falls_due=True,
        public=True,
    ),
    Kind(
        slug="audit_finding",
        name=N_("Hallazgos de auditoría"),
        one=N_("Hallazgo de auditoría"),
        add=N_("Registrar un hallazgo"),
        icon="scale",
        fields=(
            _title(N_("Hallazgo")),
            Field("report", N_("Informe de auditoría"), Asks.CODE, needed=True, listed=True),
            _day(N_("Fecha del informe")),
            _text("detail", N_("Qué se encontró"), needed=True),
            Field(
                "action",
                N_("Acción de mejora"),
                Asks.ACTION,
                listed=True,
                hint=N_("Su código: AM-0012. Vacía mientras no se haya abierto."),
            ),
        ),
        what_shows=N_("El informe o la parte que lo dice."),
        judged=True,
        chosen=True,
    ),
    Kind(
        slug="support",
        name=N_("Otras evidencias"),
        one=N_("Evidencia"),
        add=N_("Registrar una evidencia"),
        icon="file-text",
        fields=(_title(N_("Qué se hizo")), _day(), _text("detail", N_("En qué consiste")), _act()),
        what_shows=N_("Lo que muestra que se hizo."),
        chosen=True,
    ),
)
KINDS = {kind.slug: kind for kind in ALL}
