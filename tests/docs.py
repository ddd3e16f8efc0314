"""README.md, kept true: its tables come from the code, its worked examples from running their commands.

`python -m tests.docs` rewrites what has changed (`make docs`); test_docs.py fails until that has been done.
A block between `<!-- NAME -->` and `<!-- /NAME -->` is generated; in a console block every line that begins with `$ `
is a command, and what follows it is what the command prints.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from cxunify import schema
from cxunify.cli.options import MEANING

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def tables() -> str:
    """The published tables: one row each, then every column."""
    lines = ["| file | what a row is | key |", "|---|---|---|"]
    lines += [f"| `{t.name}` | {t.meaning} | {', '.join(t.grain)} |" for t in schema.PUBLISHED]
    return "\n".join(lines)


def exit_codes() -> str:
    """The exit codes and their meaning."""
    return "\n".join(
        ["| code | meaning |", "|---|---|", *(f"| {int(code)} | {text} |" for code, text in MEANING.items())]
    )


def commands() -> str:
    """Every command and the first line of its help."""
    import typer.main

    from cxunify.cli import app

    group = typer.main.get_command(app)
    rows = [(name, " ".join((command.help or "").split())) for name, command in group.commands.items()]  # type: ignore[attr-defined]
    return "\n".join(["| command | does |", "|---|---|", *(f"| `cxunify {name}` | {text} |" for name, text in rows)])


GENERATED: dict[str, Callable[[], str]] = {"tables": tables, "exit codes": exit_codes, "commands": commands}


def rendered(text: str) -> str:
    """The README as it should be today."""
    for name, make in GENERATED.items():
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        body = make()
        text = block.sub(lambda found, body=body: f"{found[1]}{body}\n{found[2]}", text)  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        return re.sub(
            r"(?<=```console\n).*?(?=```)", lambda block: _played(block[0], Path(folder)), text, flags=re.DOTALL
        )


def _played(block: str, folder: Path) -> str:
    """A console block with what its commands print now; they all run in one folder, one after the other."""
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
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")
