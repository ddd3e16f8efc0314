"""Edges between numbered things -> the connected component of each."""

from __future__ import annotations

import numpy as np
import scipy  # which loads its parts when they are asked for: most runs ask for none

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def components(n: int, a: Ints, b: Ints) -> Ints:
    """The connected component of each of `n` things, shape (n,): numbers from 0, of no meaning. `a`, `b`: edges, shape (edges,)."""
    if not n:
        return np.zeros(0, dtype=np.int32)
    graph = scipy.sparse.coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n, n))
    found: Ints = scipy.sparse.csgraph.connected_components(graph, directed=False)[1]
    return found
