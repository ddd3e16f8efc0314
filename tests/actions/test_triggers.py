"""Triggers on bases whose truth is known: who changed is found, who did not is left alone, and what is stated holds."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from scipy.stats import nbinom

from cxunify.actions.triggers.alarm import DIRECTIONS, Direction, alarms, judge, tail
from cxunify.actions.triggers.judge import LEAST_JUDGED, checks, judged, rates
from cxunify.actions.triggers.rates import fit
from tests.actions.bases import WINDOWS, Base, base

SEEDS = range(20)


def _judged(of: Base, false_alarms: float = 0.2) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The judged patterns, and the checks."""
    known = rates(of.patterns, WINDOWS)
    found = judged(of.patterns, WINDOWS, known, false_alarms)
    return found, checks(WINDOWS, known, found)


@cache
def _unchanged(bursts: float) -> tuple[pl.DataFrame, ...]:
    """The checks of twenty bases in which nobody changed, and all were less active in the end."""
    return tuple(_judged(base(seed, bursts=bursts, season=0.7))[1] for seed in SEEDS)


def _stated(said: pl.DataFrame, direction: str) -> float:
    return float(said.filter(direction=direction)["expected_false"].item())


# -- worlds ------------------------------------------------------------------------------------------------------------


def _falsely(direction: str, **world: float) -> tuple[int, int, float]:
    """Over all seeds: customers alarmed who changed, who did not, and how many of these were stated."""
    true, false, stated = 0, 0, 0.0
    for seed in SEEDS:
        of = base(seed, **world)  # type: ignore[arg-type]
        found, said = _judged(of)
        changed, not_changed = of.alarmed(found, direction)
        true, false, stated = true + changed, false + not_changed, stated + _stated(said, direction)
    return true, false, stated


@pytest.mark.parametrize("bursts", [0.0, 0.3, 1.0])
def test_where_nobody_changed_nothing_is_published(bursts: float) -> None:
    """At an allowed 20 %: of twenty bases, and two directions, none or one has a list, and that is a short one."""
    lists = [alarms for said in _unchanged(bursts) for alarms in said["alarms"] if alarms]
    assert len(lists) <= 1
    assert sum(lists) <= 5


@pytest.mark.parametrize(
    ("direction", "world"),
    [
        ("drop", {"share": 0.05}),
        ("drop", {"share": 0.05, "bursts": 0.1}),
        ("rise", {"share": 0.02, "times": 6.0}),
        ("rise", {"share": 0.02, "times": 6.0, "bursts": 0.3, "customers": 10_000}),
    ],
)
def test_as_many_alarms_are_false_as_is_stated(direction: str, world: dict[str, float]) -> None:
    true, false, stated = _falsely(direction, **world)
    assert true > 2 * false
    assert false <= stated + 2 * math.sqrt(stated)
    assert stated <= 0.2 * (true + false) + len(SEEDS)


def test_most_of_the_planted_drops_that_could_be_seen_are_seen() -> None:
    of = base(1, customers=20_000, share=0.05)
    found, _ = _judged(of)
    able = of.rows.filter(stretch=0).join(
        found.filter(pl.col("is_detectable"), stretch=0, direction="drop"),
        on=["signal", "stretch", "baseline_days", "baseline", "observed"],
        how="semi",
    )
    planted = int(of.has_changed[able["customer"].to_numpy()].sum())
    assert of.alarmed(found, "drop")[0] > 0.6 * planted > 50


def test_a_stricter_list_is_the_stronger_part_of_the_other() -> None:
    of = base(2, customers=20_000, share=0.05)
    whole, strict = (
        _judged(of, share)[0].filter(pl.col("is_alarm"), stretch=0, direction="drop") for share in (0.2, 0.05)
    )
    assert 0 < len(strict) < len(whole)
    assert strict["p"].max() <= whole["p"].max()  # type: ignore[operator]
    assert whole["expected_false_share"].max() <= 0.2  # type: ignore[operator]
    ordered = whole.sort("p")["expected_false_share"]
    assert all(one <= other for one, other in pairwise(ordered))


def test_a_season_is_that_of_all_and_alarms_nobody() -> None:
    for season in (0.6, 1.5):
        said = _judged(base(3, customers=20_000, season=season))[1]
        assert said["season"].to_list() == pytest.approx([season, season], rel=0.03)
        assert said["alarms"].sum() == 0


