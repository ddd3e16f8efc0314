"""README.md, CONTRIBUTING.md and docs/, kept true: tables come from the code, worked examples from running their commands.

`python -m tests.docs` rewrites what has changed (`make docs`); test_docs.py fails until that has been done.
A block between `<!-- NAME -->` and `<!-- /NAME -->` is generated; in a console block every line that begins with `$ `
is a command, and what follows it is what the command prints. All commands of all pages run in one folder, one after
the other, those of docs/demo.md first.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from cxunify import identity, ingest, ledger, schema
from cxunify.actions import steps as actions_steps
from cxunify.actions.capabilities import named
from cxunify.cli.options import MEANING
from cxunify.cli.presets import signs
from cxunify.config import load, presets
from cxunify.config.requirements import catalogue as catalogue_of_needs
from cxunify.profile import steps as profile_steps
from cxunify.quality import catalogue, measure
from cxunify.schema.published import ACTIONS
from cxunify.schema.words import number
from cxunify.warehouse import Stage, Step, Warehouse

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DEMO = ROOT / "docs" / "demo.md"

SCREEN = (("records are", 1), ("web sessions", 2), (r"^since ", 3), ("belongs to nobody", 16), ("The costliest of", 7))
"""What the README shows of the demo: the paragraph that holds these words, and so many lines of it at most."""


def pages() -> tuple[Path, ...]:
    """Every page, the worked example first: others look into the folder that it makes."""
    return (DEMO, README, ROOT / "CONTRIBUTING.md", *sorted({*(ROOT / "docs").rglob("*.md")} - {DEMO}))


@cache
def commands() -> dict[str, Any]:
    """Every command by its name."""
    import typer.main

    from cxunify.cli import app

    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


# -- what is generated -----------------------------------------------------------------------------------------------------


def _table(*rows: tuple[str, ...]) -> str:
    """A table, its first row the heading."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def tables() -> str:
    """The published tables, one row each."""
    return _listed(schema.PUBLISHED)


def first_tables() -> str:
    """The same without those about what to do next: they are many, and have a page of their own."""
    first = schema.PUBLISHED.index(ACTIONS)
    return _listed(schema.PUBLISHED[:first])


def _listed(those: tuple[schema.Table, ...]) -> str:
    return _table(
        ("file", "what a row is", "key"),
        *((f"`{table.name}`", table.meaning, ", ".join(table.grain)) for table in those),
    )


def columns() -> str:
    """The published tables, every column."""
    return "\n\n".join(
        f"## {table.name}\n\n{table.meaning} Key: {', '.join(table.grain)}.\n\n"
        + _table(
            ("column", "type", "meaning"),
            *((f"`{column.name}`", column.type, column.meaning) for column in table.columns),
        )
        for table in schema.PUBLISHED
    )


def capabilities() -> str:
    """What the data must bear for what, and to which tables that leads."""
    asked = catalogue_of_needs()
    return _table(
        ("capability", "needs", "leads to"),
        *(
            (
                f"{of['title']} (`{name}`)",
                "; ".join(
                    _needed(asked["measures"].get(need, {}), need, wanted) for need, wanted in of["needs"].items()
                ),
                ", ".join(f"`{table.name}`" for table in named(name).tables),
            )
            for name, of in asked["capabilities"].items()
        ),
    )


def _needed(measure: dict[str, str], need: str, wanted: dict[str, Any]) -> str:
    """A requirement as one reads it."""
    bound = "at least" if "least" in wanted else "at most"
    value = number(float(wanted.get("least", wanted.get("most"))), measure.get("unit", "share"))
    return f"{measure.get('text', need.replace('_', ' '))}: {bound} {value}"


def exit_codes() -> str:
    """The exit codes and their meaning."""
    return _table(("code", "meaning"), *((str(int(code)), text) for code, text in MEANING.items()))


def summaries() -> str:
    """Every command and what it does."""
    return _table(
        ("command", "does"),
        *((f"`cxunify {name}`", " ".join((command.help or "").split())) for name, command in commands().items()),
    )


def options() -> str:
    """Every command with its arguments and options."""
    return "\n\n".join("\n\n".join(_described(name)) for name in commands())


def _described(name: str) -> Iterator[str]:
    own = [parameter for parameter in commands()[name].params if parameter.name not in _everywhere()]
    yield f"## cxunify {name}"
    yield " ".join((commands()[name].help or "").split())
    if own:
        yield _table(("argument or option", "says"), *((_spelt(parameter), parameter.help) for parameter in own))


def shared_options() -> str:
    """The options that every command has."""
    shared = [parameter for parameter in commands()["run"].params if parameter.name in _everywhere()]
    return _table(("option", "says"), *((_spelt(parameter), parameter.help) for parameter in shared))


def _everywhere() -> set[str]:
    """The names of what every command takes."""
    return set.intersection(*({parameter.name for parameter in command.params} for command in commands().values()))


