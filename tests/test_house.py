"""The house holds itself: who may know whom, who may do what, and what a page may carry."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, create_engine
from sqlalchemy import inspect as reflect

from config import Provider
from core.petitions import search
from core.tables import Base
from core.web import guard
from core.web.forms import largest_body
from core.web.live import sockets
from tests import postgresql
from tests.conftest import settings_for
from wsgi import create_app

HOUSE = Path(__file__).resolve().parents[1]
FACES = ("admin", "counter", "display", "kiosk", "portal")
PRODUCT = ("core", *FACES)
NOT_OURS = {"node_modules", "build", "instance", "vendor", "__pycache__"}

WEB = {"engineio", "flask", "simple_websocket", "socketio", "werkzeug", "wtforms"}
PURE = {
    "core.audit.chain",
    "core.audit.damage",
    "core.audit.vocabulary",
    "core.breaks.planned",
    "core.calendar",
    "core.catalogue.completeness",
    "core.catalogue.differences",
    "core.catalogue.sheet",
    "core.differences",
    "core.improvement.standing",
    "core.information.finding",
    "core.information.gaps",
    "core.information.writing",
    "core.legibility",
    "core.links",
    "core.mail.plain",
    "core.mail.reading",
    "core.personal",
    "core.petitions.checklist",
    "core.petitions.clocks",
    "core.petitions.counting",
    "core.petitions.deadlines",
    "core.petitions.facts",
    "core.petitions.limits",
    "core.petitions.open_figures",
    "core.petitions.taken",
    "core.petitions.tally",
    "core.petitions.terms",
    "core.plan.amounts",
    "core.plan.cutoffs",
    "core.plan.followup.faults",
    "core.plan.followup.marks",
    "core.plan.followup.standing",
    "core.plan.followup.summing",
    "core.plan.in_sight",
    "core.plan.progress",
    "core.plan.registers.faults",
    "core.plan.registers.fields",
    "core.plan.risk",
    "core.plan.risks.describing",
    "core.plan.risks.reviewing",
    "core.plan.risks.valuing",
    "core.protocols.choosing",
    "core.protocols.completeness",
    "core.protocols.differences",
    "core.protocols.due",
    "core.protocols.text",
    "core.reports.periods",
    "core.reports.small_cells",
    "core.speech.words",
    "core.surveys.attention",
    "core.surveys.counted",
    "core.surveys.effort",
    "core.surveys.faults",
    "core.surveys.hiding",
    "core.surveys.pages",
    "core.surveys.questionnaire",
    "core.surveys.scoring",
    "core.turns.calibration",
    "core.turns.chances",
    "core.turns.estimates",
    "core.turns.foresight.crews",
    "core.turns.foresight.forecast",
    "core.turns.foresight.imagined",
    "core.turns.foresight.otherwise",
    "core.turns.foresight.resting",
    "core.turns.foresight.search",
    "core.turns.foresight.staffing",
    "core.turns.learning",
    "core.turns.lifecycle",
    "core.turns.outlook.accuracy",
    "core.turns.outlook.hints",
    "core.turns.outlook.risk",
    "core.turns.outlook.row",
    "core.turns.outlook.shown",
    "core.turns.outlook.windows",
    "core.turns.policy",
    "core.turns.replay",
    "core.turns.runs",
    "core.turns.statistics.facts",
    "core.turns.statistics.journey",
    "core.turns.waits",
}
READS_FILES = {"core.turns.recorded", "core.turns.judging"}
_ARRAYS = {"numpy", "numpy.typing.NDArray"}
ARITHMETIC = {
    "core.turns.chances": _ARRAYS,
    "core.turns.foresight.imagined": {"numpy.random.Generator", "numpy.random.PCG64"},
    "core.turns.runs": _ARRAYS,
    "core.turns.statistics.facts": _ARRAYS,
}
"""Pure modules that count with arrays."""
FLOOR = {
    "core.clock": set(),
    "core.errors": set(),
    "core.events": {"core.clock", "core.errors"},
    "core.prepared": set(),
    "core.db": {"core.clock", "core.errors", "core.events", "core.prepared"},
    "core.audit.model": {"core.db"},
    "core.audit.actions": {
        "core.audit.chain",
        "core.audit.damage",
        "core.audit.model",
        "core.audit.vocabulary",
        "core.clock",
        "core.db",
        "core.events",
        "core.prepared",
    },
}
KNOW_TURNS = ("core.turns", "core.web", "core.tables", "core.first_content", "core.retention", "core.plan.measures")
"""What is above turns, and core.plan.measures, which counts what every room has done and acts in none."""

LONGEST_FILE, LONGEST_FUNCTION = 450, 60
WRITES_WHEN_READ = {
    "admin.audit": "who reads the trail leaves a row of having read it",
    "provider.back": "who comes back from the provider of identities is let in, by its letter for this browser",
    "admin.petitions_answer": "who reads a reply that is on its way leaves a row of having read it",
    "admin.petitions": "who reads the tray, where people are named, leaves a row of having read it",
    "admin.review_mail": "and who reads the mails that nobody could file",
    "admin.petitions_case": "who reads a petition leaves a row of having read it",
    "admin.petitions_file": "who takes a document of a petition leaves a row of having taken it",
    "admin.survey_comments": "and who reads what people wrote in surveys",
    "admin.survey_comments_one": "and who reads one of those comments whole",
    "admin.reserved_case_document": "and of a document of it",
    "admin.reserved_case": "who reads a confidential petition leaves a row of having read it",
    "pairing.show": "a screen that opens its page for the first time is given a code, and its right once let in",
}
NOTES_PRESENCE = "core.web.guard.heard_from"
"""A kiosk or display that asks is alive; noted at most every half minute."""


# ---------------------------------------------------------------- what there is


@cache
def ours() -> list[Path]:
    """Every file that we wrote."""
    return [path for path in sorted(HOUSE.rglob("*")) if is_ours(path)]


def is_ours(path: Path) -> bool:
    parts = path.relative_to(HOUSE).parts
    hidden = parts[0].startswith(".") and parts[0] not in {".ci", ".gitignore", ".npmrc"}
    return path.is_file() and not hidden and not NOT_OURS & set(parts) and path.suffix not in {".mo", ".pyc"}


def name_of(path: Path) -> str:
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python module of ours, by its dotted name."""
    return {name_of(path): ast.parse(path.read_text("utf-8")) for path in ours() if path.suffix == ".py"}


