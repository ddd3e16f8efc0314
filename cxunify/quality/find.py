"""checks/*.sql -> quality.findings: the offending rows of every check, counted by place, day and customer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cxunify.quality.catalogue import Check
from cxunify.warehouse import Warehouse, literal

TABLE = "quality.findings"
_COLUMNS = (
    "check_id varchar, source varchar, field varchar, location varchar, day date, customer ubigint, keys bigint, lines bigint,"
    " amount decimal(38, 2)"
)


def find(warehouse: Warehouse, checks: Iterable[Check], params: dict[str, Any]) -> tuple[str, ...]:
    """Run the checks whose tables exist; return the ids of those that ran."""
    ran = []
    with warehouse.transaction():
        warehouse.execute(f"create or replace table {TABLE} ({_COLUMNS})")
        for check in checks:
            if all(warehouse.exists(table) for table in check.needs):
                warehouse.execute(f"insert into {TABLE} {counted(check)}", params)
                ran.append(check.id)
        warehouse.execute(
            f"comment on table {TABLE} is"
            " 'One row per check, source, field, place, day and customer: how many rows offend, and the money in them.'"
        )
    return tuple(ran)


def counted(check: Check) -> str:
    """The SELECT that counts a check's offending rows; a number stands for the customer, as in quality.customers."""
    # Interactions are held against quality.daily, which has the company's days; records against quality.intake.
    local = check.subject == "interaction"
    day = "timezone($timezone, occurred_at::timestamptz)::date" if local else "occurred_at::date"
    if check.price == "lacking":  # only those who have the field nowhere are priced, so only they are told apart
        return f"""
    select {literal(check.id)}, f.source, f.field, f.location, {day}, l.customer,
        count(*), sum(f.lines), sum(f.amount)
    from ({check.sql}) as f
    left join quality.lacking as l on l.customer = hash(f.customer_id) and l.field = f.field and f.customer_id is not null
    group by all"""
    return f"""
    select {literal(check.id)}, source, field, location, {day},
        case when customer_id is not null then hash(customer_id) end, count(*), sum(lines), sum(amount)
    from ({check.sql})
    group by all"""
