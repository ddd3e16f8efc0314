"""The model of purchases against what it is the formula of: finite differences, integrals, and customers who are simulated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.optimize import approx_fprime

from cxunify.actions.likelihood import MOST_EVALUATIONS, Floats
from cxunify.actions.purchases import mbg_nbd
from cxunify.actions.purchases.mbg_nbd import Rhythm

RHYTHM = Rhythm(0.6, 60.0, 0.8, 2.4, 0.0, 0, frozenset())
"""Half of the customers leave at once or wait long, and those who stay come every other month."""


def simulated(model: Rhythm, customers: int, days: float, later: float = 0.0, seed: int = 1) -> tuple[Floats, ...]:
    """Customers who first bought at time 0: x, t_x, T until `days`, and purchases within `later` after it."""
    draw = np.random.default_rng(seed)
    rate = draw.gamma(model.r, 1 / model.alpha, customers)
    leaving = draw.beta(model.a, model.b, customers)
    x, last, came, now = (np.zeros(customers) for _ in range(4))
    there = draw.random(customers) >= leaving
    while there.any():
        now[there] += draw.exponential(1 / np.maximum(rate[there], 1e-12))
        there &= now <= days + later
        seen = there & (now <= days)
        x[seen] += 1
        last[seen] = now[seen]
        came[there & ~seen] += 1
        there &= draw.random(customers) >= leaving
    return x, last, np.full(customers, days), came


def counted(x: Floats, t_x: Floats, age: Floats) -> tuple[Floats, ...]:
    """Histories in whole days, each once, with how many have it."""
    patterns, customers = np.unique(np.column_stack([x, np.ceil(t_x), age]), axis=0, return_counts=True)
    return (*patterns.T, customers.astype(float))


positive = st.floats(-3, 5).map(np.exp)


@given(positive, positive, positive, positive, st.integers(0, 30), st.floats(0, 1), st.floats(0.5, 10))
def test_the_slope_is_that_of_the_likelihood(
    r: float, alpha: float, a: float, b: float, x: int, part: float, age: float
) -> None:
    history = (
        np.array([float(x), 0.0]),
        np.array([part * age if x else 0.0, 0.0]),
        np.array([age, age]),
        np.array([3.0, 2.0]),
    )
    likelihood = mbg_nbd._Counted(*history).likelihood
    at = np.array([r, alpha, a, b])
    value, slope = likelihood(*at)
    near = approx_fprime(np.log(at), lambda logs: likelihood(*np.exp(logs))[0], 1e-6)
    assert slope * at == pytest.approx(near, rel=1e-3, abs=1e-4 * max(1.0, abs(value)))


@settings(max_examples=40)
@given(
    st.floats(-2, 4).map(np.exp), st.floats(0, 6).map(np.exp), st.one_of(st.floats(-4, 3).map(np.exp), st.floats(0.999, 1.001)),
    st.floats(-2, 5).map(np.exp), st.sampled_from([0, 1, 5, 50, 1000]), st.floats(1, 700), st.sampled_from([30, 90, 365]),
)  # fmt: skip
# At the end of what is looked for one form is nothing times infinity.
@example(0.5, 60.0, 8100.0, 8100.0, 0, 1.0, 30)
@example(0.5, 60.0, 8100.0, 1.0, 1, 697.0, 30)
def test_what_is_expected_is_the_integral(
    r: float, alpha: float, a: float, b: float, x: int, age: float, horizon: float
) -> None:
    """Given p and presence, purchases until t are (1 - ((alpha + T) / (alpha + T + p t))^(r + x)) / p. p ~ Beta(a, b + x + 1)."""
    model = Rhythm(r, alpha, a, b, 0.0, 0, frozenset())
    history = np.array([float(x)]), np.array([age if x else 0.0]), np.array([age])
    leaving = stats.beta(a, b + x + 1)

    def given_leaving(share: float) -> float:
        p = max(float(leaving.ppf(share)), 1e-300)
        return float(-np.expm1(-(r + x) * np.log1p(p * horizon / (alpha + age))) / p)

    integral = integrate.quad(given_leaving, 0, 1, limit=400, epsabs=0, epsrel=1e-8)[0]
    found = mbg_nbd.expected(model, *history, horizon) / mbg_nbd.p_alive(model, *history)
    assert found[0] == pytest.approx(integral, rel=2e-4)


def test_simulated_customers_buy_as_often_as_expected() -> None:
    """The factor is a + b + x: with b + x the total is a quarter lower, and this test fails."""
    x, t_x, age, came = simulated(RHYTHM, 400_000, 365, later=182)
    found = mbg_nbd.expected(RHYTHM, x, t_x, age, 182)
    assert found.sum() == pytest.approx(came.sum(), rel=0.015)
    for times in range(6):
        assert found[x == times].mean() == pytest.approx(came[x == times].mean(), rel=0.06, abs=0.003), times
    for share in (0.05, 0.2, 0.5):
        within = mbg_nbd.next_purchase(RHYTHM, x, t_x, age, share) <= 182
        bought = (came > 0)[within].mean()
        assert bought >= share - 0.01, share
    buys = mbg_nbd.p_purchase(RHYTHM, x, t_x, age, 182)
    assert buys.sum() == pytest.approx((came > 0).sum(), rel=0.015)


def test_parameters_of_simulated_customers_are_found_again() -> None:
    model = mbg_nbd.fit(*counted(*simulated(RHYTHM, 200_000, 730)[:3]))
    found = np.array([model.r, model.alpha, model.a, model.b])
    assert found == pytest.approx([0.6, 60.0, 0.8, 2.4], rel=0.08)
    assert model.evaluations < 40
    assert not model.at_bound
    assert model.tells_who_left


def test_the_unit_of_time_changes_alpha_and_nothing_else() -> None:
    x, t_x, age, customers = counted(*simulated(RHYTHM, 5_000, 365)[:3])
    days, weeks = mbg_nbd.fit(x, t_x, age, customers), mbg_nbd.fit(x, t_x / 7, age / 7, customers)
    assert days.alpha / 7 == pytest.approx(weeks.alpha, rel=1e-4)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-4)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - (x * customers).sum() * np.log(7), abs=0.01)
    history = np.array([2.0]), np.array([200.0]), np.array([300.0])
    assert mbg_nbd.expected(days, *history, 91) == pytest.approx(
        mbg_nbd.expected(weeks, history[0], history[1] / 7, history[2] / 7, 13), rel=1e-3
    )


def test_who_bought_once_may_have_left() -> None:
    once = np.array([0.0, 0.0]), np.array([0.0, 0.0]), np.array([10.0, 700.0])
    soon, late = mbg_nbd.p_alive(RHYTHM, *once)
    assert late < soon < 1 - RHYTHM.a / (RHYTHM.a + RHYTHM.b) + 0.01


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_dates_and_probabilities_agree(share: float) -> None:
    x, t_x, age = np.array([0.0, 3.0, 40.0]), np.array([0.0, 300.0, 360.0]), np.array([30.0, 330.0, 365.0])
    ever = mbg_nbd.p_alive(RHYTHM, x, t_x, age)
    for place, days in enumerate(mbg_nbd.next_purchase(RHYTHM, x, t_x, age, share)):
        one = (part[place : place + 1] for part in (x, t_x, age))
        if np.isinf(days):
            assert ever[place] <= share
        else:
            assert mbg_nbd.p_purchase(RHYTHM, *one, days)[0] == pytest.approx(share)


@pytest.mark.parametrize(
    ("rhythm", "tells"),
    [
        # everybody buys once a fortnight, and nobody leaves
        (Rhythm(1.2, 17.0, 1e-9, 1e3, 0.0, 0, frozenset()), False),
        # all buy at the same rate, and a tenth leaves each time
        (Rhythm(5e4, 1e6, 2.0, 18.0, 0.0, 0, frozenset()), True),
    ],
)
def test_a_ridge_without_an_end_is_told_and_its_forecasts_stand(rhythm: Rhythm, tells: bool) -> None:
    x, t_x, age, came = simulated(rhythm, 20_000, 365, later=91)
    model = mbg_nbd.fit(*counted(x, t_x, age))
    assert model.evaluations <= MOST_EVALUATIONS
    assert model.at_bound
    assert model.tells_who_left is tells
    assert mbg_nbd.expected(model, x, t_x, age, 91).sum() == pytest.approx(came.sum(), rel=0.05)


def test_without_a_second_purchase_nobody_can_be_told_to_have_left() -> None:
    nothing = np.zeros(40)
    model = mbg_nbd.fit(nothing, nothing, np.linspace(1, 365, 40), np.full(40, 30.0))
    assert model.evaluations <= MOST_EVALUATIONS
    assert not model.tells_who_left
    assert mbg_nbd.expected(model, nothing, nothing, np.linspace(1, 365, 40), 91).sum() < 2


def test_ten_thousand_purchases_make_no_nonsense() -> None:
    history = np.array([10_000.0]), np.array([10_900.0]), np.array([10_901.0])
    found = mbg_nbd.expected(RHYTHM, *history, 91)
    assert 75 < found[0] < 91
    assert mbg_nbd.p_purchase(RHYTHM, *history, 91)[0] > 0.9
    assert mbg_nbd.next_purchase(RHYTHM, *history, 0.5)[0] < 3