@cache
def product() -> dict[str, ast.Module]:
    return {name: tree for name, tree in modules().items() if name.split(".")[0] in PRODUCT}


@cache
def nodes(module: str) -> tuple[ast.AST, ...]:
    """What `module` imports, defines and calls, wherever it does: each module is walked through once."""
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Call
    return tuple(node for node in ast.walk(modules()[module]) if isinstance(node, kinds))


@cache
def names(module: str) -> dict[str, str]:
    """What each imported name stands for in `module`, wherever it is imported."""
    found = {}
    for node in nodes(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by dots: say the whole name"
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


@cache
def imports(module: str) -> frozenset[str]:
    """The modules that `module` imports; of ours, the module itself and not what is taken from it."""
    taken = names(module).values()
    return frozenset(
        name if name in modules() or name.split(".")[0] in sys.stdlib_module_names else home(name) for name in taken
    )


def home(name: str) -> str:
    above = name.rpartition(".")[0]
    return above if above in modules() else name


def inside(name: str, *rooms: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def importing(*rooms: str) -> list[tuple[str, str]]:
    """Who imports something of `rooms`, and what."""
    return [(name, other) for name in sorted(modules()) for other in sorted(imports(name)) if inside(other, *rooms)]


def calls(found: Iterable[ast.AST]) -> Iterator[tuple[str, ast.Call]]:
    """Every call among what was found, by the dotted words that it is written with."""
    for node in found:
        if isinstance(node, ast.Call):
            yield words_of(node.func), node


def words_of(called: ast.expr) -> str:
    """As `ast.unparse` writes it, which is slow for what is nearly always a dotted name."""
    if isinstance(called, ast.Name):
        return called.id
    if isinstance(called, ast.Attribute):
        return f"{words_of(called.value)}.{called.attr}"
    return ast.unparse(called)


@cache
def calls_of(module: str) -> list[tuple[str, ast.Call]]:
    """Every call that `module` makes."""
    return list(calls(nodes(module)))


@cache
def called_by(module: str, function: str) -> list[str]:
    """What each function of `module` with this name calls, by whole dotted names."""
    stands_for, found = names(module), []
    for node in nodes(module):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            for words, _ in calls(ast.walk(node)):
                first, dot, rest = words.partition(".")
                found.append(stands_for.get(first, f"{module}.{first}") + dot + rest)
    return found


# ---------------------------------------------------------------- who knows whom


def test_no_face_knows_another() -> None:
    assert [
        (who, what) for who, what in importing(*FACES) if not inside(who, what.split(".")[0], "wsgi", "tests")
    ] == []


def test_the_rules_know_no_face_and_only_the_web_room_knows_the_web() -> None:
    known = [
        (name, other) for name, other in importing(*PRODUCT) if inside(name, "core") and not inside(name, "core.web")
    ]
    assert [(name, other) for name, other in known if inside(other, "core.web", *FACES)] == []
    everything = [(name, other) for name in product() for other in imports(name)]
    web = [(name, other) for name, other in everything if other.split(".")[0].split("_")[0] in WEB]
    assert any(inside(name, "core.web") for name, _ in web)
    assert [(name, other) for name, other in web if inside(name, "core") and not inside(name, "core.web")] == []


def test_only_wsgi_knows_the_faces_and_the_settings() -> None:
    strangers = [(who, what) for who, what in importing("config", *FACES) if not inside(who, "tests", *FACES)]
    assert {who for who, _ in strangers} <= {"wsgi", "gunicorn.conf"}
    assert {what for _, what in strangers} == {"config", *FACES}
    assert importing("wsgi") == [(who, what) for who, what in importing("wsgi") if inside(who, "tests")]
    assert [(who, what) for who, what in importing("config") if inside(who, *PRODUCT)] == []
    assert [(who, what) for who, what in importing("tests") if not inside(who, "tests")] == []


def test_the_floor_rests_on_nothing_above_it() -> None:
    for name, below in FLOOR.items():
        assert {other for other in imports(name) if inside(other, *PRODUCT)} <= below, name
    upward = [
        (who, what) for who, what in importing("core.turns") if inside(who, "core") and not inside(who, *KNOW_TURNS)
    ]
    assert upward == []


def test_pure_modules_know_the_standard_library_and_each_other() -> None:
    clocks_and_chance = {"io", "os", "random", "secrets", "socket", "sqlite3", "subprocess", "threading", "time"}
    for name in PURE | READS_FILES:
        others = {other for other in imports(name) if other.split(".")[0] not in sys.stdlib_module_names}
        assert others <= PURE | READS_FILES | ARITHMETIC.get(name, set()), name
    for name in PURE:
        assert {other.split(".")[0] for other in imports(name)} & clocks_and_chance == set(), name


# ---------------------------------------------------------------- who does what


def test_only_the_clock_looks_at_the_clock() -> None:
    looks = re.compile(
        r"(datetime\.datetime|datetime|datetime\.date)\.(now|utcnow|today)"
        r"|time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|localtime|gmtime)"
        r"|sqlalchemy\.func\.(now|current_timestamp|current_date|localtime)"
    )
    found = []
    for module in product():
        stands_for = names(module)
        for words, call in calls_of(module):
            first, dot, rest = words.partition(".")
            whole = re.sub(r"^datetime\.(datetime|date)\b", r"datetime.\1", stands_for.get(first, first) + dot + rest)
            if looks.fullmatch(whole.replace("datetime.date.", "datetime.")) and module != "core.clock":
                found.append((module, call.lineno, words))
    assert found == []


def test_one_module_commits_and_one_emits() -> None:
    doing = {"commit": set[str](), "emit": set[str]()}
    for module in product():
        for words, _ in calls_of(module):
            verb = words.rpartition(".")[-1]
            if verb in doing:
                doing[verb].add(module)
    assert doing == {"commit": {"core.db"}, "emit": {"core.web.live"}}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("house")
    told = settings_for(f"sqlite:///{folder / 'empty.sqlite3'}", folder)
    return create_app(replace(told, provider=Provider("https://id.example", "townhall", "a secret")))


RUNS_TEXT = re.compile(
    r"(builtins\.)?(eval|exec|compile|__import__)|os\.(system|popen|exec\w+|spawn\w+|startfile)"
    r"|flask\.render_template_string|.*\.from_string|.*\.render_template_string"
)
UNPACKS = {
    "dill", "jsonpickle", "ldap", "ldap3", "lxml", "marshal", "pickle", "pymemcache", "shelve", "subprocess",
    "tarfile", "xml", "xmltodict", "yaml", "zipfile",
}  # fmt: skip
"""What starts processes, unpacks files or makes objects of what it reads: nothing here does (ASVS 1.2, 1.3, 1.5)."""
MAY_UNPACK = ("core.files.", "core.plan.document")
"""The room that looks into what citizens send, under the limits that its own tests measure; and what reads the file of
a plan, by a loader that makes plain values only."""
MAKES_MARKUP = {"core.web.qr", "core.web.report_parts"}
"""Where what the house itself drew, a code or a chart, is given to a page as it is."""


def run_by(module: str, found: Collection[ast.AST]) -> Iterator[tuple[str, int, str]]:
    """Where a module runs text as code, as a command, as a template, or as SQL that is not written out."""
    stands_for = names(module) if module in modules() else {}
    for words, call in calls(found):
        first, dot, rest = words.partition(".")
        whole = stands_for.get(first, first) + dot + rest
        built = [each for each in call.args if not isinstance(each, ast.Constant)]
        if RUNS_TEXT.fullmatch(whole) or any(word.arg == "shell" for word in call.keywords):
            yield module, call.lineno, whole
        elif whole in ("sqlalchemy.text", "text") and built:
            yield module, call.lineno, f"{whole} of what is put together"
        elif whole in ("markupsafe.Markup", "flask.Markup", "Markup") and module not in MAKES_MARKUP:
            yield module, call.lineno, whole
    for node in found:
        if isinstance(node, ast.FunctionDef) and node.name == "__html__":
            yield module, node.lineno, "text that calls itself escaped"


def test_no_text_is_run_as_code_as_a_command_as_a_template_or_as_sql() -> None:
    everything = [*product(), "wsgi", "config", "gunicorn.conf"]
    assert [found for module in everything for found in run_by(module, nodes(module))] == []
    unpacking = [(who, what) for who, what in importing(*UNPACKS) if who in everything]
    assert [(who, what) for who, what in unpacking if not who.startswith(MAY_UNPACK)] == []
    for line in (
        "eval(said)", "exec(said)", "os.system(said)", "run(said, shell=True)", "env.from_string(said)",
        "text(f'SELECT {said}')", "text(said)", "Markup(said)", "flask.render_template_string(said)",
        "class Said(str):\n    def __html__(self): return self",
    ):  # fmt: skip
        assert list(run_by("elsewhere", list(ast.walk(ast.parse(line))))), line


def test_every_route_says_who_may_enter(built: Flask) -> None:
    said = {
        rule.endpoint: getattr(built.view_functions[rule.endpoint], "guard", None)
        for rule in built.url_map.iter_rules()
    }
    pages = {endpoint: who for endpoint, who in said.items() if endpoint.rpartition(".")[-1] != "static"}
    assert pages
    for endpoint, who in pages.items():
        assert who == "public" or who[0] in ("official", "device"), endpoint
    for endpoint in said.keys() - pages.keys():
        assert built.view_functions[endpoint].__name__ in ("<lambda>", "send_static_file"), endpoint


def test_a_route_that_does_not_say_who_may_enter_stops_the_start(tmp_path: Path) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path))
    app.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(RuntimeError, match="open does not say who may enter"):
        guard.check_guards(app)


