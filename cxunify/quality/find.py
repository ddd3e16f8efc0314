"""checks/*.sql -> quality.found_*, quality.findings: the offending rows of every check, counted by place, day and customer."""

from __future__ import annotations

from collections.abc import Iterable

from cxunify.quality.catalogue import Check
from cxunify.schema import Table
from cxunify.warehouse import Stage, literal

COLUMNS = ("check_id", "source", "field", "location", "day", "customer", "keys", "lines", "amount")


def steps(checks: Iterable[Check]) -> tuple[Stage, ...]:
    """A step for each check, and one over all of them."""
    found = tuple(_found(check) for check in checks)
    whole = " union all ".join(f"select {', '.join(COLUMNS)} from {stage.table.name}" for stage in found)
    meaning = "One row per check, source, field, place, day and customer: how many rows offend, and the money in them."
    return (*found, Stage(Table("quality.findings", meaning), whole, is_view=True))


def _found(check: Check) -> Stage:
    """A check's offending rows, counted; a number stands for the customer, as in quality.customers."""
    # What offends is held against quality.daily and quality.intake, which have the company's days.
    local = check.subject in {"interaction", "record"}
    day = "timezone($timezone, f.occurred_at::timestamptz)::date" if local else "f.occurred_at::date"
    customer, joined = "case when f.customer_id is not null then hash(f.customer_id) end", ""
    if check.price == "lacking":  # only those who have the field nowhere are priced, so only they are told apart
        customer = "l.customer"
        joined = (
            "left join quality.lacking as l"
            " on l.customer = hash(f.customer_id) and l.field = f.field and f.customer_id is not null"
        )
    select = f"""
select
    {literal(check.id)} as check_id, f.source, f.field, f.location, {day} as day, {customer} as customer,
    count(*) as keys, sum(f.lines)::bigint as lines, sum(f.amount)::decimal(38, 2) as amount
from (
{check.sql}
) as f
{joined}
group by all"""
    return Stage(Table(f"quality.found_{check.id}", f"One row per place, day and customer: {check.title}."), select)
