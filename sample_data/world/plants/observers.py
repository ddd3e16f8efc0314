"""Answers of customers and visits of mystery shoppers, branch by branch; in one branch the observers are kinder than customers."""

from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world.dice import Dice, Floats, Ints
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.plants.branches import DAY, HOUR, STORES, Branches, Told, truth, write

_SHOPS = 20
"""Visits of observers in a branch in the last year."""
_ANSWERS = 0.7
"""Share of contacts who answer once in the last year."""
BIAS = 25.0
"""Points of a hundred that observers of one branch give too much."""


def observers(at: Branches, out: Path) -> Told:
    """Write the answers and the visits."""
    dice = at.dice.scoped("observers")
    kind = int(dice.below("biased store", np.arange(1), STORES)[0])
    quality = 6.0 + 1.6 * dice.unit("quality", np.arange(STORES))
    """Of ten: customers and observers see the same, but for chance."""

    row = np.flatnonzero(dice.flag("answers", at.person, _ANSWERS))
    person, store = at.person[row], at.home[row]
    score = np.clip(np.round(quality[store] + 1.6 * _bell(dice, "score", person)), 0, 10).astype(np.int64)
    survey = write(
        out,
        "branch_survey",
        "A",
        _at(dice, "answered", person),
        person,
        {"contact": at.key.gather(row), "store": at.stores.gather(store), "score": pl.Series(score)},
    )
    visit = np.arange(STORES * _SHOPS)
    place = visit // _SHOPS
    points = 10 * quality[place] + BIAS * (place == kind) + 8 * _bell(dice, "points", visit)
    shops = write(
        out,
        "branch_shops",
        "V",
        _at(dice, "visited", visit),
        np.full(len(visit), -1),
        {"store": at.stores.gather(place), "points": pl.Series(np.clip(np.round(points), 0, 100).astype(np.int64))},
    )
    told = truth(
        "voice_calibration", [(name, "bias", BIAS if place == kind else 0.0) for place, name in enumerate(at.stores)]
    )
    return Told({"branch_survey": survey, "branch_shops": shops}, told)


def _at(dice: Dice, question: str, ids: Ints) -> Ints:
    day = FIRST_DAY + DAYS - dice.between(question, ids, 2, 350)
    return np.asarray(day * DAY + dice.between(f"{question} at", ids, 8 * HOUR, 20 * HOUR), dtype=np.int64)


def _bell(dice: Dice, question: str, ids: Ints) -> Floats:
    """Draw from a bell of variance 1: the sum of twelve even draws."""
    return np.asarray(
        np.sum([dice.unit(f"{question} {part}", ids) for part in range(12)], axis=0) - 6, dtype=np.float64
    )