def test_the_front_door_lets_in_what_a_form_may_bring(built: Flask) -> None:
    """Each view that receives files, or a long form, has a place in nginx.conf as large as what it receives."""
    places = re.findall(
        r"location (=|~) (\S+) \{[^}]*client_max_body_size (\d+)m;", (HOUSE / "deploy/nginx.conf").read_text("utf-8")
    )
    shut = []
    for rule in built.url_map.iter_rules():
        view = built.view_functions[rule.endpoint]
        most = getattr(view, "weighs", 0) or (getattr(view, "receives", 0) and largest_body(view.receives))
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        open_to = [
            int(size) for kind, path, size in places if (address == path if kind == "=" else re.search(path, address))
        ]
        if most > max(open_to, default=0) * 2**20:
            shut.append(rule.rule)
    assert places
    assert shut == []


def test_every_socket_is_asked_who_it_is(built: Flask) -> None:
    rooms = sockets.server.handlers
    assert set(rooms) == {"/wall", "/desks"}
    assert sockets.server.namespace_handlers == {}
    for room, handlers in rooms.items():
        assert getattr(inspect.unwrap(handlers["connect"]), "guard", None) not in (None, "public"), room


def written_by(module: str, function: str, seen: set[str]) -> bool:
    """Whether `function` of `module`, or what it calls of the faces and of the web room, opens a transaction."""
    whole = f"{module}.{function}"
    if whole in seen or whole == NOTES_PRESENCE or module not in product():
        return False
    seen.add(whole)
    for called in called_by(module, function):
        if called == "core.db.transaction":
            return True
        where, _, what = called.rpartition(".")
        if inside(where, "core.web", *FACES) and written_by(where, what, seen):
            return True
    return False


