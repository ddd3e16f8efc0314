"""Counts, or means and variances, of two arms -> the difference, its 95 % interval, how likely chance alone brings as much.

Shares: Newcombe's hybrid of Wilson's score intervals (Statistics in Medicine 17, 1998, method 10), which keeps its word for shares
as small as those that campaigns are about. Means: Welch's t (Biometrika 34, 1947), for two arms that vary each in its own way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.95
"""How often an interval holds the true difference."""
Z = 1.959964
"""Standard errors on either side of an interval of that level, where the normal curve is near enough."""
POWER = 0.8
"""How often a difference as large as the least detectable one is shown."""
_FARTHEST = 40.0
"""Standard errors beyond which chance brings nothing that a double could tell from 0."""
_EXPECTED = 5
"""Customers of each arm that a group must lead one to expect, for chi-squared to hold."""
_LIKE = 2
"""Times as large as the other an arm may be for the two to be of like size."""


@dataclass(frozen=True)
class Difference:
    """Treated less held out, in the outcome's own unit (shares 0 to 1)."""

    value: float
    low: float
    high: float
    p: float
    """Two-sided: how often chance alone brings as much. It is below 1 - LEVEL exactly where the interval leaves 0 out."""


def of_shares(successes: tuple[int, int], customers: tuple[int, int]) -> Difference:
    """The difference of two shares: how many of how many customers, treated first. Both arms have customers."""
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    shares = (successes[0] / customers[0], successes[1] / customers[1])
    value = shares[0] - shares[1]

    def ends(z: float) -> tuple[float, float]:
        (low, high), (other_low, other_high) = (wilson(share, n, z) for share, n in zip(shares, customers, strict=True))
        return (
            value - math.hypot(shares[0] - low, other_high - shares[1]),
            value + math.hypot(high - shares[0], shares[1] - other_low),
        )

    def nearest(z: float) -> float:
        """How far the end on the side of 0 is from it, in the direction of the difference."""
        low, high = ends(z)
        return low if value > 0 else -high

    if value == 0:
        p = 1.0
    elif nearest(_FARTHEST) > 0:
        p = 0.0
    else:
        p = 2 * float(ndtr(-brentq(nearest, 0, _FARTHEST, xtol=1e-12)))
    return Difference(value, *ends(float(ndtri((1 + LEVEL) / 2))), p)


def wilson(share: float, customers: int, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share, at `z` standard errors."""
    middle = share + z * z / (2 * customers)
    half = z * math.sqrt(share * (1 - share) / customers + z * z / (4 * customers * customers))
    whole = 1 + z * z / customers
    # What is not in the interval by rounding alone: no share is below none or above all.
    return max((middle - half) / whole, 0.0), min((middle + half) / whole, 1.0)


def of_means(value: float, variances: tuple[float, float], customers: tuple[int, int]) -> Difference | None:
    """The difference `value` of two means whose arms vary so (see `steady`); None: nothing varies, so nothing can be said."""
    from scipy.special import stdtr, stdtrit

    parts = [variance / n for variance, n in zip(variances, customers, strict=True)]
    squared = sum(parts)
    if not squared > 0 or min(customers) < 2:
        return None
    freedom = squared**2 / sum(part**2 / (n - 1) for part, n in zip(parts, customers, strict=True))
    error = math.sqrt(squared)
    half = error * float(stdtrit(freedom, (1 + LEVEL) / 2))
    return Difference(value, value - half, value + half, 2 * float(stdtr(freedom, -abs(value) / error)))


def steady(variances: tuple[float, float], customers: tuple[int, int]) -> tuple[float, float]:
    """The variances to go by: of arms of like size as they are; a much smaller arm is taken to vary no less than both together.

    Money is skewed, and a small hold-out without its few large buyers shows a low mean and a small variance at once. Welch then
    calls 8 to 15 % of campaigns that do nothing a success where 2.5 % were promised (19,000 treated, 1,000 held out, 10 to 50
    buyers among these); so it is below 2 %, and the interval keeps its word.
    """
    smaller = min((0, 1), key=lambda arm: customers[arm])
    if customers[smaller] * _LIKE >= max(customers):
        return variances
    pooled = sum(variance * (n - 1) for variance, n in zip(variances, customers, strict=True)) / (sum(customers) - 2)
    floored = [max(variance, pooled) if arm == smaller else variance for arm, variance in enumerate(variances)]
    return floored[0], floored[1]


def least_detectable(variances: tuple[float, float], customers: tuple[int, int]) -> float:
    """The smallest true difference that an experiment of this size shows with a chance of POWER, in the outcome's own unit.

    Before anything is sent, both variances are those of the base: p (1 - p) for a share.
    """
    from scipy.special import ndtri

    squared = sum(variance / n for variance, n in zip(variances, customers, strict=True))
    return float(ndtri((1 + LEVEL) / 2) + ndtri(POWER)) * math.sqrt(squared)


def split(customers: Sequence[int], expected: Sequence[float]) -> float:
    """How likely chance alone splits customers into arms as unevenly: Pearson's chi-squared against the `expected` shares.

    A tiny value (below 0.001) means that who was lost or added depends on the arm: the arms can no longer be compared.
    """
    from scipy.special import chdtrc

    total, whole = sum(customers), math.fsum(expected)
    statistic = math.fsum(
        (n - total * share / whole) ** 2 / (total * share / whole) for n, share in zip(customers, expected, strict=True)
    )
    return float(chdtrc(len(customers) - 1, statistic))


def balance(groups: Sequence[tuple[int, int]]) -> float | None:
    """How likely chance alone makes the arms differ as much in what was known before: chi-squared of groups x arms.

    `groups`: customers of each group, treated and held out. A group with fewer than five expected in an arm joins the next one
    (Cochran's rule). None: one group is left, and nothing to compare.
    """
    from scipy.special import chdtrc

    totals = [sum(group[arm] for group in groups) for arm in (0, 1)]
    whole = sum(totals)
    if not all(totals):
        return None
    kept: list[tuple[int, int]] = []
    for treated, held_out in groups:
        is_few = kept and sum(kept[-1]) * min(totals) < _EXPECTED * whole
        before = kept.pop() if is_few else (0, 0)
        kept.append((before[0] + treated, before[1] + held_out))
    if len(kept) > 1 and sum(kept[-1]) * min(totals) < _EXPECTED * whole:
        last, before = kept.pop(), kept.pop()
        kept.append((before[0] + last[0], before[1] + last[1]))
    if len(kept) < 2:
        return None
    statistic = math.fsum(
        (group[arm] - sum(group) * totals[arm] / whole) ** 2 / (sum(group) * totals[arm] / whole)
        for group in kept
        for arm in (0, 1)
    )
    return float(chdtrc(len(kept) - 1, statistic))
