"""identity.features, identity.values -> identity.keys, identity.blocks, identity.candidate_pairs: whom to compare with whom.

Records that share a key are a block. Pairs grow with the square of a block, so every rule has a limit: a block beyond it is
skipped and counted, and other rules find its people. Pairs therefore grow in step with records.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Config
from cxunify.warehouse import Stage, literal, quote

EMAIL, EMAIL_OF_SEVERAL, PHONE, PHONE_OF_SEVERAL, IDENTIFIER = 1, 2, 4, 8, 16
"""Bits of `agree`: what a pair has in common among values that identify."""


@dataclass(frozen=True)
class Rule:
    """Records whose `columns` are all there and all equal are compared, unless more than `limit` share them."""

    name: str
    columns: tuple[str, ...]
    limit: int = 40
    where: str = "true"


RULES = (
    Rule("family name, postcode", ("family", "postal_code")),
    Rule("full name", ("least(formal, family)", "greatest(formal, family)"), where="length(given) > 1"),
    Rule("address", ("house", "street", "coalesce(postal_code, city)")),
    Rule("given name, postcode", ("formal", "postal_code", "left(family, 1)"), where="length(given) > 1"),
    Rule("given name, city", ("formal", "city", "left(family, 3)"), where="length(given) > 1"),
    Rule("birth date, given name", ("birth_date", "formal"), where="length(given) > 1"),
    Rule("birth date, family name", ("birth_date", "family")),
    Rule("birth date, postcode", ("birth_date", "postal_code")),
    Rule("mailbox name", ("local",), where="length(local) >= 6"),
    Rule("spelled mailbox", ("letters",), where="length(letters) >= 6"),
    Rule("spelled mailbox", ("given || family",), where="length(given) > 1"),
    Rule("spelled mailbox", ("family || given",), where="length(given) > 1"),
    Rule("spelled mailbox", ("left(given, 1) || family",)),
    Rule("spelled mailbox", ("family || left(given, 1)",)),
)


def stages(config: Config) -> tuple[Stage, ...]:
    """The tables of keys, blocks and pairs, in order."""
    return (people(), keys(config), blocks(config), candidate_pairs())


def rules(config: Config) -> tuple[Rule, ...]:
    """The rules in force: those for every project, and three for each attribute that is named as evidence."""
    extra = []
    for name in config.identity.evidence:
        column = quote(f"attribute_{name}")
        extra += [Rule(name, (column,)), Rule(f"{name}, given name", (column, "formal")), Rule(f"{name}, family name", (column, "family"))]
    return (*RULES, *extra)


def people() -> Stage:
    """What comparisons read of a record, in its own narrow table: names as numbers, first mailbox, first number."""
    select = """
with
first_values as (
    select
        r.node,
        min({place: r.place, value: r.value}) filter (r.type = 'email').value as email,
        min({place: r.place, value: r.value}) filter (r.type = 'phone').value as phone
    from identity.record_values as r
    join identity.values as v on v.type = r.type and v.value = r.value
    where r.type in ('email', 'phone') and v.status = 'valid'
    group by r.node
)
select
    f.*, g.given_id, g.formal, g.commonness as given_commonness, n.family_id, n.commonness as family_commonness,
    v.email, strip_accents(split_part(v.email, '@', 1)) as local,
    nullif(translate(strip_accents(split_part(v.email, '@', 1)), '0123456789._-', ''), '') as letters,
    v.phone
from identity.features as f
left join identity.given_names as g on g.given = f.given
left join identity.family_names as n on n.family = f.family
left join first_values as v on v.node = f.node
order by f.node
"""
    return Stage("identity.people", select, ("node",), "One row per source record: what comparisons read of it.")


def keys(config: Config) -> Stage:
    """Every key of every record, as a number; rules of one name share their keys."""
    known = rules(config)
    numbers = {name: number for number, name in enumerate(dict.fromkeys(rule.name for rule in known))}
    selects = [
        f"select {numbers[rule.name]}::utinyint as rule, hash({numbers[rule.name]}, {', '.join(rule.columns)}) as key, node"
        f" from identity.people where {rule.where}" + "".join(f" and {column} is not null" for column in rule.columns)
        for rule in known
    ]
    select = " union all ".join(selects)
    return Stage("identity.keys", select, (), "One row per record and key by which it may be found.")


def blocks(config: Config) -> Stage:
    """How many pairs each rule will make, and what it leaves out: known before a single pair is made."""
    known = {rule.name: rule.limit for rule in rules(config)}
    listed = ", ".join(f"({number}, {literal(name)}, {limit})" for number, (name, limit) in enumerate(known.items()))
    select = f"""
with
sizes as (select rule, key, count(distinct node) as records from identity.keys group by rule, key),
limits (rule, name, most) as (values {listed})
select
    l.name as rule,
    l.most::bigint as most,
    count(s.key) filter (s.records between 2 and l.most) as blocks,
    coalesce(sum(s.records * (s.records - 1) // 2) filter (s.records between 2 and l.most), 0)::bigint as pairs,
    count(s.key) filter (s.records > l.most) as skipped_blocks,
    coalesce(sum(s.records) filter (s.records > l.most), 0)::bigint as skipped_records
from limits as l
left join sizes as s on s.rule = l.rule
group by l.name, l.most
"""
    return Stage("identity.blocks", select, ("rule",), "One row per blocking rule: the pairs it makes and the blocks it skips.")


def candidate_pairs() -> Stage:
    """The pairs to compare, each once, with what they share among values that identify."""
    select = f"""
with
evidence as (
    select
        r.node, v.value_id,
        case
            when r.type = 'email' then case when v.people = 1 then {EMAIL} else {EMAIL_OF_SEVERAL} end
            when r.type = 'phone' then case when v.people = 1 then {PHONE} else {PHONE_OF_SEVERAL} end
            else {IDENTIFIER}
        end as bit
    from identity.record_values as r
    join identity.values as v on v.type = r.type and v.value = r.value
    where v.status = 'valid' and r.type <> 'device_id' and v.records > 1
),
small as (
    select key from identity.keys group by key having count(*) between 2 and 40
),
kept as (select distinct key, node from identity.keys semi join small using (key)),
pairs as (
    select x.node as a, y.node as b, x.bit from evidence as x join evidence as y on x.value_id = y.value_id and x.node < y.node
    union all
    select x.node, y.node, 0 from kept as x join kept as y on x.key = y.key and x.node < y.node
)
select a, b, bit_or(bit)::utinyint as agree from pairs group by a, b
"""
    return Stage("identity.candidate_pairs", select, (), "One row per pair of records to compare, and what they share.")
