"""What customers say, and whether observers agree: the biased store is flagged, ordinary ones are not; intervals hold."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import scales, voice
from cxunify.warehouse import Warehouse
from tests.actions.house import AS_OF, TODAY, build, house

Rows = list[dict[str, Any]]
BOTH = ("voice", "voice_calibration")


def judged(units: int, *, biased: dict[int, float] | None = None, each: int = 12, seed: int = 1) -> pl.DataFrame:
    """Patterns of stores of unlike quality: customers answer 0 to 10, observers 0 to 100; some observers are kinder or harsher."""
    dice = np.random.default_rng(seed)
    rows = []
    for place in range(units):
        quality = dice.normal(0.7, 0.08)
        for kind, top, n in (("survey", 10, each * 3), ("mystery_shop", 100, each)):
            more = (biased or {}).get(place, 0.0) if kind == "mystery_shop" else 0.0
            scores = np.clip(np.round(top * (quality + more + dice.normal(0, 0.15, n))), 0, top)
            found, counts = np.unique(scores, return_counts=True)
            rows += [
                {"unit_kind": "location", "unit": f"S{place:04d}", "kind": kind, "source": kind, "score": float(score),
                 "least": 0.0, "greatest": float(top), "n": int(count)}
                for score, count in zip(found, counts, strict=True)
            ]  # fmt: skip
    return pl.DataFrame(rows)


@pytest.mark.parametrize("each", [5, 12])
def test_of_a_thousand_ordinary_stores_three_are_flagged_at_most(each: int) -> None:
    flags = [voice.calibrated(judged(1000, each=each, seed=seed))["flag"].drop_nulls().len() for seed in range(3)]
    assert sum(flags) <= 0.003 * 3000


def test_the_biased_store_is_flagged_and_no_other() -> None:
    found = voice.calibrated(judged(40, biased={7: 0.28, 21: -0.28}))
    flagged = {row["unit"]: row["flag"] for row in found.filter(pl.col("flag").is_not_null()).to_dicts()}
    assert flagged == {"S0007": "observers kinder", "S0021": "customers kinder"}
    assert found["rank_correlation"].item(0) > 0.3
    assert found.filter(
        (pl.col("low") > pl.col("difference")) | (pl.col("limit_low") > pl.col("limit_high"))
    ).is_empty()


def test_few_stores_are_not_compared() -> None:
    assert voice.calibrated(judged(9)).is_empty() and voice.calibrated(judged(40, each=4)).is_empty()


def test_an_nps_of_854_answers_is_known_to_five_points() -> None:
    """A half promote, a sixth detract: 33.3, with a variance of .5556."""
    scores = [(10.0, 427), (8.0, 285), (3.0, 142)]
    rows = [{"unit_kind": "location", "unit": "S", "kind": "survey", "source": "nps", "score": score, "least": 0.0,
             "greatest": 10.0, "n": n} for score, n in scores]  # fmt: skip
    (row,) = voice.voices(
        pl.DataFrame(rows), pl.DataFrame(schema=["unit_kind", "unit", "buyers", "answered"])
    ).to_dicts()
    assert row["measure"] == "nps" and row["value"] == pytest.approx(1 / 3, abs=0.001)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(0.05, abs=0.0005)
    assert row["usual"] == row["shrunk"] == row["value"]


@pytest.mark.parametrize(
    ("least", "greatest", "measure", "scale"),
    [(0, 10, "nps", (0, 10)), (1, 5, "top_two", (1, 5)), (1, 7, "top_two", (1, 7)), (2, 4, "top_two", (1, 5)),
     (0, 100, "mean", (0, 100)), (1, 10, "nps", (0, 10)), (-50, 50, "mean", (-50, 50)), (0, 7, "nps", (0, 10)),
     (0, 5, "top_two", (0, 5)), (0, 1, "mean", (0, 1))],
)  # fmt: skip
def test_a_scale_is_known_by_its_scores(
    least: float, greatest: float, measure: str, scale: tuple[float, float]
) -> None:
    of = scales.scale(least, greatest)
    assert (of.measure, (of.least, of.greatest)) == (measure, scale)
    sql = scales.low(f"{least}::double", f"{greatest}::double")
    with Warehouse.open() as warehouse:
        assert warehouse.scalar(f"select {sql}") == of.low, "one rule, in both tongues"


def test_values_drawn_to_what_is_usual_guess_the_truth_better() -> None:
    dice = np.random.default_rng(5)
    truth = dice.beta(40, 20, 300)
    good = dice.binomial(15, truth)
    rows = [
        {"unit_kind": "agent", "unit": f"a{place:03d}", "kind": "survey", "source": "csat", "score": score, "least": 1.0,
         "greatest": 5.0, "n": n}
        for place in range(300) for score, n in ((5.0, int(good[place])), (2.0, 15 - int(good[place]))) if n
    ]  # fmt: skip
    found = voice.voices(pl.DataFrame(rows), pl.DataFrame(schema=["unit_kind", "unit", "buyers", "answered"]))
    errors = [np.mean((found[name].to_numpy() - truth) ** 2) for name in ("shrunk", "value")]
    assert errors[0] < errors[1] / 2
    kept = ((found["low"].to_numpy() <= truth) & (truth <= found["high"].to_numpy())).mean()
    assert 0.92 <= kept <= 0.99


def facts() -> dict[str, Rows]:
    """Twelve stores, of which customers answer and observers see; at each twenty buy, and half of them answer."""
    dice, rows = Random(4), {"profile.moments": Rows(), "staging.interactions": Rows()}
    for place in range(12):
        for number in range(40):
            kind = "purchase" if number < 20 else "survey" if number < 30 else "mystery_shop"
            row_no = len(rows["profile.moments"])
            at = AS_OF - timedelta(days=dice.randrange(300))
            rows["profile.moments"].append(
                {"row_no": row_no, "source": kind, "kind": kind, "channel": "pos", "location": f"S{place:02d}",
                 "customer_no": None if kind == "mystery_shop" else place * 100 + number % 20, "has_date": True,
                 "occurred_at": at, "occurred_date": at.date(), "trade": "purchase" if kind == "purchase" else None}
            )  # fmt: skip
            score = {"survey": dice.randrange(1, 6), "mystery_shop": dice.randrange(40, 101)}.get(kind)
            rows["staging.interactions"].append({"row_no": row_no, "kind": kind, "score": score})
    return rows


def told(rows: dict[str, Rows], *, ready: tuple[str, ...] = BOTH, threads: int = 1) -> Warehouse:
    return build(house(rows, ready=ready, threads=threads), (capabilities.gate(), *voice.steps()))


def test_answers_and_shops_are_counted_by_where_they_were() -> None:
    warehouse = told(facts())
    assert warehouse.scalar("select count(*) from actions.calibration") == 12
    row = warehouse.dicts("select * from actions.voice where unit = 'S03'")[0]
    assert (row["answers"], row["measure"], row["answer_share"]) == (10, "top_two", 0.5)
    (all_,) = warehouse.dicts("select * from actions.voice where unit_kind = 'channel'")
    assert all_["answers"] == 120 and all_["answer_share"] == 0.5
    told_of = {row["capability"]: row for row in warehouse.dicts("select * from actions.found_voice")}
    assert {row["status"] for row in told_of.values()} == {"ready"} and "of 12" in told_of["voice_calibration"]["check"]


def test_what_is_refused_or_old_is_not_told() -> None:
    rows = facts()
    only = told(rows, ready=("voice",))
    assert (
        only.scalar("select count(*) from actions.voice") > 0 == only.scalar("select count(*) from actions.calibration")
    )
    old = [row | {"occurred_date": TODAY - timedelta(days=400)} for row in rows["profile.moments"]]
    for warehouse in (told(rows, ready=()), told({**rows, "profile.moments": old})):
        assert warehouse.scalar("select count(*) from actions.voice") == 0
        assert warehouse.scalar("select count(*) from actions.found_voice where status = 'nothing'") == 2


def test_neither_threads_nor_the_order_of_rows_change_a_bit() -> None:
    rows = facts()
    one, other = told(rows), told({name: Random(3).sample(of, len(of)) for name, of in rows.items()}, threads=4)
    for name in ("voice", "calibration"):
        assert one.hash_of(f"actions.{name}") == other.hash_of(f"actions.{name}")
