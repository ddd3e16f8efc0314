"""Steps and how large the tables are that stand -> what Spark would shuffle for each of them, at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cxunify.config import Spark
from cxunify.warehouse.sizes import FIXED, Size
from cxunify.warehouse.spark.dialect import parsed
from cxunify.warehouse.spark.shuffles import Shuffle, shuffles
from cxunify.warehouse.spark.warehouse import AT_ONCE
from cxunify.warehouse.stage import Loop, Split, Stage, Step, parameters_of

_SMALL = "spark.sql.autoBroadcastJoinThreshold"
_UNITS = {"b": 1, "kb": 2**10, "k": 2**10, "mb": 2**20, "m": 2**20, "gb": 2**30, "g": 2**30}
_ROUNDS = 6
"""In which what is connected is found, where there are more ties than one task looks through."""
_A_ROUND = 5
"""How often a round deals out its ties: two joins, two groups, what is left of them once each."""


def expected(
    steps: Iterable[Step],
    there: Mapping[str, Size],
    most: Mapping[str, float],
    settings: Spark,
) -> tuple[dict[str, list[Shuffle]], dict[str, Size]]:
    """What Spark would shuffle for each of these steps, which stand in order, and how large all tables are then.

    `there`: the tables that stand. Another one is as large as its SELECT may make it, and has no more rows than `most` says.
    """
    tables, found = dict(there), dict[str, list[Shuffle]]()
    for step in steps:
        if (isinstance(step, Stage) and step.is_view) or (isinstance(step, Loop) and step.split is None):
            tables.setdefault(step.table.name, Size(0, {}))
            continue
        selects = step.inputs.values() if isinstance(step, Loop) else (step.select,)
        made, moved = Size(0, {}), list[Shuffle]()
        for select in selects:
            tree = parsed(select, dict.fromkeys(parameters_of(select)))
            if isinstance(step, Loop):
                tree.set("order", None)  # each call puts its own rows in order
            more, rows = shuffles(tree, tables, small(settings), AT_ONCE)
            moved += more
            made = max(made, rows.size, key=lambda size: size.rows)
            if isinstance(step, Loop) and step.split is not None:
                moved += _dealt(step.split, rows.size)
        rows_at_most = min(made.rows, most.get(step.table.name, made.rows))
        tables.setdefault(step.table.name, replace(made, rows=rows_at_most))
        found[step.table.name] = moved
    return found, tables


def _dealt(split: Split, of: Size) -> list[Shuffle]:
    """The rows of a frame, dealt out by what they are connected with, once that is found."""
    dealt = [Shuffle("parts", "bucket", of.rows, of.width)]
    if split.ties:
        times = _ROUNDS * _A_ROUND if of.rows > AT_ONCE else 2
        dealt += [Shuffle("parts", "a, b", times * of.rows, 3 * FIXED), Shuffle("join", "node", of.rows, of.width)]
    return dealt


def small(settings: Spark) -> float:
    """Bytes below which Spark sends a side of a join to every task: 10 MB, unless it is told otherwise."""
    said = str(settings.conf.get(_SMALL, "10mb")).strip().lower()
    digits = said.rstrip("bkmg")
    return float(digits) * _UNITS[said[len(digits) :] or "b"]
