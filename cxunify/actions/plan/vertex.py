"""A small problem -> the whole offers of the best plan in which offers may be made in part: few are, one per scarce resource."""

from __future__ import annotations

import numpy as np

from cxunify.actions.plan.problem import Mask, Problem

_WHOLE = 1 - 1e-7


def vertex(problem: Problem) -> Mask:
    """Offers x customers. Prices cannot tell apart customers who are worth the same; which of them fit together still counts."""
    from scipy.optimize import linprog  # here: it costs half a second, also where nothing is offered
    from scipy.sparse import coo_array, vstack

    offers, customers = np.nonzero(np.isfinite(problem.value) & (problem.value > 0))
    taken = np.zeros(problem.value.shape, dtype=bool)
    if not len(offers):
        return taken
    edges, ones, many = np.arange(len(offers)), np.ones(len(offers)), problem.value.shape[1]
    ways = len(problem.way_room)
    rows = vstack(
        [
            coo_array((ones, (customers, edges)), shape=(many, len(edges))),
            coo_array((ones, (customers * ways + problem.way[offers], edges)), shape=(many * ways, len(edges))),
            coo_array(problem.uses[:, offers]),
        ]
    ).tocsr()
    most = np.concatenate([problem.room, problem.way_room.T.ravel(), problem.limits])
    found = linprog(-problem.value[offers, customers], A_ub=rows, b_ub=most, bounds=(0, 1), method="highs-ds")
    if found.x is not None:
        whole = found.x > _WHOLE
        taken[offers[whole], customers[whole]] = True
    return taken
