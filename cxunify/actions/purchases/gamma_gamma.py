"""Mean spend of repeat purchases -> a model of what customers spend per purchase.

Gamma-gamma (Fader and Hardie 2013, note 025, "The Gamma-Gamma Model of Monetary Value"): what a customer spends per purchase is
drawn from Gamma(p, nu), and nu, his own, from Gamma(q, gamma). It assumes that how much and how often have nothing to do with each
other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from cxunify.actions.likelihood import Floats, highest


@dataclass(frozen=True)
class Spend:
    """What the customers of one company spend per purchase."""

    p: float
    q: float
    gamma: float
    """In units of money."""
    log_likelihood: float
    evaluations: int
    at_bound: frozenset[str]
    """The parameters of which the data say only that they are very small or very large; all of them where no end was found."""


def fit(x: Floats, z: Floats) -> Spend:
    """The parameters of highest likelihood, given customers' purchases and mean spend of these (above 0, of one length)."""
    unit, customers = float(z.mean()), len(x)
    whole = x * z / unit
    known = np.log(whole)
    # Gamma functions are dear, and there are few different x.
    each, sharing = np.unique(x, return_counts=True)

    def objective(logs: Floats) -> tuple[float, Floats]:
        p, over, gamma = np.exp(logs)
        q, shape = 1 + over, p * x
        both = np.log(gamma + whole)
        value = (
            (sharing * (scipy.special.gammaln(p * each + q) - scipy.special.gammaln(p * each))).sum()
            + customers * (q * np.log(gamma) - scipy.special.gammaln(q))
            + (shape * known - (shape + q) * both).sum()
        )
        risen = scipy.special.psi(p * each + q)
        slope = np.array(
            [
                (sharing * each * (risen - scipy.special.psi(p * each))).sum() + (x * (known - both)).sum(),
                (sharing * risen).sum() + customers * (np.log(gamma) - scipy.special.psi(q)) - both.sum(),
                customers * q / gamma - ((shape + q) / (gamma + whole)).sum(),
            ]
        )
        return -float(value) / customers, -slope * (p, over, gamma) / customers

    # Of q, what it is above 1: with less, the mean of all would have no end.
    found = highest(objective, ("p", "q", "gamma"))
    p, over, gamma = found.values
    likelihood = found.likelihood * customers - float(np.log(z).sum())
    return Spend(p, 1 + over, gamma * unit, likelihood, found.evaluations, found.at_bound)
