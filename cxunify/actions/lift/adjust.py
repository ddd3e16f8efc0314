"""Sums over the customers of two arms -> their means, variances, and the same with what was known before taken out.

CUPED (Deng, Xu, Kohavi & Walker, WSDM 2013): what a customer bought before explains part of what he buys afterwards, alike in both
arms; without that part the difference is the same and its interval narrower. How much is explained is learned within the arms and
pooled over them, so that the difference between the arms has no say in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """What is to be known of one arm: counted over its customers, whoever they are."""

    customers: int
    outcome: float
    """Sum of the outcome."""
    squares: float
    """Sum of its squares."""
    before: tuple[float, ...]
    """Sum of each covariate: what was known before the arm was drawn."""
    products: tuple[float, ...]
    """Sum of each covariate times the outcome."""
    crossed: tuple[tuple[float, ...], ...]
    """Sum of each covariate times each."""

    @property
    def mean(self) -> float:
        """Of the outcome."""
        return self.outcome / self.customers

    @property
    def variance(self) -> float:
        """Of the outcome, unbiased; 0 for a single customer."""
        return self.centred()[0] / max(self.customers - 1, 1)

    def centred(self) -> tuple[float, Matrix, Matrix]:
        """Sums of squares and products about the arm's own means: outcome, covariates with it, covariates with each other."""
        before = np.array(self.before)
        return (
            max(self.squares - self.outcome**2 / self.customers, 0.0),
            np.array(self.products) - before * self.mean,
            np.array(self.crossed) - np.outer(before, before) / self.customers,
        )


@dataclass(frozen=True)
class Adjusted:
    """An outcome of two arms, treated first, without what was known before."""

    value: float
    """Treated less held out."""
    variances: tuple[float, float]
    variance_kept: float
    """Share of the outcome's variance within the arms that what was known before does not explain, 0 to 1."""


def adjusted(treated: Sums, held_out: Sums) -> Adjusted:
    """The difference of two arms and their variances with the covariates taken out. Both arms have customers."""
    about = [treated.centred(), held_out.centred()]
    squares = about[0][0] + about[1][0]
    together = about[0][1] + about[1][1]
    crossed = about[0][2] + about[1][2]
    # Covariates that do not vary, or say the same as others, take nothing out: the pseudo-inverse leaves them alone.
    scale = np.sqrt(np.diag(crossed))
    scale = np.where(scale > 0, scale, 1.0)
    slope = np.linalg.pinv(crossed / np.outer(scale, scale), rcond=1e-9, hermitian=True) @ (together / scale) / scale
    ahead = np.array(treated.before) / treated.customers - np.array(held_out.before) / held_out.customers
    left = [max(own - 2 * float(slope @ with_it) + float(slope @ each @ slope), 0.0) for own, with_it, each in about]
    return Adjusted(
        treated.mean - held_out.mean - float(slope @ ahead),
        (left[0] / max(treated.customers - 1, 1), left[1] / max(held_out.customers - 1, 1)),
        min(sum(left) / squares, 1.0) if squares > 0 else 1.0,
    )