def test_looking_at_a_page_changes_nothing(built: Flask) -> None:
    writing = set()
    for rule in built.url_map.iter_rules():
        view = inspect.unwrap(built.view_functions[rule.endpoint])
        if "GET" in (rule.methods or ()) and written_by(view.__module__, view.__name__, set()):
            writing.add(rule.endpoint)
    assert writing == set(WRITES_WHEN_READ)


# ---------------------------------------------------------------- what a page may carry

IN_A_TEMPLATE = {
    "an inline style": r"<style\b|\sstyle\s*=",
    "an inline handler": r"\son[a-z]+\s*=",
    "an inline script": r"<script(?![^>]*\ssrc\s*=)(?![^>]*\stype=\"application/json\")",
    "an address that runs": r"javascript:",
    "text that is not escaped": r"(?<!['\"])\|\s*safe\b|\bMarkup\s*\(|autoescape\s+false",
    "something of another server": r"<(?:script|link|img|audio|iframe|form)\b[^>]*"
    r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
}
IN_A_SCRIPT = {
    "text taken for a page": r"\b(?:innerHTML|insertAdjacentHTML|createContextualFragment)\b"
    r"|\bouterHTML\s*=[^=]|document\.write",
    "a message of another window": r"\bpostMessage\b|[\"'`]message[\"'`]\s*,",
    "objects made of names from outside": r"__proto__|\.prototype\b",
    "text taken for code": r"\beval\s*\(|\bnew\s+Function\b|set(?:Timeout|Interval)\(\s*[\"'`]",
    "something of another server": r"import\s[^;]*[\"'](?:https?:)?//|\bfetch\(\s*[\"'`](?:https?:)?//",
}
IN_A_STYLE = {"something of another server": r"@import|url\(\s*[\"']?(?:https?:)?//"}


