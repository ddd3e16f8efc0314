"""What closing an identity gap would bring, and what it does to the measures of loyalty: estimates, with their methods."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from cxunify.schema.report import Closing
from cxunify.warehouse import Warehouse

_LEAST = 100
"""Lines that a place or week needs to serve as a reference."""
_PLACES = 4
"""Places or weeks without which there is no better quarter."""
METHOD = (
    "places with at least 100 lines are ranked by the share of lines that have a customer; all below the one at which a quarter of"
    " the lines are in better ones are assumed to reach it; likewise weeks, and the larger gain of the two is taken"
)


def closing(warehouse: Warehouse, source: str) -> Closing | None:
    """What a source would gain if its weaker places captured the identifier as those with the best quarter of lines do."""
    gains = []
    for unit in ("location", "date_trunc('week', day)"):
        rows = warehouse.rows(
            f"""
            select {unit}, sum(lines)::bigint, coalesce(sum(lines) filter (where identified), 0)::bigint,
                coalesce(sum(revenue) filter (where not identified), 0)
            from quality.daily
            where source = $source and {unit} is not null
                and (kind in (from quality.owned) or source not in (from quality.device_sources))
            group by 1 having sum(lines) >= {_LEAST} order by 1
            """,
            {"source": source},
        )
        if len(rows) >= _PLACES:
            gains.append(_gain(rows))
    best = max(gains, key=lambda gain: gain.rows, default=None)
    return best if best and best.rows >= _LEAST else None


def _gain(rows: list[tuple[Any, ...]]) -> Closing:
    """What closing would bring; `rows`: (place or week, lines, lines with a customer, money of those without), one each."""
    lines = np.array([row[1] for row in rows], dtype=float)
    known = np.array([row[2] for row in rows], dtype=float)
    unknown_money = np.array([float(row[3]) for row in rows])
    shares = known / lines
    order = np.argsort(shares, kind="stable")
    at = int(np.searchsorted(np.cumsum(lines[order]), 0.75 * lines.sum()))
    reference = float(shares[order][min(at, len(order) - 1)])
    gained = np.maximum(0.0, reference - shares) * lines
    part = np.divide(gained, lines - known, out=np.zeros_like(gained), where=lines > known)
    return Closing(
        rows=round(float(gained.sum())),
        revenue=round(Decimal(float((part * unknown_money).sum())), 2),
        reference=reference,
        method=METHOD,
    )


@dataclass(frozen=True)
class Loyalty:
    """What an identity gap does to the share of customers who buy again."""

    seen: float
    """Repeat customers among those with a purchase, as the data shows."""
    corrected: float
    """As it would be if every purchase had its customer."""
    per_customer: float
    """Purchase days per customer, as seen …"""
    per_customer_corrected: float
    """… and corrected."""
    method: str = (
        "negative binomial purchase counts (Ehrenberg 1959) fitted to the identified customers, and thinned: if a share g of"
        " purchases loses its customer at random, the mean falls to (1 - g) of the true one and the shape stays"
    )


def loyalty(counts: dict[int, int], gap: float) -> Loyalty | None:
    """Correct the repeat share for a gap.

    `counts`: purchase days per customer to the number of customers, from 1 up. `gap`: share of purchases without a customer.
    None where the counts do not allow a fit (fewer than 100 customers, or no repeaters). The fit is by maximum likelihood
    over a grid of shapes, for zero-truncated counts.
    """
    customers = sum(counts.values())
    if customers < 100 or not 0 < gap < 1 or set(counts) == {1}:
        return None
    x = np.array(sorted(counts), dtype=float)
    weights = np.array([counts[int(value)] for value in x], dtype=float)
    shape, mean = _fit(x, weights)
    seen = 1 - counts.get(1, 0) / customers
    true_mean = mean / (1 - gap)
    truncated = mean / (1 - _zero(shape, mean))
    return Loyalty(
        seen=seen,
        corrected=min(1.0, seen * _repeat(shape, true_mean) / _repeat(shape, mean)),
        per_customer=float((x * weights).sum() / customers),
        per_customer_corrected=float((x * weights).sum() / customers)
        * true_mean
        / (1 - _zero(shape, true_mean))
        / truncated,
    )


def _zero(shape: float, mean: float) -> float:
    """P(none) of a negative binomial of this shape (of its gamma, no unit) and mean (purchase days per customer)."""
    return float((shape / (shape + mean)) ** shape)


def _repeat(shape: float, mean: float) -> float:
    """P(two or more | one or more)."""
    none = _zero(shape, mean)
    one = none * shape * mean / (shape + mean)
    return float((1 - none - one) / (1 - none))


def _fit(x: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Shape and mean (of the untruncated counts) of the zero-truncated negative binomial.

    `x`, shape (counts,): purchase days per customer, from 1 up, each once; `weights`, same shape: customers with so many.
    """
    from scipy.special import gammaln  # here: scipy costs a fifth of a second

    average = float((x * weights).sum() / weights.sum())
    best = (-np.inf, 1.0, average)
    for shape in np.geomspace(0.05, 20, 60):
        low, high = 1e-6, average  # the mean that gives the observed truncated mean
        for _ in range(60):
            middle = (low + high) / 2
            if middle / (1 - _zero(shape, middle)) < average:
                low = middle
            else:
                high = middle
        mean = (low + high) / 2
        p = mean / (shape + mean)
        log = gammaln(shape + x) - gammaln(shape) - gammaln(x + 1) + shape * np.log1p(-p) + x * np.log(p)
        likelihood = float((weights * (log - np.log1p(-_zero(shape, mean)))).sum())
        best = max(best, (likelihood, float(shape), mean))
    return best[1], best[2]
