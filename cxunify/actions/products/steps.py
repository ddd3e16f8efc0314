"""profile.moments, staging.* -> actions.next_products: what a customer may buy next, where that beats what is popular.

Customers who have bought the same are told the same: what goes with what is worked out once for each set of products.
"""

from __future__ import annotations

from cxunify.actions.products.check import CAPABILITY, checked, found
from cxunify.actions.stages import of_layer, private, published, text
from cxunify.schema.opportunities import NEXT_PRODUCT_CHECKS, NEXT_PRODUCTS
from cxunify.schema.table import Table
from cxunify.warehouse import Loop, Step

FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of next products.", ("capability",))


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        private(Table("temp.purchased", "One row per customer, product and day on which it was bought.")),
        private(
            Table("actions.goods", "One row per product that known customers have bought: its number.", ("product_no",))
        ),
        private(Table("actions.bought", "One row per customer and product that it has bought: on how many days.")),
        private(Table("actions.owned", "One row per customer, today and a quarter ago: what it had bought.")),
        private(Table("actions.tastes", "One row per set of products that customers had bought.", ("taste_no",))),
        private(Table("actions.popular", "One row per product, today and a quarter ago: how many had bought it.")),
        private(Table("actions.pairs", "One row per two products that are bought by the same customers.")),
        private(Table("actions.guesses", "One row per set of products and product outside it that goes with them.")),
        Loop(
            of_layer(NEXT_PRODUCT_CHECKS),
            checked,
            {"hits": text("product_hits"), "today": "select $today::date as day"},
        ),
        published(NEXT_PRODUCTS, f"(\n{text('next_products')}\n)"),
        Loop(
            FOUND,
            found,
            {
                "checks": f"select * from actions.{NEXT_PRODUCT_CHECKS.name} order by basis",
                "counts": "select count(distinct customer_id) as customers from actions.next_products",
            },
        ),
    )