def carried(suffix: str, forbidden: dict[str, str]) -> list[tuple[str, int, str]]:
    found = []
    for path in ours():
        if path.suffix == suffix and path.relative_to(HOUSE).parts[0] in PRODUCT:
            text = re.sub(
                r"\{#.*?#\}", lambda comment: "\n" * comment[0].count("\n"), path.read_text("utf-8"), flags=re.S
            )
            for what, pattern in forbidden.items():
                for match in re.finditer(pattern, text):
                    found.append((str(path.relative_to(HOUSE)), text.count("\n", 0, match.start()) + 1, what))
    return found


def test_a_template_carries_no_script_no_style_and_no_unescaped_text() -> None:
    assert carried(".html", IN_A_TEMPLATE) == []


def test_a_script_never_takes_text_for_a_page_or_for_code() -> None:
    assert carried(".js", IN_A_SCRIPT) == []


def test_a_style_brings_nothing_from_another_server() -> None:
    assert carried(".css", IN_A_STYLE) == []


def left_open(style: str) -> int | None:
    """The first line of a style sheet that closes what is not open, or that of the rule that is never closed."""
    opened: list[int] = []
    rules = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), style, flags=re.S)
    for number, line in enumerate(rules.split("\n"), 1):
        for sign in re.findall(r"[{}]", line):
            if sign == "{":
                opened.append(number)
            elif not opened:
                return number
            else:
                opened.pop()
    return opened[0] if opened else None


