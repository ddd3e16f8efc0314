"""Forecasts, their check, segments and moves, made by the steps from days with a purchase."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxunify.actions.purchases import findings, steps
from cxunify.schema import Table
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, config, house
from tests.actions.shops import OPEN, bought, days_of, shop

TABLES = ("predictions", "prediction_checks", "models", "segments", "segment_moves")
MONEY = ("expected_spend", "value_90d", "value_365d")


def found(warehouse: Warehouse) -> dict[str, tuple[Any, ...]]:
    """Capability -> status, reason, check."""
    rows = warehouse.rows('select capability, status, reason, "check" from actions.found_purchases')
    return {name: rest for name, *rest in rows}  # type: ignore[misc]


@pytest.fixture(scope="module")
def usual() -> Warehouse:
    return bought(shop(3_000))


def test_everybody_who_bought_is_predicted_once_and_in_numbers_that_agree(usual: Warehouse) -> None:
    predicted = usual.frame("select * from actions.predictions")
    assert sorted(predicted["customer_id"]) == [f"c{number:07d}" for number in range(1, 3_001)]
    assert not usual.rows(
        """
        select * from actions.predictions
        where not p_alive between 0 and 1 or not p_purchase_30d between 0 and p_purchase_90d or p_purchase_90d > p_alive
        or not expected_purchases_30d between 0 and expected_purchases_90d or expected_purchases_90d > expected_purchases_365d
        or not value_90d between 0 and value_365d or expected_spend <= 0 or overdue_days < 0
        or next_purchase_from_date <= $today or next_purchase_date < next_purchase_from_date
        or next_purchase_until_date < next_purchase_date
        or (next_purchase_from_date is null and p_alive > 0.2)
    """,
        {"today": TODAY - timedelta(1)},
    )
    ranks = predicted.sort("value_rank")
    assert ranks["value_rank"].to_list() == list(range(1, 3_001))
    assert ranks["value_365d"].is_sorted(descending=True)
    tiers = dict(predicted.group_by("value_tier").len().iter_rows())
    assert tiers == {"top 1 %": 30, "top 5 %": 120, "top 10 %": 150, "top 25 %": 450, "top 50 %": 750, "rest": 1_500}


def test_who_first_bought_within_a_quarter_has_no_whole_quarter_to_repeat(usual: Warehouse) -> None:
    rows = usual.rows("""
        select distinct p.basis, h.age_days < 91
        from actions.predictions as p
        join profile.numbers as n using (customer_id)
        join temp.histories as h on h.customer_no = n.customer_no and h.quarters_ago = 0
    """)
    assert sorted(rows) == [("blend", False), ("too new", True)]


def test_the_hidden_quarter_is_counted_as_it_came(usual: Warehouse) -> None:
    days = shop(3_000)
    hidden = days.filter(pl.col("day") > TODAY - timedelta(91))
    before = days.filter(pl.col("day") <= TODAY - timedelta(91))["customer_no"].unique()
    came = hidden.filter(pl.col("customer_no").is_in(before.implode()))
    rows = {(row["quantity"], row["predictor"]): row for row in usual.dicts("select * from actions.prediction_checks")}
    ours = rows["purchases", "cxunify"]
    assert (ours["from_date"], ours["until_date"]) == (TODAY - timedelta(90), TODAY)
    assert ours["customers"] == len(before)
    assert ours["total_actual"] == len(came)
    assert rows["spend", "cxunify"]["total_actual"] == pytest.approx(float(came["spend"].sum()), abs=0.01)
    assert rows["buys", "cxunify"]["total_actual"] == came["customer_no"].n_unique()
    assert rows["purchases", "nobody"]["mean_absolute_error"] == pytest.approx(len(came) / len(before), abs=1e-6)
    last = days.filter(pl.col("day").is_between(TODAY - timedelta(181), TODAY - timedelta(91)))
    assert rows["purchases", "last_window"]["total_predicted"] == len(last)


def test_tenths_hold_everybody_and_all_that_was_forecast(usual: Warehouse) -> None:
    ours = usual.dicts(
        "select * from actions.prediction_checks where quantity = 'purchases' and predictor = 'cxunify'"
    )[0]
    tenths = usual.frame("select * from actions.prediction_tenths order by tenth")
    assert tenths["tenth"].to_list() == list(range(1, 11))
    assert tenths["customers"].sum() == ours["customers"]
    assert tenths["predicted"].is_sorted(descending=True)
    for column in ("predicted", "actual"):
        whole = (tenths["customers"] * tenths[column]).sum()
        assert whole == pytest.approx(ours[f"total_{column}"], abs=0.01)


def test_in_a_world_as_the_model_has_it_the_forecast_is_right_and_best(usual: Warehouse) -> None:
    rows = {(row["quantity"], row["predictor"]): row for row in usual.dicts("select * from actions.prediction_checks")}
    for quantity in ("purchases", "spend", "buys"):
        ours = rows[quantity, "cxunify"]
        assert ours["total_predicted"] == pytest.approx(ours["total_actual"], rel=0.12), quantity
        assert ours["verdict"] in {"best", "tie"}, quantity
    assert rows["buys", "cxunify"]["auc"] > 0.75
    assert rows["purchases", "cxunify"]["top_decile_share"] > 0.25
    assert {name: rest[0] for name, rest in found(usual).items()} == dict.fromkeys(OPEN, "ready")
    assert "purchases against" in found(usual)["purchase_anticipation"][2]


def test_a_forecast_that_loses_to_a_simple_rule_says_so(usual: Warehouse) -> None:
    counts = pl.DataFrame({"predicted": [900], "valued": [900], "segmented": [1_000]})
    checks = usual.frame("select * from actions.prediction_checks").with_columns(
        pl.when(predictor="cxunify").then(pl.lit("beaten_by own_rate")).otherwise("verdict").alias("verdict"),
        pl.when(predictor="own_rate").then(0.1).otherwise("mean_absolute_error").alias("mean_absolute_error"),
    )
    rows = {row["capability"]: row for row in findings.found(counts, checks, pl.DataFrame()).to_dicts()}
    for name in ("purchase_anticipation", "lifetime_value"):
        assert rows[name]["status"] == "weak"
        assert (
            rows[name]["reason"] == "a simple rule does better on the quarter that was hidden: each customer's own rate"
        )
        assert "against 0.10" in rows[name]["check"]
    assert rows["segmentation"]["status"] == "ready"


def test_where_the_last_quarter_repeats_itself_the_blend_follows_it() -> None:
    """A third of the customers comes every month by the calendar, the others came once."""
    rows = [
        (number, TODAY - timedelta(ago), 10.0 + number % 7 + ago % 5)
        for number in range(1, 601)
        for ago in (range(number % 30, 700, 30) if number % 3 == 0 else (300 + number % 400,))
    ]
    shown = bought(days_of(rows))
    checks = "select * from actions.prediction_checks where quantity = 'purchases'"
    errors = {row["predictor"]: row["mean_absolute_error"] for row in shown.dicts(checks)}
    assert errors["cxunify"] < 0.7 * errors["model"]
    assert errors["cxunify"] <= 1.05 * errors["last_window"]


def test_value_is_spend_times_purchases_in_the_unit_of_its_name(usual: Warehouse) -> None:
    """Value of a year is little less than what is expected to be spent in it: in other units it would be sevenfold."""
    columns = "expected_spend::double as spend, expected_purchases_365d as times, value_365d::double as value"
    rows = usual.frame(f"select {columns} from actions.predictions")
    whole = (rows["spend"] * rows["times"]).sum()
    assert 0.9 * whole < rows["value"].sum() < whole
    halved = bought(shop(3_000), margin=0.5)
    assert halved.scalar("select sum(value_365d)::double from actions.predictions") == pytest.approx(
        rows["value"].sum() / 2, rel=1e-4
    )


def test_moves_add_up_to_customers_and_segments(usual: Warehouse) -> None:
    moves = usual.frame("select * from actions.segment_moves")
    segments = usual.frame("select * from actions.segments")
    assert len(segments) == 3_003
    assert moves["customers"].sum() == 3_003
    for end, column in (("segment", "to_segment"), ("previous_segment", "from_segment")):
        counted = dict(segments.group_by(end).len().iter_rows())
        assert dict(moves.group_by(column).agg(pl.col("customers").sum()).iter_rows()) == counted
    shares = moves.group_by("from_segment").agg(pl.col("share").sum())["share"]
    assert shares.to_numpy() == pytest.approx(np.ones(len(shares)), abs=1e-4)
    assert (moves["low"] <= moves["share"]).all()
    assert (moves["share"] <= moves["high"]).all()
    assert moves["low"].min() >= 0
    assert moves["high"].max() <= 1
    assert set(segments["rhythm"]) <= {"never bought", "new", "active", "slipping", "overdue", "gone"}
    assert segments.filter(pl.col("rhythm") == "never bought")["segment"].to_list() == ["never bought"] * 3


def test_the_interval_of_a_share_is_wilsons() -> None:
    """81 of 263: .2553 to .3662 (Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3)."""
    warehouse = house({})
    ends = [(1, number, "a") for number in range(263)] + [
        (0, number, "b" if number < 81 else "c") for number in range(263)
    ]
    frame = pl.DataFrame(ends, schema=["quarters_ago", "customer_no", "segment"], orient="row")
    warehouse.write(Table("temp.segmented", ""), frame.with_columns(value_365d=pl.lit(1.0)))
    build(warehouse, [step for step in steps.steps(config()) if step.table.name == "actions.segment_moves"])
    rows = warehouse.rows(
        "select to_segment, customers, round(low, 4), round(high, 4) from actions.segment_moves order by 1"
    )
    assert rows[0] == ("b", 81, 0.2553, 0.3662)


def test_the_same_days_make_the_same_bytes(usual: Warehouse) -> None:
    days = shop(3_000)
    shuffled = bought(days.sample(fraction=1, shuffle=True, seed=9), threads=4)
    for table in TABLES:
        rows = f"select * from actions.{table} order by all"
        assert shuffled.rows(rows) == usual.rows(rows), table


def test_what_is_refused_is_empty_and_keeps_its_columns(usual: Warehouse) -> None:
    refused = bought(shop(300), opened=())
    for table in TABLES:
        assert refused.scalar(f"select count(*) from actions.{table}") == 0, table
        assert refused.columns(f"actions.{table}") == usual.columns(f"actions.{table}"), table


def test_without_value_there_are_forecasts_without_money(usual: Warehouse) -> None:
    bare = bought(shop(3_000), opened=("purchase_anticipation", "segmentation"))
    assert bare.scalar("select count(*) from actions.predictions") == 3_000
    for column in (*MONEY, "value_rank", "value_tier"):
        assert bare.scalar(f"select count({column}) from actions.predictions") == 0, column
    assert bare.scalar("select count(*) from actions.prediction_checks where quantity = 'spend'") == 0
    same = "select customer_id, p_alive, expected_purchases_365d from actions.predictions order by all"
    assert bare.rows(same) == usual.rows(same)
    assert set(bare.frame("select segment from actions.segments")["segment"]) <= {
        "never bought", "new", "active", "slipping", "overdue", "gone",
    }  # fmt: skip


def test_where_forecasts_are_refused_segments_go_by_recency() -> None:
    shown = bought(shop(300), opened=("segmentation",))
    assert set(shown.frame("select rhythm from actions.segments")["rhythm"]) == {
        "never bought", *(f"recency fifth {place}" for place in range(1, 6)),
    }  # fmt: skip
    assert found(shown)["segmentation"][2] == "by recency alone: forecasts are refused"


def test_how_much_that_hangs_on_how_often_refuses_value() -> None:
    days = shop(800)
    often = pl.len().over("customer_no").cast(pl.Float64) * pl.col("spend").cast(pl.Float64)
    shown = bought(days.with_columns(often.cast(pl.Decimal(18, 2)).alias("spend")))
    status, reason, _ = found(shown)["lifetime_value"]
    assert status == "refused"
    assert "correlated" in reason
    assert shown.scalar("select count(value_365d) from actions.predictions") == 0
    assert shown.scalar("select count(*) from actions.predictions") == 800


def test_less_than_three_quarters_of_history_are_never_ready() -> None:
    shown = bought(shop(600, days=200, pace=20))
    assert shown.scalar("select count(*) from actions.predictions") == 600
    assert shown.scalar("select count(*) from actions.prediction_checks") == 0
    assert shown.scalar("select count(*) from actions.prediction_tenths") == 0
    status, reason, said = found(shown)["purchase_anticipation"]
    assert (status, said) == ("weak", None)
    assert reason.startswith("unchecked")


def test_who_never_leaves_is_not_said_to_be_here_for_sure() -> None:
    """All buy once a month and nobody leaves: nothing tells those who left from those who wait."""
    draw = np.random.default_rng(4)
    rows = []
    for number in range(1, 1_001):
        at, rate = draw.uniform(0, 200), draw.gamma(3) / 90
        while at < 500:
            rows.append((number, TODAY - timedelta(int(500 - at)), round(float(draw.gamma(5)) + 1, 2)))
            at += draw.exponential(1 / rate)
    shown = bought(days_of(dict.fromkeys(rows)))
    assert shown.scalar("select count(p_alive) from actions.predictions") == 0
    assert shown.scalar("select bool_or(at_bound) from actions.models where model = 'purchases'")
    assert shown.scalar("select count(*) from actions.segments where rhythm = 'gone'") == 0
    ours = shown.dicts(
        "select * from actions.prediction_checks where quantity = 'purchases' and predictor = 'cxunify'"
    )[0]
    assert ours["total_predicted"] == pytest.approx(ours["total_actual"], rel=0.05)


THIN: dict[str, list[tuple[int, date, float | None]]] = {
    "a hundred customers with one purchase each": [(number, TODAY - timedelta(number * 3), 20.0) for number in range(1, 101)],
    "one day of data": [(number, TODAY, 20.0) for number in range(1, 401)],
    "one customer with ten thousand purchases": [(1, TODAY - timedelta(ago), 9.99) for ago in range(10_000)],
    "purchases of unknown worth": [
        (number, TODAY - timedelta(ago), None) for number in range(1, 201) for ago in range(number % 30, 600, 30 + number % 9)
    ],
    "gifts alone": [
        (number, TODAY - timedelta(ago), 0.0) for number in range(1, 201) for ago in range(number % 30, 600, 30 + number % 9)
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", THIN)
def test_thin_data_make_typed_tables_and_reasons(name: str, usual: Warehouse) -> None:
    thin = bought(days_of(THIN[name]))
    statuses = found(thin)
    assert statuses["lifetime_value"][0] == "refused"
    assert statuses["lifetime_value"][1]
    for table in TABLES:
        assert thin.columns(f"actions.{table}") == usual.columns(f"actions.{table}"), table
        for column, kind in thin.columns(f"actions.{table}").items():
            if kind == "DOUBLE":
                assert not thin.scalar(
                    f'select count(*) from actions.{table} where isnan("{column}") or isinf("{column}")'
                ), column
    assert thin.scalar("select count(value_365d) from actions.predictions") == 0
    if "unknown" in name or "gifts" in name:
        assert thin.scalar("select count(*) from actions.predictions") == 200
    else:
        assert statuses["purchase_anticipation"][0] == "refused"
        assert "too little for a model" in statuses["purchase_anticipation"][1]
        assert thin.scalar("select count(*) from actions.predictions") == 0


def test_nobody_bought_anything() -> None:
    shown = bought(days_of([(1, TODAY, 1.0)]).head(0))
    assert shown.scalar("select count(*) from actions.predictions") == 0
    assert shown.frame("select segment from actions.segments")["segment"].to_list() == ["never bought"] * 3
    assert found(shown)["purchase_anticipation"][0] == "refused"


def test_one_with_ten_thousand_purchases_among_others_gets_a_number_that_can_be() -> None:
    many = days_of([(9_999, TODAY - timedelta(ago), 9.99) for ago in range(10_000)])
    shown = bought(pl.concat([shop(2_000), many]))
    row = shown.dicts("select * from actions.predictions where customer_id = 'c0009999'")[0]
    assert 80 < row["expected_purchases_90d"] <= 91
    assert 300 < row["expected_purchases_365d"] <= 366
    assert row["next_purchase_date"] <= TODAY + timedelta(2)
