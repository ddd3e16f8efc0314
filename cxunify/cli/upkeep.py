"""The commands that keep a project in order, one function each; what they import is imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cxunify.cli.options import Options, command

Who = Annotated[
    str,
    typer.Argument(
        help="As `show` has it: customer id, e-mail, phone, card or other id, order number, source:record, name."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to those of the command line."""
    for function in (export, forget):
        command(app)(function)


def export(
    options: Options,
    who: Who,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The folder that gets both files. Default: exports, beside the configuration."),
    ] = None,
) -> None:
    """Everything that is held on a person, as one JSON document and a page that people can read."""
    from cxunify.cli import export as page

    page.export(options, who, out)


def forget(
    options: Options,
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: for scripts.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; erase nothing.")] = False,
) -> None:
    """Erase a person wherever cxunify writes, for good, and print a receipt of what was reached and what was not."""
    from cxunify.cli import forget as page

    page.forget(options, who, sure=yes, dry=dry_run)
