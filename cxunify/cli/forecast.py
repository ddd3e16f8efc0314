"""`cxunify check --plan`: what Spark would shuffle, step by step and at most, and what that asks of tasks and of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from cxunify.cli.options import Options
from cxunify.cli.output import result
from cxunify.cli.parts import count, next_step, table, text

if TYPE_CHECKING:
    from cxunify.forecast import Dealt, Forecast

_MOST = 15
"""Steps that are listed; JSON has all."""
_WIDE = 26
"""Signs of a key that are shown."""
_MB = 2**20


def show(options: Options) -> None:
    """Print what Spark would be given to do. Writes nothing."""
    from cxunify.config import load
    from cxunify.forecast import forecast
    from cxunify.standing import looking

    config = load(options.config)
    with looking(config) if config.warehouse_path.exists() else nullcontext() as warehouse:
        found = forecast(config, warehouse)
    result(options, found, page)


def page(found: Forecast) -> Iterator[Any]:
    """The steps that shuffle most, each with the largest of its shuffles, and what all of them ask for."""
    of = "of the tables that stand in the warehouse" if found.rows_from == "warehouse" else "of the extracts"
    yield text(f"{count(found.records, 'record')}, {count(found.interactions, 'interaction')}", "bold")
    yield text(
        f"Estimated from the rows {of}, the bytes of their columns and the keys in each SELECT; Spark was not asked. Everything is"
        " at most: conditions are taken to keep every row.\n"
    )
    steps: dict[str, list[Dealt]] = {}
    for one in found.shuffles:  # the largest first
        steps.setdefault(one.step, []).append(one)
    if steps:
        yield from _steps(steps)
    else:
        yield text("Nothing is shuffled: every table is small enough to go to every task.")
    heavy = max(found.shuffles, key=lambda one: one.heaviest or 0, default=None)
    yield text(f"\nshuffled in all: {_mb(found.bytes)}")
    yield text(f"partitions, of 128 MB each (spark.sql.shuffle.partitions): {found.partitions:,}")
    yield text(f"memory of a task: {_mb(found.task_bytes)}, of which {_mb(found.python_bytes)} for its Python")
    if heavy is not None and heavy.heaviest:
        share = f"{count(heavy.heaviest, 'row')} of the {heavy.rows:,} of {heavy.step}"
        yield text(f"the heaviest key that is known: one and the same in {share}, which come into one task")
    yield text(
        f"through this machine: {_mb(found.handed_over)} to Spark and {_mb(found.taken_in)} back; extracts besides"
    )
    yield next_step("cxunify run with `engine: spark` (docs/spark.md)")


def _steps(steps: dict[str, list[Dealt]]) -> Iterator[Any]:
    shown = table("step", "MB", "largest: MB", "rows", "for", right=(1, 2, 3))
    ranked = sorted(steps.items(), key=lambda step: -sum(one.bytes for one in step[1]))
    for step, dealt in ranked[:_MOST]:
        whole = f"{sum(one.bytes for one in dealt) / _MB:,.1f}"
        largest = dealt[0]
        shown.add_row(
            text(step),
            whole,
            f"{largest.bytes / _MB:,.1f}",
            f"{largest.rows:,}",
            text(_short(f"{largest.kind} {largest.key}")),
        )
    yield shown
    if rest := ranked[_MOST:]:
        yield text(f"and {len(rest)} more: {_mb(sum(one.bytes for _, dealt in rest for one in dealt))}")


def _short(said: str) -> str:
    return said if len(said) <= _WIDE else f"{said[: _WIDE - 1]}…"


def _mb(size: int) -> str:
    mb = size / _MB
    return f"{mb:,.0f} MB" if mb >= 10 else f"{mb:.1f} MB"
