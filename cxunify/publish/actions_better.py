"""Rows of actions.* -> what to do better, on the page of actions: where sales and customers are lost, and who needs help."""

from __future__ import annotations

from typing import Any

from cxunify.publish.actions_better_charts import agreement, funnels, staying, waterfall
from cxunify.publish.report_charts import drawn
from cxunify.publish.report_markup import Markup, figure, section
from cxunify.schema.words import money, percent, span

ASKED = {
    "lost": "select * from actions.lost_sales order by step, channel, outcome, bought_in nulls first",
    "complaints": "select * from actions.complaint_effects order by resolved",
    "contacts": "select * from actions.contact_effects order by channel, unanswered",
    "stays": "select * from actions.retention_curve where cohort = 'all' order by kind, months_since",
    "drivers": "select unit, sum(sales_before) as before, sum(change) as change, sum(by_customers) as by_customers,"
    " sum(by_frequency) as by_frequency, sum(by_basket) as by_basket, sum(by_unknown) as by_unknown from actions.drivers"
    " group by unit_kind, unit order by unit_kind <> 'all', abs(sum(change)) desc, unit_kind, unit",
    "voice": "select * from actions.voice order by source, unit_kind, value, unit",
    "calibration": "select * from actions.calibration order by abs(deviations) desc, unit_kind, unit",
    "flagged": "select * from actions.coaching where flag is not null order by deviations desc, unit_kind, unit, item",
    "funnels": "select unit_kind, unit, item, counted, share, usual_share, limit_share, flag from actions.coaching"
    " order by unit_kind, item, counted, unit",
}
"""What this part of the page shows, by the SELECT that finds it."""


def better(found: dict[str, Any]) -> list[Markup]:
    """The sections, where there is something to say."""
    specs = [
        *waterfall(found["drivers"]),
        *staying(found["stays"]),
        *agreement(found["calibration"]),
        *funnels(found["funnels"]),
    ]
    pictures = {name: figure(name, caption, svg) for name, caption, svg in drawn(specs)} if specs else {}
    return [
        *_lost(found["lost"]),
        *_complaints(found["complaints"]),
        *_contacts(found["contacts"]),
        *_stays(found["stays"]),
        *_shown(pictures, "staying"),
        *_drivers(found["drivers"]),
        *_shown(pictures, "waterfall"),
        *_voice(found["voice"]),
        *_calibration(found["calibration"]),
        *_shown(pictures, "agreement"),
        *_flagged(found["flagged"]),
        *(picture for name, picture in pictures.items() if name.startswith("funnel")),
    ]


def _shown(pictures: dict[str, Markup], name: str) -> list[Markup]:
    """The picture of that name, where there is one."""
    return [pictures[name]] if name in pictures else []


def _between(row: dict[str, Any], low: str = "low", high: str = "high") -> str:
    """An interval of shares."""
    return f"{row[low]:+.0%} to {row[high]:+.0%}"


def _lost(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "Of known customers: completed is bought there by the next day, recovered within a week. The last column says how many of"
        " them buy in another channel in any week."
    )
    header = ["step", "in", "outcome", "bought in", "customers' days", "of all", "anyway"]
    shown: list[list[object]] = [
        [row["step"], row["channel"], row["outcome"], row["bought_in"] or "", f"{row['tries']:,}", percent(row["share"], 0),
         percent(row["usual_share"], 0)]
        for row in rows
    ]  # fmt: skip
    return section("Where sales are lost, and where they are won back", said, header, shown, (4, 5, 6))


def _complaints(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "Purchases of eight weeks against those of customers who had bought as long ago and as often. Nobody complains by lot: this"
        " is an association. The last column says what was lost in purchases of the usual size, at most and at least."
    )
    header = ["resolved", "complaints", "purchases", "95 %", "says", "lost"]
    shown: list[list[object]] = [
        [row["resolved"], f"{row['matched']:,}", f"{row['difference']:+.0%}", _between(row), row["verdict"],
         "not known" if row["lost_spend"] is None
         else money(row["lost_spend"], row["lost_spend_low"], row["lost_spend_high"])]
        for row in rows
    ]  # fmt: skip
    return section("What a bad experience costs", said, header, shown, (1, 2, 3, 5))


