"""What unknown customers do to the measures of loyalty, against known figures: CDNOW with purchases made anonymous at random."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cxunify.quality.estimate import loyalty

BENCH = os.environ.get("CXUNIFY_BENCH")
CUT = 19970930
GUESTS = {0.0: 0.401, 0.10: 0.316, 0.25: 0.233, 0.50: 0.119}
"""Share of repeaters among the profiles of CDNOW's sample, by the share of customer-days turned into profiles of their own; one
draw each, published with the model fits of the same data."""


@pytest.fixture(scope="module")
def days() -> np.ndarray:
    """Purchase days per customer until the cut, one number per customer."""
    path = Path(BENCH or "") / "cem" / "CDNOW_sample.txt"
    if BENCH is None or not path.exists():
        pytest.skip("CXUNIFY_BENCH names no folder with cem/CDNOW_sample.txt")
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    frame = pl.DataFrame({"customer": [row[1] for row in rows], "day": [int(row[2]) for row in rows]})
    bought = frame.filter(pl.col("day") <= CUT).unique().group_by("customer").len().sort("customer")
    return bought["len"].to_numpy()


@pytest.mark.parametrize("gap", [0.10, 0.25, 0.50])
def test_the_repeat_share_comes_back_to_what_it_was(days: np.ndarray, gap: float) -> None:
    rng = np.random.default_rng(9)
    true = float((days > 1).mean())
    assert true == pytest.approx(GUESTS[0.0], abs=0.001)
    kept = rng.binomial(days, 1 - gap)
    guests = int((days - kept).sum())
    seen = kept[kept > 0]
    # As the reference counts: every purchase without a customer is a profile that never comes back.
    profiles = float((seen > 1).sum() / (len(seen) + guests))
    assert profiles == pytest.approx(GUESTS[gap], abs=0.012)
    effect = loyalty(dict(Counter(int(x) for x in seen)), gap)
    assert effect is not None
    assert effect.seen == pytest.approx((seen > 1).mean())
    assert effect.corrected == pytest.approx(true, abs=0.04), "what the report says that the share would be"
    assert effect.seen < effect.corrected
    assert effect.per_customer_corrected == pytest.approx(days.mean(), rel=0.08)
