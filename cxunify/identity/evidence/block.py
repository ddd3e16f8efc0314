"""identity.features, identity.standing -> identity.traits, .key_sizes, temp.candidate_pairs: whom to compare with whom.

Records that share a key are a block. Pairs grow with the square of a block, so every rule has a limit: a block beyond it is
split by where people live, and what is still beyond it is skipped; other rules find its people. Pairs therefore grow in step with
records. What that may cost is estimated (`cxunify.identity.match.skipped`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cxunify.config import Config
from cxunify.identity.evidence.keys import hashed
from cxunify.schema import Table
from cxunify.vocabulary import hashes
from cxunify.warehouse import Stage, quote

EMAIL, EMAIL_OF_SEVERAL, PHONE, PHONE_OF_SEVERAL, IDENTIFIER = 1, 2, 4, 8, 16
"""Bits of `agree`: what a pair has in common among values that identify."""


@dataclass(frozen=True)
class Rule:
    """Records whose `columns` are all there and all equal are compared, unless more than `limit` share them."""

    name: str
    columns: tuple[str, ...]
    limit: int = 20
    where: str = "true"


FURTHER = ("postal_code", "city")
"""What a block is split by that is too large: the rules have no more in common that they do not ask for anyhow."""
SPELLED = 10
RULES = (
    Rule("family name, postcode", ("family", "postal_code")),
    Rule("full name", ("least(formal, family)", "greatest(formal, family)"), where="length(given) > 1"),
    Rule("address", ("house", "street", "postal_code")),
    Rule("address, city", ("house", "street", "city")),
    Rule("given name, postcode", ("formal", "postal_code", "left(family, 1)"), where="length(given) > 1"),
    Rule("given name, city", ("formal", "city", "left(family, 3)"), where="length(given) > 1"),
    Rule("birth date, given name", ("birth_date", "formal"), where="length(given) > 1"),
    Rule("birth date, family name", ("birth_date", "family")),
    Rule("birth date, postcode", ("birth_date", "postal_code")),
    Rule("birth date, city", ("birth_date", "city")),
    Rule("birth date, street", ("birth_date", "house", "street")),
    Rule("mailbox name", ("local",), where="length(local) >= 6"),
    Rule("spelled mailbox", ("letters",), SPELLED, where="length(letters) >= 6"),
    Rule("spelled mailbox", ("given || family",), SPELLED, where="length(given) > 1"),
    Rule("spelled mailbox", ("family || given",), SPELLED, where="length(given) > 1"),
    Rule("spelled mailbox", ("initial_family",), SPELLED),
    Rule("spelled mailbox", ("family_initial",), SPELLED),
)


def stages(config: Config) -> tuple[Stage, ...]:
    """The tables of traits, keys and pairs, in order."""
    return (traits(config), keys(config), key_sizes(), candidate_pairs(config))


def rules(config: Config) -> tuple[Rule, ...]:
    """The rules in force: those for every project, and three for each attribute that is named as evidence."""
    extra = []
    for name in config.identity.evidence:
        column = quote(f"attribute_{name}")
        extra += [
            Rule(name, (column,)),
            Rule(f"{name}, given name", (column, "formal")),
            Rule(f"{name}, family name", (column, "family")),
        ]
    return (*RULES, *extra)


def traits(config: Config) -> Stage:
    """What blocking and comparing read of each record, in one place: names in Latin letters and as numbers, first mailbox, card."""
    columns = [quote(f"attribute_{name}") for name in config.identity.evidence]
    uses = [quote(f"attribute_{name}_uses") for name in config.identity.evidence]
    extra = "".join(f", f.{column}, u{i}.uses as {uses[i]}" for i, column in enumerate(columns))
    joins = "".join(
        f"\nleft join (select {column}, count(*) as uses from identity.features group by {column}) as u{i}"
        f" on u{i}.{column} = f.{column}"
        for i, column in enumerate(columns)
    )
    select = f"""
with
useless as (select key from identity.standing where status <> 'valid'),
useful as (
    select node, key, type, value, place, local, letters from identity.record_values anti join useless using (key)
),
mail as (select node, arg_min(value, place) as email from useful where type = 'email' group by node),
calls as (select node, arg_min(value, place) as phone from useful where type = 'phone' group by node),
cards as (select node, min(key) as card from useful where type = 'loyalty_id' group by node),
boxes as (
    select value, min(local) as local, min(letters) as letters from useful where type = 'email' group by value
),
homes as (
    select hash(house, street, postal_code) as home, count(*) as people
    from identity.features
    where street is not null
    group by home
    -- Many people's, or that of a company whose people are not one.
    having count(*) > 5 or (
        min(company) = max(company) and min(left(given, 1) || left(family, 1)) <> max(left(given, 1) || left(family, 1))
    )
)
select
    f.node, f.source, f.is_company, g.latin as given, g.given_id, g.formal, g.commonness as given_commonness,
    left(g.latin, 1) || n.latin as initial_family, n.latin || left(g.latin, 1) as family_initial,
    n.latin as family, n.family_id, n.commonness as family_commonness, f.suffix,
    o.latin as other_names, f.gender,
    f.house, f.street, f.unit, f.city, f.postal_code, h.home is not null as is_crowded,
    f.birth_date, strftime(f.birth_date, '%Y%m%d') as birth,
    m.email, b.local, b.letters, c.phone, k.card{extra}
