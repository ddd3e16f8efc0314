"""identity.patterns + Model -> identity.weights: what each pattern says, as log odds, and whether it forbids or settles a join."""

from __future__ import annotations

from itertools import compress

import numpy as np
import polars as pl

from cxunify.components import Ints
from cxunify.identity.match.fields import ADDRESS, BESIDE_A_NAME, EMAIL, GIVEN_NAME, PHONE, Field
from cxunify.identity.match.model import KINDS, SAME, Floats, Model, expected

Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
UNIT = 1000
"""Weights are whole thousandths of a natural log odds: sums of them do not depend on the order of adding."""
MOST = 12 * UNIT
"""No single pair weighs more: beyond it, confidence would come from the tails of a model."""
ENOUGH = 1000
"""Pairs below which too little was learned to excuse a contradiction (each of these forbids then) or to go by names alone."""
SELDOM = 0.03
"""Share of one person's pairs up to which a level that contradicts is a contradiction: beyond it, the data is used to it."""
NOT_OFTEN = 0.05
"""Likewise, where that was expected before any data, and little data has not changed it."""
OFTEN = 0.1
"""Share of one person's pairs that show two given names, or two birth dates less than a generation apart, beyond which records are
written so carelessly that it says nothing of people of one home."""
RENAMED = 2.0
"""Log odds that nobody falls below who agrees in given name, birth date and a mailbox or number of one person's own; or, without a
contradiction, in the whole name, the home and a mailbox or number."""
OF_NAMES, OF_HOMES, OF_THE_NAMELESS = 3500, 4700, 500
"""Doubts, taken off weights where too little was learned: odds of 33 to 1 are asked, not even ones, of pairs that agree in names
alone (what is rare among few records may be a name that many bear); of 110 to 1 where a home is all else, or names are only like
each other (a family's); of 5 to 3 where no given name agrees. The same whole name with a thing of one's own is not doubted."""


def score(patterns: pl.DataFrame, model: Model) -> pl.DataFrame:
    """What each pattern says, one row per pattern.

    `weight` (thousandths of the log odds of `same` against everything else, the prior included), `probability`, `household`
    (probability of that kind), `is_forbidden`, `is_settled`, the `contradiction` in it (null: none), `is_seldom` (one
    person's pairs seldom show that), the `fields` that agree, the
    `evidence` that a join by it is named for, and `is_at_home`: whether something agrees that those who live together share.
    """
    count, is_thin = len(patterns), model.pairs < ENOUGH
    joint = np.log(model.shares)[None, :].repeat(count, axis=0)
    forbidden, settled, opposed, of_home, of_several = (np.zeros(count, dtype=bool) for _ in range(5))
    own = {at_home: np.zeros(count, dtype=bool) for at_home in (True, False)}
    of_names: dict[str, Bools] = {}
    of_same: dict[str, Bools] = {}
    barred = np.full(count, -np.inf)  # at or below this weight
    agreed: dict[str, Bools] = {}
    shown: list[Ints] = []
    contradicted: dict[str, Bools] = {}
    seldom = np.zeros(count, dtype=bool)
    for field, table, first in zip(model.fields, model.levels, expected(model.fields)[1], strict=True):
        levels = patterns[field.column].to_numpy().astype(np.int64)
        shown.append(levels)
        joint += np.log(table).T[levels]
        agreed[field.name] = np.isin(levels, field.agreeing)
        forbidden |= np.isin(levels, _forbidding(field, table, is_thin=is_thin))
        for number, limit in _contrary(field, table, first).items():
            there = levels == number
            barred[there] = np.maximum(barred[there], limit)
            seldom |= there
        for number in field.numbers(lambda level: level.contradicts is not None):
            contradicted[f"{field.name}: {field.labels[number - 1]}"] = levels == number
        settled |= np.isin(levels, field.numbers(lambda level: level.settles))
        opposed |= np.isin(levels, field.numbers(lambda level: level.unsettles))
        own[field.is_at_home] |= np.isin(levels, field.numbers(lambda level: level.is_own))
        if full := field.numbers(lambda level: level.is_full):
            of_names[field.name] = np.isin(levels, full)
            of_same[field.name] = np.isin(levels, field.numbers(lambda level: level.is_full and not level.is_form))
        if field.is_at_home:
            of_home |= agreed[field.name]
            of_several |= np.isin(levels, field.numbers(lambda level: level.agrees and not level.is_own))
    # What is one person's own is so by the names that it is seen with: where these agree, it may be a family's all the same.
    at_home = of_several | (of_home & ~opposed)
    barred = np.maximum(barred, np.where(at_home, _torn(model, shown), -np.inf))
    doubt = _doubt(agreed[GIVEN_NAME.name], _all(of_names), own[True] | own[False], of_home) if is_thin else 0
    weight = joint[:, SAME] - _log_sum(np.delete(joint, SAME, axis=1))
    if model.classifier is not None:
        weight = model.classifier.log_odds(np.column_stack(shown), weight)
    # Family names change; strangers of one given name and birth date do not share a mailbox or a number besides.
    renamed = of_names[GIVEN_NAME.name] & own[True] & own[False]
    # Where nearly all live in families, training may not find one person's pairs among theirs. Yet in one home hardly anybody has
    # the whole name of another one, and who has is told apart by a suffix or a birth date; Clara and Klara are two.
    in_one_home = agreed[ADDRESS.name] & (agreed[EMAIL.name] | agreed[PHONE.name])
    is_one = _all(of_same) & in_one_home & ~np.logical_or.reduce(list(contradicted.values()))
    weight = np.where(renamed | is_one, np.maximum(weight, RENAMED), weight)
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
            "is_seldom": seldom,
            "fields": [", ".join(compress(agreed, row)) for row in _rows(agreed, count)],
            "evidence": _evidence(agreed, count),
            "is_at_home": of_home,
        },
        schema_overrides={"contradiction": pl.String},
    )


