"""The commands, one function each; what they import is imported when they run, so that --help is instant."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from cxunify import __version__
from cxunify.cli import acting
from cxunify.cli.acting import AsOf, Force
from cxunify.cli.options import Options, command

app = typer.Typer(
    name="cxunify",
    help="From CRM, POS and web extracts to customers, one timeline, and a priced list of gaps.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Publish nothing; show what would become of customers.")]


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
def init(
    options: Options,
    files: Annotated[list[str], typer.Argument(help="Extracts, folders of them, or patterns in quotes.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write it. Default: the configuration.")] = None,
    add: Annotated[bool, typer.Option("--add", help="Extend the configuration that is there; its text stays.")] = False,
    interactive: Annotated[bool, typer.Option("--interactive", help="Ask about what is unsure.")] = False,
) -> None:
    """Write a configuration for extracts nobody has mapped, with the evidence of each line and its doubts."""
    from cxunify.cli import init as page

    if add:
        page.extend(options, files, out, interactive=interactive)
    else:
        page.start(options, files, out, interactive=interactive)


@command(app)
def check(
    options: Options,
    sources: Annotated[
        list[str] | None, typer.Argument(help="Sources whose columns are told one by one; none: all, in short.")
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Tell what Spark would shuffle, step by step, and what that asks for.")
    ] = False,
) -> None:
    """Validate the configuration and every extract's header and types; write nothing."""
    from cxunify.cli import checked, forecast

    if plan and sources:
        raise typer.BadParameter("the plan is of the whole project: leave out the sources, or --plan")
    if plan:
        forecast.show(options)
        return
    checked.check(options, sources or ())


@command(app)
def ingest(
    options: Options,
    sources: Annotated[list[str] | None, typer.Argument(help="Sources of the configuration; none: all.")] = None,
) -> None:
    """Load new extracts into the warehouse, each file once; rejects are kept with their reasons."""
    _run(options, "ingest", sources=tuple(sources or ()))


