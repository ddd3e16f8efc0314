"""The small tables of the gap report, which its charts are drawn from: one class each, an instance a row.

Counts are of lines (rows of the extract) wherever a field is called `rows` or `lines`; money is net of returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cxunify.schema.part import Money, Part


@dataclass(frozen=True)
class Coverage(Part):
    """How one mapped field of a source is filled."""

    source: str
    channel: str
    subject: str
    """record | interaction"""
    field: str
    target: float
    """The share of rows that must fill it."""
    rows: int
    filled: int
    placeholder: int
    invalid: int
    unparseable: int
    valid: int


@dataclass(frozen=True)
class Freshness(Part):
    """One source: its days, its rhythm and its silence."""

    source: str
    first_day: date
    last_day: date
    active_days: int
    usual_gap_days: int
    silent_days: int
    """From its last day to the day that the report speaks of."""
    allowed_days: int
    """As many silent days as its own rhythm allows."""


@dataclass(frozen=True)
class Linkage(Part):
    """One source in one channel: what of it has a customer."""

    source: str
    channel: str
    interactions: int
    lines: int
    identified_lines: int
    revenue: Money
    identified_revenue: Money


@dataclass(frozen=True)
class Week(Part):
    """One week, named by its Monday: what of it has a customer."""

    week: date
    revenue: Money
    identified_revenue: Money
    lines: int
    identified_lines: int


@dataclass(frozen=True)
class PlaceMonth(Part):
    """One of the largest places in one month: what of it has a customer."""

    location: str
    month: date
    lines: int
    identified_lines: int


@dataclass(frozen=True)
class Overlap(Part):
    """The customers of one set of channels."""

    channels: str
    """As `crm+pos`; `other`: all rarer sets."""
    customers: int
    revenue: Money


@dataclass(frozen=True)
class Sign(Part):
    """A sign of wrong or missed merges: how many there are, of how many."""

    measure: str
    found: int
    total: int
    meaning: str


@dataclass(frozen=True)
class Largest(Part):
    """One of the largest customers."""

    customer_id: str
    records: int


@dataclass(frozen=True)
class Size(Part):
    """The customers of one size."""

    records: int
    """16: as many or more."""
    customers: int


@dataclass(frozen=True)
class Past(Part):
    """What one run found."""

    run_id: str
    as_of: datetime | None
    identified_lines: float
    """Share of lines that had a customer."""
    identified_revenue: float
    """Share of net revenue that had one."""
    gaps: int

    def identified(self, of: str) -> float:
        """The share of `revenue` or of `lines` that had a customer."""
        return self.identified_revenue if of == "revenue" else self.identified_lines


@dataclass(frozen=True)
class Tables(Part):
    """What the charts show."""

    coverage: tuple[Coverage, ...]
    sources: tuple[Freshness, ...]
    linkage: tuple[Linkage, ...]
    weeks: tuple[Week, ...]
    places: tuple[PlaceMonth, ...]
    overlap: tuple[Overlap, ...]
    identity: tuple[Sign, ...] = ()
    largest: tuple[Largest, ...] = ()
    clusters: tuple[Size, ...] = ()
    trend: tuple[Past, ...] = ()
    """The last runs, the oldest first."""
