"""Prices -> a plan that keeps every limit: what everybody takes at these prices, less the cheapest over a limit, and filled up."""

from __future__ import annotations

import numpy as np

from cxunify.actions.plan.prices import Prices
from cxunify.actions.plan.problem import Floats, Mask, Problem, picks
from cxunify.actions.plan.vertex import vertex

_ROUNDING = 1e-9
_FEW, _VERY_FEW = 20_000, 2_000
"""Among so many customers one offer more or less is seen in the whole, and a second plan is worth its time; and a third."""
_LESS = 0.9
"""At this share of the prices the second plan is made, from nothing: what lies just below them is then taken too."""


def chosen(problem: Problem, prices: Prices) -> Mask:
    """Offers x customers: who is made which. Of equals the customer that comes first."""
    of_offers = prices.of_offers(problem)
    taken = np.zeros(problem.value.shape, dtype=bool)
    for pick, _ in picks(problem, of_offers):
        for offer in range(len(taken)):
            taken[offer] |= pick == offer
    reduced = problem.value - of_offers[:, None]
    _mend(problem, reduced, taken)
    if len(problem.room) > _FEW:
        return taken
    plans = [taken, np.zeros_like(taken)]
    _fill(problem, problem.value - _LESS * of_offers[:, None], plans[1])
    if len(problem.room) <= _VERY_FEW:
        plans.append(vertex(problem))
        _mend(problem, reduced, plans[2])
    return max(plans, key=lambda plan: plan_value(problem, plan))


def _mend(problem: Problem, reduced: Floats, taken: Mask) -> None:
    """Keep every limit, and leave nothing that fits."""
    for resource in range(len(problem.limits)):
        _drop(problem, reduced, taken, resource)
    _fill(problem, reduced, taken)


def used(problem: Problem, taken: Mask) -> Floats:
    """How much of each resource a plan uses."""
    return np.asarray(problem.uses @ taken.sum(axis=1))


def _drop(problem: Problem, reduced: Floats, taken: Mask, resource: int) -> None:
    """Take back, of the offers that use a resource, those that cost least to lose, until it is enough."""
    uses = problem.uses[resource]
    over = float(used(problem, taken)[resource]) - problem.limits[resource] * (1 + _ROUNDING)
    if over <= 0:
        return
    offers, customers = np.nonzero(taken & (uses > 0)[:, None])
    # What the customer could be offered instead makes up for it.
    others = np.where(taken[:, customers] | (uses > 0)[:, None], 0, reduced[:, customers]).max(axis=0)
    loss = (reduced[offers, customers] - np.maximum(others, 0)) / uses[offers]
    order = np.argsort(loss, kind="stable")
    enough = int(np.searchsorted(np.cumsum(uses[offers[order]]), over)) + 1
    gone = order[:enough]
    taken[offers[gone], customers[gone]] = False


def _fill(problem: Problem, reduced: Floats, taken: Mask) -> None:
    """Give what is left to whom it brings most, until there is no offer for which everything suffices."""
    customers = problem.value.shape[1]
    while True:
        left = problem.limits * (1 + _ROUNDING) - used(problem, taken)
        fits = (problem.uses <= left[:, None]).all(axis=0)
        gain, pick = np.full(customers, -np.inf), np.full(customers, -1, np.int16)
        has_room = taken.sum(axis=0) < problem.room
        for offer in np.flatnonzero(fits):
            way = problem.way[offer]
            open_ = has_room & ~taken[offer] & (problem.value[offer] > 0)
            open_ &= taken[problem.way == way].sum(axis=0) < problem.way_room[way]
            better = open_ & (reduced[offer] > gain)
            np.copyto(gain, reduced[offer], where=better)
            np.copyto(pick, offer, where=better)
        who = np.flatnonzero(pick >= 0)
        if not len(who):
            return
        who = who[np.argsort(-gain[who], kind="stable")]
        running = np.cumsum(problem.uses[:, pick[who]], axis=1)
        over = (running > left[:, None]).any(axis=0)
        until = int(over.argmax()) if over.any() else len(who)
        taken[pick[who[:until]], who[:until]] = True


def plan_value(problem: Problem, taken: Mask) -> float:
    """What a plan brings."""
    return float(problem.value[taken].sum())
