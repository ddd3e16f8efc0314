"""temp.candidate_pairs, identity.traits -> identity.comparisons: each pair as one number, its pattern of levels.

A level is a small number per field; 0 is `missing` and says nothing. Levels are packed, four bits to a field, into one number:
millions of pairs share some thousands of patterns, and the model is trained and applied on those. Text is compared on
distinct pairs of names, never on pairs of records.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Config
from cxunify.identity.evidence.block import EMAIL, EMAIL_OF_SEVERAL, IDENTIFIER, PHONE, PHONE_OF_SEVERAL
from cxunify.schema import Table
from cxunify.warehouse import Stage, quote

BITS = 4


@dataclass(frozen=True)
class Field:
    """One field of the comparison: its levels from 1 up, those that are agreement, and the SQL that finds the level."""

    name: str
    levels: tuple[str, ...]
    agreement: tuple[int, ...]
    sql: str


CROSSED = "jaro_winkler_similarity(x.given, y.family) >= 0.88 and jaro_winkler_similarity(x.family, y.given) >= 0.88"
"""SQL for given and family name having changed places, with slips."""
GIVEN = f"""
case
    when x.given is null or y.given is null then 0
    when x.given = y.given then case when length(x.given) = 1 then 4 else x.given_commonness end
    when x.family = y.given and x.given = y.family then 2
    when g.level >= 6 and f.level = 5 and {CROSSED} then 5
    else coalesce(g.level, 6)
end"""
FAMILY = f"""
case
    when x.family is null or y.family is null then 0
    when x.family = y.family then x.family_commonness
    when x.family = y.given and x.given = y.family then 1
    when g.level >= 6 and f.level = 5 and {CROSSED} then 4
    when f.level = 4 or contains(' ' || y.other_names || ' ', ' ' || x.family || ' ')
        or contains(' ' || x.other_names || ' ', ' ' || y.family || ' ') then 4
    else 5
end"""
EMAILS = f"""
case
    when p.agree & {EMAIL} > 0 then 1
    when p.agree & {EMAIL_OF_SEVERAL} > 0 then 2
    when x.email is null or y.email is null then 0
    when x.local = y.local and length(x.local) >= 5 then 3
    when (x.family_id = y.family_id or x.given_id = y.given_id) and length(x.local) >= 6 and left(x.local, 2) = left(y.local, 2)
        and abs(length(x.email) - length(y.email)) <= 2 and levenshtein(x.email, y.email) <= 2 then 3
    else 4
end"""
PHONES = f"""
case
    when p.agree & {PHONE} > 0 then 1
    when p.agree & {PHONE_OF_SEVERAL} > 0 then 2
    when x.phone is null or y.phone is null then 0
    when length(x.phone) = length(y.phone) and hamming(x.phone, y.phone) <= 1 then 3
    else 4
end"""
ADDRESS = """
case
    when (x.postal_code = y.postal_code or x.city = y.city) and x.house is not distinct from y.house
        and (x.street = y.street or jaro_winkler_similarity(x.street, y.street) >= 0.88)
        then case when x.is_crowded then 2 else 1 end
    when x.postal_code = y.postal_code then case when x.street is null or y.street is null then 4 else 3 end
    when x.street = y.street and x.house = y.house then 2
    when x.postal_code is null or y.postal_code is null
        then case when x.city is null or y.city is null then 0 when x.city = y.city then 6 else 7 end
    when left(x.postal_code, -2) = left(y.postal_code, -2) then 5
    when length(x.postal_code) = length(y.postal_code) and hamming(x.postal_code, y.postal_code) <= 1 then 5
    when x.city = y.city then 6
    else 7
end"""
BIRTH = """
case
    when x.birth is null or y.birth is null then 0
    when x.birth = y.birth then case when right(x.birth, 4) = '0101' then 2 else 1 end
    when hamming(x.birth, y.birth) = 1 then 3
    when left(x.birth, 4) = left(y.birth, 4)
        and (right(x.birth, 4) = '0101' or right(y.birth, 4) = '0101'
            or right(x.birth, 2) || substr(x.birth, 5, 2) = right(y.birth, 4))
        then 3
    when right(x.birth, 4) = right(y.birth, 4) or hamming(x.birth, y.birth) <= 2 then 4
    else 5
