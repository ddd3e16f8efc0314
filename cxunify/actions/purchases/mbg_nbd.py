"""Counted histories of purchases -> a model of when customers buy and when they leave, and what it expects of each history.

MBG/NBD (Batislam, Denizel and Filiztekin 2007, "Empirical Validation and Comparison of Models for Customer Base Analysis"): each
customer buys at a rate of his own, drawn from Gamma(r, alpha), and may leave after every purchase, the first included, with a
probability of his own, drawn from Beta(a, b). Unlike BG/NBD (Fader, Hardie and Lee 2005) it lets those leave who bought once.

A history is x (days with a purchase after the first), t_x (from the first to the last) and T (from the first until now). Every
time, alpha too, is in one unit: whichever that of the histories is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from cxunify.actions.likelihood import Floats, highest

LONGEST = 10.0
"""The longest T while fitting, so that one start and the same bounds fit days, weeks and years."""
SINGULAR = 1e-6
"""The formula divides by a - 1: so close to it, the value beside it is taken. It differs by a millionth."""


@dataclass(frozen=True)
class Rhythm:
    """How the customers of one company buy and leave."""

    r: float
    alpha: float
    """In the unit of time of the histories."""
    a: float
    b: float
    log_likelihood: float
    evaluations: int
    at_bound: frozenset[str]
    """The parameters of which the data say only that they are very small or very large; all of them where no end was found."""

    @property
    def tells_who_left(self) -> bool:
        """Whether the data tell those who left from those who wait: false where nobody ever leaves, and where everybody does."""
        return not self.at_bound & {"a", "b"}


def fit(x: Floats, t_x: Floats, age: Floats, customers: Floats) -> Rhythm:
    """The parameters of highest likelihood, given how many customers have each history (arrays of one length; T is `age`)."""
    unit = max(float(age.max()), 1e-9) / LONGEST
    counted = _Counted(x, t_x / unit, age / unit, customers)
    total = customers.sum()

    def objective(logs: Floats) -> tuple[float, Floats]:
        values = np.exp(logs)
        likelihood, slope = counted.likelihood(*values)
        return -likelihood / total, -slope * values / total

    # Where nobody ever came back, all have left or all wait: everything fits as well.
    found = highest(objective, ("r", "alpha", "a", "b"), has_end=bool(x.any()))
    r, alpha, a, b = found.values
    # The density of x purchases has the unit of time in its x-th power.
    likelihood = found.likelihood * total - float((x * customers).sum()) * np.log(unit)
    return Rhythm(r, alpha * unit, a, b, float(likelihood), found.evaluations, found.at_bound)


class _Counted:
    """Counted histories, with what of them does not change from one evaluation to the next."""

    def __init__(self, x: Floats, t_x: Floats, age: Floats, customers: Floats) -> None:
        self.x, self.t_x, self.age, self.customers = x, t_x, age, customers
        # Gamma functions are dear, and there are few different x.
        self.each, self.of = np.unique(x, return_inverse=True)
        self.sharing = np.bincount(self.of, weights=customers)

    def likelihood(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
        """The logarithm of the likelihood, and its slope by r, alpha, a and b."""
        each, rest = self.each, b + self.x
        shape = r + self.x
        until_now, until_last = np.log(alpha + self.age), np.log(alpha + self.t_x)
        lasted = until_now - until_last
        odds = np.log(a) - np.log(rest) + shape * lasted
        left, log_gamma = scipy.special.expit(odds), scipy.special.gammaln
        constants = (
            log_gamma(r + each) - log_gamma(r) + r * np.log(alpha)
            + log_gamma(b + each + 1) - log_gamma(b) + log_gamma(a + b) - log_gamma(a + b + each + 1)
        )  # fmt: skip
        value = (self.sharing * constants).sum() + self._sum(np.logaddexp(0, odds) - shape * until_now)
        slope_of_both = scipy.special.psi(a + b) - scipy.special.psi(a + b + each + 1)
        slope = (
            (self.sharing * (scipy.special.psi(r + each) - scipy.special.psi(r) + np.log(alpha))).sum()
            + self._sum(left * lasted - until_now),
            self._sum(
                r / alpha
                - shape / (alpha + self.age)
                + left * shape * (1 / (alpha + self.age) - 1 / (alpha + self.t_x))
            ),
            (self.sharing * slope_of_both).sum() + self._sum(left) / a,
            (self.sharing * (slope_of_both + scipy.special.psi(b + each + 1) - scipy.special.psi(b))).sum()
            - self._sum(left / rest),
        )
        return float(value), np.array(slope)

    def _sum(self, values: Floats) -> float:
        # Not a product of vectors: that one is summed in an order that depends on the machine's threads.
        return float((self.customers * values).sum())


def p_alive(model: Rhythm, x: Floats, t_x: Floats, age: Floats) -> Floats:
    """The probability that a customer with this history has not left (Batislam, Denizel and Filiztekin 2007)."""
    lasted = np.log(model.alpha + age) - np.log(model.alpha + t_x)
    alive: Floats = scipy.special.expit(-(np.log(model.a) - np.log(model.b + x) + (model.r + x) * lasted))
    return alive


def expected(model: Rhythm, x: Floats, t_x: Floats, age: Floats, horizon: float) -> Floats:
    """Purchases expected within `horizon` from now on.

    P(alive) (a + b + x) / (a - 1) [1 - (1 - z)^(r + x) 2F1(r + x, b + x + 1; a + b + x; z)] with z = t / (alpha + T + t), and
    the hypergeometric function by Euler's transformation: as it stands, it overflows from some hundred purchases on. Where scipy
    finds no value for that one (a, b or r in the hundreds), it finds one for the other.
    """
    a = model.a if abs(model.a - 1) > SINGULAR else 1 + SINGULAR
    both, gone = a + model.b + x, horizon / (model.alpha + age + horizon)
    with np.errstate(invalid="ignore", over="ignore"):  # nothing times infinity: of these the other form is taken
        never = (1 - gone) ** (a - 1) * scipy.special.hyp2f1(a + model.b - model.r, a - 1, both, gone)
    odd = ~np.isfinite(never)
    if odd.any():
        shape = model.r + x[odd]
        never[odd] = (1 - gone[odd]) ** shape * scipy.special.hyp2f1(shape, model.b + x[odd] + 1, both[odd], gone[odd])
    found: Floats = both / (a - 1) * (1 - never) * p_alive(model, x, t_x, age)
    return found


def p_purchase(model: Rhythm, x: Floats, t_x: Floats, age: Floats, horizon: float) -> Floats:
    """The probability of a purchase within `horizon`: that of being there, and of not waiting longer (Hardie, note 039)."""
    waits = np.exp(-(model.r + x) * np.log1p(horizon / (model.alpha + age)))
    found: Floats = p_alive(model, x, t_x, age) * (1 - waits)
    return found


def next_purchase(model: Rhythm, x: Floats, t_x: Floats, age: Floats, share: float) -> Floats:
    """The time within which a `share` of such customers will have bought; infinite where fewer ever do."""
    ever = p_alive(model, x, t_x, age)
    wanted = np.minimum(share / np.maximum(ever, 1e-300), 1)
    with np.errstate(divide="ignore"):
        found: Floats = (model.alpha + age) * np.expm1(-np.log1p(-wanted) / (model.r + x))
    return found


def next_return(model: Rhythm, x: Floats, t_x: Floats, share: float) -> Floats:
    """The time since the last purchase within which a `share` of those who buy again have done so."""
    found: Floats = (model.alpha + t_x) * np.expm1(-np.log1p(-share) / (model.r + x))
    return found
