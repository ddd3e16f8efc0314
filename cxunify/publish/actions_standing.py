"""Rows of actions.* -> where the company stands, on the page of actions: the scorecard, and the road map of what to mend first."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from cxunify.publish.report_markup import Markup, section
from cxunify.schema.words import against, number, percent

ASKED = {
    "scorecard": "select * from actions.scorecard order by category, measure",
    "roadmap": 'select * from actions.roadmap order by "rank"',
}
"""What this part of the page shows, by the SELECT that finds it."""
_CATEGORIES = ("customer_orientation", "insight", "interaction", "improvement")


def standing(found: dict[str, Any]) -> list[Markup]:
    """The sections, where there is something to say."""
    titles = {row["capability"]: row["title"] for row in found["actions"]}
    return [*_roadmap(found["roadmap"], titles, found["currency"]), *_scorecard(found["scorecard"])]


def _roadmap(rows: list[dict[str, Any]], titles: dict[str, str], currency: str) -> list[Markup]:
    shown: list[list[object]] = [
        [f"{row['rank']}", row["text"], _measured(row), _titled(row["opens"], titles), _titled(row["advances"], titles),
         f"{row['customers']:,}", f"{row['revenue']:,.0f}", row["fix"] or ""]
        for row in rows
    ]  # fmt: skip
    opened = len({*titles} & {name for row in rows for name in _names(row["opens"])})
    said = (
        f"{opened} of {len(titles)} capabilities are kept back. Each step is the one that opens most of them next;"
        " customers and revenue are those of the capability that a step keeps most from, and are not to be added up."
    )
    header = ["", "what", "is, and is needed", "opens", "is also needed by", "customers", f"revenue, {currency}", "how"]
    caption = "What to mend first"
    return section(caption, said, header, shown, (5, 6), most=None)


def _scorecard(rows: list[dict[str, Any]]) -> list[Markup]:
    order = {name: place for place, name in enumerate(_CATEGORIES)}
    shown: list[list[object]] = []
    for category, within in groupby(sorted(rows, key=lambda row: order[row["category"]]), lambda row: row["category"]):
        for place, row in enumerate(within):
            shown.append([
                category.replace("_", " ") if place == 0 else "", row["text"],
                "no data" if row["share"] is None else percent(row["share"], 0),
                "" if row["population"] is None else f"{row['population']:,}",
                "" if row["study"] is None else f"{percent(row['study_share'], 0)} {row['study']}",
            ])  # fmt: skip
    said = (
        "Measured here, on the left; on the right how many companies of the founding study called themselves good or excellent at"
        " what comes nearest: their opinion of themselves, and no target."
    )
    caption = "Where the company stands"
    header = ["category", "measure", "measured", "of", "companies that say of themselves that they …"]
    return section(caption, said, header, shown, (2, 3), most=None)


def _measured(row: dict[str, Any]) -> str:
    """What a requirement is at, and what it must come to."""
    if row["measured"] is None:
        return f"no data, {number(row['required'], row['unit'])}"
    return ", ".join(against(row["measured"], row["required"], row["unit"]))


def _names(joined: str | None) -> list[str]:
    return joined.split(", ") if joined else []


def _titled(joined: str | None, titles: dict[str, str]) -> str:
    return ", ".join(titles.get(name, name) for name in _names(joined))
