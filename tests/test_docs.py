"""The pages say what is so: tables are generated, examples are run, links and names lead somewhere, every option is tried."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.docs import GENERATED, README, ROOT, commands, pages, rendered

PAGES = pages()
LAYERS = sorted((ROOT / "docs" / "layers").glob("*.md"))
MOST_LINES = 300
FIRST = 60
"""Lines within which the README says what there is to say to a newcomer."""
Use = tuple[str, str]
"""A command, and an option of it by its name in the code; none: the command itself."""


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_page_is_up_to_date() -> None:
    stale = [_named(page) for page, text in rendered().items() if page.read_text(encoding="utf-8") != text]
    assert not stale, "run `make docs`"


def test_the_readme_is_short_and_begins_with_what_matters() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    first = "\n".join(lines[:FIRST])
    for part in (
        "# cxunify",
        "**analyst**",
        "make demo",
        "make test",
        "<!-- screen -->\n```text\n",
        "\n<!-- /screen -->",
    ):
        assert part in first, part


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_block_is_one_that_is_generated(page: Path) -> None:
    marks = re.findall(r"^<!-- (/?)(.+?) -->$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert marks[::2] == [("", name) for _, name in marks[1::2]]
    assert {name for _, name in marks} <= {*GENERATED, "screen", "monday"}


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|cxunify|configs|sample_data|docs)/[^`\s<>*]*)`", text)
    assert not [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize("page", LAYERS, ids=_named)
def test_every_promise_of_a_layer_names_tests_that_hold_it(page: Path) -> None:
    assert (ROOT / "cxunify" / page.stem / "__init__.py").exists()
    promises = re.findall(r"^\| (?!promise|---)(.+) \| (.+) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert promises
    assert not [promise for promise, tests in promises if not re.search(r"`tests/\S+`", tests)]


# -- every command and every option --------------------------------------------------------------------------------------


def test_every_command_is_shown_in_an_example_as_it_is_called() -> None:
    examples = re.findall(r"```(?:console|sh)\n(.*?)```", "".join(map(Path.read_text, PAGES)), re.DOTALL)
    shown = set(_uses(re.findall(r"cxunify (\S.*)", "".join(examples))))
    assert {name for name, _ in shown} == commands().keys()
    assert shown <= _everything()


def test_every_option_that_is_named_is_one() -> None:
    named = re.findall(r"`(?:cxunify \w+ )?(--[a-z-]+)", "".join(map(Path.read_text, PAGES)))
    spelt = {text for name in commands() for option in commands()[name].params for text in option.opts}
    assert {*named} - spelt <= {"--no-values"}  # how one says no to --values


def test_every_command_and_option_is_run_by_a_test() -> None:
    """All of them are shown: docs/commands.md lists each. Run are those of console blocks and those that tests call by name."""
    consoles = re.findall(r"^\$ .*?cxunify (\S.*)", "".join(map(Path.read_text, PAGES)), re.MULTILINE)
    run = {*_uses(consoles), *_uses(map(shlex.join, _called()))}
    shared = set.intersection(*({option for of, option in _everything() if of == name} for name in commands()))
    assert shared >= {"", "config", "json"}
    missing = {(name, option) for name, option in _everything() - run if option not in shared - {""}}
    assert not missing
    assert shared <= {option for _, option in run}


def _everything() -> set[Use]:
    """Every command and each of its options."""
    return {(name, option) for name in commands() for option in ("", *(o.name for o in commands()[name].params))}


def _uses(lines: Iterable[str]) -> Iterator[Use]:
    """The commands and options in command lines; an option that there is not keeps its spelling."""
    for line in lines:
        name, *words = shlex.split(line.split("|")[0], comments=True)
        if name in commands():
            options = commands()[name].params
            names = {spelt: option.name for option in options for spelt in (*option.opts, *option.secondary_opts)}
            yield name, ""
            yield from ((name, names.get(word, word)) for word in words if re.match(r"--?[a-z]", word))
            if any(not word.startswith("-") for word in words):
                yield from ((name, option.name) for option in options if option.param_type_name == "argument")


def _called() -> Iterator[list[str]]:
    """The texts in each call and each tuple of the tests that begins with the name of a command."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            given = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
            words = [item.value if isinstance(item, ast.Constant) else "x" for item in given]
            if words and words[0] in commands():
                yield [str(word) for word in words]
