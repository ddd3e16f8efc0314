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
    for function in (status, diff, doctor, export, forget, schedule):
        command(app)(function)


def status(options: Options) -> None:
    """Runs, freshness of each source, and what is stale."""
    from cxunify.cli import render
    from cxunify.cli.output import result
    from cxunify.config import load
    from cxunify.standing import standing

    result(options, standing(load(options.config)), render.status)


def diff(
    options: Options,
    old: Annotated[
        str | None, typer.Argument(help="A kept run, by its id or how that begins. Default: the one before.")
    ] = None,
    new: Annotated[str | None, typer.Argument(help="Another one. Default: what is published.")] = None,
) -> None:
    """What became of customers between two runs: new, merged, split, moved, gone, golden values, figures, and what caused it."""
    from cxunify.cli import diff as page

    page.diff(options, old, new)


def doctor(options: Options) -> None:
    """Check warehouse, ledger, decisions, model, key and every published run; restore what can be, move aside what is damaged."""
    from cxunify.cli import doctor as page

    page.doctor(options)


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


def schedule(
    options: Options,
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="The time of day.")] = "04:00",
    max_minutes: Annotated[
        float | None, typer.Option("--max-minutes", min=0, help="What `run` is given of that name.")
    ] = None,
) -> None:
    """Print the crontab line and the systemd timer that refresh this project every day."""
    from cxunify.cli import schedule as page

    page.schedule(options, at, max_minutes)
