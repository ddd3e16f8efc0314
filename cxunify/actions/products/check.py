"""Hits of two lists of products in the quarter that was hidden, and of what is popular -> actions.next_product_checks, in words."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.schema.opportunities import NEXT_PRODUCT_CHECKS
from cxunify.schema.words import counted
from cxunify.warehouse.frames import repeatable, types

CAPABILITY = "next_product"
LEAST_BACK = 100
"""Customers who came back, or nothing is said of them."""
_QUARTER = timedelta(days=91)
_NAMES = {"again": "what customers buy again", "new": "what goes with what they have"}


def checked(hits: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """One row per list. `hits`: basis, ours, popular, customers; each customer is compared with itself."""
    rows = []
    day: date = today.item()
    for (basis,), of in hits.sort("basis", "ours", "popular").group_by("basis", maintain_order=True):
        weight, ours, popular = (of[name].to_numpy() for name in ("customers", "ours", "popular"))
        customers = int(weight.sum())
        row = {"basis": basis, "from_date": day - _QUARTER + timedelta(days=1), "customers": customers}
        if customers < LEAST_BACK:
            rows.append({**row, "verdict": "unchecked"})
            continue
        apart = ours - popular
        mean = float(weight @ apart) / customers
        error = sqrt(float(weight @ (apart - mean) ** 2) / (customers - 1) / customers)
        low = mean - 1.96 * error
        rows.append(
            {
                **row,
                "hits": float(weight @ ours) / customers,
                "popular_hits": float(weight @ popular) / customers,
                "low": low,
                "high": mean + 1.96 * error,
                "verdict": "better" if low > 0 else "not better",
            }
        )
    return repeatable(pl.DataFrame(rows, schema=types(NEXT_PRODUCT_CHECKS)))


def found(checks: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """What came of it: which lists beat what is popular, and are published."""
    if checks.is_empty() or not checks["customers"].max():
        reason = "nobody who bought a product before the last quarter has bought one in it"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    if (checks["verdict"] == "unchecked").all():
        back = counted(int(checks["customers"].max()), "customer")  # type: ignore[arg-type]
        reason = f"unchecked: {back} came back in the quarter that was hidden, and it takes {LEAST_BACK}"
        return findings(Finding(CAPABILITY, 0, status="refused", reason=reason))
    said = f"for {counted(int(counts.item()), 'customer')}: " if counts.item() else ""
    said += "; ".join(
        f"{_NAMES[row['basis']]}: {row['hits']:.3f} hits of five guesses against {row['popular_hits']:.3f} of the most popular"
        + ("" if row["verdict"] == "better" else ", and is not published")
        for row in checks.iter_rows(named=True)
    )
    is_better = (checks["verdict"] == "better").any()
    return findings(
        Finding(
            CAPABILITY,
            int(counts.item()),
            said,
            checks["from_date"].min(),
            "ready" if is_better else "weak",
            None if is_better else "what is popular does as well on the quarter that was hidden: no list is published",
        )
    )
