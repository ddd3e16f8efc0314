"""Days that are missing are told from days that chance left empty."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from cxunify.quality.volume import FALSE_ALARMS, Series, judged

WORLDS = 40


@pytest.mark.parametrize(("visits", "events"), [(2.5, 4.5), (20, 4.5), (30, 1)])
def test_chance_alone_is_no_alarm(visits: float, events: float) -> None:
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(WORLDS):
        counts = [int((1 + rng.poisson(events - 1, n)).sum()) for n in rng.poisson(visits, 728)]
        alarms += bool(
            list(
                judged(
                    [Series("clicks", None, date(2024, 1, 1), np.array(counts, float), np.array(counts, float), 1.0)]
                )
            )
        )
    assert alarms <= max(1, 2 * FALSE_ALARMS * WORLDS)


def test_a_missing_day_is_found_where_visits_bring_several_rows() -> None:
    rng = np.random.default_rng(1)
    counts = np.array([int((1 + rng.poisson(3.5, n)).sum()) for n in rng.poisson(40, 728)], float)
    counts[300] = 0
    found = list(judged([Series("clicks", None, date(2024, 1, 1), counts, counts, 1.0)]))
    assert [(row["first_day"], row["side"]) for row in found] == [(date(2024, 10, 27), "low")]
