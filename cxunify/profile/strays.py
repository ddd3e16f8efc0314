"""staging.interactions, staging.records -> profile.strays: the years of a source in which its dates stand for none.

Systems write the first day of their calendar where they know no date: 0001-01-01, 1899-12-30, 1970-01-01. Such days are known by
name, and count as dates only where the source has others about that time: a company's history is long, and has no hole. What is
far older than all else of its source, and hardly anything, is taken for the same: a till that was started with its clock unset.
"""

from __future__ import annotations

from cxunify.schema.profile import STRAYS
from cxunify.vocabulary.dates import may_be_zero
from cxunify.warehouse import Stage

_HOLE = 5
"""Years without any date that part one stretch of a source's dates from the next."""
_FAR = 10
"""Years, and twice the length of the main stretch, that part it from strays that are no day of any system ..."""
_FEW = 0.01
"""... and that are no more than this share of all."""


def strays() -> Stage:
    """The stage of profile.strays."""
    fields = (("interactions", "occurred_at"), ("records", "created_at"), ("records", "updated_at"))
    told = " union all ".join(
        f"""
    select source, '{field}' as field, year({field}) as year, count(*) as n, count_if({may_be_zero(field)}) as zeros
    from staging.{table} where {field} is not null group by all"""
        for table, field in fields
    )
    return Stage(
        STRAYS,
        f"""
with
told as ({told}
),
stepped as (
    select *, coalesce(year - lag(year) over (partition by source, field order by year) > {_HOLE}, false) as is_new from told
),
numbered as (
    select *, count_if(is_new) over (partition by source, field order by year rows unbounded preceding) as stretch from stepped
),
stretches as (
    select source, field, stretch, min(year) as first_year, max(year) as last_year, sum(n) as n, sum(zeros) = sum(n) as is_zero
    from numbered group by all
),
main as (
    select source, field, max({{n: n, first_year: first_year, last_year: last_year}}) as most, sum(n) as n
    from stretches where not is_zero group by all
)
select source, field, year::integer as year from (
select s.source, s.field, unnest(range(s.first_year - 1, s.last_year + 2)) as year
from stretches as s
left join main as m using (source, field)
where
    case
        when m.most is null then s.is_zero
        when s.last_year >= m.most.first_year then false
        else s.is_zero or (
            s.n <= {_FEW} * m.n
            and m.most.first_year - s.last_year >= greatest({_FAR}, 2 * (m.most.last_year - m.most.first_year + 1))
        )
    end
)""",
    )
