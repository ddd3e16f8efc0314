"""What the gap report says, as frozen values: what the terminal, HTML, Markdown and JSON all show.

Counts of interactions are counts of lines (rows of the extract) wherever a field is called `rows` or `lines`. Money is in the
project's currency, net of returns. Shares are between 0 and 1. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from cxunify.schema.figures import Tables
from cxunify.schema.part import Money, Part

VERSION = 1
"""Of the document: raised when a key is renamed, removed or changes its meaning; new keys do not raise it."""
CATEGORIES = {
    "customer_orientation": "Customer orientation",
    "insight": "Insight",
    "interaction": "Interaction",
    "improvement": "Improvement",
}
"""The categories of capabilities in the order in which they are read, and their titles."""


@dataclass(frozen=True)
class Place(Part):
    """Where and when a gap concentrates."""

    location: str | None
    """Store, till or branch; null: everywhere."""
    weekday: str | None
    """Monday … Sunday; null: every day."""
    first_date: date | None
    """First day of the stretch; null: the whole time."""
    last_date: date | None
    rows: int
    """Offending records or interactions inside."""
    share: float
    """Of all that offend, the share that lies inside."""
    rate: float
    """Offending share of the rows inside …"""
    elsewhere: float
    """… and of all other rows."""
    text: str
    """The place in words: `S07 on Saturdays`."""


@dataclass(frozen=True)
class Closing(Part):
    """What closing a gap would bring, as an estimate."""

    rows: int
    """Rows that would gain a customer."""
    revenue: Money
    """Money in them."""
    reference: float
    """The identified share that the better places or weeks reach, and that the others are held against."""
    method: str


@dataclass(frozen=True)
class Gap(Part):
    """One measured shortfall and its price."""

    gap_id: str
    """Stable from run to run: check, source, field and, for checks of places, place."""
    check: str
    dimension: str
    title: str
    source: str | None
    field: str | None
    location: str | None
    """The place in which it concentrates, if one stands out; see `places`."""
    period: str | None
    """Likewise the weekday or the stretch of days."""
    measured: float
    """Share of the population that is free of it."""
    target: float
    rows: int
    """Offending rows of the extract."""
    keys: int
    """Offending records or interactions."""
    population: int
    """Rows that could have offended."""
    customers: int
    """Distinct customers behind the offending rows; with price `lacking`, those who have the field nowhere."""
    revenue: Money
    """Money behind it, not to be added up over gaps."""
    cost: Money
    """`revenue` times the check's weight: what gaps are ranked by. An assumption unless the weight is 1."""
    exclusive: Money
    """The part of `revenue` that no costlier gap accounts for: may be added up."""
    confidence: str
    """Of `cost`. measured: counted; estimated: by `method`; assumed: counted, and weighted by a rule of thumb."""
    method: str
    cause: str
    why: str
    fix: str
    paste: str
    """Lines of cxunify.yaml that close it; empty where the configuration cannot."""
    capabilities: tuple[str, ...] = ()
    """Ids of the capabilities that it blocks."""
    places: tuple[Place, ...] = ()
    closing: Closing | None = None


@dataclass(frozen=True)
class Requirement(Part):
    """One requirement of one capability, and whether it is met."""

    category: str
    capability: str
    title: str
    requirement: str
    """Id of the measure."""
    text: str
    """The requirement in words."""
    required: float
    measured: float | None
    """Null: nothing in the data can answer it."""
    unit: str
    """share, customers, days, ratio …"""
    status: str
    """pass | gap | none: none where the data has nothing to measure it by."""
    customers_blocked: int
    revenue_blocked: Money
    blocked_by: tuple[str, ...]
    """Ids of the gaps that keep it from being met."""
    basis: str
    """Where the minimum comes from."""


@dataclass(frozen=True)
class Totals(Part):
    """What the report is about, and how much of it has a customer."""

    records: int
    customers: int
    interactions: int
    lines: int
    unidentified_interactions: int
    unidentified_lines: int
    revenue: Money
    unidentified_revenue: Money
    currency: str
    first_date: date | None
    last_date: date | None

    @property
    def unidentified_share(self) -> float:
        """Of lines."""
        return self.unidentified_lines / self.lines if self.lines else 0.0

    @property
    def unidentified_revenue_share(self) -> float:
        """Of net revenue."""
        return float(self.unidentified_revenue / self.revenue) if self.revenue else 0.0

    @property
    def yardstick(self) -> str:
        """What runs are compared by: the identified share of `revenue`, or of `lines` where nothing was earned."""
        return "revenue" if self.revenue > 0 else "lines"

    def document(self) -> dict[str, Any]:
        """The same as plain values, with the two shares."""
        return {
            **super().document(),
            "unidentified_share": round(self.unidentified_share, 6),
            "unidentified_revenue_share": round(self.unidentified_revenue_share, 6),
        }


@dataclass(frozen=True)
class Move(Part):
    """What became of one gap since an earlier run."""

    gap_id: str
    change: str
    """new | worse | better | closed"""
    rows_before: int
    rows: int
    measured_before: float
    measured: float


@dataclass(frozen=True)
class Since(Part):
    """What became of the gaps since an earlier run: the ids of those that moved, and their rows then and now."""

    run_id: str
    new: tuple[str, ...]
    worse: tuple[str, ...]
    better: tuple[str, ...]
    closed: tuple[str, ...]
    moves: tuple[Move, ...]

    @property
    def changes(self) -> dict[str, tuple[str, ...]]:
        """The ids by what became of them; changes that did not happen are left out."""
        named = {"new": self.new, "worse": self.worse, "better": self.better, "closed": self.closed}
        return {change: ids for change, ids in named.items() if ids}


@dataclass(frozen=True)
class Report(Part):
    """The whole gap report."""

    as_of: datetime
    totals: Totals
    headline: tuple[str, ...]
    """What to know first, the costliest first; one sentence each."""
    gaps: tuple[Gap, ...]
    """The costliest first."""
    readiness: tuple[Requirement, ...]
    checks: tuple[str, ...]
    """Ids of the checks that ran."""
    tables: Tables
    since: Since | None = None
    """Against the last run; null where there is none, and in a report that looks back."""

    def document(self) -> dict[str, Any]:
        """The report as plain values, the content of report.json."""
        return {"version": VERSION, **super().document()}


def parse(document: str) -> Report:
    """The report that a text holds which has the content of report.json."""
    return _reader().validate_json(document)


@cache
def _reader() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
