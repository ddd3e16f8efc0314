"""`cxunify plan`: the contact plan in short, what is scarce in it, and its rows as a CSV; other limits are tried, not kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cxunify import actions, pipeline, private
from cxunify.actions import Action
from cxunify.cli.options import Options
from cxunify.cli.output import result
from cxunify.cli.parts import count, next_step, table, text
from cxunify.cli.session import reading, session
from cxunify.schema.words import percent

if TYPE_CHECKING:
    import polars as pl

    from cxunify.actions.plan.ask import Plan

_CAPABILITY = "campaign_optimisation"


@dataclass(frozen=True)
class Planned:
    """The plan, and whether the data bears one."""

    action: Action
    plan: Plan
    path: Path | None
    """Where its rows were written."""


def capacities(given: Sequence[str]) -> dict[str, int]:
    """What `--capacity CHANNEL=N` says. Raises BadParameter for what is no number."""
    found = {}
    for one in given:
        channel, _, number = one.partition("=")
        if not number.isdecimal():
            raise typer.BadParameter(f"{one} is not CHANNEL=N, such as phone=200", param_hint="--capacity")
        found[channel.strip()] = int(number)
    return found


def plan(options: Options, budget: float | None, capacity: Mapping[str, int], out: Path | None) -> None:
    """Bring the plan up to date, publish and print it; with other limits, try these on what was last brought up to date."""
    if budget is None and not capacity:
        with session(options, "plan", steps=len(pipeline.NAMES) + 1) as opened:
            pipeline.run(
                opened.warehouse, opened.config, pipeline.Request(opened.run_id, until="act"), opened.talk.begin
            )
            found, rows = actions.contact_plan(opened.warehouse, opened.config, None, {})
            told = actions.saved(opened.warehouse)
    else:
        with reading(options) as (config, warehouse):
            found, rows = actions.contact_plan(warehouse, config, budget, capacity)
            told = actions.saved(warehouse)
    if out is not None:
        _write(out, rows)
    action = next(of for of in told if of.capability == _CAPABILITY)
    result(options, Planned(action, found, out), _page)


def _write(out: Path, rows: pl.DataFrame) -> None:
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows(rows.iter_rows())
    private.write(out, made.getvalue())


def _page(shown: Planned) -> Iterator[Any]:
    found, action = shown.plan, shown.action
    if not any(of.offers for of in found.offers):
        yield text(f"{action.title}: {action.reason or 'within these limits no offer can be made'}", "bold")
        yield from _offers(found)
        yield next_step(
            "actions.offers in the configuration says what can be offered; cxunify act: what the data bears"
        )
        return
    made = sum(of.offers for of in found.offers)
    what = "margin" if found.is_profit else "revenue"
    yield text(f"{count(made, 'offer')} to {count(found.customers, 'customer')}", "bold")
    yield text(
        f"They are expected to bring {found.value:,.2f} {found.currency} of {what} after costs: {found.measured:,.2f} by effects"
        f" that were measured, {found.assumed:,.2f} by effects that you assume."
    )
    yield text(
        f"No plan within these limits brings more than {found.bound:,.2f}: this one misses {percent(found.gap, 3)} at most."
    )
    yield from _offers(found)
    if found.resources:
        yield text("")
        shape = table("what is scarce", "there is", "used", f"one more brings {found.currency}", right=(1, 2, 3))
        for of in found.resources:
            shape.add_row(text(of.resource), f"{of.limit:,.10g}", f"{of.used:,.10g}", f"{of.price:,.2f}")
        yield shape
    if found.is_trial:
        yield text("Other limits than those of the configuration: nothing of it is published.", "yellow")
    where = f"Who is offered what: {shown.path}" if shown.path else "cxunify plan --out FILE: who is offered what"
    yield next_step(where if shown.path is None else f"{where}; cxunify show WHO: one customer, everything")


def _offers(found: Plan) -> Iterator[Any]:
    """What becomes of each offer; why it is not made in a line of its own."""
    if not found.offers:
        return
    yield text("")
    shape = table("offer", "by", "effect", "", "offers", "costs", "brings", right=(2, 4, 5, 6))
    for of in found.offers:
        effect = "–" if of.effect is None else f"{of.effect * 100:+.2f} pp"
        shape.add_row(
            text(of.offer),
            text(of.channel),
            effect,
            of.effect_basis,
            f"{of.offers:,}",
            f"{of.cost:,.2f}",
            f"{of.value:,.2f}",
        )
    yield shape
    for of in found.offers:
        if of.reason:
            yield text(f"{of.offer} is not made: {of.reason}", "dim")