end"""
IDENTIFIERS = f"""
case
    when p.agree & {IDENTIFIER} > 0 then 1
    when x.card is null or y.card is null then 0
    else 2
end"""
OTHER_NAMES = """
case
    when x.other_names is null or y.other_names is null then 0
    when x.other_names = y.other_names then 1
    when length(x.other_names) = 1 or length(y.other_names) = 1
        then case when left(x.other_names, 1) = left(y.other_names, 1) then 2 else 3 end
    when list_has_any(string_split(x.other_names, ' '), string_split(y.other_names, ' ')) then 2
    when jaro_winkler_similarity(x.other_names, y.other_names) > 0.9 then 2
    else 3
end"""


def _spelled(mailbox: str, owner: str) -> str:
    """SQL for how far a mailbox spells the other record's name."""
    given, family = f"{owner}.given", f"{owner}.family"
    box = f"{mailbox}.local"
    return f"""
case
    when {box} is null or ({given} is null and {family} is null) then 0
    when length({given}) >= 3 and contains({box}, {given}) then case when contains({box}, {family}) then 1 else 2 end
    when length({family}) >= 3 and contains({box}, {family}) then case
        when {given} is null then 6
        when contains({mailbox}.letters, left({given}, 1) || {family}) or contains({mailbox}.letters, {family} || left({given}, 1))
            then 3
        else 5
    end
    when length({given}) > 1 then 4
    else 0
end"""


FIELDS = (
    Field("given name",
          ("same, rare", "same", "same, common", "initial", "similar", "different", "other initial", "pet form"),
          (1, 2, 3, 5, 8), GIVEN),
    Field("family name", ("same, rare", "same", "same, common", "similar", "different"), (1, 2, 3, 4), FAMILY),
    Field("email", ("same", "same, of several people", "similar", "different"), (1, 2, 3), EMAILS),
    Field("phone", ("same", "same, of several people", "one digit off", "different"), (1, 2, 3), PHONES),
    Field("address",
          ("same", "same, crowded", "same postcode, other street", "same postcode", "near", "same city", "different"),
          (1, 2), ADDRESS),
    Field("birth date", ("same", "same, 1 January", "similar", "partly", "different"), (1, 2, 3), BIRTH),
    Field("identifier", ("same", "different"), (1,), IDENTIFIERS),
    Field("mailbox spells",
          ("given and family name", "given name", "initial and family name", "neither", "family name, other initial",
           "family name"),
          (1, 2, 3), f"greatest(least(nullif({_spelled('x', 'y')}, 0), nullif({_spelled('y', 'x')}, 0)), 0)"),
    Field("other names", ("same", "overlap", "different"), (1, 2), OTHER_NAMES),
    Field("generation", ("same", "different"), (1,),
          "case when x.suffix is null or y.suffix is null then 0 when x.suffix = y.suffix then 1 else 2 end"),
    Field("gender", ("same", "different"), (1,),
          "case when x.gender is null or y.gender is null then 0 when x.gender = y.gender then 1 else 2 end"),
)  # fmt: skip
EVIDENCE_LEVELS = ("same, rare", "same", "similar", "shared word", "different")


def fields(config: Config) -> tuple[Field, ...]:
    """The fields in force: those for every project and the attributes that are named as evidence."""
    extra = []
    for name in config.identity.evidence:
        x, y = f"x.{quote(f'attribute_{name}')}", f"y.{quote(f'attribute_{name}')}"
        uses = f"x.{quote(f'attribute_{name}_uses')}"
        sql = f"""
case
    when {x} is null or {y} is null then 0
    when {x} = {y} then case when {uses} <= greatest(10, 0.0005 * t.records) then 1 else 2 end
    when jaro_winkler_similarity({x}, {y}) >= 0.88 or levenshtein({x}, {y}) <= 1 then 3
    when list_has_any(list_filter(string_split({x}, ' '), lambda w: length(w) > 3), string_split({y}, ' ')) then 4
    else 5
end"""
        extra.append(Field(name, EVIDENCE_LEVELS, (1,), sql))
    return (*FIELDS, *extra)


def stages(config: Config) -> tuple[Stage, ...]:
    """The tables of judged names, comparisons and patterns, in order."""
    return (given_pairs(), family_pairs(), comparisons(config), patterns(config))


