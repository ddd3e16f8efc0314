"""temp.histories -> actions.spends: the model of spend per purchase at each quarter's end."""

from __future__ import annotations

import numpy as np
import polars as pl

from cxunify.actions.purchases import gamma_gamma
from cxunify.actions.purchases.forecast import DIGITS, LEAST_CUSTOMERS

MOST_CORRELATED = 0.15
"""Of how often and how much repeaters buy: the model takes the two for independent, and CDNOW, its founding case, has .11."""
SPENDS = {
    "quarters_ago": pl.Int32, "p": pl.Float64, "q": pl.Float64, "gamma": pl.Float64, "log_likelihood": pl.Float64,
    "at_bound": pl.String, "correlation": pl.Float64, "is_usable": pl.Boolean, "customers": pl.Int64,
}  # fmt: skip


def fitted(paid: pl.DataFrame) -> pl.DataFrame:
    """One row per quarter's end at which enough customers had paid again: the model of spend, and whether it can be used."""
    rows = []
    for (ago,), known in paid.group_by("quarters_ago", maintain_order=True):
        if len(known) < LEAST_CUSTOMERS:
            continue
        x, z = (known[name].to_numpy().astype(np.float64) for name in ("paid_repeats", "mean_repeat_spend"))
        model = gamma_gamma.fit(x, z)
        # One spend for all and one number of purchases for all correlate with nothing.
        varied = x.std() > 0 and z.std() > 0
        correlation = float(np.corrcoef(x, z)[0, 1]) if varied else 0.0
        rows.append({
            "quarters_ago": ago,
            **{name: float(f"{getattr(model, name):.{DIGITS}g}") for name in ("p", "q", "gamma")},
            "log_likelihood": round(model.log_likelihood, 3),
            "at_bound": ",".join(sorted(model.at_bound)),
            "correlation": round(correlation, 6),
            "is_usable": not model.at_bound and abs(correlation) <= MOST_CORRELATED,
            "customers": len(known),
        })  # fmt: skip
    return pl.DataFrame(rows, schema=SPENDS)
