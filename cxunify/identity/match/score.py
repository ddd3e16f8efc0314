"""identity.patterns + Model -> identity.weights: what each pattern says, as log odds, and whether it forbids or settles a join."""

from __future__ import annotations

import numpy as np
import polars as pl

from cxunify.identity.match.model import KINDS, SAME, Floats, Model

UNIT = 1000
"""Weights are whole thousandths of a natural log odds: sums of them do not depend on the order of adding."""
MOST = 12 * UNIT
"""No single pair weighs more: beyond it, confidence would come from the tails of a model."""
FORBIDDING = {"identifier": 0.0, "generation": 0.0, "birth date": 0.002, "given name": 0.0005}
"""Fields whose disagreement forbids a join, if at most this share of one person's pairs shows it (0: whatever was learned)."""
ENOUGH = 1000
"""Pairs below which too little was learned to excuse a contradiction (each of these forbids then) or to trust odds as they are."""
DOUBT, DOUBT_OF_THE_NAMED = 6500, 2000
"""Taken off every weight where too little was learned: odds of 650 to 1 are asked for in place of even ones, and of 7 to 1 where
full names and something that is one person's own (a mailbox, number, birth date or identifier) are the same."""
FULL_NAMES = {"given name": (1, 2, 3, 8), "family name": (1, 2, 3, 4)}
OWN = ("email", "phone", "birth date", "identifier")


def score(patterns: pl.DataFrame, model: Model) -> pl.DataFrame:
    """What each pattern says, one row per pattern.

    `weight` (thousandths of the log odds of `same` against everything else, the prior included), `probability`, `household`
    (probability of that kind), `is_forbidden`, `is_settled`, and the `fields` that agree.
    """
    joint = np.log(model.shares)[None, :].repeat(len(patterns), axis=0)
    forbidden = np.zeros(len(patterns), dtype=bool)
    opposed = np.zeros(len(patterns), dtype=bool)
    settled = np.zeros(len(patterns), dtype=bool)
    agreed: list[list[str]] = [[] for _ in range(len(patterns))]
    for field, table in zip(model.fields, model.levels, strict=True):
        levels = patterns[field.name].to_numpy().astype(np.int64)
        joint += np.log(table).T[levels]
        for row in np.flatnonzero(np.isin(levels, field.agreement)):
            agreed[row].append(field.name)
        forbidden |= np.isin(levels, _contrary(field.name, table, is_thin=model.pairs < ENOUGH))
        if field.name == "identifier":
            settled = levels == 1
        if field.name == "given name":
            opposed = np.isin(levels, (6, 7))
    doubt = _doubt(patterns) if model.pairs < ENOUGH else 0
    weight = joint[:, SAME] - _log_sum(np.delete(joint, SAME, axis=1))
    household = joint[:, list(KINDS).index("household")] - _log_sum(joint)
    return pl.DataFrame(
        {
            "pattern": patterns["pattern"],
            "weight": np.clip(np.rint(weight * UNIT) - doubt, -MOST, MOST).astype(np.int32),
            "probability": 1 / (1 + np.exp(-weight)),
            "household": np.exp(household),
            "is_forbidden": forbidden,
            "is_settled": settled & ~opposed,
            "fields": [", ".join(names) for names in agreed],
        }
    )


def _contrary(name: str, table: Floats, *, is_thin: bool) -> list[int]:
    """The levels of a field that contradict: disagreement that one person's records hardly ever show."""
    if name in {"identifier", "generation"}:
        return [2]
    if name in FORBIDDING:
        last = [5] if name == "birth date" else [6, 7]
        return [level for level in last if is_thin or table[SAME, level] <= FORBIDDING[name]]
    return []


def _doubt(patterns: pl.DataFrame) -> Floats:
    """What to take off the weight of each pattern, for a model that has seen little."""
    named = np.all([patterns[field].is_in(levels).to_numpy() for field, levels in FULL_NAMES.items()], axis=0)
    owned = np.any([(patterns[field] == 1).to_numpy() for field in OWN], axis=0)
    return np.where(named & owned, float(DOUBT_OF_THE_NAMED), float(DOUBT))


def _log_sum(values: Floats) -> Floats:
    """Logarithm of the sum of exponentials of each row."""
    highest = values.max(axis=1)
    total: Floats = highest + np.log(np.exp(values - highest[:, None]).sum(axis=1))
    return total