def test_who_rises_makes_nobody_else_look_silent() -> None:
    said = _judged(base(4, customers=20_000, share=0.03, times=6.0))[1]
    assert said.filter(direction="drop")["season"].item() < 1.05
    assert said.filter(direction="drop")["alarms"].item() == 0


def test_bursts_are_learned_and_make_fewer_detectable() -> None:
    steady, bursty = (
        _judged(base(5, 20_000, bursts=bursts, share=0.05))[1].filter(direction="drop") for bursts in (0.0, 0.3)
    )
    assert steady["wander"].item() < 0.05
    assert 0.3 < bursty["wander"].item() < 0.6
    assert steady["detectable"].item() > 4 * bursty["detectable"].item()
    assert steady["least_baseline"].item() < bursty["least_baseline"].item()


@pytest.mark.parametrize("customers", [400, 700, 3000])
def test_in_a_small_shop_nobody_could_alone_show_a_rise(customers: int) -> None:
    """Of customers who come in bursts some always seem to rise: so a few who do are no list, whoever they are."""
    said = _judged(base(12, customers))[1].filter(direction="rise").row(0, named=True)
    assert (said["judged"], said["detectable"], said["least_baseline"], said["alarms"]) == (customers, 0, None, 0)
    one_of_many = _judged(base(4, 20_000, share=0.03, times=6.0))[1].filter(direction="rise").row(0, named=True)
    assert one_of_many["detectable"] > 0.9 * one_of_many["judged"]


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("others", [0, 40])
def test_who_could_alarm_is_who_would_by_changing_alone(direction: Direction, others: int) -> None:
    """One customer of each pattern changes as much as can be, `others` have: it is published where it was said to be detectable."""
    dice = np.random.default_rng(13)
    mean, size = dice.gamma(2, 7, 80), dice.gamma(4, 6, 80)
    customers, after = dice.integers(2, 30, 80).astype(float), np.round(mean)
    earlier = judge("rise", after, (mean, size), customers, 91) if direction == "rise" else None
    far = 0.0 if direction == "drop" else 91.0
    if others:
        mean, size = np.append(mean, 30.0), np.append(size, 30.0)
        customers, after = np.append(customers, float(others)), np.append(after, far)
    found = judge(direction, after, (mean, size), customers, 91)
    reach = alarms(found, 91, 0.2, earlier).reach
    said = (found.is_detectable & (found.strongest <= reach))[:80]
    for each in range(80):
        kept = customers - (np.arange(len(customers)) == each)
        expected = np.append(mean, mean[each]), np.append(size, size[each])
        changed = judge(direction, np.append(after, far), expected, np.append(kept, 1.0), 91)
        assert alarms(changed, 91, 0.2, earlier).is_published[-1] == said[each], each
    assert said.any() == bool(others or direction == "drop")
    assert not said.all() or direction == "rise"


def test_the_placebo_is_an_alarm_in_a_hundred() -> None:
    drops = pl.concat(_unchanged(0.0)).filter(direction="drop")
    placebo, able = drops["placebo_alarms"].sum(), drops["placebo_detectable"].sum()
    assert 0 < placebo <= 0.01 * able + 2 * math.sqrt(0.01 * able)


# -- what is refused ---------------------------------------------------------------------------------------------------


def _verdicts(patterns: pl.DataFrame, windows: pl.DataFrame = WINDOWS) -> set[str]:
    known = rates(patterns, windows)
    found = judged(patterns, windows, known, 0.2)
    said = checks(windows, known, found)
    assert said["alarms"].sum() == 0
    assert said.height == 2 * windows.height
    return {f"{verdict}: {reason}" for verdict, reason in said.select("verdict", "reason").iter_rows()}


def test_thin_data_are_refused_with_a_reason() -> None:
    empty = base(1, 1).patterns.clear()
    short = WINDOWS.with_columns(
        pl.lit(None, pl.Int32).alias("baseline_days"), pl.lit(None, pl.Int32).alias("observed_days"), history_days=1
    )
    assert _verdicts(empty, short) == {"refused: 1 day of history, 364 are needed"}
    nobody = short.with_columns(pl.lit(None, pl.Int64).alias("history_days"))
    assert _verdicts(empty, nobody) == {"nothing: nobody shows any"}
    few = {f"refused: fewer than {LEAST_JUDGED} customers have been there long enough to be judged"}
    assert _verdicts(empty) == few
    assert _verdicts(base(1, LEAST_JUDGED - 1).patterns) == few


