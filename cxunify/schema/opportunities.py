"""The published tables about what to offer and when: products, the loyalty programme, events of the life cycle."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

NEXT_PRODUCTS = Table(
    "next_products",
    "One row per customer who bought within a year, list and place: what it may buy next. Only lists that beat what is popular.",
    ("customer_id", "basis", "rank"),
    columns("""
        customer_id | VARCHAR |
        basis       | VARCHAR | again: what it bought most often; new: what goes with what it has, and it has not
        rank        | INTEGER | 1: the first to be offered, at most 5
        product     | VARCHAR |
        because     | VARCHAR | of new: the product of its own that speaks for it most
        support     | BIGINT  | again: days on which it bought it; new: customers who have both
        llr         | DOUBLE  | of new: log-likelihood ratio (Dunning 1993), over all that it has; null: again
    """),
)

NEXT_PRODUCT_CHECKS = Table(
    "next_product_checks",
    "One row per list of products: how often it was right in the quarter that was hidden, against the most popular products.",
    ("basis",),
    columns("""
        basis        | VARCHAR | again or new
        from_date    | DATE    | first day of the quarter that was hidden
        customers    | BIGINT  | who had bought before and came back in it
        hits         | DOUBLE  | per customer: products of its list, of five, that it bought; of new, for the first time
        popular_hits | DOUBLE  | likewise of the five most popular, of new, of those that it had not
        low          | DOUBLE  | 95 % interval of the difference per customer
        high         | DOUBLE  |
        verdict      | VARCHAR | better; not better: the list is not published; unchecked: too few came back
    """),
)

LOYALTY_COVER = Table(
    "loyalty_cover",
    "One row per value tier of customers who bought, and one over all: who is enrolled, what the programme gave them in a year.",
    ("value_tier",),
    columns("""
        value_tier           | VARCHAR       | as in predictions; all: everybody
        basis                | VARCHAR       | forecast: by value_365d; spend: by net spend so far, since forecasts are refused
        customers            | BIGINT        |
        enrolled             | BIGINT        | with a loyalty card, or a record of the programme
        enrolled_share       | DOUBLE        | 0 to 1
        value                | DECIMAL(18,2) | of that basis
        value_share          | DOUBLE        | of everybody's value, 0 to 1
        enrolled_value_share | DOUBLE        | of the tier's value, that of the enrolled
        rewards              | BIGINT        | redemptions in the last 365 days
        reward_cost          | DECIMAL(18,2) | of these, in the company's currency
        reward_share         | DOUBLE        | of everybody's rewards; null: there are none
        value_gini           | DOUBLE        | of all: 0, value is the same for everybody; 1, one customer has it all
        reward_gini          | DOUBLE        | of all: likewise of rewards; null: there are none
    """),
)

LIFECYCLE_DUE = Table(
    "lifecycle_due",
    "One row per customer and event of its life cycle that is due within 60 days.",
    ("customer_id", "event"),
    columns("""
        customer_id | VARCHAR |
        event       | VARCHAR | contract_end (known beforehand), contract_anniversary, second_purchase
        due_date    | DATE    | second_purchase: by then half of those who came back had
        days        | INTEGER | until then
        since_date  | DATE    | day of the contract's start, or of the first purchase
        channels    | VARCHAR | in which the customer may be contacted today, the cheapest first, joined by commas
        blocked_by  | VARCHAR | why in none, by channel; null: it may be
    """),
)

BEST_ACTIONS = Table(
    "best_actions",
    "One row per customer and place: what to do when it comes by itself; then per segment, and for anybody. Sorted by customer.",
    ("customer_id", "segment", "rank"),
    columns("""
        customer_id      | VARCHAR       | null: for whoever is in the segment and has no row of its own
        segment          | VARCHAR       | of segments; null without a customer: for anybody
        rank             | INTEGER       | 1 to 3
        action           | VARCHAR       | service, offer, due, track, product; null: nothing but what blocked_by says
        what             | VARCHAR       | of a track and of the plan the offer, the event that is due, the product
        value            | DECIMAL(18,2) | of offers: what they bring beyond what budget and number would bring elsewhere
        reasons          | VARCHAR       |
        valid_until_date | DATE          |
        blocked_by       | VARCHAR       | why nothing is sold: open complaint, held out; null: nothing forbids it
    """),
)
