"""Clusters: constraints, the order of input, and what an exhaustive search makes of small graphs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxunify.identity.match.cluster import UNSEEN, Pairs, cluster


@st.composite
def graphs(draw, most=9):
    n = draw(st.integers(1, most))
    pairs = draw(st.lists(st.sampled_from(list(combinations(range(n), 2)) or [(0, 0)]), unique=True)) if n > 1 else []
    weights = draw(st.lists(st.integers(-4000, 4000), min_size=len(pairs), max_size=len(pairs)))
    bans = draw(st.lists(st.sampled_from([False, False, False, True]), min_size=len(pairs), max_size=len(pairs)))
    locks = draw(st.lists(st.sampled_from([False, False, False, True]), min_size=len(pairs), max_size=len(pairs)))
    cards = draw(st.lists(st.integers(-1, 2), min_size=n, max_size=n))
    return n, pairs, weights, bans, [lock and not ban for lock, ban in zip(locks, bans, strict=True)], cards


def _pairs(pairs, weights, bans, locks):
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Pairs(
        ends[:, 0],
        ends[:, 1],
        np.array(weights, dtype=np.int64),
        np.array(bans, dtype=bool),
        np.array(locks, dtype=bool),
        np.zeros(len(bans), dtype=bool),
    )


def _label(graph):
    n, pairs, weights, bans, locks, cards = graph
    return cluster(n, _pairs(pairs, weights, bans, locks), [np.array(cards, dtype=np.int64)])


@given(graphs())
def test_no_constraint_is_broken(graph):
    n, pairs, _, bans, _, cards = graph
    label = _label(graph)
    assert all(label[label[i]] == label[i] <= i for i in range(n))
    assert not any(label[a] == label[b] for (a, b), ban in zip(pairs, bans, strict=True) if ban)
    for one in set(label.tolist()):
        assert len({cards[i] for i in range(n) if label[i] == one and cards[i] >= 0}) <= 1


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter(graph, random):
    n, pairs, weights, bans, locks, cards = graph
    rows = list(zip(pairs, weights, bans, locks, strict=True))
    random.shuffle(rows)
    shuffled = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
    assert (_label(graph) == _label((n, *shuffled, cards))).all()


def _one_at_a_time(n, pairs, weights, bans, locks, cards):
    """The same rule, written for reading: join the best two clusters that may be joined, until there are none."""
    known = {
        pair: (10**8 if lock else weight, ban)
        for pair, weight, ban, lock in zip(pairs, weights, bans, locks, strict=True)
    }
    clusters = [{i} for i in range(n)]
    while True:
        best = None
        for x, y in combinations(range(len(clusters)), 2):
            between = [tuple(sorted((i, j))) for i in clusters[x] for j in clusters[y]]
            if not any(pair in known for pair in between) or any(known.get(pair, (0, False))[1] for pair in between):
                continue
            if len({cards[i] for i in clusters[x] | clusters[y] if cards[i] >= 0}) > 1:
                continue
            mean = sum(known.get(pair, (UNSEEN, False))[0] for pair in between) / len(between)
            if mean > 0 and (best is None or mean > best[0]):
                best = (mean, x, y)
        if best is None:
            return {frozenset(group) for group in clusters}
        _, x, y = best
        clusters[x] |= clusters.pop(y)


@given(graphs(7))
def test_joining_many_at_once_gives_what_joining_one_at_a_time_gives(graph):
    n, pairs, weights, *_ = graph
    distinct = [weight * 101 + place for place, weight in enumerate(weights)]  # ties may go either way
    plain = (n, pairs, distinct, [False] * len(pairs), [False] * len(pairs), [-1] * n)
    label = _label(plain)
    found = {frozenset(np.flatnonzero(label == one).tolist()) for one in set(label.tolist())}
    assert found == _one_at_a_time(*plain)


@given(graphs(6))
def test_nothing_that_may_be_joined_is_left_apart(graph):
    _, pairs, weights, bans, locks, cards = graph
    label = _label(graph)
    left = [set(np.flatnonzero(label == one).tolist()) for one in sorted(set(label.tolist()))]
    members = {i: place for place, group in enumerate(left) for i in group}
    sums: dict[tuple[int, int], list[int]] = {}
    for (a, b), weight, ban, lock in zip(pairs, weights, bans, locks, strict=True):
        if members[a] != members[b]:
            sums.setdefault(tuple(sorted((members[a], members[b]))), []).append(
                -(10**12) if ban else 10**8 if lock else weight
            )
    for (x, y), met in sums.items():
        possible = len(left[x]) * len(left[y])
        conflict = len({cards[i] for i in left[x] | left[y] if cards[i] >= 0}) > 1
        assert conflict or sum(met) + UNSEEN * (possible - len(met)) <= 0