def test_a_source_that_fell_silent_is_no_base_that_did() -> None:
    silent = base(6).rows.with_columns(observed=pl.when(stretch=0).then(0).otherwise("observed"))
    patterns = Base(silent, np.zeros(3000, dtype=bool)).patterns
    assert _verdicts(patterns) == {
        "refused: nobody was active in the judged time: the data, not the customers, have stopped"
    }


def test_without_a_time_before_nothing_is_called_checked() -> None:
    of = base(7, share=0.05)
    known = rates(of.patterns.filter(pl.col("stretch") < 2), WINDOWS)
    found = judged(of.patterns.filter(pl.col("stretch") < 2), WINDOWS, known, 0.2)
    said = checks(WINDOWS, known, found)
    assert set(said["verdict"]) == {"unchecked"}
    assert said.filter(direction="drop")["alarms"].item() > 0
    assert said["placebo_alarms"].null_count() == 2


def test_customers_who_change_all_the_time_are_not_alarmed() -> None:
    """A fifth came from another source, which stopped before the placebo's last quarter: its own wander does not know that."""
    rows = base(8, mean=20.0).rows.with_columns(
        observed=pl.when(pl.col("stretch").eq(1) & pl.col("customer").mod(5).eq(0)).then(0).otherwise("observed")
    )
    of = Base(rows, np.zeros(3000, dtype=bool))
    said = _judged(of)[1].filter(direction="drop")
    assert said["verdict"].item() == "refused"
    assert "customers change too often" in said["reason"].item()


# -- oracles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_tails_are_those_of_the_negative_binomial(direction: Direction) -> None:
    mean, size = np.array([0.3, 4.0, 60.0]), np.array([0.5, 3.0, 20.0])
    for after in (0.0, 1.0, 7.0, 80.0):
        known = nbinom(size, size / (size + mean))
        expected = known.cdf(after) if direction == "drop" else known.sf(after - 1)
        assert tail(direction, np.full(3, after), mean, size) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_false_alarms_are_summed_over_what_is_attainable(direction: Direction) -> None:
    """Heyse's sum, by hand: for each limit the largest attainable p of every customer that is no larger."""
    dice = np.random.default_rng(9)
    mean, size = dice.gamma(2, 6, 30), dice.gamma(2, 4, 30)
    customers = dice.integers(1, 40, 30).astype(float)
    after = np.minimum(dice.poisson(mean * (0.2 if direction == "drop" else 3.0)), 91).astype(float)
    found = judge(direction, after, (mean, size), customers, 91)
    share = alarms(found, 91, 0.5).share
    counts = np.arange(92.0)
    ratios = {}
    for limit in found.p[found.is_detectable]:
        false = 0.0
        for each in np.flatnonzero(found.is_detectable):
            p = tail(direction, counts, np.full(92, mean[each]), np.full(92, size[each]))
            false += customers[each] * max((value for value in p if value <= limit * (1 + 1e-9)), default=0.0)
        raised = customers[found.is_detectable & (found.p <= limit * (1 + 1e-9))].sum()
        ratios[limit] = false / raised
    expected = [min(ratios[limit] for limit in ratios if limit >= p) for p in found.p[found.is_detectable]]
    is_sure = share[found.is_detectable] < 1
    assert is_sure.sum() > 3
    assert share[found.is_detectable][is_sure] == pytest.approx(np.array(expected)[is_sure])


def test_the_gamma_distribution_of_rates_is_found_again() -> None:
    dice = np.random.default_rng(10)
    days = dice.integers(91, 183, 50_000).astype(float)
    before = dice.poisson(dice.gamma(0.6, 1 / 25, 50_000) * days).astype(float)
    shape, scale = fit(before, days, np.ones(50_000))
    assert (shape, scale) == pytest.approx((0.6, 25), rel=0.03)


def test_patterns_in_another_order_say_the_same_to_the_last_bit() -> None:
    of = base(11, share=0.05)
    known = rates(of.patterns, WINDOWS)
    assert known.equals(rates(of.patterns.sample(fraction=1.0, shuffle=True, seed=1), WINDOWS))
    shuffled = of.patterns.sample(fraction=1.0, shuffle=True, seed=2)
    assert judged(of.patterns, WINDOWS, known, 0.2).equals(judged(shuffled, WINDOWS, known, 0.2))
