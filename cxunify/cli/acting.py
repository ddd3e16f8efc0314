"""The commands about what to do next with customers; what they import is imported when they run."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cxunify.cli.options import Options

AsOf = Annotated[
    datetime | None,
    typer.Option(help="Count nothing after this instant, UTC. Default: the latest in the data."),
]
Force = Annotated[bool, typer.Option("--force", help="Build everything again, up to date or not.")]


def act(
    options: Options,
    capability: Annotated[str | None, typer.Argument(help="One of what `act` lists, and its first rows.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="As many first rows at most.")] = 10,
    as_of: AsOf = None,
    force: Force = False,
) -> None:
    """What to do next with each customer, and how sure that is: brought up to date and published."""
    from cxunify.cli import act as page
    from cxunify.cli.run import run

    if capability is not None:
        page.one(options, capability, limit, as_of, force=force)
    else:
        run(options, "act", as_of=as_of, force=force)


def plan(
    options: Options,
    budget: Annotated[
        float | None, typer.Option("--budget", min=0, help="Try another budget: nothing is written.")
    ] = None,
    capacity: Annotated[
        list[str] | None,
        typer.Option("--capacity", metavar="CHANNEL=N", help="Try another capacity of a channel: nothing is written."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write who is offered what to this CSV.")] = None,
) -> None:
    """Whom to offer what within budget, capacities and what people bear: what it brings, and what one more of each would."""
    from cxunify.cli import plan as page

    page.plan(options, budget, page.capacities(capacity or []), out)
