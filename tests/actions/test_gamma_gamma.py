"""The model of spend against customers who are simulated, and against its own likelihood as the literature writes it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln

from cxunify.actions.likelihood import MOST_EVALUATIONS, Floats
from cxunify.actions.purchases import gamma_gamma


def spent(p: float, q: float, gamma: float, customers: int = 20_000) -> tuple[Floats, Floats]:
    """Purchases and mean spend of customers who buy now and then."""
    draw = np.random.default_rng(7)
    x = draw.integers(1, 12, customers).astype(float)
    rate = draw.gamma(q, 1 / gamma, customers)
    return x, draw.gamma(p * x, 1 / (rate * x))


def likelihood(p: float, q: float, gamma: float, x: Floats, z: Floats) -> float:
    """Equation 1a of note 025."""
    return float(
        (
            gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma) + (p * x - 1) * np.log(z)
            + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * z)
        ).sum()
    )  # fmt: skip


def test_parameters_of_simulated_customers_are_found_again() -> None:
    model = gamma_gamma.fit(*spent(6.0, 4.0, 15.0))
    assert (model.p, model.q, model.gamma) == pytest.approx((6.0, 4.0, 15.0), rel=0.06)
    assert not model.at_bound


@pytest.mark.parametrize("unit", [1.0, 1000.0])
def test_no_other_parameters_near_by_are_more_likely(unit: float) -> None:
    x, z = spent(2.0, 3.0, 40.0, 3_000)
    model = gamma_gamma.fit(x, z * unit)
    best = likelihood(model.p, model.q, model.gamma, x, z * unit)
    assert model.log_likelihood == pytest.approx(best, abs=0.01)
    for place in range(3):
        for factor in (0.98, 1.02):
            near = [model.p, model.q, model.gamma]
            near[place] *= factor
            assert likelihood(*near, x, z * unit) < best


def test_spend_that_is_the_same_for_all_fits_nothing_and_is_told() -> None:
    x, _ = spent(2.0, 3.0, 40.0, 500)
    model = gamma_gamma.fit(x, np.full(500, 20.0))
    assert model.evaluations <= MOST_EVALUATIONS
    assert model.at_bound