def test_a_style_closes_what_it_opens() -> None:
    sheets = {path: left_open(path.read_text("utf-8")) for path in ours() if path.suffix == ".css"}
    assert {path.name: line for path, line in sheets.items() if line} == {}
    assert [left_open(style) for style in ("a {\n}\n}", "a {\n}\nb {\n/* } */", "a { b { } }")] == [3, 3, None]


@pytest.mark.parametrize(
    ("forbidden", "text", "what"),
    [
        (IN_A_TEMPLATE, '<p style="x">', "an inline style"),
        (IN_A_TEMPLATE, "<style>", "an inline style"),
        (IN_A_TEMPLATE, "<a onclick='x'>", "an inline handler"),
        (IN_A_TEMPLATE, '<script type="module">', "an inline script"),
        (IN_A_TEMPLATE, '<a href="javascript:x">', "an address that runs"),
        (IN_A_TEMPLATE, "{{ a|safe }}", "text that is not escaped"),
        (IN_A_TEMPLATE, '<script src="https://cdn.example/a.js">', "something of another server"),
        (IN_A_SCRIPT, "a.innerHTML = b", "text taken for a page"),
        (IN_A_SCRIPT, "a.outerHTML = b", "text taken for a page"),
        (IN_A_SCRIPT, "eval(a)", "text taken for code"),
        (IN_A_SCRIPT, 'import a from "https://cdn.example/a.js"', "something of another server"),
        (IN_A_STYLE, "@import 'a.css'", "something of another server"),
    ],
)
def test_what_is_forbidden_is_seen(forbidden: dict[str, str], text: str, what: str) -> None:
    assert [name for name, pattern in forbidden.items() if re.search(pattern, text)] == [what]


@pytest.mark.parametrize(
    "text",
    [
        '<script type="module" src="/a.js">',
        '<script id="state" type="application/json">',
        '<link rel="stylesheet" href="/a.css">',
        '<button data-once="on">',
        "{{ _('%(n)s', n='<b>1</b>'|safe) }}",
    ],
)
def test_what_is_allowed_is_not_taken_for_what_is_not(text: str) -> None:
    assert [name for name, pattern in IN_A_TEMPLATE.items() if re.search(pattern, text)] == []


def test_a_macro_that_templates_share_is_found_by_its_name() -> None:
    """It lives in a file named for it, or for the macro that it varies."""
    lost = []
    for path in ours():
        if path.suffix == ".html":
            text = path.read_text("utf-8")
            for file, taken in re.findall(r"\{%-?\s*from\s+[\"']([^\"']+)[\"']\s+import\s+([^%]+?)\s*-?%\}", text):
                own = Path(file).stem.strip("_").rstrip("s")
                for macro in (part.split()[0] for part in re.sub(r"with(out)? context", "", taken).split(",")):
                    if own not in macro:
                        lost.append((str(path.relative_to(HOUSE)), file, macro))
    assert lost == []


# ---------------------------------------------------------------- how it is written


def test_a_module_begins_by_saying_what_it_is() -> None:
    assert [name for name, tree in modules().items() if not ast.get_docstring(tree)] == []


def test_no_room_is_a_drawer() -> None:
    drawers = re.compile(r"utils?|helpers?|common|misc|managers?|services", re.IGNORECASE)
    written = [path for path in ours() if path.suffix in {".py", ".js", ".css"}]
    assert [str(path) for path in written if drawers.fullmatch(path.stem)] == []
    classes = [node for module in product() for node in nodes(module) if isinstance(node, ast.ClassDef)]
    assert [node.name for node in classes if node.name.endswith(("Manager", "Helper", "Utils"))] == []


