"""Rows of actions.* -> "What to offer next" on the page of actions: products, what is due, the loyalty programme."""

from __future__ import annotations

from typing import Any

from cxunify.publish.report_markup import Markup, section
from cxunify.schema.words import percent

ASKED = {
    "next_product_checks": "select * from actions.next_product_checks order by basis",
    "next_products": "select basis, product, count(*) as customers from actions.next_products"
    ' where "rank" = 1 group by basis, product order by basis, customers desc, product limit 10',
    "due": "select event, count(*) as customers, count(channels) as reachable, min(due_date) as first_date,"
    " max(due_date) as last_date from actions.lifecycle_due group by event order by event",
    "plan_offers": "select offer, channel, effect_basis, count(*) as customers, sum(cost) as cost, sum(value) as value"
    " from actions.plan group by all order by value desc, offer",
    "plan_prices": "select * from actions.plan_prices order by resource",
    "plan_totals": "select * from actions.plan_totals where basis = 'all'",
    "best": "select segment, action, what, reasons from actions.best_actions where customer_id is null"
    ' order by segment nulls first, "rank" limit 24',
    "loyalty": "select * from actions.loyalty_cover order by customers, value_tier",
}
"""What this part of the page shows, by the SELECT that finds it."""


def offers(found: dict[str, Any]) -> list[Markup]:
    """The sections, where there is something to say."""
    return [*_plan(found), *_best(found), *_products(found), *_due(found), *_loyalty(found)]


def _plan(found: dict[str, Any]) -> list[Markup]:
    """The contact plan: what each offer brings, by which sort of effect, and what one more of what is scarce would."""
    if not found["plan_totals"]:
        return []
    (whole,), money = found["plan_totals"], found["currency"]
    made: list[list[object]] = [
        [row["offer"], row["channel"], row["effect_basis"], f"{row['customers']:,}", f"{row['cost']:,.0f}",
         f"{row['value']:,.0f}"]
        for row in found["plan_offers"]
    ]  # fmt: skip
    scarce: list[list[object]] = [
        [row["resource"], f"{row['limit']:,.0f}", f"{row['used']:,.0f}", f"{row['price']:,.2f}"]
        for row in found["plan_prices"]
    ]
    said = (
        f"{whole['value']:,.0f} {money} are expected after costs of {whole['cost']:,.0f}; no plan within these limits brings more"
        f" than {whole['bound']:,.0f}. Whoever follows the plan leaves the offers of tracks in its channels aside."
    )
    caption = "The contact plan: who is offered what"
    header = ["offer", "by", "effect is", "customers", f"costs {money}", f"brings {money}"]
    parts = section(caption, said, header, made, (3, 4, 5), most=None)
    more = ["what is scarce", "there is", "used", f"one more brings {money}"]
    return [*parts, *section("What one more would bring", None, more, scarce, (1, 2, 3), most=None)]


def _best(found: dict[str, Any]) -> list[Markup]:
    """What to do with who comes by itself, segment by segment; customers have rows of their own."""
    rows: list[list[object]] = [
        [row["segment"] or "anybody", row["action"], row["what"].replace("_", " "), row["reasons"]]
        for row in found["best"]
    ]
    caption = "When somebody comes of whom nothing more is known"
    return section(caption, None, ["segment", "what", "which", "because"], rows, most=None)


def _products(found: dict[str, Any]) -> list[Markup]:
    checked: list[list[object]] = [
        [row["basis"], f"{row['customers']:,}", f"{row['hits']:.2f}", f"{row['popular_hits']:.2f}",
         "published" if row["verdict"] == "better" else "not published: no better than what is popular"]
        for row in found["next_product_checks"] if row["hits"] is not None
    ]  # fmt: skip
    header = ["list", "customers", "hits of five", "of the popular", "so it is"]
    first: list[list[object]] = [
        [row["basis"], row["product"], f"{row['customers']:,}"] for row in found["next_products"]
    ]
    return [
        *section("What customers may buy next, on the quarter that was hidden", None, header, checked, (1, 2, 3)),
        *section("What comes first on most lists", None, ["list", "product", "customers"], first, (2,)),
    ]


def _due(found: dict[str, Any]) -> list[Markup]:
    rows: list[list[object]] = [
        [row["event"].replace("_", " "), f"{row['customers']:,}", f"{row['reachable']:,}", row["first_date"], row["last_date"]]
        for row in found["due"]
    ]  # fmt: skip
    header = ["event", "customers", "may be contacted", "from", "until"]
    return section("What is due in 60 days", None, header, rows, (1, 2))


def _loyalty(found: dict[str, Any]) -> list[Markup]:
    rows: list[list[object]] = [
        [row["value_tier"], f"{row['customers']:,}", percent(row["enrolled_share"], 0), _share(row["value_share"]),
         f"{row['rewards']:,}", _share(row["reward_share"])]
        for row in found["loyalty"]
    ]  # fmt: skip
    header = ["value", "customers", "enrolled", "of all value", "rewards", "of all rewards"]
    return section("Who is in the loyalty programme", None, header, rows, (1, 2, 3, 4, 5))


def _share(share: float | None) -> str:
    return "" if share is None else percent(share, 0)
