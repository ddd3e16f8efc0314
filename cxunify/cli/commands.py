"""The commands, one function each; what they import is imported when they run, so that --help is instant."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxunify import __version__
from cxunify.cli.options import Options, command

if TYPE_CHECKING:
    from cxunify.pipeline import Outcome

app = typer.Typer(
    name="cxunify",
    help="From CRM, POS and web extracts to customers, one timeline, and a priced list of gaps.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

AsOf = Annotated[
    datetime | None,
    typer.Option(help="Count nothing after this instant, UTC. Default: the latest in the data."),
]
Force = Annotated[bool, typer.Option("--force", help="Build everything again, up to date or not.")]


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        sys.stdout.write(f"cxunify {__version__}\n")
        raise typer.Exit


@command(app)
def demo(
    options: Options,
    folder: Annotated[Path, typer.Argument(help="A folder of its own for the demo.")] = Path("cxunify-demo"),
) -> None:
    """Run the whole thing on bundled sample data."""
    from cxunify.cli import demonstration

    demonstration.play(options, folder)


@command(app)
def check(options: Options) -> None:
    """Validate the configuration and every extract's header and types; write nothing."""
    from cxunify import ingest
    from cxunify.cli import render
    from cxunify.config import load
    from cxunify.errors import InputError

    findings = ingest.check(load(options.config))
    if findings.problems:
        raise InputError(findings.problems)
    _result(options, findings.summary, render.checked)


@command(app)
def ingest(
    options: Options,
    sources: Annotated[list[str] | None, typer.Argument(help="Sources of the configuration; none: all.")] = None,
) -> None:
    """Load new extracts into the warehouse, each file once; rejects are kept with their reasons."""
    run_pipeline(options, "ingest", sources=tuple(sources or ()))


@command(app)
def resolve(options: Options, force: Force = False) -> None:
    """Find out which records are the same customer."""
    run_pipeline(options, "resolve", force=force)


@command(app)
def profile(options: Options, as_of: AsOf = None, force: Force = False) -> None:
    """Build customers, timeline and metrics, and publish them as Parquet."""
    run_pipeline(options, "profile", as_of=as_of, force=force)


@command(app)
def quality(options: Options, as_of: AsOf = None, force: Force = False) -> None:
    """Report what keeps the company from seeing its customers, and what it costs."""
    run_pipeline(options, "quality", as_of=as_of, force=force)


@command(app)
def run(options: Options, as_of: AsOf = None, force: Force = False) -> None:
    """Everything, published only if every gate passes: the command for cron."""
    run_pipeline(options, "run", as_of=as_of, force=force)


@command(app)
def show(
    options: Options,
    who: Annotated[str, typer.Argument(help="Customer id, e-mail, phone, loyalty id or source:record.")],
) -> None:
    """One customer, everything: golden record, records, identifiers, timeline."""
    from cxunify.cli import show as page

    page.show(options, who)


@command(app)
def status(options: Options) -> None:
    """Runs, freshness of each source, and what is stale."""
    from cxunify.cli import render
    from cxunify.config import load
    from cxunify.standing import standing

    _result(options, standing(load(options.config)), render.status)


def run_pipeline(options: Options, name: str, *, as_of: datetime | None = None, **wanted: Any) -> None:
    """Run the pipeline as far as the command named says, and print what came of it."""
    from cxunify import pipeline
    from cxunify.cli import render
    from cxunify.cli.session import session

    until = "quality" if name == "run" else name
    with session(options, name, steps=len(pipeline.NAMES) + 1) as open_session:
        request = pipeline.Request(
            open_session.run_id,
            until=until,
            as_of=as_of.replace(tzinfo=None) if as_of else None,
            gated=name == "run",
            **wanted,
        )
        outcome: Outcome = pipeline.run(open_session.warehouse, open_session.config, request, open_session.talk.begin)
        for note in render.notes(outcome):
            open_session.talk.note(note)
    _result(options, outcome, lambda result: render.outcome(result, name))


def _result(options: Options, result: Any, render: Any) -> None:
    """Print a command's result on stdout: one JSON document, or what `render` makes of it."""
    from cxunify.cli.render import as_json, console

    if options.json:
        sys.stdout.write(json.dumps(as_json(result), ensure_ascii=False) + "\n")
    elif not options.quiet:
        out = console(options)
        for piece in render(result):
            out.print(piece)
