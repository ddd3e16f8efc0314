"""identity.patterns -> Model: shares of levels within each kind of pair, learned without a single label.

Expectation and maximisation over counted patterns (Dempster, Laird and Rubin 1977): the cost is in distinct patterns, not in pairs.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import scipy

from cxunify.identity.match.fields import Field
from cxunify.identity.match.model import KINDS, SAME, Floats, Model, expected

MOST_ROUNDS = 300
TOLERANCE = 1e-6
"""Of the log likelihood, relative: training ends when a round gains less."""
STRENGTH = 30.0
"""Pairs that the expectation is worth, for shares and for each kind and field: thin data stays close to it."""
FIRM = 150.0
"""Likewise, of one person's pairs, for fields in which people contradict each other: that one person has two birth dates, a few
pairs do not teach."""
SMALLEST = 1e-6


def train(patterns: pl.DataFrame, fields: tuple[Field, ...]) -> Model:
    """Fit the model to `patterns`: one row per pattern, a column of levels per field, and `pairs`, how many show it.

    The result is rounded as it is when written, so that a model used at once and one read from its file score alike.
    """
    levels = np.column_stack([patterns[field.column].to_numpy().astype(np.int64) for field in fields])
    pairs = patterns["pairs"].to_numpy().astype(np.float64)
    prior, first = expected(fields)
    shares = prior
    widths = [table.shape[1] for table in first]
    starts = np.concatenate([[0], np.cumsum(widths)])
    present = levels > 0  # what is missing says nothing
    columns = (starts[:-1] + levels)[present]
    rows = np.concatenate([[0], np.cumsum(present.sum(axis=1))])
    # Sparse and in one thread: sums come out the same on every machine, and do not wait for one another.
    shown = scipy.sparse.csr_array((np.ones(len(columns)), columns, rows), shape=(len(levels), starts[-1]))
    turned = scipy.sparse.csr_array(shown.T)
    strengths = [_strength(field) for field in fields]
    tables, rounds, converged, likelihood = first, 0, False, -np.inf
    for rounds in range(1, MOST_ROUNDS + 1):  # noqa: B007 - the number of rounds is reported
        logs = np.hstack([np.log(table) for table in tables])
        joint = shown @ np.ascontiguousarray(logs.T) + np.log(shares)
        highest = joint.max(axis=1, keepdims=True)
        weights = np.exp(joint - highest)
        totals = weights.sum(axis=1, keepdims=True)
        reached = float((pairs * (highest[:, 0] + np.log(totals[:, 0]))).sum())
        if abs(reached - likelihood) <= TOLERANCE * abs(reached):
            converged = True
            break
        likelihood = reached
        weights *= pairs[:, None] / totals
        shares = (weights.sum(axis=0) + STRENGTH * prior) / (weights.sum() + STRENGTH)
        counts = (turned @ weights).T
        tables = tuple(
            _bounded(counts[:, starts[place] : starts[place + 1]] + strengths[place] * first[place], field)
            for place, field in enumerate(fields)
        )
    seen = turned @ pairs
    untrained = tuple(
        f"{field.name}: {level}"
        for place, field in enumerate(fields)
        for number, level in enumerate(field.labels, 1)
        if seen[starts[place] + number] == 0
    )
    return Model(fields, shares, tables, int(pairs.sum()), rounds, converged, untrained)


def _strength(field: Field) -> Floats:
    """Pairs that the expectation of a field is worth, shape (kinds, 1)."""
    worth = np.full((len(KINDS), 1), STRENGTH)
    if any(level.contradicts is not None for level in field.levels):
        worth[SAME] = FIRM
    return worth


def _bounded(counts: Floats, field: Field) -> Floats:
    """Counts of a field's levels as shares, within the bounds that make each kind what it is."""
    counts[:, 0] = 0
    shares = counts / counts.sum(axis=1, keepdims=True)
    agreeing = field.agreeing
    others = field.numbers(lambda level: not level.agrees)
    for number, kind in enumerate(KINDS):
        agreed = shares[number, agreeing].sum()
        bound = min(max(agreed, field.floors.get(kind, 0)), field.ceilings.get(kind, 1))
        if bound != agreed:
            shares[number, agreeing] *= bound / max(agreed, 1e-12)
            shares[number, others] *= (1 - bound) / max(shares[number, others].sum(), 1e-12)
    for number in field.numbers(lambda level: level.disagrees):
        shares[:, number] = np.maximum(shares[:, number], shares[SAME, number])
    bounded: Floats = np.maximum(shares / shares.sum(axis=1, keepdims=True), SMALLEST)
    bounded[:, 0] = 1
    return bounded
