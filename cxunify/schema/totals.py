"""What the gap report is about: how much there is, what of it has a customer, and what no total counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from cxunify.schema.part import Money, Part


@dataclass(frozen=True)
class Uncounted(Part):
    """Money of one other currency on days without a rate: it is in no total."""

    currency: str
    interactions: int
    """Purchases and returns."""
    amount: Money
    """Net, in that currency."""


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
    without_record: int = 0
    """Customers who are known from interactions only."""
    uncounted: tuple[Uncounted, ...] = ()
    """What is in no total, by currency."""

    @property
    def unidentified_share(self) -> float:
        """Of lines."""
        return self.unidentified_lines / self.lines if self.lines else 0.0

    @property
    def unidentified_revenue_share(self) -> float:
        """Of net revenue; where returns leave no share to speak of, all of it, or none."""
        if not self.revenue or self.unidentified_revenue <= 0:
            return 0.0
        return float(self.unidentified_revenue / self.revenue) if self.is_shared else 1.0

    @property
    def is_shared(self) -> bool:
        """Whether revenue has parts: returns may leave one side below zero, and then nothing is a share of anything."""
        return self.revenue > 0 and 0 <= self.unidentified_revenue <= self.revenue

    @property
    def yardstick(self) -> str:
        """What runs are compared by: the identified share of `revenue`, or of `lines` where revenue has no parts."""
        return "revenue" if self.is_shared else "lines"

    def document(self) -> dict[str, Any]:
        """The same as plain values, with the two shares."""
        return {
            **super().document(),
            "unidentified_share": round(self.unidentified_share, 6),
            "unidentified_revenue_share": round(self.unidentified_revenue_share, 6),
        }
