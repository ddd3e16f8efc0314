"""Weighted pairs -> one cluster per record: agglomeration by mean weight, under constraints, judged whole.

Two clusters join while the mean log odds over all their pairs is positive; pairs never compared count as slightly against.
A chain of good pairs through one ambiguous record therefore does not hold. (Average linkage is reducible, so that joining
every pair of mutually nearest clusters at once gives what joining one pair at a time would: Murtagh 1983. That makes the loop
a few dozen sorted passes over arrays.) Nothing depends on the order of input: ties go to the smaller numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cxunify.components import Ints, components

Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

UNSEEN = -500
"""Weight of a pair that no blocking rule found: whoever shares no key is a little less likely to be the same."""
SETTLED = 10**8
"""Weight of a pair that strong evidence settles: no mean of others outweighs it, only what forbids."""


@dataclass(frozen=True)
class Pairs:
    """Compared pairs of records 0 … n-1: five arrays of shape (pairs,), one entry per pair, `a[i] < b[i]`."""

    a: Ints
    b: Ints
    weight: Ints
    """Log odds that the two are one person, in whole thousandths of a nat (score.UNIT)."""
    forbidden: Bools
    """Never in one cluster."""
    settled: Bools
    """In one cluster, unless a constraint forbids it."""
    parted: Bools
    """Of what is forbidden, that which people decided."""


@dataclass
class _State:
    """Clusters so far, in arrays of shape (n,); a cluster's own figures stand at its label, its smallest record."""

    label: Ints
    """The label of each record."""
    size: Ints
    """Records of each cluster."""
    exclusive: list[Ints] = field(default_factory=list)
    """The value that each cluster has of each exclusive attribute, -1 for none."""


def cluster(n: int, pairs: Pairs, exclusive: Sequence[Ints] = (), bound: tuple[Ints, Ints] | None = None) -> Ints:
    """Label each of `n` records with the smallest record number of its cluster: shape (n,).

    Of each array in `exclusive` (shape (n,): one value per record, -1 for none), no cluster ever holds two different values.
    Pairs that are `bound` (two arrays of records, shape (pairs,) each) are in one cluster before anything else is looked at,
    whatever forbids it. What they contradict each other in is both this one person's: a third record is forbidden by the data
    only where it contradicts all of them that it was compared with.
    """
    state = _State(np.arange(n), np.ones(n, dtype=np.int64), [values.copy() for values in exclusive])
    weight = np.where(pairs.settled, SETTLED, pairs.weight)
    positive = weight > 0
    a, b, forbidden, parted = pairs.a, pairs.b, pairs.forbidden, pairs.parted
    count: Ints = np.ones(len(weight), dtype=np.int64)
    component = components(n, a[positive], b[positive])
    if bound is not None and len(bound[0]):
        component = components(n, np.concatenate([a[positive], bound[0]]), np.concatenate([b[positive], bound[1]]))
    # No pair between components that positive weights connect can ever matter.
    kept = component[a] == component[b]
    a, b, weight, count, forbidden, parted = a[kept], b[kept], weight[kept], count[kept], forbidden[kept], parted[kept]
    if bound is not None and len(bound[0]):
        target = _bind(state, *bound)
        allowed = _contract(target, a, b, weight, count, ~forbidden)[-1]
        a, b, weight, count, parted = _contract(target, a, b, weight, count, parted)
        forbidden = parted | ~allowed
    _agglomerate(state, a, b, weight, count, forbidden)
    return state.label


def _bind(state: _State, a: Ints, b: Ints) -> Ints:
    """The cluster of each record, shape (n,), once the pairs of records `a`, `b`, shape (pairs,), are joined; changes `state`."""
    n = len(state.label)
    component = components(n, a, b)
    smallest = np.full(n, n)
    np.minimum.at(smallest, component, np.arange(n))
    target: Ints = smallest[component]
    state.label = target
    state.size = np.bincount(target, minlength=n)
    for values in state.exclusive:
        np.maximum.at(values, target, values.copy())
    return target


def _agglomerate(state: _State, a: Ints, b: Ints, total: Ints, count: Ints, forbidden: Bools) -> None:
    """Join clusters until no two that may be joined have a positive mean weight; changes `state`.

    All arrays have shape (pairs,), one entry per pair of clusters `a < b`: `total` is the sum of the weights between them in
    thousandths of a nat, `count` the pairs of records that were compared, `forbidden` whether one of those forbids the join.
    """
    n = len(state.label)
    while len(a):
        possible = state.size[a] * state.size[b]
        against = forbidden.copy()
        for values in state.exclusive:
            against |= (values[a] >= 0) & (values[b] >= 0) & (values[a] != values[b])
        sums = total + UNSEEN * (possible - count)
        open_ = np.flatnonzero((sums > 0) & ~against)
        if not len(open_):
            break
        left, right = a[open_], b[open_]
        mean = sums[open_] / possible[open_]
        order = np.lexsort((right, left, -mean))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        best = np.full(n, len(order))
        np.minimum.at(best, left, rank)
        np.minimum.at(best, right, rank)
        mutual = (best[left] == rank) & (best[right] == rank)
        into, gone = left[mutual], right[mutual]
        target = np.arange(n)
        target[gone] = into
        state.size[into] += state.size[gone]
        for values in state.exclusive:
            values[into] = np.maximum(values[into], values[gone])
        state.label = target[state.label]
        a, b, total, count, forbidden = _contract(target, a, b, total, count, forbidden)


def _contract(
    target: Ints, a: Ints, b: Ints, total: Ints, count: Ints, forbidden: Bools
) -> tuple[Ints, Ints, Ints, Ints, Bools]:
    """Pairs of clusters after each cluster went into its target: parallel pairs are added up.

    `target` has shape (n,), the label that each label becomes; the others shape (pairs,), as in `_agglomerate`, and those that
    come back likewise, of fewer pairs: in order of `a`, then `b`.
    """
    n = len(target)
    left, right = np.minimum(target[a], target[b]), np.maximum(target[a], target[b])
    kept = left != right
    keys, place = np.unique(left[kept] * n + right[kept], return_inverse=True)
    size = len(keys)
    sums = np.bincount(place, weights=total[kept], minlength=size).astype(np.int64)  # exact: far below 2**53
    counts = np.bincount(place, weights=count[kept], minlength=size).astype(np.int64)
    bans = np.bincount(place, weights=forbidden[kept], minlength=size) > 0
    return keys // n, keys % n, sums, counts, bans
