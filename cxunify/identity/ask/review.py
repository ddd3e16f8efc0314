"""identity.comparisons, identity.weights, identity.owners -> the pairs that a person's word would settle, most informative first.

Informative is a pair that is a toss-up, of a pattern that many pairs show: what is said of it is likely to hold for the others.
Each pattern comes once before any comes twice, and of two customers one pair only: fifty answers should teach fifty things.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cxunify.config import Config
from cxunify.identity.ask.explain import Record, records_of
from cxunify.identity.ask.waterfall import model_of
from cxunify.identity.match.join import asked
from cxunify.identity.match.score import UNIT
from cxunify.warehouse import Warehouse

BAND = 3.0
"""Natural log odds to either side of the threshold within which a pair is in doubt: of even odds, 5 to 95 in 100."""

_DOUBTS = """
with
judged as (
    select
        c.a, c.b, c.pattern, w.probability, 1 / (1 + exp(($asked - w.weight) / $unit)) as chance,
        k.customer_id as one, l.customer_id as other,
        case
            when k.customer_id = l.customer_id then 'joined'
            when w.is_forbidden and w.weight > $asked then 'kept apart by a contradiction'
            when w.weight > $asked then 'kept apart: the customers as wholes do not match'
            else 'too weak'
        end as standing
    from identity.comparisons as c
    join identity.weights as w on w.pattern = c.pattern
    join identity.owners as k on k.node = c.a
    join identity.owners as l on l.node = c.b
    where not w.is_settled
        and (abs(w.weight - $asked) <= $band * $unit or (w.weight > $asked and k.customer_id <> l.customer_id))
),
open_ as (
    -- What contradicts itself is in doubt however sure the model is of either side.
    select j.*, p.pairs, case when standing like 'kept%' then greatest(chance * (1 - chance), 0.1)
        else chance * (1 - chance) end * ln(1 + p.pairs) as worth
    from judged as j
    join identity.patterns as p on p.pattern = j.pattern
    anti join identity.settled as s on s.a = j.a and s.b = j.b
    anti join identity.parted as d on d.a = j.a and d.b = j.b
),
first as (
    select *, row_number() over (partition by least(one, other), greatest(one, other) order by worth desc, a, b) as of_customers
    from open_
),
turns as (
    select *, row_number() over (partition by pattern order by a, b) as turn from first where of_customers = 1
)
select a, b, probability, standing from turns order by turn, worth desc, a, b limit $limit
"""


@dataclass(frozen=True)
class Doubt:
    """One pair to decide on, with what its records say."""

    a: Record
    b: Record
    probability: float
    standing: str
    """What the engine made of it: joined, too weak, kept apart and by what."""


def doubts(warehouse: Warehouse, config: Config, limit: int) -> list[Doubt]:
    """The `limit` most informative doubtful pairs. Raises LookupFailed when nothing has been resolved yet."""
    model_of(warehouse, config)
    rows = warehouse.rows(_DOUBTS, {"asked": asked(config), "band": BAND, "unit": UNIT, "limit": limit})
    records = records_of(warehouse, config, _nodes(rows)) if rows else {}
    return [Doubt(records[a], records[b], probability, standing) for a, b, probability, standing in rows]


def _nodes(rows: Iterable[tuple[int, int, float, str]]) -> set[int]:
    return {node for a, b, *_ in rows for node in (a, b)}
