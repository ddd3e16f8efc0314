"""identity.comparisons, identity.settled -> the strongest path of joins between two records of one customer."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from math import exp, log1p

from cxunify.identity.match.score import UNIT
from cxunify.warehouse import Warehouse

HOP = 0.01
"""What each further join costs beside its own doubt: of equally strong paths, the shortest."""

_EDGES = """
with
members as (select node from identity.owners where customer_id = $customer_id)
select c.a, c.b, case when w.is_settled then 'identifier' else 'model' end as rule, w.weight
from identity.comparisons as c
semi join members as m on m.node = c.a
semi join members as n on n.node = c.b
join identity.weights as w on w.pattern = c.pattern
where w.weight > 0 or w.is_settled
union all
select s.a, s.b, s.cause, null
from identity.settled as s
semi join members as m on m.node = s.a
semi join members as n on n.node = s.b
order by 1, 2, 3
"""


@dataclass(frozen=True)
class Edge:
    """One join: two records, the smaller number first, and the rule that joined them."""

    a: int
    b: int
    rule: str
    """decision, merge pointer, identifier or model."""


def path(warehouse: Warehouse, customer_id: str, start: int, end: int) -> tuple[Edge, ...]:
    """The joins that lead from one record of a customer to another, the strongest way; empty when none does."""
    near: dict[int, list[tuple[float, int, Edge]]] = defaultdict(list)
    for a, b, rule, weight in warehouse.rows(_EDGES, {"customer_id": customer_id}):
        # What is settled is beyond doubt; a weight is log odds, and its doubt the logarithm of its probability.
        cost = HOP + (log1p(exp(-weight / UNIT)) if rule == "model" else 0.0)
        near[a].append((cost, b, Edge(a, b, rule)))
        near[b].append((cost, a, Edge(a, b, rule)))
    queue: list[tuple[float, int]] = [(0.0, start)]
    best = {start: 0.0}
    came: dict[int, tuple[int, Edge]] = {}
    while queue:
        so_far, node = heapq.heappop(queue)
        if node == end:
            break
        if so_far > best[node]:
            continue
        for cost, other, edge in near[node]:
            if so_far + cost < best.get(other, float("inf")):
                best[other] = so_far + cost
                came[other] = (node, edge)
                heapq.heappush(queue, (so_far + cost, other))
    edges: list[Edge] = []
    node = end
    while node in came:
        node, edge = came[node]
        edges.append(edge)
    return tuple(reversed(edges))
