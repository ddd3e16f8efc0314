"""profile.cases, .moments -> actions.coaching: who, and which place, fails more often than chance explains, and what to talk about.

A chart of shares: each unit is held against the share of all, by the exact tail of the binomial. Where units differ by nature,
limits are as much wider (Laney 2002), or half of them would be flagged.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.improve.scales import low
from cxunify.actions.stages import of_layer, text
from cxunify.schema.improvement import COACHING
from cxunify.schema.table import Table
from cxunify.schema.words import counted
from cxunify.warehouse import Loop, Stage, Step
from cxunify.warehouse.frames import repeatable, types

CAPABILITY = "coaching"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of coaching.", ("capability",))
LIMIT = 3.0
"""Standard deviations from which on it is no chance: of a thousand ordinary units three are flagged."""
LEAST_COUNTED = 20
"""Cases or answers, or nothing is said of a unit."""
_LEAST_UNITS = 10
"""From so many units on it can be told how much they differ by nature."""
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
_COUNTED = Table("actions.coached", "One row per unit and item: how many were counted, how many failed.")


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        Stage(_COUNTED, text("coached").replace("$low", low("min(score)", "max(score)"))),
        Loop(of_layer(COACHING), judged, {"counted": f"select * from {_COUNTED.name} order by all"}),
        Loop(FOUND, found, {"coaching": f"select * from actions.{COACHING.name}"}),
    )


def judged(counted: pl.DataFrame) -> pl.DataFrame:
    """One row per unit and item with enough of it."""
    rows = []
    for (kind, item), of in counted.group_by("unit_kind", "item", maintain_order=True):
        usual = int(of["failed"].sum()) / int(of["counted"].sum())
        enough = of.filter(pl.col("counted") >= LEAST_COUNTED)
        if enough.is_empty() or not 0 < usual < 1:
            continue
        n, failed = (enough[name].to_numpy() for name in ("counted", "failed"))
        z = _deviations(n, failed, usual)
        wide = max(1.0, float(np.median(np.abs(z)) / 0.6745)) if len(z) >= _LEAST_UNITS else 1.0
        for row, by, most in zip(enough.to_dicts(), z / wide, _limit(n, usual, wide), strict=True):
            late = row["counted_lately"]
            rows.append(
                {
                    "unit_kind": kind, "unit": row["unit"], "item": item, "counted": row["counted"], "failed": row["failed"],
                    "share": row["failed"] / row["counted"], "usual_share": usual, "limit_share": float(most),
                    "deviations": float(by), "flag": "worse" if by >= LIMIT else "better" if by <= -LIMIT else None,
                    "share_lately": row["failed_lately"] / late if late else None,
                }
            )  # fmt: skip
    return repeatable(pl.DataFrame(rows, schema=types(COACHING)))


def _deviations(n: Counts, failed: Counts, usual: float) -> Floats:
    """How far a count is from what is usual, in standard deviations of the normal curve that has the binomial's tail."""
    from scipy.stats import binom, norm  # here: it costs half a second, also where there is nobody to be trained

    many, few = binom.sf(failed - 1, n, usual), binom.cdf(failed, n, usual)
    above, below = norm.isf(np.maximum(many, 1e-300)), norm.isf(np.maximum(few, 1e-300))
    return np.asarray(np.where(failed > n * usual, np.maximum(above, 0), -np.maximum(below, 0)))


def _limit(n: Counts, usual: float, wide: float) -> Floats:
    """The share above which a unit is flagged."""
    from scipy.stats import binom, norm

    return np.asarray(binom.isf(norm.sf(LIMIT * wide), n, usual) / n)


def found(coaching: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: how many units stand out, and how many would by chance."""
    if coaching.is_empty():
        reason = f"nobody and no place has {LEAST_COUNTED} cases or answers in a year that differ in anything"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    worse, better = (coaching.filter(flag=flag) for flag in ("worse", "better"))
    said = (
        f"{counted(worse.height, 'unit stands', 'units stand')} out for the worse, {better.height:,} for the better, of"
        f" {coaching.height:,} shares; chance alone brings {coaching.height * 0.0027:.1f}"
    )
    return findings(Finding(CAPABILITY, 0, said))
