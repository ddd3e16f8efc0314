"""Rows of actions.* -> what goes with what, on the page of actions: channels, what precedes purchases, hot spots, needs."""

from __future__ import annotations

from typing import Any

from cxunify.publish.actions_flow import flow
from cxunify.publish.report_markup import Markup, figure, section
from cxunify.schema.words import money, percent, span

ASKED = {
    "hotspots": "select * from actions.hotspots order by rank limit 20",
    "channel_effects": "select * from actions.channel_effects order by removal_effect desc, channel",
    "journeys": "select from_channel, to_channel, steps from profile.channel_flow"
    " where from_channel <> to_channel and from_channel <> '(start)' and to_channel <> '(end)'"
    " and exists (select 1 from actions.actions where capability = 'channel_flow' and status = 'ready')"
    " order by from_channel, to_channel",
    "won": "select * from actions.won_triggers where verdict <> 'not shown' order by low desc, kind, channel",
    "needs": "select * from actions.need_purchases order by difference desc, need",
}
"""What this part of the page shows, by the SELECT that finds it."""


def patterns(found: dict[str, Any]) -> list[Markup]:
    """The sections, where there is something to say."""
    return [
        *_hotspots(found["hotspots"]),
        *_channels(found["channel_effects"]),
        *_journeys(found["journeys"]),
        *_won(found["won"]),
        *_needs(found["needs"]),
    ]


def _hotspots(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "Contacts of a year, how many go badly, and what the customers with whom they do are worth. What of it is lost is told"
        " where a loss was shown, as an association."
    )
    header = ["contact", "reason", "in", "where", "contacts", "badly", "95 %", "usual", "worth", "lost"]
    shown: list[list[object]] = [
        [row["kind"], row["reason"] or "", row["channel"], row["location"] or "", f"{row['contacts']:,}",
         percent(row["bad_share"], 0),
         span(row["low"], row["high"]), percent(row["usual_share"], 0), f"{row['value_at_stake']:,.0f}",
         "" if row["lost_value"] is None
         else money(row["lost_value"], row["lost_value_low"], row["lost_value_high"])]
        for row in rows
    ]  # fmt: skip
    return section("Hot spots", said, header, shown, (4, 5, 6, 7, 8, 9))


def _channels(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "Of the paths that lead to a purchase, those that would not if steps to the channel led to nothing. A purchase is no step"
        " of its own channel. Who walks which path is not drawn by lot: an association."
    )
    header = ["channel", "steps", "without it fewer", "95 %", "cost", "a purchase costs"]
    shown: list[list[object]] = [
        [row["channel"], f"{row['steps']:,}", percent(row["removal_effect"], 0), span(row["low"], row["high"]),
         "" if row["cost"] is None else f"{row['cost']:,.0f}",
         "" if row["cost_per_purchase"] is None else f"{row['cost_per_purchase']:,.2f}"]
        for row in rows
    ]  # fmt: skip
    return section("What channels add to purchases", said, header, shown, (1, 2, 3, 4, 5))


def _journeys(rows: list[dict[str, Any]]) -> list[Markup]:
    """From which channel customers come into which, where they change it."""
    caption = "Journeys between channels: steps of customers from one channel (left) to the next within 30 days (right)"
    ways = [(row["from_channel"], row["to_channel"], row["steps"]) for row in rows]
    return [figure("journeys", caption, flow(ways, caption))] if ways else []


def _won(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "The week before a customer's last purchase against the week four weeks earlier; one in twenty of these is chance. This is"
        " an association."
    )
    header = ["what", "in", "before", "earlier", "times as often", "95 %"]
    shown: list[list[object]] = [
        [row["kind"], row["channel"], f"{row['before']:,}", f"{row['earlier']:,}", f"{row['odds_ratio']:.1f}",
         f"{row['low']:.1f} to {row['high']:.1f}" if row["high"] is not None else f"{row['low']:.1f} and more"]
        for row in rows
    ]  # fmt: skip
    return section("What comes before a purchase", said, header, shown, (2, 3, 4, 5))


def _needs(rows: list[dict[str, Any]]) -> list[Markup]:
    said = "Customers who bought within a month after stating a need, against after all other needs. An association."
    header = ["need", "contacts", "bought", "after others", "95 % of the difference", "says"]
    shown: list[list[object]] = [
        [row["need"], f"{row['contacts']:,}", percent(row["bought_share"], 0), percent(row["other_share"], 0),
         f"{row['low']:+.0%} to {row['high']:+.0%}", row["verdict"]]
        for row in rows
    ]  # fmt: skip
    return section("Needs, and what is bought after them", said, header, shown, (1, 2, 3, 4))
