"""Two records of two customers -> what kept them apart: never met, too weak, a contradiction, the customers as wholes, a person."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Config
from cxunify.identity.ask.waterfall import BIT, Comparison, compared
from cxunify.identity.evidence import block
from cxunify.identity.match.cluster import UNSEEN
from cxunify.identity.match.join import asked
from cxunify.identity.match.model import Model
from cxunify.identity.match.score import UNIT
from cxunify.warehouse import Warehouse, literal

SHOWN = 5
"""Conflicts between two customers that are named; beyond, they are counted."""


@dataclass(frozen=True)
class Key:
    """One blocking rule, and the key by which each of the two records may be found; None: it has none."""

    rule: str
    a: str | None
    b: str | None
    shared_by: int = 0
    """Records behind the key, if the two share it: more than the limit, and it brings nobody together."""


@dataclass(frozen=True)
class Value:
    """A mailbox, number or identifier of one of the two records, or of both."""

    type: str
    value: str
    carried_by: str
    """a, b or both."""
    status: str
    rule: str | None
    """Why it is no evidence."""


@dataclass(frozen=True)
class Conflict:
    """Two records, one of either customer, that may never be in one."""

    a: str
    b: str
    what: str


@dataclass(frozen=True)
class Wholes:
    """The two customers compared as wholes: they join only while the mean weight of their pairs is above zero."""

    records_a: int
    records_b: int
    pairs: int
    compared: int
    mean: float
    """Bits above what the threshold asks for; pairs that were never compared count slightly against."""
    conflicts: tuple[Conflict, ...]
    more_conflicts: int


def keys(warehouse: Warehouse, config: Config, a: int, b: int) -> tuple[Key, ...]:
    """The blocking keys of two records, rule by rule, those that they share first."""
    keyed = list(block.keyed(config))
    selects = " union all ".join(
        f"select node, {literal(rule.name)} as rule, concat_ws(' · ', {', '.join(rule.columns)}) as text, {key} as key"
        f" from identity.traits where node in ({int(a)}, {int(b)}) and {applies}"
        for rule, _, key, applies in keyed
    )
    sql = f"""
with
found as ({selects}),
met as (select distinct x.rule, x.key, x.text from found as x join found as y on x.key = y.key and x.node < y.node),
shared as (
    select m.rule, min({{records: s.records, text: m.text}}) as best
    from met as m
    join identity.key_sizes as s using (key)
    group by m.rule
),
own as (
    select rule, min(text) filter (node = {int(a)}) as a, min(text) filter (node = {int(b)}) as b from found group by rule
)
select o.rule, coalesce(s.best.text, o.a), coalesce(s.best.text, o.b), coalesce(s.best.records, 0)
from own as o
left join shared as s using (rule)
"""
    order = [rule.name for rule, *_ in keyed]
    found = [Key(*row) for row in warehouse.rows(sql)]
    return tuple(sorted(found, key=lambda key: (not key.shared_by, order.index(key.rule))))


def values(warehouse: Warehouse, a: int, b: int) -> tuple[Value, ...]:
    """Mailboxes, numbers and identifiers of two records, and whether each is evidence."""
    sql = f"""
select r.type, r.value,
    case when count(distinct r.node) = 2 then 'both' when any_value(r.node) = {int(a)} then 'a' else 'b' end,
    coalesce(v.status, 'valid'), v.rule
from identity.record_values as r
left join identity.value_status as v on v.key = r.key
where r.node in ({int(a)}, {int(b)})
group by r.type, r.value, v.status, v.rule
order by r.type, r.value
"""
    return tuple(Value(*row) for row in warehouse.rows(sql))


def is_parted(warehouse: Warehouse, a: int, b: int) -> bool:
    """Whether a person decided that the two are different people."""
    return bool(warehouse.scalar("select count(*) from identity.parted where a = $a and b = $b", {"a": a, "b": b}))


def wholes(warehouse: Warehouse, config: Config, model: Model, mine: str, theirs: str) -> Wholes:
    """Two customers as wholes: the mean of their pairs, and what forbids their being one."""
    members = """
with
sides as (
    select c.node, c.customer_id = $mine as is_mine, f.source, f.record_id, f.suffix, f.is_duplicate_free, s.card
    from identity.owners as c
    join identity.features as f using (node)
    join identity.traits as s using (node)
    where c.customer_id in ($mine, $theirs)
),
pairs as (
    select least(x.node, y.node) as a, greatest(x.node, y.node) as b, x.source || ':' || x.record_id as one,
        y.source || ':' || y.record_id as other, x.card <> y.card as cards, x.suffix <> y.suffix as suffixes,
        x.is_duplicate_free and x.source = y.source as duplicates
    from sides as x
    join sides as y on x.is_mine and not y.is_mine
),
met as (
    select c.a, c.b, w.weight, w.is_forbidden
    from identity.comparisons as c
    semi join sides as s on s.node = c.a
    semi join sides as t on t.node = c.b
    join identity.weights as w using (pattern)
    union all
    -- Never compared, and found to contradict each other when a customer that held both was looked at whole.
    select c.a, c.b, null, true
    from identity.inner_comparisons as c
    semi join sides as s on s.node = c.a
    semi join sides as t on t.node = c.b
    join identity.inner_weights as w using (pattern)
    where w.is_forbidden
)
"""
    params = {"mine": mine, "theirs": theirs}
    counted = warehouse.rows(
        members
        + """
select (select count(*) from sides where is_mine), (select count(*) from sides where not is_mine),
    count(*), count(m.weight), sum(coalesce(m.weight - $asked, $unseen))
from pairs as p
left join met as m on m.a = p.a and m.b = p.b
""",
        {**params, "unseen": UNSEEN, "asked": round(asked(config))},
    )[0]
    conflicts = warehouse.rows(
        members
        + """
select p.a, p.b, p.one, p.other,
    case
        when d.a is not null then 'a person decided that they are different'
        when p.cards then 'two loyalty ids'
        when p.suffixes then 'two generations: Jr, Sr, II …'
        when p.duplicates then 'two records of a source that is free of duplicates'
    end as what
from pairs as p
left join met as m on m.a = p.a and m.b = p.b
left join identity.parted as d on d.a = p.a and d.b = p.b
where d.a is not null or p.cards or p.suffixes or p.duplicates or m.is_forbidden
order by p.one, p.other
""",
        params,
    )
    records_a, records_b, pairs, met, total = counted
    mean = total / pairs / UNIT / BIT if pairs else 0.0
    named = conflicts[:SHOWN]
    looked = compared(warehouse, config, model, [(a, b) for a, b, *_ in named])
    return Wholes(
        records_a,
        records_b,
        pairs,
        met,
        mean,
        tuple(Conflict(one, other, what or contradiction(looked[a, b])) for a, b, one, other, what in named),
        len(conflicts) - len(named),
    )


def contradiction(comparison: Comparison) -> str:
    """What forbids that two records are one person, in words."""
    return ", ".join(f"{step.field}: {step.level}" for step in comparison.steps if step.is_contradiction)
