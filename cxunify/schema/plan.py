"""The published tables of the contact plan: who is offered what, what is scarce, and what it all brings."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

PLAN = Table(
    "plan",
    "One row per customer and offer that the plan makes it: within budget, capacities, caps and consent.",
    ("customer_id", "offer"),
    columns("""
        customer_id      | VARCHAR       |
        offer            | VARCHAR       | of `actions.offers`
        channel          | VARCHAR       |
        effect           | DOUBLE        | by how much it raises the probability of a purchase
        effect_basis     | VARCHAR       | measured: by lift; assumed: by the configuration
        cost             | DECIMAL(18,2) | of offer and contact
        value            | DECIMAL(18,2) | what it is expected to bring, less that; of revenue where `actions.margin` is not set
        rank             | INTEGER       | 1: what is missed most where it is not done
        valid_until_date | DATE          |
    """),
)

PLAN_PRICES = Table(
    "plan_prices",
    "One row per budget or capacity: how much of it the plan uses, and what one more of it would bring.",
    ("resource",),
    columns("""
        resource | VARCHAR | budget; channel and its name; offer and its name
        limit    | DOUBLE  | money, or a number of offers
        used     | DOUBLE  | likewise
        price    | DOUBLE  | what one more would bring, in the company's currency: its dual price; 0: there is enough
    """),
)

PLAN_TOTALS = Table(
    "plan_totals",
    "One row per basis of effects, and one over all: what the plan brings, and how far it may be from the best one.",
    ("basis",),
    columns("""
        basis     | VARCHAR       | measured, assumed, all
        offers    | BIGINT        |
        customers | BIGINT        |
        cost      | DECIMAL(18,2) |
        value     | DECIMAL(18,2) | what it is expected to bring, less cost
        bound     | DECIMAL(18,2) | of all: no plan within these limits brings more
        gap       | DOUBLE        | of all: share of the bound that the plan misses at most
    """),
)
