"""Periods that customers stayed -> the shifted beta-geometric model: how many of those who are left stay on, and for how long.

Each customer leaves at the end of a period with a chance of its own, and these are spread as a beta distribution (Fader and Hardie,
How to Project Customer Retention, 2007): who is still there is more and more who stays, so that the share that is kept rises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from cxunify.actions.likelihood import highest

Floats = NDArray[np.float64]
_STEP = 1e-4
_MOST_PERIODS = 1200


@dataclass(frozen=True)
class Stays:
    """A fitted model."""

    alpha: float
    beta: float
    log_likelihood: float
    spread: Floats
    """Covariance of the logit of the mean chance to leave, and of the logarithm of alpha + beta."""


def fit(periods: Floats, has_left: Any, customers: Floats) -> Stays:
    """The most likely model: after so many periods customers left in the last of them, or were still there."""
    periods, customers = np.asarray(periods, dtype=float), np.asarray(customers, dtype=float)
    left, whole = np.asarray(has_left, dtype=bool), float(np.sum(customers))

    def loss(logs: Floats) -> tuple[float, Floats]:
        likelihood, gradient = _likelihood(np.exp(logs), periods, left, customers)
        return -likelihood / whole, -gradient * np.exp(logs) / whole

    found = highest(loss, ("alpha", "beta"), has_end=bool(left.any()))
    alpha, beta = found.values
    return Stays(
        alpha, beta, found.likelihood * whole, _spread(found.values, periods, left, customers, bool(found.at_bound))
    )


def _likelihood(values: Any, periods: Floats, left: Any, customers: Floats) -> tuple[float, Floats]:
    """The logarithm of the likelihood, and its gradient in alpha and beta."""
    alpha, beta = values
    a, b = alpha + left, beta + periods - left
    likelihood = np.sum(customers * (scipy.special.betaln(a, b) - scipy.special.betaln(alpha, beta)))
    by_alpha = (
        scipy.special.psi(a) - scipy.special.psi(a + b) - scipy.special.psi(alpha) + scipy.special.psi(alpha + beta)
    )
    by_beta = (
        scipy.special.psi(b) - scipy.special.psi(a + b) - scipy.special.psi(beta) + scipy.special.psi(alpha + beta)
    )
    return float(likelihood), np.array([np.sum(customers * by_alpha), np.sum(customers * by_beta)])


def _spread(values: Any, periods: Floats, left: Any, customers: Floats, is_flat: bool) -> Floats:
    """How sure the fit is; where customers do not differ, of the mean chance alone."""
    at = _inner(values)

    def gradient(inner: Floats) -> Floats:
        alpha, beta = _outer(inner)
        _, (by_alpha, by_beta) = _likelihood((alpha, beta), periods, left, customers)
        share, whole = alpha / (alpha + beta), alpha + beta
        return np.array([(by_alpha - by_beta) * whole * share * (1 - share), by_alpha * alpha + by_beta * beta])

    curve = np.array([(gradient(at + step) - gradient(at - step)) / (2 * _STEP) for step in np.eye(2) * _STEP])
    curve = -(curve + curve.T) / 2
    spread = np.zeros((2, 2))
    if not is_flat and curve[0, 0] > 0 and np.linalg.det(curve) > 0:
        return np.asarray(np.linalg.inv(curve))
    if curve[0, 0] > 0:
        spread[0, 0] = 1 / curve[0, 0]
    return spread


def _inner(values: Any) -> Floats:
    alpha, beta = values
    return np.array([scipy.special.logit(alpha / (alpha + beta)), np.log(alpha + beta)])


def _outer(inner: Floats) -> tuple[float, float]:
    share, whole = scipy.special.expit(inner[0]), np.exp(inner[1])
    return float(share * whole), float((1 - share) * whole)


def stayed(model: Stays, periods: Floats) -> Floats:
    """The share that is still there after so many periods."""
    return _stayed((model.alpha, model.beta), periods)


def _stayed(values: tuple[float, float], periods: Floats) -> Floats:
    return np.asarray(np.exp(scipy.special.betaln(values[0], values[1] + periods) - scipy.special.betaln(*values)))


def interval(model: Stays, periods: Floats, z: float) -> tuple[Floats, Floats]:
    """How low and how high that share may be, by the spread of the fit."""
    at = _inner((model.alpha, model.beta))

    def share(inner: Floats) -> Floats:
        return np.asarray(scipy.special.logit(np.clip(_stayed(_outer(inner), periods), 1e-12, 1 - 1e-12)))

    slope = np.array([(share(at + step) - share(at - step)) / (2 * _STEP) for step in np.eye(2) * _STEP])
    half = z * np.sqrt(np.maximum(np.einsum("it,ij,jt->t", slope, model.spread, slope), 0))
    return np.asarray(scipy.special.expit(share(at) - half)), np.asarray(scipy.special.expit(share(at) + half))


def residual(model: Stays, periods: Floats, discount: float) -> Floats:
    """Discounted periods that whoever is there after so many still stays, this one included; `discount` is that of one period."""
    ahead = np.arange(_MOST_PERIODS)
    weight = (1 + discount) ** -ahead.astype(float)
    return np.array(
        [float(np.sum(weight * stayed(model, ahead + t)) / stayed(model, np.array([t]))[0]) for t in periods]
    )
