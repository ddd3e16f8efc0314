"""identity.patterns + Model -> identity.weights: what each pattern says, as log odds, and whether it forbids or settles a join."""

from __future__ import annotations

from itertools import compress

import numpy as np
import polars as pl

from cxunify.identity.match.fields import BESIDE_A_NAME, GIVEN_NAME, Field
from cxunify.identity.match.model import KINDS, SAME, Floats, Model, expected

Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
UNIT = 1000
"""Weights are whole thousandths of a natural log odds: sums of them do not depend on the order of adding."""
MOST = 12 * UNIT
"""No single pair weighs more: beyond it, confidence would come from the tails of a model."""
ENOUGH = 1000
"""Pairs below which too little was learned to excuse a contradiction (each of these forbids then) or to trust odds as they are."""
SELDOM = 0.03
"""Share of one person's pairs up to which a level that contradicts is a contradiction: beyond it, the data is used to it."""
NOT_OFTEN = 0.05
"""Likewise, where that was expected before any data, and little data has not changed it."""
DOUBT, DOUBT_OF_THE_NAMED = 6500, 2000
"""Taken off every weight where too little was learned: odds of 650 to 1 are asked for in place of even ones, and of 7 to 1 where
full names and something that is one person's own (a mailbox, number, birth date or identifier) are the same."""


def score(patterns: pl.DataFrame, model: Model) -> pl.DataFrame:
    """What each pattern says, one row per pattern.

    `weight` (thousandths of the log odds of `same` against everything else, the prior included), `probability`, `household`
    (probability of that kind), `is_forbidden`, `is_settled`, the `contradiction` in it (null: none), the `fields` that agree, the
    `evidence` that a join by it is named for, and `is_at_home`: whether something agrees that those who live together share.
    """
    count, is_thin = len(patterns), model.pairs < ENOUGH
    joint = np.log(model.shares)[None, :].repeat(count, axis=0)
    forbidden, settled, opposed, owned, of_home = (np.zeros(count, dtype=bool) for _ in range(5))
    named = np.ones(count, dtype=bool)
    barred = np.full(count, -np.inf)  # at or below this weight
    agreed: dict[str, Bools] = {}
    shown = []
    contradicted: dict[str, Bools] = {}
    for field, table, first in zip(model.fields, model.levels, expected(model.fields)[1], strict=True):
        levels = patterns[field.column].to_numpy().astype(np.int64)
        shown.append(levels)
        joint += np.log(table).T[levels]
        agreed[field.name] = np.isin(levels, field.agreeing)
        forbidden |= np.isin(levels, _forbidding(field, table, is_thin=is_thin))
        for number, limit in _contrary(field, table, first).items():
            there = levels == number
            barred[there] = np.maximum(barred[there], limit)
        for number in field.numbers(lambda level: level.contradicts is not None):
            contradicted[f"{field.name}: {field.labels[number - 1]}"] = levels == number
        settled |= np.isin(levels, field.numbers(lambda level: level.settles))
        opposed |= np.isin(levels, field.numbers(lambda level: level.unsettles))
        owned |= np.isin(levels, field.numbers(lambda level: level.is_own))
        if full := field.numbers(lambda level: level.is_full):
            named &= np.isin(levels, full)
        if field.is_at_home:
            of_home |= agreed[field.name]
    doubt = np.where(named & owned, DOUBT_OF_THE_NAMED, DOUBT) if is_thin else 0
    weight = joint[:, SAME] - _log_sum(np.delete(joint, SAME, axis=1))
    if model.classifier is not None:
        weight = model.classifier.log_odds(np.column_stack(shown), weight)
    household = joint[:, list(KINDS).index("household")] - _log_sum(joint)
    return pl.DataFrame(
        {
            "pattern": patterns["pattern"],
            "weight": np.clip(np.rint(weight * UNIT) - doubt, -MOST, MOST).astype(np.int32),
            "probability": 1 / (1 + np.exp(doubt / UNIT - weight)),
            "household": np.exp(household),
            "is_forbidden": forbidden | (weight <= barred),
            "is_settled": settled & ~opposed,
            "contradiction": [", ".join(compress(contradicted, row)) or None for row in _rows(contradicted, count)],
            "fields": [", ".join(compress(agreed, row)) for row in _rows(agreed, count)],
            "evidence": _evidence(agreed, count),
            "is_at_home": of_home,
        },
        schema_overrides={"contradiction": pl.String},
    )


def contradictions(model: Model) -> set[tuple[int, int]]:
    """Places of fields, and their levels, that contradict one person, whether in this data they forbid or only speak against."""
    return {
        (place, number)
        for place, field in enumerate(model.fields)
        for number in field.numbers(lambda level: level.contradicts is not None)
    }


def _forbidding(field: Field, table: Floats, *, is_thin: bool) -> list[int]:
    """The levels of a field that forbid: disagreement that one person's records hardly ever show."""
    return [
        number
        for number, level in enumerate(field.levels, 1)
        if level.forbids is not None and (is_thin or table[SAME, number] <= level.forbids)
    ]


def _contrary(field: Field, table: Floats, first: Floats) -> dict[int, float]:
    """The levels of a field that contradict in this data, each with the log odds at or below which nothing outvotes it.

    `first` is what was expected before any data.
    """
    return {
        number: level.contradicts
        for number, level in enumerate(field.levels, 1)
        if level.contradicts is not None and table[SAME, number] <= max(SELDOM, min(first[SAME, number], NOT_OFTEN))
    }


def _rows(named: dict[str, Bools], count: int) -> Bools:
    """What is named as one row per pattern, shape (patterns, names)."""
    rows: Bools = np.column_stack(list(named.values())) if named else np.zeros((count, 0), dtype=bool)
    return rows


def _evidence(agreed: dict[str, Bools], count: int) -> list[str]:
    """What a join by each pattern is named for: `email+name`, or the model where nothing stands out."""
    named = agreed[GIVEN_NAME.name]
    conditions = [named & agreed[field.name] for field in BESIDE_A_NAME]
    names = np.select(conditions, [f"{field.name}+name" for field in BESIDE_A_NAME], "model")
    return [str(name) for name in np.broadcast_to(names, count)]


def _log_sum(values: Floats) -> Floats:
    """Logarithm of the sum of exponentials of each row."""
    highest = values.max(axis=1)
    total: Floats = highest + np.log(np.exp(values - highest[:, None]).sum(axis=1))
    return total
