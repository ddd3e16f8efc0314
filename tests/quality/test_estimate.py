"""The estimates come back to what was hidden."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from cxunify.quality.estimate import loyalty


@pytest.mark.parametrize("gap", [0.1, 0.25, 0.5])
@pytest.mark.parametrize(("shape", "mean"), [(0.6, 2.0), (2.0, 5.0)])
def test_the_repeat_share_is_corrected_for_purchases_without_customer(shape: float, mean: float, gap: float) -> None:
    rng = np.random.default_rng(5)
    true = rng.poisson(rng.gamma(shape, mean / shape, 60000))
    seen = rng.binomial(true, 1 - gap)
    before, after = true[true > 0], seen[seen > 0]
    effect = loyalty(dict(Counter(int(x) for x in after)), gap)
    assert effect is not None
    assert effect.seen == pytest.approx((after > 1).mean())
    assert effect.corrected == pytest.approx((before > 1).mean(), abs=0.02)
    assert effect.per_customer_corrected == pytest.approx(before.mean(), rel=0.04)


@pytest.mark.parametrize("counts", [{}, {1: 5000}, {1: 20, 2: 5}])
def test_too_little_to_fit_is_no_estimate(counts: dict[int, int]) -> None:
    assert loyalty(counts, 0.2) is None
    assert loyalty({1: 500, 2: 300, 3: 100}, 0.0) is None