@command(app)
def resolve(
    options: Options,
    force: Force = False,
    retrain: Annotated[
        bool, typer.Option("--retrain", help="Learn anew what tells people apart, in place of the kept model.")
    ] = False,
    learn: Annotated[
        Path | None,
        typer.Option(
            metavar="LABELS", help="Learn from labels too, as `evaluate` reads them; decisions count as well."
        ),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(min=0.001, max=0.9999, help="What if: another threshold. Writes nothing.")
    ] = None,
    without_value: Annotated[
        list[str] | None, typer.Option(help="What if: this value meant nothing, as phone:+12025550100. Writes nothing.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Find out which records are the same customer."""
    if threshold is None and not without_value:
        _run(options, "resolve", force=force, retrain=retrain, learn_from=learn, dry=dry_run)
        return
    if retrain or force or learn:
        raise typer.BadParameter("what if writes nothing: leave out --retrain, --learn and --force, or the what-if")
    from cxunify.cli import render
    from cxunify.cli.session import trying
    from cxunify.identity.ask.whatif import what_if

    with trying(options) as (config, warehouse):
        found = what_if(warehouse, config, threshold, without_value or ())
    _result(options, found, render.what_if)


@command(app)
def profile(options: Options, as_of: AsOf = None, force: Force = False) -> None:
    """Build customers, timeline and metrics, and publish them as Parquet."""
    _run(options, "profile", as_of=as_of, force=force)


@command(app)
def quality(
    options: Options,
    gap_id: Annotated[str | None, typer.Argument(help="A gap of the last report: list the rows behind it.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="As many rows of a gap at most.")] = 20,
    values: Annotated[
        bool, typer.Option("--values", help="Show what the rows of a gap hold, personal data included.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(metavar="RUN", help="What has moved since an earlier run; `last`: the run before.")
    ] = None,
    as_of: AsOf = None,
    force: Force = False,
) -> None:
    """Report what keeps the company from seeing its customers, and what it costs; GAP_ID: the rows behind a gap."""
    from cxunify.cli import gaps

    asked = [name for name, given in (("GAP_ID", gap_id), ("--since", since), ("--as-of", as_of)) if given]
    if len(asked) > 1:
        raise typer.BadParameter(f"{' and '.join(asked)} are different questions: ask one at a time")
    if gap_id is not None:
        _result(options, gaps.rows(options, gap_id, limit, values=values), gaps.page)
    elif since is not None:
        _result(options, gaps.compared(options, since), gaps.changes)
    else:
        _run(options, "quality", as_of=as_of, force=force)


command(app)(acting.act)
command(app)(acting.plan)


@command(app)
def run(
    options: Options,
    as_of: AsOf = None,
    force: Force = False,
    max_minutes: Annotated[
        float | None, typer.Option(min=0, help="Begin no further step after so many minutes; the next run goes on.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Everything, published only if every gate passes: the command for cron."""
    _run(options, "run", as_of=as_of, force=force, max_minutes=max_minutes, dry=dry_run)


@command(app)
def show(
    options: Options,
    who: Annotated[
        str,
        typer.Argument(
            help="Customer id, e-mail, phone, loyalty or other id, order number, record id, source:record, or a name."
        ),
    ],
) -> None:
    """One customer, everything: golden record, records, identifiers, timeline."""
    from cxunify.cli import show as page

    page.show(options, who)


@command(app)
def why(
    options: Options,
    a: Annotated[str, typer.Argument(help="A record: source:record_id.")],
    b: Annotated[str, typer.Argument(help="Another one.")],
    values: Annotated[bool, typer.Option(help="Show what the two records say, side by side.")] = True,
) -> None:
    """Why two records are, or are not, the same customer."""
    from cxunify.cli import why as page
    from cxunify.cli.session import reading
    from cxunify.identity.ask.explain import explain

    with reading(options) as (config, warehouse):
        explanation = explain(warehouse, config, a, b)
    _result(options, explanation if values else page.without_values(explanation), page.pieces)


@command(app)
def review(
    options: Options,
    out: Annotated[Path | None, typer.Option("--out", help="Write the pairs to this CSV.")] = None,
    back: Annotated[Path | None, typer.Option("--in", help="Read decisions back from this CSV.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="As many pairs at most.")] = 50,
    scores: Annotated[
        bool, typer.Option("--scores", help="Show what the model thinks. Better decide without.")
    ] = False,
) -> None:
    """Decide on doubtful pairs; neither --out nor --in: one by one on the terminal. Decisions outlive every refresh."""
    from cxunify.cli import review as desk

    if back is not None:
        desk.take(options, back)
    if out is not None:
        desk.out(options, out, limit, scores=scores)
    if out is None and back is None:
        desk.ask(options, limit, scores=scores)


@command(app)
def evaluate(
    options: Options,
    labels: Annotated[Path, typer.Argument(help="CSV or Parquet: who is who, by record or by pair.")],
) -> None:
    """How right the customers are: precision, recall, F1 and B-cubed against labelled data, and the worst errors."""
    from cxunify.cli import evaluate as page
    from cxunify.cli.session import reading
    from cxunify.identity.ask import truth
    from cxunify.identity.ask.evaluate import evaluate as judge
    from cxunify.identity.ask.waterfall import model_of

    with reading(options) as (config, warehouse):
        given = truth.read(labels, config)
        model_of(warehouse, config)
        found = judge(warehouse, given)
    _result(options, found, page.pieces)


@command(app)
def presets(
    options: Options,
    name: Annotated[str | None, typer.Argument(help="One of them: print its YAML file; none: list all.")] = None,
) -> None:
    """The shipped mappings of known exports, and by which columns their files are known; NAME: one, as it stands."""
    from cxunify.cli import presets as page
    from cxunify.cli.output import write_json
    from cxunify.config import preset

    if name is None:
        _result(options, page.every(), page.listed)
    elif options.json:
        write_json(preset(name))
    else:
        sys.stdout.write(preset(name).text)  # no line of it is broken to fit a terminal: it may be copied


@command(app)
def schema(_options: Options) -> None:
    """Print the JSON Schema of the configuration, by which editors complete and check it."""
    from cxunify.cli.demonstration import SCHEMA, bundle

    sys.stdout.write((bundle() / "configs" / SCHEMA).read_text(encoding="utf-8"))


def _run(options: Options, name: str, **wanted: Any) -> None:
    from cxunify.cli.run import run

    run(options, name, **wanted)


def _result(options: Options, found: Any, render: Callable[[Any], Iterable[Any]]) -> None:
    from cxunify.cli.output import result

    result(options, found, render)
