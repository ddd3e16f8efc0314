"""What the gap report says, as frozen values: the one document that the terminal, HTML, JSON and Markdown all show.

Counts of interactions are counts of lines (rows of the extract) wherever a field is called `rows` or `lines`. Money is in the
project's currency, net of returns. Shares are between 0 and 1. Times are UTC.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import WithJsonSchema

Money = Annotated[Decimal, WithJsonSchema({"type": "number"})]
"""In the project's currency."""
VERSION = 1
"""Of the document: raised when a key is renamed, removed or changes its meaning; new keys do not raise it."""


@dataclass(frozen=True)
class Place:
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
class Closing:
    """What closing a gap would bring, as an estimate."""

    rows: int
    """Rows that would gain a customer."""
    revenue: Money
    """Money in them."""
    reference: float
    """The identified share that the better places or weeks reach, and that the others are held against."""
    method: str


@dataclass(frozen=True)
class Gap:
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
class Requirement:
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
class Totals:
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


@dataclass(frozen=True)
class Report:
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
    tables: dict[str, list[dict[str, Any]]]
    """What the charts show: coverage, sources, linkage, weeks, overlap, clusters."""
    since: dict[str, Any] | None = None
    """Against the last run: its id, and the ids of gaps that are new, worse, better and closed."""

    def document(self) -> dict[str, Any]:
        """The report as plain values, the content of report.json."""
        plain: dict[str, Any] = _plain(asdict(self))
        plain["totals"]["unidentified_share"] = round(self.totals.unidentified_share, 6)
        plain["totals"]["unidentified_revenue_share"] = round(self.totals.unidentified_revenue_share, 6)
        return {"version": VERSION, **plain}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(round(value, 2))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6)
    return value
