"""identity.record_values, identity.trace_values -> identity.damaged, identity.tagged, identity.tied: what has lost its meaning.

A value is judged by its column, which is one type of identifier in one source: where all others are of one length, or keep to a
check digit, one that does not was damaged on its way; where nothing is longer than so many signs, and the longest ones are the
beginnings of longer ones elsewhere, a system has cut them off. Damaged values are nobody's: several people's may look alike.
"""

from __future__ import annotations

from cxunify.schema import Table
from cxunify.vocabulary.phone import extension
from cxunify.vocabulary.signs import is_scientific
from cxunify.warehouse import Stage

MOST_TAGS = 10
"""Tags behind a plus that one person may give one shop (`ann+sale@…`); tills number theirs."""
MOST_EXTENSIONS = 1
"""Extensions of one telephone number that are one person's: many are behind a switchboard, or behind the relay of a marketplace."""
MOST_TIED = 10
"""Mailboxes, or other identifiers of one type, that are seen together with one value of one person."""
OWN = "'email', 'phone', 'loyalty_id', 'login'"
"""The types of which that is true: of visits and baskets one person has any number."""

SOLID, ODD, FEW = 0.1, 0.01, 2
"""Share of a column from which on a length is one of its own (a generation of cards); share and count up to which it is a slip."""
FEWEST = 10
"""Different values from which on a column tells what is usual."""
SHORTEST = 8
"""Signs from which on a length is given and not grown: numbers that count from 1 are of all lengths."""
LONGEST = 24
"""Digits of what is looked at for a check digit."""
EXACT = 15
"""Digits that a spreadsheet keeps of a number."""


def stages() -> tuple[Stage, ...]:
    """The tables of values that mean nothing by what they look like, or by what they are seen with; after those of all values."""
    return (columns(), damaged(), tagged(), tied())


def columns() -> Stage:
    """Each value once for each column that it stands in."""
    return Stage(
        Table("temp.columns", "One row per source, type of identifier and value."),
        f"""
with
listed as (
    select f.source, v.type, v.key, v.value
    from identity.record_values as v
    join identity.features as f using (node)
    where not v.is_placeholder and v.type <> 'phone'
    union
    select t.source, v.type, v.key, v.value
    from identity.trace_values as v
    join staging.traces as t using (trace_id)
    where not v.is_placeholder and v.type <> 'phone'
)
select
    source, type, key, value, length(value) as signs, not regexp_matches(value, '[^0-9]') as is_digits,
    regexp_extract(value, '^[A-Za-z]*([0-9]{{{SHORTEST},{LONGEST}}})$', 1) as digits
from listed
""",
    )


def damaged() -> Stage:
    """Values that lost signs on their way."""
    is_solid = f"u.n >= {SOLID} * u.total and u.n > {FEW}"
    return Stage(
        Table("identity.damaged", "One row per value that was damaged on its way.", ("key",)),
        f"""
with
lengths as (
    select source, type, signs, count(*) as n, bool_and(is_digits) as is_digits, min(value) as first, max(value) as last
    from temp.columns
    where type <> 'email'
    group by source, type, signs
),
usual as (
    select source, type, signs, n, first, last, is_digits, sum(n) over (partition by source, type) as total
    from lengths
),
solid as (select * from usual as u where {is_solid} and signs >= {SHORTEST}),
-- A length that is one sign away may be a number that has just grown, or one that begins with a nought by chance: there, a column
-- must be long and the next numbers must not follow on.
judged as (
    select
        u.source, u.type, u.signs, u.n, u.total, {is_solid} as is_solid,
        bool_and(
            (u.n <= {ODD} * u.total or (u.n <= {FEW} and u.n <= {SOLID} * u.total))
            and (abs(s.signs - u.signs) > 1 or (
                u.n <= {ODD} * u.total and s.is_digits and u.is_digits
                and not (left(least(u.last, s.last), 2) = '10' and left(greatest(u.first, s.first), 2) = '99')
                and not (left(case when s.signs > u.signs then u.last else s.last end, 2) = '99'
                    and left(case when s.signs > u.signs then s.first else u.first end, 2) = '10')
            ))
        ) as is_slip
    from usual as u
    join solid as s on s.source = u.source and s.type = u.type
    where u.total >= {FEWEST}
    group by u.source, u.type, u.signs, u.n, u.total
),
-- Where some length is neither usual nor a slip, lengths tell nothing.
clear as (
    select source, type from judged group by source, type having bool_and(is_solid or is_slip) and not bool_and(is_solid)
),
odd as (
    select v.key
    from temp.columns as v
    join judged as j on j.source = v.source and j.type = v.type and j.signs = v.signs
    left join clear as c on c.source = v.source and c.type = v.type
    group by v.key
    having bool_and(not j.is_solid) and bool_or(c.source is not null)
),
-- Check digits of cards (Luhn) and of goods (EAN), looked at in a sample first.
sized as (
    select source, type, length(digits) as signs, count(*) as n
    from temp.columns
    where digits <> '' and type not in ('email', 'device_id')
    group by source, type, length(digits)
    having count(*) >= {FEWEST}
),
sample as (
    select v.source, v.type, length(v.digits) as signs, {_luhn("v.digits")} as luhn, {_ean("v.digits")} as ean
    from temp.columns as v
    join sized as s on s.source = v.source and s.type = v.type and s.signs = length(v.digits)
    where v.key % greatest(s.n // 1000, 1) = 0
),
checked as (
    select source, type, signs, count(*) filter (luhn) >= count(*) filter (ean) as is_luhn
    from sample
    group by source, type, signs
    having greatest(count(*) filter (luhn), count(*) filter (ean)) >= least(0.95 * count(*), count(*) - 1)
),
failed as (
    select v.key
    from temp.columns as v
    join checked as c on c.source = v.source and c.type = v.type and c.signs = length(v.digits)
    group by v.key
    having not bool_or(case when c.is_luhn then {_luhn("v.digits")} else {_ean("v.digits")} end)
),
long as (
    select source, type
    from temp.columns
    where is_digits and signs > {EXACT}
    group by source, type
    having count(*) >= {SHORTEST} and count(*) filter ({_is_rounded("value")}) >= 0.5 * count(*)
),
widths as (
    select source, type, max(signs) as width from temp.columns group by source, type having max(signs) >= {SHORTEST}
),
beginnings as (
    select distinct w.source, w.type, w.width, left(v.value, w.width) as value
    from temp.columns as v
    join widths as w on w.type = v.type and w.source <> v.source and v.signs > w.width
),
cut as (
    select v.source, v.type, any_value(w.width) as width
    from temp.columns as v
    join widths as w on w.source = v.source and w.type = v.type and w.width = v.signs
    left join beginnings as b on b.source = v.source and b.type = v.type and b.value = v.value
    group by v.source, v.type
    having count(b.value) >= 3 and count(b.value) >= 0.5 * count(*)
),
found as (
    select key, 'damaged: rounded to scientific notation' as rule, 1 as place
    from temp.columns
    where type <> 'email' and {is_scientific("value")}
    union all
    select v.key, 'damaged: rounded to {EXACT} digits', 2
    from temp.columns as v
    semi join long as r on r.source = v.source and r.type = v.type
    where v.is_digits and v.signs > {EXACT} and {_is_rounded("v.value")}
    union all
    -- What another system, that cuts nothing off, knows by this very value is whole.
    select v.key, 'damaged: cut off at ' || min(c.width) || ' signs', 3
    from temp.columns as v
    left join cut as c on c.source = v.source and c.type = v.type
    where v.signs = c.width or c.width is null
    group by v.key
    having bool_and(c.width is not null)
    union all
    select key, 'damaged: unlike all others in length', 4 from odd
    union all
    select key, 'damaged: unlike all others in check digit', 5 from failed
)
select v.key, any_value(v.type) as type, any_value(v.value) as value, min({{place: f.place, rule: f.rule}}).rule as rule
from found as f
join temp.columns as v on v.key = f.key
group by v.key
""",
    )