def given_pairs(pairs: str = "temp.candidate_pairs") -> Stage:
    """Each distinct pair of different given names among the pairs, judged once."""
    select = f"""
with
met as (
    select distinct least(x.given_id, y.given_id) as a, greatest(x.given_id, y.given_id) as b
    from {pairs} as p
    join identity.traits as x on x.node = p.a
    join identity.traits as y on y.node = p.b
    where x.given_id <> y.given_id
),
pet as (
    select distinct least(g.given_id, h.given_id) as a, greatest(g.given_id, h.given_id) as b
    from identity.nicknames as m
    join identity.nicknames as n on n.formal = m.formal and n.name <> m.name
    join identity.given_names as g on g.given = m.name
    join identity.given_names as h on h.given = n.name
)
select
    m.a, m.b,
    case
        when length(x.given) = 1 or length(y.given) = 1 then case when left(x.given, 1) = left(y.given, 1) then 4 else 7 end
        when p.a is not null then 8
        when jaro_winkler_similarity(x.given, y.given) >= 0.9 then 5
        when least(length(x.given), length(y.given)) > 3 and levenshtein(x.given, y.given) <= 1 then 5
        when least(length(x.given), length(y.given)) >= 3
            and (starts_with(x.given, y.given) or starts_with(y.given, x.given)) then 5
        else 6
    end::utinyint as level
from met as m
join identity.given_names as x on x.given_id = m.a
join identity.given_names as y on y.given_id = m.b
left join pet as p on p.a = m.a and p.b = m.b
"""
    return Stage(
        Table("temp.given_pairs", "One row per pair of different given names: how alike they are.", ("a", "b")), select
    )


def family_pairs(pairs: str = "temp.candidate_pairs") -> Stage:
    """Each distinct pair of different family names among the pairs, judged once."""
    select = f"""
with
met as (
    select distinct least(x.family_id, y.family_id) as a, greatest(x.family_id, y.family_id) as b
    from {pairs} as p
    join identity.traits as x on x.node = p.a
    join identity.traits as y on y.node = p.b
    where x.family_id <> y.family_id
)
select
    m.a, m.b,
    case
        when jaro_winkler_similarity(x.family, y.family) >= 0.92 then 4
        when least(length(x.family), length(y.family)) > 3 and levenshtein(x.family, y.family) <= 1 then 4
        when contains(' ' || x.family || ' ', ' ' || y.family || ' ') then 4
        when contains(' ' || y.family || ' ', ' ' || x.family || ' ') then 4
        when list_has_any(string_split(x.family, ' '), string_split(y.family, ' ')) then 4
        else 5
    end::utinyint as level
from met as m
join identity.family_names as x on x.family_id = m.a
join identity.family_names as y on y.family_id = m.b
"""
    return Stage(
        Table("temp.family_pairs", "One row per pair of different family names: how alike they are.", ("a", "b")),
        select,
    )


def comparisons(
    config: Config,
    pairs: str = "temp.candidate_pairs",
    given: str = "temp.given_pairs",
    family: str = "temp.family_pairs",
) -> Stage:
    """The pattern of each pair; the tables it reads have other names where single pairs are explained."""
    packed = " + ".join(f"(({field.sql})::ubigint << {BITS * place})" for place, field in enumerate(fields(config)))
    select = f"""
select p.a, p.b, {packed} as pattern
from {pairs} as p
join identity.traits as x on x.node = p.a
join identity.traits as y on y.node = p.b
cross join (select count(*) as records from identity.traits) as t
left join {given} as g on g.a = least(x.given_id, y.given_id) and g.b = greatest(x.given_id, y.given_id)
left join {family} as f on f.a = least(x.family_id, y.family_id) and f.b = greatest(x.family_id, y.family_id)
"""
    return Stage(Table("identity.comparisons", "One row per compared pair: its pattern of levels."), select)


def patterns(config: Config) -> Stage:
    """Each pattern with the pairs that show it, taken apart into its levels."""
    names = "".join(
        f", ((pattern >> {BITS * place}) & {2**BITS - 1})::utinyint as {quote(field.name)}"
        for place, field in enumerate(fields(config))
    )
    select = f"""
with counted as (select pattern, count(*) as pairs from identity.comparisons group by pattern)
select pattern, pairs{names} from counted order by pattern
"""
    return Stage(
        Table("identity.patterns", "One row per pattern of levels: how many pairs show it.", ("pattern",)), select
    )
