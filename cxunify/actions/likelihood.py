"""A likelihood and its gradient -> the parameters that make it highest, and of which of them the data say nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOST_EVALUATIONS = 60
"""Ordinary data take 20 to 30; where nothing tells parameters apart, the likelihood is a ridge without an end."""
LIMIT = 9.0
"""Of the logarithm of each parameter, while fitting."""
BEYOND = 7.0
"""Likewise, from where on a parameter says no more than `none` or `all`."""


class _Spent(Exception):
    """As many evaluations as may be have been made."""


@dataclass(frozen=True)
class Highest:
    """Where a likelihood is highest."""

    values: tuple[float, ...]
    likelihood: float
    """The logarithm, by customer."""
    evaluations: int
    at_bound: frozenset[str]
    """The parameters of which the data say only that they are very small or very large; all of them where no end was found."""


def highest(loss: Callable[[Floats], tuple[float, Floats]], names: Sequence[str], *, has_end: bool = True) -> Highest:
    """The parameters (above 0) for which `loss`, minus the logarithm of the likelihood by customer, is least.

    `loss` takes their logarithms and returns itself and its gradient. `has_end`: false where everything is known to fit as well.
    """
    from scipy.optimize import minimize  # here: it costs half a second, also where nothing is to be fitted

    tried: list[tuple[float, Floats]] = []

    def counted(at: Floats) -> tuple[float, Floats]:
        if len(tried) == MOST_EVALUATIONS:
            raise _Spent  # the optimiser counts between its steps only, and goes on along a line as far as it likes
        value, gradient = loss(at)
        tried.append((value, at.copy()))
        return value, gradient

    with suppress(_Spent):
        minimize(
            counted,
            np.zeros(len(names)),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-LIMIT, LIMIT)] * len(names),
            options={"ftol": 1e-11, "gtol": 1e-7},
        )
    least, best = min(tried, key=lambda one: one[0])
    is_far = np.abs(best) >= BEYOND if has_end and len(tried) < MOST_EVALUATIONS else np.ones(len(names), dtype=bool)
    return Highest(
        # No digit that depends on the machine, see `repeatable`.
        tuple(float(f"{value:.10g}") for value in np.exp(best)),
        -float(least),
        len(tried),
        frozenset(name for name, far in zip(names, is_far, strict=True) if far),
    )
