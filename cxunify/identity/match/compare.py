"""temp.candidate_pairs, identity.traits -> identity.comparisons: each pair as one number, its pattern of levels.

Levels are packed, a few bits to a field, into one number: millions of pairs share some thousands of patterns, and the model is
trained and applied on those. Text is compared on distinct pairs of names, never on pairs of records. What a level is, its field
says: `cxunify.identity.match.fields`.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence.hygiene import RARE
from cxunify.identity.match.fields import family_name, fields, given_name, starts
from cxunify.identity.match.fields.sounds import IS_UNREAD
from cxunify.schema import Table
from cxunify.vocabulary.names import IS_OTHER_GENDER
from cxunify.warehouse import Stage, quote


def stages(config: Config) -> tuple[Stage, ...]:
    """The tables of judged names, comparisons and patterns, in order."""
    return (given_pairs(), family_pairs(), comparisons(config), patterns(config))


def given_pairs(pairs: str = "temp.candidate_pairs", into: str = "temp.given_pairs") -> Stage:
    """Each distinct pair of different given names among the pairs, judged once."""
    select = f"""
with
met as ({_met(pairs, "given_id")}),
pet as (
    select distinct least(g.given_id, h.given_id) as a, greatest(g.given_id, h.given_id) as b
    from identity.nicknames as m
    join identity.nicknames as n on n.formal = m.formal and n.name <> m.name
    join identity.given_names as g on g.latin = m.name
    join identity.given_names as h on h.latin = n.name
),
-- Women's names that no ending makes of a man's.
made as (
    select distinct least(g.given_id, h.given_id) as a, greatest(g.given_id, h.given_id) as b
    from identity.masculine_names as m
    join identity.given_names as g on g.sound = m.name and g.gender = 'm'
    join identity.given_names as h on h.sound = m.woman and h.gender is null
),
judged as (
    select
        m.a, m.b, {IS_UNREAD} as is_of_two_scripts,
        {given_name.IS_INITIAL} as is_initial,
        {given_name.IS_OTHER_INITIAL} as is_other_initial,
        w.a is not null or {IS_OTHER_GENDER} as is_other_gender,
        p.a is not null as is_pet_form,
        {given_name.IS_SPELLED} as is_spelling,
        -- Slips are rare: two names that many bear are two names, however near each other (Mark and Mary).
        least(x.commonness, y.commonness) = {RARE} and ({given_name.IS_SIMILAR}) as is_alike
    from met as m
    join identity.given_names as x on x.given_id = m.a
    join identity.given_names as y on y.given_id = m.b
    left join pet as p on p.a = m.a and p.b = m.b
    left join made as w on w.a = m.a and w.b = m.b
)
select
    a, b, is_initial, is_other_initial,
    is_pet_form or (is_spelling and not is_other_gender) as is_form,
    is_alike and not (is_pet_form or is_spelling or is_other_gender) as is_similar,
    is_of_two_scripts and not (is_alike or is_pet_form or is_spelling) as is_unread
from judged
"""
    return Stage(Table(into, "One row per pair of different given names: how alike they are.", ("a", "b")), select)


def family_pairs(pairs: str = "temp.candidate_pairs", into: str = "temp.family_pairs") -> Stage:
    """Each distinct pair of different family names among the pairs, judged once."""
    select = f"""
with
met as ({_met(pairs, "family_id")}),
-- Spellings of one Korean or Chinese surname.
spelled as (
    select distinct least(g.family_id, h.family_id) as a, greatest(g.family_id, h.family_id) as b
    from identity.surnames as m
    join identity.surnames as n on n.surname = m.surname and n.name <> m.name
    join identity.family_names as g on g.latin = m.name
    join identity.family_names as h on h.latin = n.name
),
judged as (
    select m.a, m.b, {IS_UNREAD} as is_of_two_scripts, s.a is not null or {family_name.IS_SIMILAR} as is_similar
    from met as m
    join identity.family_names as x on x.family_id = m.a
    join identity.family_names as y on y.family_id = m.b
    left join spelled as s on s.a = m.a and s.b = m.b
)
select a, b, is_similar, is_of_two_scripts and not is_similar as is_unread from judged
"""
    return Stage(
        Table(into, "One row per pair of different family names: how alike they are.", ("a", "b")),
        select,
    )


def _met(pairs: str, name: str) -> str:
    """SELECT: the different names of that number (`given_id`, `family_id`) which meet in a pair of records, each two once."""
    return f"""
    select distinct least(x.{name}, y.{name}) as a, greatest(x.{name}, y.{name}) as b
    from {pairs} as p
    join identity.traits as x on x.node = p.a
    join identity.traits as y on y.node = p.b
    where x.{name} <> y.{name}
"""


def comparisons(
    config: Config,
    pairs: str = "temp.candidate_pairs",
    given: str = "temp.given_pairs",
    family: str = "temp.family_pairs",
    into: str = "identity.comparisons",
) -> Stage:
    """The pattern of each pair; the tables it reads have other names where single pairs are explained."""
    known = fields(config)
    packed = " + ".join(
        f"(({field.sql})::bigint << {start})" for field, start in zip(known, starts(known), strict=True)
    )
    select = f"""
select p.a, p.b, {packed} as pattern
from {pairs} as p
join identity.traits as x on x.node = p.a
join identity.traits as y on y.node = p.b
cross join (select count(*) as records, count(distinct source) as sources from identity.traits) as t
left join {given} as g on g.a = least(x.given_id, y.given_id) and g.b = greatest(x.given_id, y.given_id)
left join {family} as f on f.a = least(x.family_id, y.family_id) and f.b = greatest(x.family_id, y.family_id)
"""
    return Stage(Table(into, "One row per compared pair: its pattern of levels."), select)


def patterns(config: Config, comparisons: str = "identity.comparisons", into: str = "identity.patterns") -> Stage:
    """Each pattern with the pairs that show it, taken apart into its levels."""
    names = "".join(
        f", ((pattern >> {start}) & {2**field.bits - 1})::utinyint as {quote(field.column)}"
        for field, start in zip(fields(config), starts(fields(config)), strict=True)
    )
    select = f"""
with counted as (select pattern, count(*) as pairs from {comparisons} group by pattern)
select pattern, pairs{names} from counted order by pattern
"""
    return Stage(Table(into, "One row per pattern of levels: how many pairs show it.", ("pattern",)), select)
