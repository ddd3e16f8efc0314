"""A plan's scarce resources -> what one more of each would bring: dual prices, and a bound that no plan can exceed.

At right prices, everybody taking what is best at them uses up just what there is. They are where the dual function is lowest: it
is convex and made of planes, and each look at it, one pass over all customers, tells one plane (Kelley 1960). The search begins
with every so-many-eth customer, whose prices are nearly right, and stays near them while it can.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxunify.actions.plan.problem import Floats, Problem, counts, picks

_SAMPLE = 10_000
"""Customers that the search begins with."""
_CLOSE = 2e-6
"""How near, as a share of the bound, the lowest point must be known."""
_LOOKS = 80
"""Most looks at the dual function of one problem."""
_NEAR = 0.03
"""How far from where a sample's prices lie the first look goes, as a share of them."""


@dataclass(frozen=True)
class Prices:
    """What one more of each resource would bring, and the bound."""

    of_resources: Floats
    bound: float

    def of_offers(self, problem: Problem) -> Floats:
        """What each offer has to pay for what it uses."""
        return np.asarray(self.of_resources @ problem.uses)


def priced(problem: Problem) -> Prices:
    """The prices of a problem."""
    if not len(problem.limits) or not problem.value.size:
        return Prices(np.zeros(len(problem.limits)), _look(problem, np.zeros(len(problem.limits)))[0])
    every = len(problem.room) // _SAMPLE
    if every < 2:
        return _lowest(problem, None)
    return _lowest(problem, priced(problem.sample(every)).of_resources)


def _look(problem: Problem, prices: Floats) -> tuple[float, Floats]:
    """The dual function at these prices: its height, and its slope."""
    offers = len(problem.way)
    height, taken = float(prices @ problem.limits), np.zeros(offers)
    for pick, gain in picks(problem, prices @ problem.uses):
        height += float(gain.sum())
        taken += counts(pick, offers)
    return height, problem.limits - problem.uses @ taken


def _lowest(problem: Problem, near: Floats | None) -> Prices:
    """The lowest point of the dual function, looked for near some prices as long as it seems to lie there."""
    from scipy.optimize import linprog  # here: it costs half a second, also where nothing is offered

    most = _highest(problem)
    least = np.zeros_like(most)
    low, high = (least, most) if near is None else _around(near, most, _NEAR)
    at = np.zeros_like(most) if near is None else near
    best, planes, ends = Prices(at, np.inf), [], []
    scale = most + (most == 0)
    for _ in range(_LOOKS):
        height, slope = _look(problem, at)
        if height < best.bound:
            best = Prices(at, height)
        # In shares of the highest price, so that money and contacts are told alike.
        planes.append([*(slope * scale / _size(problem)), -1.0])
        ends.append((slope @ at - height) / _size(problem))
        found = linprog(
            [*np.zeros(len(at)), 1.0],
            A_ub=np.array(planes),
            b_ub=np.array(ends),
            bounds=[*zip(low / scale, high / scale, strict=True), (None, None)],
            method="highs",
        )
        lowest = found.x[-1] * _size(problem)
        at = np.clip(found.x[:-1] * scale, low, high)
        if best.bound - lowest <= _CLOSE * abs(best.bound):
            # It may lie beyond what has been looked at.
            if not (((best.of_resources <= low) & (low > 0)) | ((best.of_resources >= high) & (high < most))).any():
                break
            low, high = least, most
    return best


def _size(problem: Problem) -> float:
    """A number of the size of the whole plan."""
    return float(np.maximum(problem.value.max(axis=0, initial=0), 0).sum()) or 1.0


def _highest(problem: Problem) -> Floats:
    """No resource is worth more than the best offer that uses it, by what that uses."""
    best = problem.value.max(axis=1, initial=0)
    by = np.divide(best, problem.uses, out=np.zeros_like(problem.uses), where=problem.uses > 0)
    return np.asarray(by.max(axis=1, initial=0))


def _around(near: Floats, most: Floats, share: float) -> tuple[Floats, Floats]:
    """Prices that differ from these by a share of them, or by a little of the highest where they are nearly nothing."""
    apart = share * near + 0.002 * most
    return np.maximum(near - apart, 0), np.minimum(near + apart, most)