from identity.features as f
left join identity.given_names as g on g.given = f.given
left join identity.family_names as n on n.family = f.family
left join identity.sounds as o on o.name = f.other_names
left join mail as m on m.node = f.node
left join boxes as b on b.value = m.email
left join calls as c on c.node = f.node
left join cards as k on k.node = f.node
left join homes as h on h.home = hash(f.house, f.street, f.postal_code){joins}
"""
    return Stage(Table("identity.traits", "One row per source record: one side of a comparison.", ("node",)), select)


def keys(config: Config) -> Stage:
    """Every key of every record, as a number; rules of one name share their keys."""
    selects = [
        f"select {number}::utinyint as rule, {key} as key, node from identity.traits where {applies}"
        for _, number, key, applies in keyed(config)
    ]
    select = " union all ".join(selects)
    return Stage(Table("temp.keys", "One row per record and key by which it may be found."), select)


def findable(config: Config) -> str:
    """SQL for a side having any key at all: one that has none is compared with nobody, unless it shares a value."""
    return " or ".join(f"({_applies(rule)})" for rule in rules(config))


def keyed(config: Config) -> Iterator[tuple[Rule, int, str, str]]:
    """Each rule with its number, and SQL over traits for its key and for whether there is one; companies have their own."""
    known = rules(config)
    numbers = {name: number for number, name in enumerate(dict.fromkeys(rule.name for rule in known))}
    for rule in known:
        number = numbers[rule.name]
        yield rule, number, f"hash({number}, is_company, {', '.join(rule.columns)})", _applies(rule)


def _applies(rule: Rule) -> str:
    return " and ".join((rule.where, *(f"{column} is not null" for column in rule.columns)))


def most(config: Config) -> str:
    """SQL for the records that a block of `rule` may have at most."""
    limits = dict(enumerate({rule.name: rule.limit for rule in rules(config)}.values()))
    return "case rule " + " ".join(f"when {number} then {limit}" for number, limit in limits.items()) + " end"


def key_sizes() -> Stage:
    """How many records share each key that any share."""
    select = "select key, any_value(rule) as rule, count(*)::integer as records from temp.keys group by key having count(*) > 1"
    return Stage(Table("identity.key_sizes", "One row per key of several records: how many."), select)


def candidate_pairs(config: Config) -> Stage:
    """The pairs to compare, each once, with what they share among values that identify. No company is compared with a person."""
    kind = hashes.of("r.type") if hashed(config) else "r.type"
    split = " union all ".join(
        f"select k.rule, hash(k.key, '{column}', t.{column}) as key, k.node from crowded as k"
        f" join identity.traits as t on t.node = k.node where t.{column} is not null"
        for column in FURTHER
    )
    select = f"""
with
evidence as (
    select
        r.node, r.key, c.family as company,
        case
            when {kind} = 'email' then case when v.people = 1 then {EMAIL} else {EMAIL_OF_SEVERAL} end
            when {kind} = 'phone' then case when v.people = 1 then {PHONE} else {PHONE_OF_SEVERAL} end
            else {IDENTIFIER}
        end::utinyint as bit
    from identity.record_values as r
    join identity.standing as v on v.key = r.key
    left join (select node, family from identity.traits where is_company) as c on c.node = r.node
    where v.status = 'valid' and r.type <> 'device_id' and v.records > 1
),
small as (select key from identity.key_sizes where records <= {most(config)}),
crowded as (
    select rule, key, node from temp.keys
    semi join (select key from identity.key_sizes where records > {most(config)}) using (key)
),
split as ({split}),
kept as (
    select key, node from temp.keys semi join small using (key)
    union all
    select key, node from split
    semi join (select key from split group by key, rule having count(*) between 2 and {most(config)}) using (key)
),
pairs as (
    select x.node as a, y.node as b, x.bit from evidence as x join evidence as y
        on x.key = y.key and x.company is not distinct from y.company and x.node < y.node
    union all
    select x.node, y.node, 0 from kept as x join kept as y on x.key = y.key and x.node < y.node
)
select a, b, bit_or(bit)::utinyint as agree from pairs group by a, b
"""
    return Stage(Table("temp.candidate_pairs", "One row per pair of records to compare, and what they share."), select)
