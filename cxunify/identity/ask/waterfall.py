"""Two records -> what the model makes of them, field by field: the weight of a pair, taken apart.

The model weighs one story (the same person) against several others. A sum of all others cannot be shared out among fields; the
likeliest of them can: each field's weight is how much better `the same person` foretells its level than that story does. What the
remaining stories add is one line more, and the lines add up to the weight that the engine stored, to the last digit it keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np
import polars as pl

from cxunify.config import Config
from cxunify.errors import LookupFailed
from cxunify.identity.match import compare
from cxunify.identity.match.fields import fields, starts
from cxunify.identity.match.model import KINDS, SAME, Model, parse
from cxunify.identity.match.score import UNIT, contradictions, score
from cxunify.warehouse import Warehouse

BIT = log(2)
MISSING = "missing"


@dataclass(frozen=True)
class Step:
    """One line of a waterfall; weights are bits: one more doubles the odds."""

    field: str
    label: str
    """What people read for it."""
    compares: str
    level: str
    weight: float
    is_contradiction: bool = False
    """The level tells two people apart, in this data."""


@dataclass(frozen=True)
class Comparison:
    """Two records as the model sees them."""

    steps: tuple[Step, ...]
    """One per field; fields that are missing weigh nothing."""
    prior: float
    """Bits for `the same person` against the rival before anything is looked at."""
    rival: str
    """The likeliest other story, in words."""
    others: float
    """What the stories beside the rival take away."""
    caution: float
    """What the engine holds back: no single pair weighs beyond a limit, and a model of thin data is doubted."""
    total: float
    """The sum of all of these: the weight that the engine goes by."""
    probability: float
    is_compared: bool
    """Some blocking rule brought the two together; if not, the engine never looked at them."""
    is_forbidden: bool
    is_settled: bool


def model_of(warehouse: Warehouse, config: Config) -> Model:
    """The model by which the warehouse's records were resolved. Raises LookupFailed when there is none, or it does not fit."""
    if not warehouse.exists("identity.assignments") or not warehouse.exists("identity.model"):
        raise LookupFailed("nothing has been resolved yet", "Run `cxunify resolve` first.")
    model = parse(warehouse.scalar("select model from identity.model"), fields(config))
    if model is None:
        raise LookupFailed(
            "the records were resolved with other fields than the configuration now names",
            "Run `cxunify resolve` again.",
        )
    return model


def compared(
    warehouse: Warehouse, config: Config, model: Model, pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Comparison]:
    """Each pair `(a, b)` of record numbers with a < b, whether the engine ever compared it or not."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    known = patterns(warehouse, wanted)
    found = known | compared_now(warehouse, config, [pair for pair in wanted if pair not in known])
    bans = contradictions(model)
    scores = scored(found.values(), model)
    return {
        pair: _taken_apart(model, bans, levels_of(found[pair], model), row, is_compared=pair in known)
        for pair, row in zip(found, scores.iter_rows(named=True), strict=True)
    }


def patterns(warehouse: Warehouse, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The patterns of those pairs that the engine compared."""
    listed = ", ".join(f"({int(a)}, {int(b)})" for a, b in pairs)
    sql = f"select a, b, pattern from identity.comparisons semi join (values {listed}) as asked (a, b) using (a, b)"
    return {(a, b): pattern for a, b, pattern in warehouse.rows(sql)}


def compared_now(warehouse: Warehouse, config: Config, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The patterns of pairs that were never compared, by the engine's own comparisons, writing nothing.

    Whoever shares a mailbox, a number or an identifier that is evidence has been compared; so these share none.
    """
    if not pairs:
        return {}
    listed = ", ".join(f"({int(a)}, {int(b)}, 0::utinyint)" for a, b in pairs)
    sql = f"""
with
asked (a, b, agree) as (values {listed}),
given_asked as ({compare.given_pairs("asked").select}),
family_asked as ({compare.family_pairs("asked").select}),
comparisons as ({compare.comparisons(config, "asked", "given_asked", "family_asked").select})
select a, b, pattern from comparisons
"""
    return {(a, b): pattern for a, b, pattern in warehouse.rows(sql)}


def scored(found: Iterable[int], model: Model) -> pl.DataFrame:
    """What the engine says of each pattern, in their order."""
    taken = [(pattern, *levels_of(pattern, model)) for pattern in found]
    schema = {"pattern": pl.Int64} | {field.column: pl.UInt8 for field in model.fields}
    return score(pl.DataFrame(taken, schema=schema, orient="row"), model)


def levels_of(pattern: int, model: Model) -> tuple[int, ...]:
    """The level of each field of the model in a pattern."""
    known = model.fields
    return tuple((pattern >> start) & (2**field.bits - 1) for field, start in zip(known, starts(known), strict=True))


def _taken_apart(
    model: Model, bans: set[tuple[int, int]], levels: tuple[int, ...], row: dict[str, Any], *, is_compared: bool
) -> Comparison:
    """A scored pattern, line by line."""
    shown = np.array([table[:, level] for table, level in zip(model.levels, levels, strict=True)])
    joint = np.log(model.shares) + np.log(shown).sum(axis=0)
    rivals = [place for place in range(len(KINDS)) if place != SAME]
    rival = max(rivals, key=lambda place: joint[place])
    # A classifier adds up what the mixture says, times what that counts for, and what it learned of each level itself.
    taught = model.classifier
    counts, start = (taught.mixture, taught.intercept) if taught else (1.0, 0.0)
    added = taught.levels if taught else tuple(np.zeros(table.shape[1]) for table in model.levels)
    steps = tuple(
        Step(
            field.name,
            field.label,
            field.compares,
            field.labels[level - 1] if level else MISSING,
            float(counts * np.log(table[SAME, level] / table[rival, level]) + added[place][level]) / BIT,
            (place, level) in bans,
        )
        for place, (field, table, level) in enumerate(zip(model.fields, model.levels, levels, strict=True))
    )
    prior = float(counts * np.log(model.shares[SAME] / model.shares[rival]) + start) / BIT
    others = -counts * log(sum(exp(joint[place] - joint[rival]) for place in rivals)) / BIT
    total = row["weight"] / UNIT / BIT
    summed = prior + sum(step.weight for step in steps) + others
    return Comparison(
        steps,
        prior,
        list(KINDS.values())[rival],
        others,
        total - summed,
        total,
        row["probability"],
        is_compared,
        row["is_forbidden"],
        row["is_settled"],
    )
