"""Rows of actions.* -> what to do better, on the page of actions: where sales are lost, and who needs help."""

from __future__ import annotations

from typing import Any

from cxunify.publish.report_markup import Markup, element, scrolled, table

ASKED = {
    "lost": "select * from actions.lost_sales order by step, channel, outcome, bought_in nulls first",
    "flagged": "select * from actions.coaching where flag is not null order by deviations desc, unit_kind, unit, item",
}
"""What this part of the page shows, by the SELECT that finds it."""
_MOST = 20


def better(found: dict[str, Any]) -> list[Markup]:
    """The sections, where there is something to say."""
    return [*_lost(found["lost"]), *_flagged(found["flagged"])]


def _lost(rows: list[dict[str, Any]]) -> list[Markup]:
    if not rows:
        return []
    caption = "Where sales are lost, and where they are won back"
    shown: list[list[object]] = [
        [row["step"], row["channel"], row["outcome"], row["bought_in"] or "", f"{row['tries']:,}", f"{row['share']:.0%}",
         f"{row['usual_share']:.0%}"]
        for row in rows[:_MOST]
    ]  # fmt: skip
    said = (
        "Of known customers: completed is bought there by the next day, recovered within a week. The last column says how many of"
        " them buy in another channel in any week."
    )
    header = ["step", "in", "outcome", "bought in", "customers' days", "of all", "anyway"]
    return [
        element("h2", caption),
        element("p", said, class_="soft"),
        scrolled(table(header, shown, numbers=(4, 5, 6)), caption),
    ]


def _flagged(rows: list[dict[str, Any]]) -> list[Markup]:
    if not rows:
        return []
    caption = "Who stands out, beyond chance"
    shown: list[list[object]] = [
        [row["unit"], row["item"], row["flag"], f"{row['counted']:,}", f"{row['share']:.0%}", f"{row['usual_share']:.0%}",
         f"{row['limit_share']:.0%}"]
        for row in rows[:_MOST]
    ]  # fmt: skip
    header = ["who or where", "what", "is", "counted", "share", "usual", "limit"]
    return [element("h2", caption), scrolled(table(header, shown, numbers=(3, 4, 5, 6)), caption)]
