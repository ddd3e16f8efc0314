"""Intervals of differences: published figures, what simulation says of their coverage, and the edges."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.random import Generator
from numpy.typing import NDArray

from cxunify.actions.lift.adjust import Sums, adjusted
from cxunify.actions.lift.intervals import (
    Difference,
    balance,
    least_detectable,
    of_means,
    of_shares,
    split,
    steady,
    wilson,
)

ARMS = [(9500, 500), (950, 50), (1000, 1000)]
Draw = Callable[[Generator, int], NDArray[np.float64]]


def _sums(outcome: NDArray[np.float64], *before: NDArray[np.float64]) -> Sums:
    return Sums(
        len(outcome),
        float(outcome.sum()),
        float((outcome**2).sum()),
        tuple(float(each.sum()) for each in before),
        tuple(float((each * outcome).sum()) for each in before),
        tuple(tuple(float((each * other).sum()) for other in before) for each in before),
    )


def _compared(treated: NDArray[np.float64], held_out: NDArray[np.float64]) -> Difference | None:
    arms = (treated, held_out)
    customers = (len(treated), len(held_out))
    variances = steady((float(treated.var(ddof=1)), float(held_out.var(ddof=1))), customers)
    return of_means(float(arms[0].mean() - arms[1].mean()), variances, customers)


# -- published figures -------------------------------------------------------------------------------------------------


def test_newcombe_s_own_examples() -> None:
    # Newcombe 1998, Statistics in Medicine 17: 873-890, table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/10.
    for successes, customers, low, high in (
        ((56, 48), (70, 80), 0.0524, 0.3339),
        ((9, 3), (10, 10), 0.1705, 0.8090),
        ((10, 0), (10, 10), 0.6075, 1.0),
        ((0, 0), (10, 20), -0.1611, 0.2775),
    ):
        found = of_shares(successes, customers)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


BENCH = os.environ.get("CXUNIFY_BENCH")


@pytest.mark.skipif(BENCH is None, reason="CXUNIFY_BENCH names no folder")
def test_hillstrom_s_two_campaigns() -> None:
    """Kevin Hillstrom's e-mail challenge of 2008: 64,000 customers, two mailings and nobody mailed, two weeks."""
    read = pl.read_csv(Path(BENCH or "") / "cem" / "hillstrom.csv.gz", infer_schema_length=None)
    arms = {segment: read.filter(segment=segment) for segment in ("Mens E-Mail", "Womens E-Mail", "No E-Mail")}
    held_out = arms["No E-Mail"]
    assert round(split([len(each) for each in arms.values()], [1, 1, 1]), 3) == 0.904
    for segment, visit, conversion, spend in (
        ("Mens E-Mail", (7.659, 6.995, 8.323), (0.681, 0.501, 0.864), (0.770, 0.485, 1.055)),
        ("Womens E-Mail", (4.523, 3.889, 5.157), (0.311, 0.150, 0.475), (0.424, 0.169, 0.680)),
    ):
        treated = arms[segment]
        customers = (len(treated), len(held_out))
        for outcome, expected in (("visit", visit), ("conversion", conversion)):
            found = of_shares((int(treated[outcome].sum()), int(held_out[outcome].sum())), customers)
            assert tuple(round(100 * part, 3) for part in (found.value, found.low, found.high)) == expected
        found_spend = _compared(treated["spend"].to_numpy(), held_out["spend"].to_numpy())
        assert found_spend is not None
        assert tuple(round(part, 3) for part in (found_spend.value, found_spend.low, found_spend.high)) == spend
        # What was spent the year before says next to nothing about two weeks: adjusting gains nothing, and that is to be seen.
        kept = {
            outcome: adjusted(*(_sums(each[outcome].to_numpy(), *each.select(before)) for each in (treated, held_out)))
            for outcome, before in (
                ("spend", ["history"]),
                ("visit", ["recency", "history", "mens", "womens", "newbie"]),
            )
        }
        assert round(kept["spend"].variance_kept, 4) == 0.9996
        assert 0.97 <= kept["visit"].variance_kept < 0.98


