"""identity.comparisons, identity.weights, identity.owners -> the pairs that a word would settle, those that teach most first.

First come those that are joined and contradict each other. Of the others a pair teaches the more, the more it is a toss-up and
the more pairs of records hang on it. Pairs are laid out by their patterns, each as long as it teaches, and asked about at even
steps over the whole: what many pairs show is asked about often, and whatever number of answers a person gives is spread over all
that is in doubt. A classifier that learns from them (`resolve --learn`) therefore learns of all pairs in doubt and not of the
oddest. Of two customers one pair is asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cxunify.config import Config
from cxunify.identity.ask.explain import Record, records_of
from cxunify.identity.ask.waterfall import model_of
from cxunify.identity.match.decide import Pair
from cxunify.identity.match.join import asked
from cxunify.identity.match.model import Floats
from cxunify.identity.match.score import UNIT
from cxunify.warehouse import Warehouse

BAND = 3.0
"""Natural log odds to either side of the threshold within which a pair is in doubt: of even odds, 5 to 95 in 100."""

_DOUBTS = """
with
sizes as (select customer_id, count(*) as records from identity.owners group by customer_id),
weighed as (
    select c.a, c.b, w.* from identity.comparisons as c join identity.weights as w using (pattern)
    union all
    select c.a, c.b, w.* from identity.inner_comparisons as c join identity.inner_weights as w using (pattern)
),
judged as (
    select
        w.a, w.b, w.pattern, w.probability, w.fields, w.contradiction, 1 / (1 + exp(($asked - w.weight) / $unit)) as chance,
        k.customer_id = l.customer_id and w.contradiction is not null as is_torn, k.customer_id as one, l.customer_id as other,
        case
            when k.customer_id = l.customer_id and w.contradiction is not null then 'joined, and they contradict each other'
            when k.customer_id = l.customer_id then 'joined'
            when w.is_forbidden and w.weight > $asked - $band * $unit then 'kept apart by a contradiction'
            when w.weight > $asked then 'kept apart: the customers as wholes do not match'
            else 'too weak'
        end as standing
    from weighed as w
    join identity.owners as k on k.node = w.a
    join identity.owners as l on l.node = w.b
    where not w.is_settled and (
        abs(w.weight - $asked) <= $band * $unit
        or (w.weight > $asked and k.customer_id <> l.customer_id)
        or (k.customer_id = l.customer_id and w.contradiction is not null)
    )
),
open_ as (
    -- What contradicts itself is in doubt however sure the model is of either side.
    select j.*, case when standing like 'kept%' then greatest(chance * (1 - chance), 0.1)
        else chance * (1 - chance) end * ln(1 + case when one = other then k.records - 1 else k.records * l.records end) as worth
    from judged as j
    join sizes as k on k.customer_id = j.one
    join sizes as l on l.customer_id = j.other
    anti join identity.settled as s on s.a = j.a and s.b = j.b
    anti join identity.parted as d on d.a = j.a and d.b = j.b
),
first as (
    select *, row_number() over (
        partition by least(one, other), greatest(one, other) order by is_torn desc, worth desc, a, b
    ) as of_customers
    from open_
)
select a, b, probability, standing, fields, contradiction, worth, is_torn from first where of_customers = 1 order by pattern, a, b
"""
STEP = 0.6180339887498949
"""Of the whole, from one question to the next: by the golden ratio any number of questions lies evenly (Kronecker's sequence)."""


@dataclass(frozen=True)
class Doubt:
    """One pair to decide on, with what its records say."""

    a: Record
    b: Record
    probability: float
    standing: str
    """What the engine made of it: joined, too weak, kept apart and by what."""
    why: str
    """What speaks for one person and what against, in words that do not say what the engine made of it."""


def doubts(warehouse: Warehouse, config: Config, limit: int) -> list[Doubt]:
    """The first `limit` doubtful pairs to ask about. Raises LookupFailed when nothing has been resolved yet."""
    model_of(warehouse, config)
    found = warehouse.frame(_DOUBTS, {"asked": asked(config), "band": BAND, "unit": UNIT})
    decided = int(warehouse.scalar("select count(*) from identity.decisions"))
    torn = found.filter("is_torn").sort("worth", descending=True, maintain_order=True).head(limit)
    others = found.filter(~pl.col("is_torn"))
    spread = others[_spread(others["worth"].to_numpy(), limit - len(torn), decided)]
    rows = list(pl.concat([torn, spread]).drop("worth", "is_torn").iter_rows())
    records = records_of(warehouse, config, _nodes(rows)) if rows else {}
    return [
        Doubt(records[a], records[b], probability, standing, _why(fields, contradiction))
        for a, b, probability, standing, fields, contradiction in rows
    ]


def _why(fields: str, contradiction: str | None) -> str:
    """Why a pair is asked about: the fields in which its records agree, and what in them is seldom one person's."""
    agree = f"alike in {fields or 'no field'}"
    return (
        f"{agree}; they contradict each other in {contradiction}" if contradiction else f"{agree}, and in nothing else"
    )


def _spread(worth: Floats, limit: int, answered: int) -> list[int]:
    """The places of `limit` pairs at even steps over all of them laid end to end, each as long as its `worth`, shape (pairs,).

    Questions go on where `answered` ones have led. A place that has been taken gives way to the next one that has not.
    """
    ends, taken = np.cumsum(worth), np.zeros(len(worth), dtype=bool)
    order: list[int] = []
    while len(order) < min(limit, len(worth)):
        aim = (0.5 + (answered + len(order)) * STEP) % 1 * ends[-1]
        place = int(np.searchsorted(ends, aim))
        free = np.flatnonzero(~taken[place:])
        place = place + int(free[0]) if len(free) else int(np.flatnonzero(~taken)[0])
        taken[place] = True
        order.append(place)
    return order


@dataclass(frozen=True)
class Changed:
    """What answers say of how things stand."""

    joined: int
    """Pairs that are one person, and two customers so far."""
    parted: int
    """Pairs that are two people, and one customer so far."""
    confirmed: int
    """Pairs that stand as the answer has it."""


def changes(warehouse: Warehouse, decided: Mapping[Pair, str]) -> Changed:
    """What these answers (`same` or `different`) change."""
    owner = {(source, record_id): customer for source, record_id, customer in warehouse.rows(_OWNERS)}
    counts = Counter(
        (decision, owner.get((a, id_a)) == owner.get((b, id_b))) for (a, id_a, b, id_b), decision in decided.items()
    )
    joined, parted = counts["same", False], counts["different", True]
    return Changed(joined, parted, counts.total() - joined - parted)


_OWNERS = "select source, record_id, customer_id from identity.features join identity.owners using (node)"


def _nodes(rows: Iterable[tuple[Any, ...]]) -> set[int]:
    return {node for a, b, *_ in rows for node in (a, b)}