def _spelt(parameter: Any) -> str:
    """An argument or option as one writes it."""
    if parameter.param_type_name == "argument":
        return f"`{parameter.name.upper()}`"
    return ", ".join(f"`{spelling}`" for spelling in (*parameter.opts, *parameter.secondary_opts))


def steps() -> str:
    """Every step of the sample project, in order: its table, what it reads, what one row is."""
    config = load(ROOT / "configs" / "sample.yaml")
    with Warehouse.open(directories=ingest.folders(config)) as warehouse:
        ingest.ingest(warehouse, config)
        ledger.prepare(warehouse)
        walked = (
            *identity.current(warehouse, config),
            *profile_steps.first(),
            *profile_steps.steps(config),
            *measure.first(config, None),
            *measure.rest(warehouse, config, catalogue.checks()),
            *actions_steps.steps(config),
        )
    # One step for each check: the page lists them once, as `quality.found_*`.
    found = "quality.found_"
    shown = [step for step in walked if not step.table.name.startswith(found)]
    return _table(
        ("table", "by", "reads", "what a row is"),
        *((_styled(step.table), _made(step), _read(step.reads, found), step.table.meaning) for step in shown),
    )


def _styled(table: schema.Table) -> str:
    return f"*{table.name}*" if table.is_private else f"`{table.name}`"


def _made(step: Step) -> str:
    if not isinstance(step, Stage):
        return step.function.__name__
    if step.is_view:
        return "view"
    return "SQL, by part" if step.parts and step.parts.of else "SQL"


def _read(names: Iterable[str], found: str) -> str:
    return ", ".join(dict.fromkeys(f"{found}*" if name.startswith(found) else name for name in names)) or "–"


def shipped() -> str:
    """Every preset: what it is made for, by which columns its file is known, where the list of them is from."""
    return _table(
        ("preset", "made for", "known by", "its columns are from"),
        *((f"`{of.name}`", of.about, signs(of.recognise), of.source) for of in presets().values()),
    )


def screen(page: str) -> str:
    """One screen of what `page`, the worked example, shows: passages of the demo's output, in its order."""
    output = page.partition("$ cxunify demo shop\n")[2].partition("```")[0]
    paragraphs = [part.splitlines() for part in output.split("\n\n")]
    passages = [
        next(part for part in paragraphs if re.search(words, "\n".join(part), re.MULTILINE))[:most]
        for words, most in SCREEN
    ]
    return "\n".join(["```text", "\n\n".join("\n".join(passage) for passage in passages), "```"])


def monday(page: str) -> str:
    """What the demo on `page` says one can do now: whom to contact, and whom to leave alone."""
    listed = page.partition("What you can do now\n")[2].partition("\n\n")[0]
    more = "…  what is known, what to do better, what the data does not bear: docs/demo.md"
    return f"```text\nWhat you can do now\n{listed}\n\n{more}\n```"


GENERATED: dict[str, Callable[[], str]] = {
    "capabilities": capabilities,
    "columns": columns,
    "commands": summaries,
    "exit codes": exit_codes,
    "first tables": first_tables,
    "options": options,
    "presets": shipped,
    "shared options": shared_options,
    "steps": steps,
    "tables": tables,
}


# -- pages as they should be -----------------------------------------------------------------------------------------------


def rendered() -> dict[Path, str]:
    """Every page as it should be today."""
    done: dict[Path, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for page in pages():
            text = page.read_text(encoding="utf-8")
            for name, make in (
                GENERATED | {"screen": lambda: screen(done[DEMO]), "monday": lambda: monday(done[DEMO])}
            ).items():
                if f"<!-- {name} -->" in text:
                    text = _filled(text, name, make())
            done[page] = re.sub(
                r"(?<=```console\n).*?(?=```)", lambda block: _played(block[0], Path(folder)), text, flags=re.DOTALL
            )
    return done


def _filled(text: str, name: str, body: str) -> str:
    """A page with its block `name` made anew."""
    block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return block.sub(lambda found: f"{found[1]}{body}\n{found[2]}", text)


def _played(block: str, folder: Path) -> str:
    """A console block with what its commands print now."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder), "COLUMNS": "80", "NO_COLOR": "1", "TZ": "UTC", "LANG": "C.UTF-8",
    }  # fmt: skip
    out = []
    for line in block.splitlines():
        if line.startswith("$ "):
            done = subprocess.run(
                ["bash", "-c", line[2:]], cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            out.append(f"{line}\n{_trimmed(done.stdout + done.stderr)}")
    return "".join(out)


def _trimmed(text: str) -> str:
    """The lines without trailing blanks; run ids and the moments of runs, which no two runs share, are those of a Monday."""
    text = re.sub(r"\b20\d{6}T\d{12}Z\b", "20260105T060000000000Z", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\b", "2026-01-05 06:00:00", text)
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())


if __name__ == "__main__":
    for path, text in rendered().items():
        path.write_text(text, encoding="utf-8")
