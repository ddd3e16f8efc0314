"""What the gap report says, as frozen values: what the terminal, HTML, Markdown and JSON all show.

Counts of interactions are counts of lines (rows of the extract) wherever a field is called `rows` or `lines`. Money is in the
project's currency, net of returns. Shares are between 0 and 1. Times are UTC.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from cxunify.schema.figures import Tables
from cxunify.schema.part import Money, Part
from cxunify.schema.totals import Totals
from cxunify.schema.words import counted

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
    is_counted: bool = True
    """Whether `rows` were counted and can be asked for; false: as many as are estimated to be missing, or too many."""

    @property
    def share(self) -> float:
        """Of the population, what offends."""
        return 1 - self.measured

    @property
    def size(self) -> str:
        """How many rows, as people read it: `260`, or `about 260` where they are estimated."""
        return f"{self.rows:,}" if self.is_counted else f"about {self.rows:,}"


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
class Unmeasured(Part):
    """A check that had nothing to measure: that it found nothing says nothing."""

    check: str
    why: str
    """What it lacks, in a few words."""


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

    as_of: datetime | None
    """Null where nothing in the data has a date."""
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
    unmeasured: tuple[Unmeasured, ...] = ()
    """Those of the checks that had nothing to measure."""
    as_of_date: date | None = None
    """The day of `as_of` in the company's time zone; null in reports of earlier versions."""

    @property
    def day(self) -> date | None:
        """The day that it speaks of; None where nothing in the data has a date."""
        return self.as_of_date or (self.as_of.date() if self.as_of else None)

    @property
    def verdict(self) -> str:
        """How many checks meet their targets, and how many had nothing to measure, by what they lack; one sentence each."""
        ran, idle = len(self.checks), len(self.unmeasured)
        failed = len({gap.check for gap in self.gaps} - {one.check for one in self.unmeasured})
        met = ran - idle - failed
        if failed:
            said = f"{counted(met, 'check')} of {ran:,} {'meets its target' if met == 1 else 'meet their targets'}."
        elif not idle:
            said = f"No gaps: all {ran:,} checks meet their targets."
        elif met:
            said = (
                f"No gaps in what can be measured: {counted(met, 'check')} of {ran:,}"
                f" {'meets its target' if met == 1 else 'meet their targets'}."
            )
        else:
            said = "No check had anything to measure."
        if not idle:
            return said
        reasons = Counter(one.why for one in self.unmeasured)
        listed = ", ".join(f"{why} ({n})" for why, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
        return f"{said} {idle:,} could not be measured: {listed}."

    @property
    def speaks_of(self) -> str:
        """The day up to which things are counted, in words."""
        return f"as of {self.day}" if self.day else "as of no known day: nothing here has a date"

    def document(self) -> dict[str, Any]:
        """The report as plain values, the content of report.json."""
        return {"version": VERSION, **super().document()}


def parse(document: str) -> Report:
    """The report that a text holds which has the content of report.json."""
    return _reader().validate_json(document)


@cache
def _reader() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
