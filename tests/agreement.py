"""profile and quality of one warehouse -> the customers of whom they tell different things."""

from __future__ import annotations

from typing import Any

from cxunify.warehouse import Warehouse


def differing(warehouse: Warehouse, customers: str = "profile.customers") -> list[tuple[Any, ...]]:
    """The customers whose counts differ, as `customers` (a table like the published one) and as the gap report has them."""
    return warehouse.rows(f"""
        select
            customer_id, p.interactions, q.interactions, p.purchases, q.purchases, p.purchase_days, q.purchase_days,
            p.net_spend, q.revenue, p.channels, q.channels, p.records, q.records
        from {customers} as p
        full join quality.customers as q using (customer_id)
        where (p.interactions, p.purchases, p.purchase_days, p.net_spend, coalesce(p.channels, ''), p.records) is distinct from
            (q.interactions, q.purchases, q.purchase_days, q.revenue, array_to_string(q.channels, ','), q.records)""")
