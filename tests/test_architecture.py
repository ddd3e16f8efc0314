"""The rules of the house, one test each."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import duckdb
import fastjsonschema
import pytest
import yaml

from cxunify.config import Config, Model, load
from cxunify.schema import RAW, STAGING
from cxunify.schema.actions import LAYER as ACTIONS
from cxunify.schema.identity import IDENTITY
from cxunify.schema.ledger import LEDGER
from cxunify.schema.profile import PROFILE
from cxunify.schema.quality import QUALITY
from cxunify.vocabulary import lists
from tests import schema

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cxunify"
MODULES = sorted(PACKAGE.rglob("*.py"))
STATEMENTS = sorted(PACKAGE.rglob("*.sql"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONFIGS = sorted([*(ROOT / "configs").glob("*.yaml"), *(ROOT / "tests" / "bench" / "configs").glob("*.yaml")])

TOP_LEVEL = {
    ".ci", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md",
    "configs", "cxunify", "docs", "pyproject.toml", "requirements-dev.lock", "requirements.lock", "sample_data", "tests",
}  # fmt: skip
WRITES = {
    "ingest": {"raw", "staging"}, "identity": {"identity"}, "profile": {"profile"}, "quality": {"quality"}, "actions": {"actions"},
    "publish": set(), "warehouse": {"meta"}, "ledger.py": {"ledger"},
}  # fmt: skip
"""The package, or module, and the schemas whose tables it makes."""
HEAVY = {
    "duckdb",
    "numpy",
    "pandas",
    "phonenumbers",
    "polars",
    "pyarrow",
    "recordlinkage",
    "scipy",
    "sklearn",
    "vl_convert",
}
NETWORK = {
    "aiohttp",
    "asyncio",
    "ftplib",
    "http",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "ssl",
    "urllib.request",
    "urllib3",
}
MOST_LINES = 300
NEVER_IMPORTED = {
    "tzdata": "zoneinfo reads it where the operating system ships no time zones, and its table of countries is read"
}
"""What is installed with the package although no module names it, and why."""


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _files() -> tuple[Path, ...]:
    """Every file that is in git, or would be with the next commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())


@cache
def _texts() -> tuple[tuple[Path, str], ...]:
    """The same files with what is written in them."""
    return tuple((path, path.read_text(encoding="utf-8", errors="replace")) for path in _files())


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


# -- text --------------------------------------------------------------------------------------------------------------