def _contacts(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "Contacts in a row without an answer, and what followed within 14 days. Who has not answered so often is another kind of"
        " customer: opt-outs are an association. What a contact brings is told where a hold-out was."
    )
    header = ["channel", "contact", "contacts", "opt out", "95 %", "says", "brings, points of buyers"]
    shown: list[list[object]] = [
        [row["channel"], str(row["unanswered"]), f"{row['contacts']:,}", percent(row["opted_out_share"]),
         span(row["opted_out_low"], row["opted_out_high"], 1), row["verdict"] or "",
         "" if row["brought"] is None
         else f"{100 * row['brought']:+.1f} ({100 * row['brought_low']:+.1f} to {100 * row['brought_high']:+.1f})"]
        for row in rows
    ]  # fmt: skip
    return section("When contacts tire", said, header, shown, (1, 2, 3, 4, 6))


def _stays(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "Contracts last until they end; where there are none, nobody knows who has left, and the share is that of customers who buy"
        " in that month. What is projected is what the model of contracts expects."
    )
    header = ["", "after months", "share", "95 %", "projected", "95 %", "stays yet, months"]
    shown: list[list[object]] = [
        [row["kind"], str(row["months_since"]),
         *(("", "") if row["share"] is None else (percent(row["share"], 0), span(row["low"], row["high"]))),
         *(("", "", "") if row["projected_share"] is None
           else (percent(row["projected_share"], 0), span(row["projected_low"], row["projected_high"]),
                 f"{row['residual_months']:.0f}"))]
        for row in rows
        if row["months_since"] % 6 == 0
    ]  # fmt: skip
    return section("How long customers stay", said, header, shown, (1, 2, 3, 4, 5, 6))


def _drivers(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "The last months, twelve at most, against those of the year before: how many customers buy, how often, how much each time,"
        " and what belongs to nobody. The parts add up; they name no cause."
    )
    header = ["", "before", "change", "customers", "how often", "how much", "of nobody"]
    parts = ("change", "by_customers", "by_frequency", "by_basket", "by_unknown")
    shown: list[list[object]] = [
        [row["unit"], f"{row['before']:,.0f}", *(f"{row[name]:+,.0f}" for name in parts)] for row in rows
    ]
    return section("What changed sales", said, header, shown, (1, 2, 3, 4, 5, 6))


def _voice(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "The lowest first. Answers of a year with their interval; the last column is drawn to what is usual, as far as chance alone"
        " may have brought the value. Who answers is not drawn by lot."
    )
    header = ["who or where", "survey", "measure", "answers", "value", "95 %", "usual", "drawn to it"]
    shown: list[list[object]] = [
        [row["unit"], row["source"], row["measure"], f"{row['answers']:,}", f"{row['value']:.2f}",
         f"{row['low']:.2f} to {row['high']:.2f}", f"{row['usual']:.2f}", f"{row['shrunk']:.2f}"]
        for row in rows
    ]  # fmt: skip
    return section("What customers say", said, header, shown, (3, 4, 5, 6, 7))


def _calibration(rows: list[dict[str, Any]]) -> list[Markup]:
    said = "Scores of a year from 0 to 1. Of a thousand ordinary units one is outside the limits: somebody is wrong about these."
    header = ["who or where", "observers", "customers", "difference", "limits", "says"]
    shown: list[list[object]] = [
        [row["unit"], f"{row['shop_score']:.2f} ({row['shops']:,})", f"{row['customer_score']:.2f} ({row['answers']:,})",
         f"{row['difference']:+.2f}", f"{row['limit_low']:+.2f} to {row['limit_high']:+.2f}", row["flag"]]
        for row in rows
        if row["flag"]
    ]  # fmt: skip
    return section("Where customers and observers differ", said, header, shown, (1, 2, 3, 4))


def _flagged(rows: list[dict[str, Any]]) -> list[Markup]:
    said = (
        "Of a thousand ordinary ones three are flagged by chance alone; where they differ by nature, limits are wider."
    )
    header = ["who or where", "what", "is", "counted", "share", "usual", "limit"]
    shown: list[list[object]] = [
        [row["unit"], row["item"], row["flag"], f"{row['counted']:,}", percent(row["share"], 0), percent(row["usual_share"], 0),
         percent(row["limit_share"], 0)]
        for row in rows
    ]  # fmt: skip
    return section("Who stands out, beyond chance", said, header, shown, (3, 4, 5, 6))