def test_what_a_hold_out_of_one_in_twenty_can_show() -> None:
    for customers, points in ((100_000, 0.57), (10_000, 1.8), (1_000, 5.7)):
        sizes = (customers * 95 // 100, customers * 5 // 100)
        assert least_detectable((0.02 * 0.98, 0.02 * 0.98), sizes) * 100 == pytest.approx(points, rel=0.01)


# -- coverage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("customers", ARMS)
@pytest.mark.parametrize(("treated", "held_out"), [(0.02, 0.02), (0.05, 0.02), (0.3, 0.35)])
def test_an_interval_of_shares_holds_the_truth(customers: tuple[int, int], treated: float, held_out: float) -> None:
    dice = np.random.default_rng(11)
    drawn = zip(dice.binomial(customers[0], treated, 800), dice.binomial(customers[1], held_out, 800), strict=True)
    found = [of_shares((int(one), int(other)), customers) for one, other in drawn]
    # 800 draws at .95: a deviation of .8 %
    assert np.mean([each.low <= treated - held_out <= each.high for each in found]) > 0.95 - 3 * 0.008
    assert all((each.p < 0.05) == (each.low > 0 or each.high < 0) for each in found)


def _spent(share: float, times: float = 1.0) -> Draw:
    """Spend of customers of whom a share buys, each another sum, few of them large ones."""
    return lambda dice, size: np.where(dice.random(size) < share, dice.lognormal(3.5, 1, size) * times, 0.0)


@pytest.mark.parametrize("share", [0.03, 0.1, 0.5])
@pytest.mark.parametrize("customers", [(9500, 500), (1500, 1500)])
def test_an_interval_of_money_holds_the_truth_in_a_small_hold_out_too(customers: tuple[int, int], share: float) -> None:
    dice, spent = np.random.default_rng(12), _spent(share)
    found = [_compared(spent(dice, customers[0]), spent(dice, customers[1])) for _ in range(500)]
    said = [each for each in found if each is not None]
    assert len(said) == 500
    assert np.mean([each.low <= 0 <= each.high for each in said]) > 0.95 - 3 * 0.01
    assert np.mean([each.low > 0 for each in said]) < 0.025 + 3 * 0.007


def test_a_small_hold_out_without_its_large_buyers_is_no_proof() -> None:
    """What Welch alone would say of a campaign that does nothing: far too often that it works."""
    dice, spent, customers = np.random.default_rng(13), _spent(0.03), (9500, 500)
    as_they_are = []
    for _ in range(500):
        treated, held_out = spent(dice, customers[0]), spent(dice, customers[1])
        variances = (float(treated.var(ddof=1)), float(held_out.var(ddof=1)))
        as_they_are.append(of_means(float(treated.mean() - held_out.mean()), variances, customers))
    assert np.mean([each is not None and each.low > 0 for each in as_they_are]) > 0.06


def test_arms_that_differ_in_nothing_differ_in_one_test_of_twenty() -> None:
    dice = np.random.default_rng(14)
    found = []
    for _ in range(400):
        spend = np.where(dice.random(4000) < 0.3, dice.lognormal(3, 0.6, 4000), 0.0)
        is_held_out = dice.random(4000) < 0.5
        compared = _compared(spend[~is_held_out], spend[is_held_out])
        assert compared is not None
        found.append(compared.p < 0.05)
    assert 0.03 <= np.mean(found) <= 0.07


def test_what_was_known_before_narrows_the_interval_and_moves_nothing() -> None:
    dice = np.random.default_rng(15)
    plain, without, kept = [], [], []
    for _ in range(300):
        arms = []
        for size, lift in ((1900, 0.5), (100, 0.0)):
            before = dice.gamma(1, 10, size)
            arms.append(_sums(before * 0.6 + dice.normal(0, 5, size) + lift, before, np.ones(size)))
        found = adjusted(*arms)
        plain.append(arms[0].mean - arms[1].mean)
        without.append(found.value)
        kept.append(found.variance_kept)
        said = of_means(found.value, found.variances, (1900, 100))
        assert said is not None
    # Of a variance of 36 + 25, 25 is left.
    assert np.mean(kept) == pytest.approx(25 / 61, abs=0.02)
    assert np.mean(without) == pytest.approx(0.5, abs=4 * np.std(without) / math.sqrt(300))
    assert np.std(without) / np.std(plain) == pytest.approx(math.sqrt(25 / 61), abs=0.06)


def test_adjusting_agrees_with_least_squares() -> None:
    dice = np.random.default_rng(16)
    before = dice.gamma(1, 10, (300, 2))
    outcome = before @ [0.5, -0.2] + dice.normal(0, 3, 300)
    is_treated = np.arange(300) < 200
    design = np.column_stack([np.ones(300), is_treated, before])
    slope = np.linalg.lstsq(design, outcome, rcond=None)[0]
    found = adjusted(*(_sums(outcome[arm_], *before[arm_].T) for arm_ in (is_treated, ~is_treated)))
    assert found.value == pytest.approx(slope[1])


# -- edges -------------------------------------------------------------------------------------------------------------


def test_arms_that_do_not_vary_say_nothing() -> None:
    assert of_means(0.0, (0.0, 0.0), (100, 100)) is None
    assert of_means(5.0, (3.0, 0.0), (100, 1)) is None
    nothing = _sums(np.zeros(10), np.zeros(10))
    assert adjusted(nothing, nothing).variance_kept == 1.0
    single = _sums(np.ones(1), np.ones(1))
    assert adjusted(single, nothing).value == 1.0


def test_shares_at_the_edges() -> None:
    assert of_shares((0, 0), (10, 10)).p == 1.0
    everybody = of_shares((1_000_000, 0), (1_000_000, 1_000_000))
    assert (everybody.p, everybody.high) == (0.0, 1.0)
    assert wilson(0.0, 5, 1.96)[0] == 0.0
    assert wilson(1.0, 5, 1.96)[1] == 1.0


def test_a_lost_part_of_an_arm_is_noticed() -> None:
    assert split([95_000, 5_000], [0.95, 0.05]) == 1.0
    assert split([95_000, 4_600], [0.95, 0.05]) < 0.001


def test_a_hold_out_that_was_not_drawn_by_lot_is_noticed() -> None:
    assert (balance([(800, 40), (200, 10)]) or 0) > 0.9
    assert (balance([(900, 10), (100, 40)]) or 1) < 0.001
    # too few to compare: groups join until five are expected in each arm, and one is left
    assert balance([(50, 2), (40, 2), (3, 0)]) is None
    assert balance([(50, 0)]) is None
    assert balance([]) is None
    assert balance([(50, 5), (50, 5), (0, 1)]) == pytest.approx(balance([(50, 5), (50, 6)]))
