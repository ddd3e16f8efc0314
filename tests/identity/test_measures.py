"""Pairwise and B-cubed against brute force, and against recordlinkage."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest
import recordlinkage
from hypothesis import given
from hypothesis import strategies as st

from cxunify.identity.ask.measures import measure

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30)


@given(LABELS)
def test_pairwise_and_bcubed_by_counting(rows):
    found, true = zip(*rows, strict=True)
    got = measure(found, true)
    n = range(len(rows))
    mine = {(i, j) for i, j in combinations(n, 2) if found[i] == found[j]}
    theirs = {(i, j) for i, j in combinations(n, 2) if true[i] == true[j]}
    assert got.pairwise_precision == pytest.approx(len(mine & theirs) / len(mine) if mine else 1.0)
    assert got.pairwise_recall == pytest.approx(len(mine & theirs) / len(theirs) if theirs else 1.0)
    clusters = [{j for j in n if found[j] == found[i]} for i in n]
    persons = [{j for j in n if true[j] == true[i]} for i in n]
    both = [len(c & p) for c, p in zip(clusters, persons, strict=True)]
    assert got.bcubed_precision == pytest.approx(
        sum(b / len(c) for b, c in zip(both, clusters, strict=True)) / len(rows)
    )
    assert got.bcubed_recall == pytest.approx(sum(b / len(p) for b, p in zip(both, persons, strict=True)) / len(rows))
    assert got.largest_cluster == max(len(c) for c in clusters)


@given(LABELS)
def test_pairwise_as_recordlinkage_counts_it(rows):
    found, true = zip(*rows, strict=True)
    links = [
        pd.MultiIndex.from_tuples(
            [(i, j) for i, j in combinations(range(len(rows)), 2) if side[i] == side[j]] or [(-1, -2)]
        )
        for side in (true, found)
    ]
    if (-1, -2) in links[0] or (-1, -2) in links[1]:
        return
    assert measure(found, true).pairwise_f1 == pytest.approx(
        recordlinkage.fscore(*links) if len(links[0].intersection(links[1])) else 0.0
    )
