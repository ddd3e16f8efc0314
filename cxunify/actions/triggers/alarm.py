"""Patterns with what was to be expected of them -> how unlikely each is, which could alarm at all, which do, how many falsely.

Counts are discrete: a customer of whom two visits were expected can never be alarmingly silent. Who can is said by the least p
that is attainable (Tarone, Biometrics 46, 1990), and false alarms are counted over what is attainable (Heyse 2011): the false
alarms at a limit are the sum, over everybody who could alarm, of the chance that he does by chance. Benjamini and Hochberg, who
take every p for attainable, find .13 where this finds .66 of planted changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cxunify.actions.triggers.rates import Numbers, Patterns, Rates, season

Direction = Literal["drop", "rise"]
DIRECTIONS: tuple[Direction, Direction] = ("drop", "rise")
LEAST = 0.01
"""Who could not be as unlikely as this, whatever he did, cannot be judged."""
BY_CHANCE = 0.001
"""How often a base in which nobody has changed has a list of alarms."""
SURE = 0.95
"""How sure it is to be that a stretch before did not bring more false alarms by luck alone than are said."""
_LIKELY = 0.5
"""No limit is as high as this: what is likelier need not be counted."""
_EXTREME = 0.001
"""Who is as unlikely as this has no say in how active ordinary customers were."""
_AT_ONCE = 1000
"""Patterns whose every possible count is worked out at once: as many as fit into a processor's cache."""


@dataclass(frozen=True)
class Judged:
    """How unlikely patterns are in one direction; arrays are in their order."""

    direction: Direction
    mean: Numbers
    """Active days that were to be expected, the season included."""
    size: Numbers
    """The negative binomial's."""
    customers: Numbers
    p: Numbers
    """How likely chance alone makes a customer of whom so much was expected as silent, or as busy, as he was."""
    strongest: Numbers
    """The same of the count that is the most unlikely one for him."""

    @property
    def is_detectable(self) -> NDArray[np.bool_]:
        """Who could alarm at all: the others are not counted among those who may alarm falsely."""
        return (self.mean > 0) & (self.strongest <= LEAST)

    @property
    def detectable(self) -> int:
        """Customers who could alarm."""
        return int(self.customers[self.is_detectable].sum())

    def at_most(self, limits: Numbers) -> Numbers:
        """For each limit the customers who could alarm and are at most as likely."""
        order = np.argsort(self.p[self.is_detectable], kind="stable")
        p = self.p[self.is_detectable][order]
        customers = np.concatenate([[0.0], np.cumsum(self.customers[self.is_detectable][order])])
        # Equal tails of different patterns differ in their last digit.
        return np.asarray(customers[np.searchsorted(p, limits * (1 + 1e-9), side="right")], dtype=float)


@dataclass(frozen=True)
class Alarms:
    """Which patterns alarm; arrays are in their order."""

    share: Numbers
    """Expected share of false ones among all alarms at least as strong, 0 to 1; NaN where not detectable."""
    is_published: NDArray[np.bool_]
    alarms: int
    """Customers of published patterns."""
    expected_false: float
    """Of these."""
    reach: float
    """One more customer who was at most as likely as this would be published; 0: nobody would."""


def tail(direction: Direction, after: Numbers, mean: Numbers, size: Numbers) -> Numbers:
    """P(as few or fewer), or P(as many or more), of a negative binomial count."""
    from scipy.special import betainc

    if direction == "drop":
        return np.asarray(betainc(size, after + 1, size / (size + mean)), dtype=float)
    return np.where(after > 0, betainc(np.maximum(after, 1), size, mean / (size + mean)), 1.0)


def judge(
    direction: Direction, after: Numbers, expected: tuple[Numbers, Numbers], customers: Numbers, length: int
) -> Judged:
    """How unlikely each pattern is: `expected` are mean and size, `length` the days of the stretch, the most that can be active."""
    mean, size = expected
    strongest = np.full(len(mean), 0.0 if direction == "drop" else float(length))
    return Judged(
        direction, mean, size, customers, tail(direction, after, mean, size), tail(direction, strongest, mean, size)
    )