def _all(named: dict[str, Bools]) -> Bools:
    """Where all of them hold."""
    held: Bools = np.logical_and.reduce(list(named.values()))
    return held


def _doubt(is_called: Bools, is_whole: Bools, is_own: Bools, is_of_home: Bools) -> Ints:
    """What is taken off the weight of each pattern where too little was learned.

    Of each is told whether a given name agrees, the whole name, a thing of one person's own, something of a home.
    """
    cases = [~(is_own | is_of_home), ~is_called, is_whole & is_own]
    doubts: Ints = np.select(cases, [OF_NAMES, OF_THE_NAMELESS, 0], OF_HOMES)
    return doubts


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


def _is_careless(model: Model) -> bool:
    """Whether one person's pairs often show two names or two dates: then these records are written so, and people of one home too.

    (Which of birth dates is less than a generation: what parents and children of one name, taken for one person, have taught of
    the others is not asked.)
    """
    return any(
        table[SAME, number] > OFTEN
        for field, table in zip(model.fields, model.levels, strict=True)
        for number, level in enumerate(field.levels, 1)
        if level.when is None and level.at_home is not None
    )


def _torn(model: Model, shown: list[Ints]) -> Floats:
    """The log odds at or below which what two records of one home contradict each other in makes them two, shape (patterns,).

    `shown` is for each field the level of each pattern, shape (patterns,).
    """
    highest = np.full(len(shown[0]), -np.inf)
    if _is_careless(model):
        return highest
    for field, levels in zip(model.fields, shown, strict=True):
        limits = np.array([-np.inf, *(-np.inf if level.at_home is None else level.at_home for level in field.levels)])
        excused = np.zeros(len(levels), dtype=bool)
        for other, beside in zip(model.fields, shown, strict=True):
            excused |= np.isin(beside, _excusing(other, field.name))
        highest = np.maximum(highest, np.where(excused, -np.inf, limits[levels]))
    return highest


def _excusing(field: Field, contradicted: str) -> list[int]:
    """The levels of a field beside which one person contradicts itself in another one."""
    return field.numbers(lambda level: contradicted in level.excuses)


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