def test_no_file_and_no_function_is_too_long_to_read_at_once() -> None:
    files, functions = [], []
    for module, tree in product().items():
        files.append((max((getattr(node, "end_lineno", 0) for node in tree.body), default=0), module))
        for node in nodes(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions.append(((node.end_lineno or 0) - node.lineno + 1, f"{module}.{node.name}"))
    assert [longest for longest in sorted(files, reverse=True) if longest[0] > LONGEST_FILE] == []
    assert [longest for longest in sorted(functions, reverse=True) if longest[0] > LONGEST_FUNCTION] == []


def test_no_file_tells_where_it_was_written_or_fetched() -> None:
    registries = "|".join(
        ("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", r"registry\.\w+", "artifact" + "ory")
    )
    machines = r"(?<![\w.}*])/(?:ro" + r"ot|ho" + r"me|wo" + r"rk|mnt|Users)/|\.\./shared"
    told = []
    for path in ours():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        told += [(str(path.relative_to(HOUSE)), found[0]) for found in re.finditer(f"{registries}|{machines}", text)]
    assert told == []


# ---------------------------------------------------------------- migrations

MIGRATIONS = HOUSE / "migrations"


def test_migrations_are_numbered_without_gaps_and_each_follows_the_one_before() -> None:
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    numbers = [f"{n:04}" for n in range(1, len(files) + 1)]
    assert files
    assert [re.sub(r"_[a-z0-9_]+\.py$", "", file) for file in files] == numbers
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert scripts.get_heads() == [numbers[-1]]
    following = [(script.revision, script.down_revision) for script in reversed(list(scripts.walk_revisions()))]
    assert following == list(zip(numbers, [None, *numbers], strict=False))


@pytest.fixture
def from_models(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database of the same kind, made from the models and not by migrations."""
    if database_url.startswith("sqlite"):
        url, drop = f"sqlite:///{tmp_path / 'models.sqlite3'}", None
    else:
        address, drop = request.getfixturevalue("postgresql_address"), f"{database_url.rpartition('/')[2]}_models"
        postgresql.run(address, f"CREATE DATABASE {drop}")
        url = f"{database_url}_models"
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
    if drop:
        postgresql.run(address, f"DROP DATABASE {drop}")


def described(engine: Engine) -> dict[str, object]:
    """Every table as the database tells it."""
    told = reflect(engine)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in told.get_columns(table)},
            "key": told.get_pk_constraint(table),
            "references": sorted(map(str, told.get_foreign_keys(table))),
            "unique": sorted(map(str, told.get_unique_constraints(table))),
            "checks": sorted(map(str, told.get_check_constraints(table))),
            "indexes": sorted(
                str((i["name"], i["column_names"], i["unique"], _said(i.get("dialect_options", {}))))
                for i in told.get_indexes(table)
            ),
        }
        for table in told.get_table_names()
        if table != "alembic_version" and not table.startswith(search.INDEX)
    }


def not_of_the_search(_item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """What the search makes by hand is in no model: its index, and the tables in which SQLite keeps it."""
    return kind not in {"table", "index"} or not (name or "").startswith(search.INDEX)


def _said(options: dict[str, object]) -> list[tuple[str, str]]:
    return sorted((name, str(value)) for name, value in options.items())


def test_migrations_make_what_the_models_say_and_can_be_undone(app: Flask, from_models: Engine) -> None:
    wanted = described(from_models)
    assert wanted.keys() == Base.metadata.tables.keys()
    with app.app_context():
        engine = app.extensions["migrate"].db.engine
        for _ in ("as every test finds it", "after going back to nothing"):
            with engine.connect() as connection:
                context = MigrationContext.configure(
                    connection, opts={"compare_type": True, "include_object": not_of_the_search}
                )
                assert compare_metadata(context, Base.metadata) == []
            made = described(engine)
            for table, said in wanted.items():
                assert made[table] == said, table
            assert made.keys() == wanted.keys()
            downgrade(directory=str(MIGRATIONS), revision="base")
            assert described(engine) == {}
            upgrade(directory=str(MIGRATIONS))
        assert described(engine) == wanted