def test_the_top_of_the_tree_is_the_fixed_list() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in _files()} - TOP_LEVEL == set()


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(_tree(path))


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_no_module_is_too_long_to_be_read_at_once(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", STATEMENTS, ids=_named)
def test_every_sql_file_is_one_select(path: Path) -> None:
    kinds = [statement.type for statement in duckdb.extract_statements(path.read_text(encoding="utf-8"))]
    assert kinds == [duckdb.StatementType.SELECT]


SQL_PARTS = {"quality/cells.py", "quality/repeats.py"}
"""Where a text of several lines is no whole SELECT: the first part of a union, which has the columns and no rows."""


@pytest.mark.parametrize("layer", ["identity", "profile", "quality", "actions", "publish"])
def test_sql_that_never_varies_is_in_a_file(layer: str) -> None:
    whole = re.compile(r"\s*\(?\s*(?:select|with|from)\s(?=.*\S\n)", re.DOTALL)
    found = [
        f"{_named(path)}:{node.lineno}"
        for path in MODULES
        if path.is_relative_to(PACKAGE / layer) and path.relative_to(PACKAGE).as_posix() not in SQL_PARTS
        if "ask" not in path.relative_to(PACKAGE).parts  # a question has its SQL beside the answer
        for node in _plain_texts(_tree(path))
        if whole.match(node.value)
    ]
    assert not found


def _plain_texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """The texts of a module that nothing is put into, docstrings apart."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts | docstrings:
            yield node


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{_named(path)}:{node.lineno}"
        for path in MODULES
        if "cli" not in path.relative_to(PACKAGE).parts
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(?:TO[D]O|FIX[M]E|HA[C]K)\b|\bNotImplemented[E]rror\b")
    assert not [
        _named(path) for path, text in _texts() if path.suffix in {".py", ".sql", ".yaml"} and marks.search(text)
    ]


def test_no_file_names_a_registry_or_the_folders_of_a_machine() -> None:
    hosts = r"\bpypi[.]org|pythonhosted[.]org|registry[.]npmjs|files[.]python"
    folders = r"(?<![\w.~/:-])/(?:home|Users|root|opt|work|mnt)/\w"
    found = re.compile(f"{hosts}|{folders}")
    data = ROOT / "sample_data" / "extracts"
    assert not [
        f"{_named(path)}: {found.search(text)[0]}"  # type: ignore[index]
        for path, text in _texts()
        if data not in path.parents and found.search(text)
    ]


def test_every_package_that_runs_is_a_package_that_is_tested() -> None:
    pinned = {
        name: dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    }
    assert pinned["requirements.lock"]
    assert pinned["requirements.lock"].items() <= pinned["requirements-dev.lock"].items()


# -- imports -----------------------------------------------------------------------------------------------------------


@cache
def _contracts() -> str:
    """What import-linter says of the contracts in pyproject.toml."""
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("name", [contract["name"] for contract in PROJECT["tool"]["importlinter"]["contracts"]])
def test_import_contract(name: str) -> None:
    assert f"{name} KEPT" in _contracts(), _contracts()


def test_what_is_imported_is_declared() -> None:
    needed, extras = PROJECT["project"]["dependencies"], PROJECT["project"]["optional-dependencies"]
    for_development, for_spark = extras["dev"], extras["spark"]
    of_spark = [path for path in MODULES if "spark" in path.parts]
    of_tests = [path for path in _files() if path.suffix == ".py" and "cxunify" not in path.relative_to(ROOT).parts]
    assert _undeclared(set(MODULES) - set(of_spark), needed) == set()
    assert _undeclared(of_spark, [*needed, *for_spark]) == set()
    assert _undeclared(of_tests, [*needed, *for_development, *for_spark]) <= {
        "splink"
    }  # the rival has an environment of its own


def test_what_is_declared_is_imported() -> None:
    installers = packages_distributions()
    used = {installer.lower() for name in _imported(MODULES) for installer in installers.get(name, [])}
    assert _declared(PROJECT["project"]["dependencies"]) - used == NEVER_IMPORTED.keys()


def _undeclared(paths: Iterable[Path], requirements: Iterable[str]) -> set[str]:
    """The packages imported, late or early, that no requirement installs."""
    declared, installers = _declared(requirements), packages_distributions()
    theirs = _imported(paths) - sys.stdlib_module_names - {"cxunify", "sample_data", "tests"}
    return {name for name in theirs if not declared & {installer.lower() for installer in installers.get(name, [])}}


def _declared(requirements: Iterable[str]) -> set[str]:
    """What requirements ask for, without their versions."""
    return {re.split(r"[^\w.-]", requirement.lower())[0] for requirement in requirements}


def _imported(paths: Iterable[Path]) -> set[str]:
    """The packages that modules import, late or early."""
    return {name.split(".")[0] for path in paths for _, name in _imports(_tree(path))}


def test_nothing_reaches_for_the_network() -> None:
    assert not [
        f"{_named(path)}:{line} {name}"
        for path in MODULES
        for line, name in _imports(_tree(path))
        if any(name == module or name.startswith(f"{module}.") for module in NETWORK)
    ]


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nsys.argv = ['cxunify', '--help']\nfrom cxunify.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage" in done.stdout
    assert HEAVY & set(done.stderr.split()) == set()


def test_help_is_instant() -> None:
    bare = min(_seconds("-c", "import typer, rich.console") for _ in range(3))
    helped = min(_seconds("-m", "cxunify", "--help") for _ in range(3))
    assert helped < max(0.3, 3 * bare), f"{helped:.2f} s; its libraries alone take {bare:.2f} s on this machine now"


def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True, cwd=ROOT)
    return time.perf_counter() - began


# -- words -------------------------------------------------------------------------------------------------------------

READINGS = re.compile(r"googlemail|\[\^@|'@'|mailto|[^\w]0\+\||1900-01-01|\b(?:PhoneMetadata|phonenumbers\.parse)\b")
"""What gives away that an e-mail, a phone or a date of no meaning is read."""


@pytest.mark.parametrize("path", [*MODULES, *STATEMENTS], ids=_named)
def test_what_words_mean_is_said_in_the_vocabulary_alone(path: Path) -> None:
    if path.is_relative_to(PACKAGE / "vocabulary"):
        return
    text = path.read_text(encoding="utf-8")
    assert not READINGS.search(text)
    known = {word for word in lists.listed("word", "null", "identifier", "mailbox", "maildomain") if len(word) > 2}
    written = {word.lower() for word in re.findall(r"[\"']([^\"'\n]+)[\"']", text)}
    assert len(known & written - USUAL) < 3


USUAL = {"email", "null", "none", "test", "true", "false", "user", "mail", "undefined"}
"""Words that programs are written in."""


# -- tables ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_a_layer_makes_tables_in_its_own_schemas_only(path: Path) -> None:
    own = WRITES.get(path.relative_to(PACKAGE).parts[0], set()) | {"temp"}  # nothing of it outlives the command
    made = [*_stages(_tree(path)), *_statements(_tree(path))]
    assert not [f"{line}: {name}" for line, name in made if name.split(".")[0] not in own]


def _stages(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The table of each Stage, as far as it can be read off: the schema at least."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Stage":
            table = next((item.value for item in node.keywords if item.arg == "table"), None) or node.args[0]
            if isinstance(table, ast.JoinedStr):
                table = table.values[0]
            if isinstance(table, ast.Constant):
                yield node.lineno, str(table.value)


_MAKES = re.compile(
    r"\b(?:create\s+(?:or\s+replace\s+)?(?:temp\s+)?(?:table|view)\s+(?:if\s+not\s+exists\s+)?"
    r"|insert\s+(?:or\s+\w+\s+)?into\s+|delete\s+from\s+|truncate\s+|alter\s+table\s+|drop\s+table\s+(?:if\s+exists\s+)?)"
    r"([a-z_]+\.[a-z_]*)",
    re.IGNORECASE,
)


def _statements(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The tables that SQL in the module's texts makes or changes."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from ((node.lineno, found) for found in _MAKES.findall(node.value))


def test_no_statement_reads_the_clock() -> None:
    asked = re.compile(r"\b(?:current_date|current_timestamp|now\(\))", re.IGNORECASE)
    reading = {_named(path) for path in (*MODULES, *STATEMENTS) if asked.search(path.read_text(encoding="utf-8"))}
    assert reading == {"cxunify/ingest/files.py"}  # when a file was loaded


CONTRACTED = {table.name for table in (*RAW, *STAGING, *IDENTITY, *PROFILE, *QUALITY, *ACTIONS, *LEDGER)}
_TABLES = re.compile(r"\b(raw|staging|identity|profile|quality|actions|ledger)\.(?!html\b|json\b)([a-z_]+)")


@pytest.mark.parametrize("path", [*MODULES, *STATEMENTS], ids=_named)
def test_a_layer_reads_of_others_only_tables_with_a_contract(path: Path) -> None:
    layer = path.relative_to(PACKAGE).parts[0]
    if layer not in {"ingest", "identity", "profile", "quality", "actions", "publish", "standing.py", "ledger.py"}:
        return
    read = {
        f"{schema_}.{name}"
        for text in _sql(path)
        for schema_, name in _TABLES.findall(text)
        if schema_ not in WRITES.get(layer, set())
    }
    assert read <= CONTRACTED | {"ledger.records", "ledger.arms", "ledger.walks", "ledger.refusals", "ledger.version"}


def _sql(path: Path) -> Iterator[str]:
    """The statements of a file, and the texts of a module but for what it says of itself."""
    if path.suffix == ".sql":
        yield re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
        return
    tree = _tree(path)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    yield from (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    )


@pytest.mark.parametrize("path", [*MODULES, *STATEMENTS], ids=_named)
def test_no_table_keeps_the_engines_number_of_a_row(path: Path) -> None:
    """A checkpoint after a delete renumbers them: what was stored then points to other rows."""
    assert not [text for text in _sql(path) if re.search(r"\browid\b", text)]


# -- configuration -----------------------------------------------------------------------------------------------------


def test_the_schema_for_editors_is_up_to_date() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.rendered(), "run `make schema`"


@pytest.mark.parametrize("path", CONFIGS, ids=_named)
def test_every_example_is_valid(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named and (path.parent / named[1]).resolve() == schema.FILE
    assert isinstance(load(path), Config)
    fastjsonschema.compile(json.loads(schema.rendered()))(yaml.safe_load(text))


def test_the_full_example_has_every_option() -> None:
    text = (ROOT / "configs" / "full.yaml").read_text(encoding="utf-8")
    # What is empty by default has its options in a comment.
    written = {*_keys(yaml.safe_load(text)), *re.findall(r"^ +# +(\w+):", text, re.MULTILINE)}
    models = [model for model in _models(Config) if model is not Model]
    keys = {(model.__name__, field.alias or key) for model in models for key, field in model.model_fields.items()}
    assert not sorted(f"{model}.{key}" for model, key in keys if key not in written)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _models(kind: type[Model]) -> Iterator[type[Model]]:
    yield from (model for parent in Model.__subclasses__() for model in (parent, *parent.__subclasses__()))


def test_the_full_example_shows_the_defaults() -> None:
    full = load(ROOT / "configs" / "full.yaml")
    sections = [name for name, field in Config.model_fields.items() if isinstance(field.default, Model)]
    assert sections
    for name in sections:
        assert getattr(full, name) == Config.model_fields[name].default


# -- what travels with the package ---------------------------------------------------------------------------------------


def test_everything_the_package_reads_travels_with_it() -> None:
    ignored = subprocess.run(
        ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "cxunify"],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"},
    ).stdout.split()  # fmt: skip
    assert not [name for name in ignored if "__pycache__" not in name]