def seasoned(rates: Rates, patterns: Patterns, length: int) -> float:
    """How active ordinary customers were in the stretch that is judged, by what was to be expected: Christmas alarms nobody.

    Who seems changed by that of all is left out of it: a few who come six times as often would make all others look silent.
    """
    whole = season(rates, patterns, length)
    mean, size = rates.mean(patterns.before, patterns.days, length) * whole, rates.size(patterns.before)
    if not whole > 0:
        return whole
    is_ordinary = np.minimum(*(tail(way, patterns.after, mean, size) for way in DIRECTIONS)) > _EXTREME
    return season(rates, patterns.of(is_ordinary), length)


def alarms(judged: Judged, length: int, false_alarms: float, earlier: Judged | None = None) -> Alarms:
    """Publish the strongest alarms of which at most a share `false_alarms` is expected to be false.

    Where nobody has changed, one alarm of which a fifth is expected to be false would still be published in one of five bases: so
    there must be more of them, too, than chance brings in one of a thousand (Poisson).

    `earlier`: the same of the stretch before, by its own season and wander. Where given, no limit is taken to alarm fewer falsely
    than it may have done then (the upper end of a Poisson count's 95 % interval). A rise wants that: of customers who come in
    bursts some come in a larger one than any gamma distribution foresees, always, and these are no news. A drop does not: who left
    then did leave.
    """
    from scipy.special import gammainc, gammaincinv

    share = np.full(len(judged.p), np.nan)
    published = np.zeros(len(judged.p), dtype=bool)
    able = np.flatnonzero(judged.is_detectable)
    if not len(able):
        return Alarms(share, published, 0, 0.0, 0.0)
    # What is likely is told from what could be: both are limits, first those that have come about.
    limits = np.concatenate([judged.p[able], judged.strongest[able]])
    false = _by_chance(judged, limits, length)
    if earlier is not None:
        grown = judged.detectable / max(earlier.detectable, 1)
        false = np.maximum(false, gammaincinv(earlier.at_most(limits) + 1, SURE) * grown)
    raised = judged.at_most(limits)
    more = raised + 1
    reach = float(limits[(gammainc(more, false) <= BY_CHANCE) & (false <= false_alarms * more)].max(initial=0.0))
    limits, false, raised = limits[: len(able)], false[: len(able)], raised[: len(able)]
    order = np.argsort(limits, kind="stable")
    ratio = np.where(gammainc(raised, false) <= BY_CHANCE, np.minimum(false / raised, 1.0), 1.0)[order]
    # A weaker limit with a smaller share of false ones holds for all that is stronger.
    share[able[order]] = np.minimum.accumulate(ratio[::-1])[::-1]
    published[able] = share[able] <= false_alarms
    return Alarms(
        share,
        published,
        int(judged.customers[published].sum()),
        float(false[published[able]].max(initial=0.0)),
        reach,
    )


def _by_chance(judged: Judged, limits: Numbers, length: int) -> Numbers:
    """For each limit, how many of those who could alarm are at most as likely by chance alone: Heyse's sum."""
    counts = np.arange(length + 1, dtype=float)
    # Of whom the same was expected the same could have come, whatever did.
    able = judged.is_detectable
    (means, sizes), inverse = np.unique(np.stack([judged.mean[able], judged.size[able]]), axis=1, return_inverse=True)
    expecting = np.bincount(inverse.ravel(), weights=judged.customers[able])
    attainable, customers = [], []
    for start in range(0, len(means), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        p = tail(judged.direction, counts[None, :], means[part, None], sizes[part, None])
        # The chance of each p: what it has more than the next one that is stronger.
        ascending = p if judged.direction == "drop" else p[:, ::-1]
        chance = np.diff(ascending, axis=1, prepend=0.0) * expecting[part, None]
        is_kept = ascending <= _LIKELY
        attainable.append(ascending[is_kept])
        customers.append(chance[is_kept])
    p, falsely = np.concatenate(attainable), np.concatenate(customers)
    order = np.argsort(p, kind="stable")
    summed = np.concatenate([[0.0], np.cumsum(falsely[order])])
    return np.asarray(summed[np.searchsorted(p[order], limits * (1 + 1e-9), side="right")], dtype=float)
