"""Bases of customers who are active at random, some of whom change: with the truth, as frames of counted patterns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

BEFORE, AFTER = 182, 91
WINDOWS = pl.DataFrame(
    [("visits", BEFORE, AFTER, 500, 364)],
    schema={
        "signal": pl.String, "baseline_days": pl.Int32, "observed_days": pl.Int32, "history_days": pl.Int64,
        "needed_days": pl.Int64,
    },
    orient="row",
)  # fmt: skip
_KEYS = ["signal", "stretch", "baseline_days", "baseline", "observed"]


@dataclass(frozen=True)
class Base:
    """One row per customer and stretch; the counted patterns; who changed before the last quarter."""

    rows: pl.DataFrame
    has_changed: NDArray[np.bool_]

    @property
    def patterns(self) -> pl.DataFrame:
        """How many customers show the same."""
        return self.rows.group_by(_KEYS).agg(pl.len().alias("customers"))

    def alarmed(self, judged: pl.DataFrame, direction: str) -> tuple[int, int]:
        """Customers alarmed in the judged stretch: who changed, who did not."""
        raised = judged.filter(pl.col("is_alarm"), stretch=0, direction=direction)
        mine = self.rows.filter(stretch=0).join(raised, on=_KEYS, how="semi")
        changed = int(self.has_changed[mine["customer"].to_numpy()].sum())
        return changed, len(mine) - changed


def base(
    seed: int,
    customers: int = 3000,
    *,
    bursts: float = 0.0,
    season: float = 1.0,
    share: float = 0.0,
    times: float = 0.1,
    mean: float = 3.0,
) -> Base:
    """Customers with rates of their own, `mean` active days a quarter, over five quarters.

    `bursts` is the variance of the factor by which each one's rate differs from quarter to quarter; `season` is that of the last
    quarter for all; a `share` of customers is from then on `times` as active.
    """
    dice = np.random.default_rng(seed)
    own = dice.gamma(1.0, mean, customers)
    has_changed = dice.random(customers) < share
    quarters = []
    for quarter in range(5):
        factor = dice.gamma(1 / bursts, bursts, customers) if bursts else np.ones(customers)
        if quarter == 4:
            factor = factor * season * np.where(has_changed, times, 1.0)
        quarters.append(np.minimum(dice.poisson(own * factor), AFTER))
    frames = []
    for stretch in (0, 1, 2):
        last = 4 - stretch
        frames.append(
            pl.DataFrame(
                {
                    "signal": "visits", "stretch": stretch, "baseline_days": BEFORE,
                    "baseline": quarters[last - 1] + quarters[last - 2], "observed": quarters[last],
                    "customer": np.arange(customers),
                }
            )
        )  # fmt: skip
    return Base(pl.concat(frames), has_changed)
