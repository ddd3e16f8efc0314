"""Two partitions of the same records -> how well one matches the other: pairwise and B-cubed.

Pairwise precision and recall count pairs of records that share a cluster; B-cubed (Bagga and Baldwin 1998) averages over records
the share of a record's cluster that belongs there, and the share of its people that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Measures:
    """Shares from 0 to 1; sizes in records."""

    pairwise_precision: float
    pairwise_recall: float
    pairwise_f1: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    clusters: int
    largest_cluster: int


def measure(found: Sequence[Any], true: Sequence[Any]) -> Measures:
    """Compare found clusters with true ones: two equally long sequences of labels, one per record, of any kind that sorts."""
    _, mine = np.unique(np.asarray(found), return_inverse=True)
    _, theirs = np.unique(np.asarray(true), return_inverse=True)
    both, shared = np.unique(mine.astype(np.int64) * (theirs.max(initial=0) + 1) + theirs, return_counts=True)
    sizes, people = np.bincount(mine), np.bincount(theirs)
    of_cluster, of_person = both // (theirs.max(initial=0) + 1), both % (theirs.max(initial=0) + 1)
    hits, said, meant = (_pairs(counts) for counts in (shared, sizes, people))
    precision, recall = hits / said if said else 1.0, hits / meant if meant else 1.0
    records = max(len(mine), 1)
    b_precision = float((shared**2 / sizes[of_cluster]).sum()) / records
    b_recall = float((shared**2 / people[of_person]).sum()) / records
    return Measures(
        precision, recall, _f1(precision, recall), b_precision, b_recall, _f1(b_precision, b_recall),
        len(sizes), int(sizes.max(initial=0)),
    )  # fmt: skip


def _pairs(counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    """Pairs of records within all groups together; `counts` has shape (groups,), the records of each."""
    return int((counts.astype(np.int64) * (counts - 1) // 2).sum())


def _f1(precision: float, recall: float) -> float:
    """Harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
