"""The models of purchases and spend against what others have published of CDNOW. The data lie behind CXUNIFY_BENCH."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from cxunify.actions.purchases import gamma_gamma, mbg_nbd
from cxunify.actions.purchases.mbg_nbd import Floats
from tests.profile.known import known

WEEKS = 39
"""Those for which Fader, Hardie and Lee (2005) forecast, and which they held back."""


def _columns(name: str, *columns: str) -> tuple[Floats, ...]:
    with known(f"cem/{name}").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(np.array([float(row[column]) for row in rows]) for column in columns)


def _counted(*history: Floats) -> tuple[Floats, ...]:
    patterns, customers = np.unique(np.column_stack(history), axis=0, return_counts=True)
    return (*patterns.T, customers.astype(float))


def test_mbg_nbd_of_cdnow_is_what_lifetimes_and_btydplus_find() -> None:
    patterns = _counted(*_columns("cdnow_customers_summary.csv", "frequency", "recency", "T"))
    assert len(patterns[0]) == 1016
    model = mbg_nbd.fit(*patterns)
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.5248, 6.1830, 0.8914, 1.6140), rel=0.01)
    assert model.log_likelihood == pytest.approx(-9582.136, abs=0.05)
    assert model.evaluations < 30
    assert not model.at_bound
    *history, customers = patterns
    # 1,882 came: a model of one cohort's first year is too low here, and so are its rivals.
    assert (customers * mbg_nbd.expected(model, *history, WEEKS)).sum() == pytest.approx(1577, abs=1)


def test_bg_nbd_of_cdnow_is_as_published_and_no_more_likely() -> None:
    """The oracle: Fader, Hardie and Lee (2005), table 2, by their likelihood. It takes who bought once for there, always."""
    x, t_x, age, customers = _counted(*_columns("cdnow_customers_summary.csv", "frequency", "recency", "T"))

    def unlikely(logs: Floats) -> float:
        r, alpha, a, b = np.exp(logs)
        here = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
        gone = np.where(
            x > 0,
            betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x),
            -np.inf,
        )
        constant = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        return -float((customers * (constant + np.logaddexp(here, gone))).sum())

    found = minimize(
        unlikely, np.zeros(4), method="Nelder-Mead", options={"maxiter": 4000, "fatol": 1e-6, "xatol": 1e-6}
    )
    assert np.exp(found.x) == pytest.approx((0.243, 4.414, 0.793, 2.426), rel=0.01)
    assert -found.fun == pytest.approx(-9582.4, abs=0.05)
    ours = mbg_nbd.fit(x, t_x, age, customers)
    assert ours.log_likelihood > -found.fun
    once = np.zeros(1), np.zeros(1), np.array([WEEKS * 1.0])
    assert mbg_nbd.p_alive(ours, *once)[0] < 0.6


def test_gamma_gamma_of_cdnow_is_as_published() -> None:
    """Fader and Hardie (2013), note 025: 6.25, 3.74, 15.44, and what they expect of customers of 1, 2 and more purchases."""
    x, z = _columns("cdnow_customers_summary_with_transactions.csv", "x", "zbar")
    paid = (x > 0) & (z > 0)
    model = gamma_gamma.fit(x[paid], z[paid])
    assert (model.p, model.q, model.gamma) == pytest.approx((6.25, 3.74, 15.44), rel=0.01)
    assert model.log_likelihood == pytest.approx(-4055.918, abs=0.05)
    assert np.corrcoef(x[paid], z[paid])[0, 1] == pytest.approx(0.1139, abs=0.001)
