"""Patterns, and labelled pairs -> Taught: recordlinkage's classifiers, fitted to levels. Imported only where one is learned.

Labels are few, and chosen: people are asked about pairs in doubt. Two things keep a classifier of such pairs sound. The mixture's
own log odds are its first feature and hardly held back, while what each level adds to them is (ridge): few labels can correct the
mixture, and not forget it. And pairs of which the mixture is sure stand beside the labels with its own word, drawn evenly, so that
nothing learned of pairs in doubt is carried over to pairs that are none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import recordlinkage

from cxunify.components import Ints
from cxunify.identity.match.fields import Field
from cxunify.identity.match.taught import FURTHEST, Floats, Taught

SURE = 3.0
"""Natural log odds from which the mixture's word on a pair stands for a label: 20 to 1."""
ANCHORS = 3000
"""Pairs of which the mixture is sure that stand beside the labels."""
RIDGE = 1.0
"""Inverse of the penalty (`C` of scikit-learn's LogisticRegression)."""
FREEDOM = 5.0
"""By which the mixture's log odds are stretched: the penalty on their weight is 25 times weaker than on that of a level."""
MOST_ECM = 200_000
"""Pairs that the other classifier is fitted to: more change nothing in the third digit."""
Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def logistic(patterns: pl.DataFrame, fields: tuple[Field, ...], mixture: Floats, labelled: Ints, same: Bools) -> Taught:
    """Fit recordlinkage's logistic regression to labelled pairs: `labelled` holds the row in `patterns` of each, `same` its label.

    `mixture`, shape (patterns,), holds the log odds of each pattern by the mixture.
    """
    levels, pairs = levels_of(patterns, fields), patterns["pairs"].to_numpy()
    sure = np.flatnonzero(np.abs(mixture) > SURE)
    anchors = evenly(sure, pairs[sure], ANCHORS)
    rows = np.concatenate([labelled, anchors])
    truth = np.concatenate([same, mixture[anchors] > 0])
    own = np.clip(mixture, -FURTHEST, FURTHEST) * FREEDOM
    shown = [(place, level) for place in range(len(fields)) for level in np.unique(levels[rows, place]) if level]
    said = {f"{fields[place].name}: {level}": levels[rows, place] == level for place, level in shown}
    frame = _vectors({"mixture": own[rows]} | {name: answers.astype(np.float64) for name, answers in said.items()})
    learner = recordlinkage.LogisticRegressionClassifier(C=RIDGE, max_iter=3000)
    learner.fit(frame, frame.index[truth])
    added = tuple(np.zeros(len(field.levels) + 1) for field in fields)
    for (place, level), amount in zip(shown, learner.coefficients[1:], strict=True):
        added[place][level] = amount
    return Taught(float(learner.intercept), float(learner.coefficients[0]) * FREEDOM, added)


def ecm(patterns: pl.DataFrame, fields: tuple[Field, ...]) -> Taught:
    """Fit recordlinkage's unsupervised ECMClassifier: one kind of strangers, and of each field whether it agrees or differs.

    It knows yes and no alone: each field is asked whether it agrees and whether it does not differ; what is missing is neither.
    """
    levels, pairs = levels_of(patterns, fields), patterns["pairs"].to_numpy()
    every = np.arange(len(patterns))
    rows = np.repeat(every, pairs) if pairs.sum() <= MOST_ECM else evenly(every, pairs, MOST_ECM)
    asked: dict[tuple[int, str], Bools] = {}
    for place, field in enumerate(fields):
        every_level = np.arange(len(field.levels) + 1)
        agrees = np.isin(every_level, field.agreeing)
        differs = np.isin(every_level, field.numbers(lambda level: not level.agrees))
        if agrees.any():
            asked |= {(place, "agrees"): agrees, (place, "does not differ"): ~differs}
    table = {key: answer[levels[rows, key[0]]] for key, answer in asked.items()}
    told = {key: answers.astype(np.int8) for key, answers in table.items() if answers.any() and not answers.all()}
    frame = _vectors({f"{fields[place].name} {what}": answers for (place, what), answers in told.items()})
    learner = recordlinkage.ECMClassifier(max_iter=300)
    learner.fit(frame)
    added = tuple(np.zeros(len(field.levels) + 1) for field in fields)
    start = float(np.log(learner.p / (1 - learner.p)))
    for (place, what), name in zip(told, frame.columns, strict=True):
        if_not, if_so = (learner.log_m_probs[name][said] - learner.log_u_probs[name][said] for said in (0, 1))
        answer = asked[place, what]
        # What a missing field says goes into the intercept: of levels, `missing` adds nothing.
        missing = if_so if answer[0] else if_not
        added[place][:] += np.where(answer, if_so, if_not) - missing
        start += missing
    return Taught(start, 0.0, added)


def levels_of(patterns: pl.DataFrame, fields: tuple[Field, ...]) -> Ints:
    """The level of each field in each pattern, shape (patterns, fields)."""
    return np.column_stack([patterns[field.column].to_numpy().astype(np.int64) for field in fields])


def evenly(rows: Ints, pairs: Ints, wanted: int) -> Ints:
    """`wanted` pairs drawn at even steps from patterns in their order: shape (wanted,), the pattern of each. No dice are thrown."""
    total = int(pairs.sum())
    if not total:
        return rows[:0]
    steps = (np.arange(min(wanted, total)) + 0.5) * total / min(wanted, total)
    drawn: Ints = rows[np.searchsorted(np.cumsum(pairs), steps)]
    return drawn


def _vectors(columns: dict[str, Any]) -> Any:
    """Comparison vectors as recordlinkage wants them, pairs numbered: which records they are of does not matter to it."""
    frame = pl.DataFrame(columns)
    return frame.with_columns(a=pl.int_range(pl.len()), b=pl.int_range(pl.len())).to_pandas().set_index(["a", "b"])
