"""identity.key_sizes, temp.keys -> identity.skipped_pairs and what becomes of them, identity.hidden: what large blocks may hide.

A block beyond its rule's limit is skipped: other rules find its people, or do not. A sample of the pairs that no rule has found is
compared as all others are, and each stands for as many as it was drawn from (Horvitz and Thompson 1952). Few of those that look
like one person are: only a crowd has brought them together, so how many of which kind there are is estimated anew from the sample
(Saerens, Latinne and Decaestecker 2002) before it is said how many joins are missed. `identity.health` tells both.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cxunify.config import Config
from cxunify.identity.evidence.block import most
from cxunify.identity.match import compare, learn
from cxunify.identity.match.fields import Field, fields
from cxunify.identity.match.model import SAME, parse
from cxunify.schema import Table
from cxunify.warehouse import Loop, Stage, Step, statement

SAMPLED = 50_000
"""Records of skipped blocks that are looked at, about: whole blocks, so one of them may be larger."""
ROUNDS, SETTLED, SMALLEST = 2000, 1e-9, 1e-300
PAIRS = Table(
    "identity.skipped_pairs", "One row per pair that is looked at, of those that no rule has found.", ("a", "b")
)
HIDDEN = Table(
    "identity.hidden", "One row: how many joins are missed in blocks too large to compare, about.", ("joins",)
)
GIVEN, FAMILY, COMPARED = "temp.skipped_given_pairs", "temp.skipped_family_pairs", "identity.skipped_comparisons"


def steps(config: Config) -> tuple[Step, ...]:
    """The steps, in order."""
    return (
        _pairs(config),
        compare.given_pairs(PAIRS.name, GIVEN),
        compare.family_pairs(PAIRS.name, FAMILY),
        compare.comparisons(config, PAIRS.name, GIVEN, FAMILY, COMPARED),
        compare.patterns(config, COMPARED, "temp.skipped_patterns"),
        learn.weights(config, "select * from temp.skipped_patterns order by pattern", "identity.skipped_weights"),
        Loop(
            HIDDEN,
            hidden,
            {
                "patterns": statement("cxunify.identity", "match", "skipped_patterns"),
                "model": "select model from identity.model",
            },
            {"fields": fields(config)},
        ),
    )


def hidden(patterns: pl.DataFrame, model: pl.DataFrame, fields: tuple[Field, ...]) -> pl.DataFrame:
    """One row: how many pairs are one person in two customers, to two digits.

    `patterns`: each with the half pairs that it stands for, and those of them that lie in two customers.
    """
    known = parse(model.item(), fields)
    assert known is not None
    levels = (np.log(table).T[patterns[field.column]] for field, table in zip(known.fields, known.levels, strict=True))
    likelihood = sum(levels, np.zeros((len(patterns), len(known.shares))))
    pairs, apart = (patterns[name].to_numpy().astype(np.float64)[:, None] for name in ("half_pairs", "apart"))
    shares, kinds = known.shares, np.zeros_like(likelihood)
    for _ in range(ROUNDS if len(patterns) else 0):
        joint = likelihood + np.log(np.maximum(shares, SMALLEST))
        odds = np.exp(joint - joint.max(axis=1, keepdims=True))
        kinds = odds / odds.sum(axis=1, keepdims=True)
        before, shares = shares, (pairs * kinds).sum(axis=0) / pairs.sum()
        if np.abs(shares - before).max() < SETTLED:
            break
    joins = (apart * kinds).sum(axis=0)[SAME] / 2
    return pl.DataFrame({"joins": [int(float(f"{joins:.1e}"))]}, schema={"joins": pl.Int64})


def _pairs(config: Config) -> Stage:
    """Of one block in so many, neighbours in an order of chance; `half_pairs` is twice what each stands for."""
    select = f"""
with
large as (select key, records from identity.key_sizes where records > {most(config)}),
chance as (select greatest(1, sum(records)::bigint // {SAMPLED}) as one_in from large),
drawn as (select l.key, l.records, c.one_in from large as l, chance as c where (l.key >> 1)::bigint % c.one_in = 0),
-- A record may have a key twice.
inside as (select distinct d.key, d.records, d.one_in, k.node from temp.keys as k join drawn as d on d.key = k.key),
members as (
    select key, records, one_in, node, row_number() over (partition by key order by hash(node), node) as place from inside
),
met as (
    select x.key, least(x.node, y.node) as a, greatest(x.node, y.node) as b, x.records * x.one_in as half_pairs
    from members as x
    join members as y on y.key = x.key and y.place = x.place + 1
),
-- A pair of several skipped blocks counts in the first one.
crowded as (
    select k.key, k.node
    from temp.keys as k
    semi join large as l on l.key = k.key
    semi join (select a as node from met union all select b from met) as s on s.node = k.node
),
-- Each side by itself, or the engine may join all keys of all large blocks first.
keys_a as materialized (select distinct m.a, m.b, c.key from met as m join crowded as c on c.node = m.a),
keys_b as materialized (select distinct m.a, m.b, c.key from met as m join crowded as c on c.node = m.b),
shared as (select a, b, min(key) as first_key from keys_a semi join keys_b using (a, b, key) group by a, b)
select m.a, m.b, m.half_pairs, 0::utinyint as agree
from met as m
join shared as s on s.a = m.a and s.b = m.b and s.first_key = m.key
anti join temp.candidate_pairs as c on c.a = m.a and c.b = m.b
"""
    return Stage(PAIRS, select)
