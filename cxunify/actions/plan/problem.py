"""What may be offered to whom, what that brings, and what is scarce: the numbers that prices and repair compute with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
NONE = -1
"""The pick of a customer who is offered nothing more."""


@dataclass(frozen=True)
class Problem:
    """Offers are rows and customers columns: each offer is looked at for everybody at once."""

    value: Floats
    """What an offer brings, less its cost; -inf where the customer may not be made it. Offers x customers."""
    room: Ints
    """Most offers to each customer."""
    way: Ints
    """The channel of each offer."""
    way_room: Ints
    """Most offers to each customer in each channel. Channels x customers."""
    uses: Floats
    """What one offer takes of each resource. Resources x offers."""
    limits: Floats
    """How much there is of each resource."""

    @property
    def rounds(self) -> int:
        """How many offers anybody can be made at most."""
        return int(min(self.room.max(initial=0), len(self.way)))

    def sample(self, every: int) -> Problem:
        """Each so-many-eth customer, with as much less of everything."""
        return Problem(
            np.ascontiguousarray(self.value[:, ::every]),
            self.room[::every],
            self.way,
            self.way_room[:, ::every],
            self.uses,
            self.limits * (len(self.room[::every]) / len(self.room)),
        )


def picks(problem: Problem, prices: Floats) -> Iterator[tuple[NDArray[np.int16], Floats]]:
    """Round after round, what each customer is best offered next where an offer costs `prices` more: the offer, and its gain.

    One after the other is as good as all at once: caps of channels within a cap over all of them are what greed is right for.
    """
    customers = problem.value.shape[1]
    left = np.empty(customers)
    done: list[NDArray[np.int16]] = []
    for turn in range(problem.rounds):
        gain, pick = np.zeros(customers), np.full(customers, NONE, np.int16)
        used = [
            sum(((problem.way[one] == way) & (one >= 0)).astype(np.int64) for one in done)
            for way in _ways(problem, turn)
        ]
        for offer, price in enumerate(prices):
            np.subtract(problem.value[offer], price, out=left)
            if turn:
                way = problem.way[offer]
                left[(used[way] >= problem.way_room[way]) | (turn >= problem.room)] = -np.inf
                for one in done:
                    left[one == offer] = -np.inf
            better = left > gain
            np.copyto(gain, left, where=better)
            np.copyto(pick, offer, where=better)
        yield pick, gain
        if turn + 1 < problem.rounds:
            done.append(pick)


def _ways(problem: Problem, turn: int) -> range:
    """The channels; none in the first round, when nobody has been offered anything."""
    return range(len(problem.way_room) if turn else 0)


def counts(pick: NDArray[Any], offers: int) -> Floats:
    """How many customers picked each offer."""
    return np.bincount(pick.astype(np.int64) + 1, minlength=offers + 1)[1:].astype(float)