def tagged() -> Stage:
    """Mailboxes that are given with more tags than a person would, and numbers with more extensions: one for each walk-in."""
    meaning = "One row per mailbox with more tags behind a plus, or number with more extensions, than one person gives."
    return Stage(
        Table("identity.tagged", meaning, ("key",)),
        f"""
select hash('email', value) as key, 'email' as type, value, 'tags > {MOST_TAGS}' as rule
from identity.mailboxes
where contains(address, '+')
group by value
having count(distinct address) > {MOST_TAGS}
union all
select hash('phone', value), 'phone', value, 'extensions > {MOST_EXTENSIONS}'
from identity.numbers
where value is not null
group by value
having count(distinct nullif({extension("written")}, '')) > {MOST_EXTENSIONS}
""",
    )


def tied() -> Stage:
    """Values that are seen together with more mailboxes, or other identifiers of one type, than a person has."""
    return Stage(
        Table(
            "identity.tied", "One row per value that is seen with more others of one type than a person has.", ("key",)
        ),
        f"""
with
listed as (
    select node as holder, true as is_record, key, type, value
    from identity.record_values
    where type <> 'device_id' and not is_placeholder
    union all
    select trace_id, false, key, type, value
    from identity.trace_values
    where type <> 'device_id' and not is_placeholder
),
busy as (select key from listed group by key having count(*) > {MOST_TIED}),
many as (select * from listed semi join busy using (key)),
beside as (
    select m.key, m.type, m.value, l.type as other, count(distinct l.key) as others
    from many as m
    join listed as l on l.holder = m.holder and l.is_record = m.is_record and l.type <> m.type
    where l.type in ({OWN})
    group by m.key, m.type, m.value, l.type
)
select key, any_value(type) as type, any_value(value) as value, max({{others: others, other: other}}) as most
from beside
where others > {MOST_TIED}
group by key
""",
    )


def _is_rounded(value: str) -> str:
    return f"replace(substr({value}, {EXACT + 1}), '0', '') = ''"


def _luhn(digits: str) -> str:
    """SQL: whether the last digit is the check digit of ISO/IEC 7812: every second digit doubled, its digits summed up."""
    return _sums_up(digits, f"translate({digits}, '0123456789', '0246813579')")


def _ean(digits: str) -> str:
    """SQL: whether the last digit is the check digit of GS1: every second digit three times."""
    return _sums_up(digits, digits, 3)


def _sums_up(odd: str, even: str, times: int = 1) -> str:
    """SQL: whether digits in odd places from the right and those of `even` in even places come to a multiple of ten."""
    terms = [
        f"try_cast(substr(lpad({odd if place % 2 else even}, {LONGEST}, '0'), {LONGEST + 1 - place}, 1) as integer)"
        f" * {1 if place % 2 else times}"
        for place in range(1, LONGEST + 1)
    ]
    return f"({' + '.join(terms)}) % 10 = 0"
