"""Lift from interactions to verdicts: planted effects are found, none is where there is none, and what was no lot is refused."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxunify.actions import capabilities
from cxunify.actions.lift import judge
from cxunify.actions.lift import steps as lift
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, config, house

READY = (lift.CAPABILITY,)
SENT = TODAY - timedelta(days=40)


class World:
    """Rows of the tables that lift reads, added one by one."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {
            "profile.numbers": [], "profile.moments": [], "staging.interactions": [], "profile.days": [],
            "actions.assignments": [], "ledger.assignments": [],
        }  # fmt: skip

    def customers(self, count: int) -> range:
        first = len(self.rows["profile.numbers"])
        for number in range(first, first + count):
            self.rows["profile.numbers"].append({"customer_no": number, "customer_id": f"c{number:06d}"})
        return range(first, first + count)

    def happens(self, customer: int, kind: str, day: date, campaign: str | None = None, channel: str = "email") -> None:
        row_no = len(self.rows["profile.moments"])
        moment = datetime(day.year, day.month, day.day, 9)
        self.rows["profile.moments"].append(
            {"row_no": row_no, "customer_no": customer, "occurred_at": moment, "occurred_date": day, "has_date": True,
             "channel": channel, "kind": kind, "source": "mails"}
        )  # fmt: skip
        self.rows["staging.interactions"].append({"row_no": row_no, "campaign": campaign, "source": "mails"})

    def buys(self, customer: int, day: date, spend: float, returned: float | None = None) -> None:
        self.rows["profile.days"].append(
            {"customer_no": customer, "day": day, "channel": "pos", "purchases": 1, "returns": 0 if returned is None else 1,
             "purchase_spend": round(spend, 2), "return_spend": returned}
        )  # fmt: skip

    def campaign(
        self, seed: int, name: str, size: int, held_out: float, chance: float, times: float, day: date = SENT
    ) -> None:
        """A campaign that makes customers `times` as likely to buy in the thirty days that begin with it."""
        dice = np.random.default_rng(seed)
        for customer in self.customers(size):
            is_held_out = dice.random() < held_out
            self.happens(customer, "held_out" if is_held_out else "contact_out", day, name)
            if dice.random() < chance * (1 if is_held_out else times):
                self.buys(customer, day + timedelta(days=int(dice.integers(0, 30))), dice.lognormal(3, 0.5))
            if dice.random() < chance:
                self.buys(customer, day - timedelta(days=int(dice.integers(1, 90))), dice.lognormal(3, 0.5))

    def build(self, *, ready: tuple[str, ...] = READY, **actions: Any) -> Warehouse:
        own = self.rows.pop("actions.assignments"), self.rows.pop("ledger.assignments")
        warehouse = house(self.rows, ready=ready)
        warehouse.execute("create schema if not exists actions")
        warehouse.execute(
            "create table actions.assignments (customer_no integer, experiment varchar, customer_id varchar, arm varchar, u double,"
            " is_mixed boolean)"
        )
        for table, rows in zip(("actions.assignments", "ledger.assignments"), own, strict=True):
            if rows:
                frame = pl.DataFrame(rows, infer_schema_length=None)
                warehouse.append(
                    table, frame.select([name for name in warehouse.columns(table) if name in frame.columns])
                )
        return build(warehouse, (capabilities.gate(), *lift.steps(config(**actions))))

    def rows_of(self, **actions: Any) -> pl.DataFrame:
        with self.build(**actions) as warehouse:
            return warehouse.frame("select * from actions.lift order by all")


def one(found: pl.DataFrame, outcome: str = "bought", estimator: str = "plain") -> dict[str, Any]:
    return found.filter(outcome=outcome, estimator=estimator).row(0, named=True)


def test_what_was_planted_is_found_and_what_was_not_is_not() -> None:
    """Twenty campaigns of each kind: 95 % intervals miss one truth of twenty, and call one null in forty a success."""
    world = World()
    for number in range(20):
        world.campaign(number, f"works {number}", 2500, 0.3, 0.10, 1.6)
        world.campaign(100 + number, f"nothing {number}", 2500, 0.3, 0.10, 1.0)
        world.campaign(200 + number, f"harms {number}", 2500, 0.3, 0.20, 0.6)
    found = world.rows_of(margin=0.3, contact={"email": {"cost": 0.01}})
    for estimator in ("plain", "adjusted"):
        for outcome, unit in (("bought", 1.0), ("spend", math.exp(3 + 0.5**2 / 2))):
            rows = found.filter(outcome=outcome, estimator=estimator).with_columns(
                pl.col("experiment").str.extract(r"(\w+)")
            )
            for kind, true in (("works", 0.06), ("nothing", 0.0), ("harms", -0.08)):
                each = rows.filter(experiment=kind)
                assert each.filter(pl.lit(true * unit).is_between("low", "high")).height >= 17
            assert rows.filter(experiment="nothing", verdict="works").height <= 2
            assert rows.filter(experiment="works", verdict="works").height >= 15
            assert rows.filter(experiment="harms", verdict="harms").height >= 15
    assert found["split_p"].min() > judge.NO_LOT  # type: ignore[operator]
    shown = found.filter(verdict="not shown", outcome="bought")
    assert all("could show" in reason for reason in shown["reason"])
    spend = found.filter(outcome="spend", estimator="plain", experiment="works 0").row(0, named=True)
    assert float(spend["margin"]) == pytest.approx(spend["difference"] * spend["treated"] * 0.3, abs=0.01)
    assert float(spend["cost"]) == pytest.approx(spend["treated"] * 0.01, abs=0.01)
    assert spend["net"] == spend["margin"] - spend["cost"]
    assert found.filter(pl.col("outcome") != "spend")["margin"].null_count() == len(found) * 4 // 5


def test_without_a_margin_nothing_is_called_profit() -> None:
    world = World()
    world.campaign(1, "works", 2000, 0.3, 0.10, 1.5)
    row = one(world.rows_of(), "spend")
    assert (row["margin"], row["net"]) == (None, None)


def test_only_days_that_are_over_count_and_all_of_them() -> None:
    world = World()
    for arm in ("contact_out", "held_out"):
        for number, customer in enumerate(world.customers(200)):
            world.happens(customer, arm, SENT if number < 150 else TODAY - timedelta(days=29), "spring")
            if arm == "contact_out":
                # the first of the thirty days and the last, one with a return; the day before and the day after are none of them
                offsets = {0: 0, 1: 29, 2: -1, 3: 30}
                if number in offsets:
                    world.buys(customer, SENT + timedelta(days=offsets[number]), 50.0, 20.0 if number == 1 else None)
    row = one(world.rows_of(), "spend")
    assert (row["treated"], row["held_out"], row["complete_share"]) == (150, 150, 0.75)
    assert row["treated_mean"] == pytest.approx((50 + 30) / 150)


def test_who_was_in_both_arms_is_left_out_and_the_first_contact_counts() -> None:
    world = World()
    for number, customer in enumerate(world.customers(400)):
        world.happens(customer, "held_out" if number % 2 else "contact_out", SENT, "spring")
        if number < 20:
            world.happens(customer, "contact_out", SENT + timedelta(days=5), "spring")
    row = one(world.rows_of())
    assert (row["treated"], row["held_out"], row["mixed"]) == (200, 190, 10)


@pytest.mark.parametrize(
    ("held_out", "day", "reason"),
    [
        (0.5, TODAY - timedelta(days=29), "the 30 days after it are not over for anybody"),
        (0.1, SENT, "customers held out whose 30 days are over: 100 are needed"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_reason(held_out: float, day: date, reason: str) -> None:
    world = World()
    world.campaign(4, "early", 400, held_out, 0.2, 1.0, day)
    found = world.rows_of()
    assert set(found["verdict"]) == {"refused"}
    assert all(each.endswith(reason) for each in found["reason"])
    assert len(found) == len(judge.OUTCOMES)
    assert found["difference"].null_count() == len(found)


def test_what_nobody_did_shows_nothing_and_says_so() -> None:
    world = World()
    for number, customer in enumerate(world.customers(400)):
        world.happens(customer, "held_out" if number % 2 else "contact_out", SENT, "spring")
    found = world.rows_of()
    assert set(found["reason"]) == {"nobody did"}
    assert found["least_detectable"].null_count() == len(found) == 10


def test_opting_out_more_is_harm() -> None:
    world = World()
    for number, customer in enumerate(world.customers(2000)):
        world.happens(customer, "held_out" if number % 2 else "contact_out", SENT, "spring")
        if number % 20 == 0 or number % 40 == 1:
            world.happens(customer, "optout", SENT + timedelta(days=2))
        if number % 20 == 1:
            world.happens(customer, "complaint", SENT - timedelta(days=2))
    found = world.rows_of()
    row = one(found, "opted_out")
    assert (row["treated_mean"], row["held_out_mean"], row["verdict"]) == (0.1, 0.05, "harms")
    assert one(found, "complained")["reason"] == "nobody did"


def test_one_of_several_outcomes_that_is_worse_by_chance_is_no_harm() -> None:
    """Of a thousand in each arm 32 and 17 opt out: alone that is harm (p .03), as one of four outcomes it is not."""
    alone, one_of_four = World(), World()
    for world in (alone, one_of_four):
        for number, customer in enumerate(world.customers(2000)):
            world.happens(customer, "held_out" if number % 2 else "contact_out", SENT, "spring")
            if number < (34 if number % 2 else 64):
                world.happens(customer, "optout", SENT + timedelta(days=2))
            if world is one_of_four and number % 14 < 2:
                world.buys(customer, SENT + timedelta(days=1), 20.0 + number % 7)
    assert one(alone.rows_of(), "opted_out")["verdict"] == "harms"
    found = one_of_four.rows_of()
    row = one(found, "opted_out")
    assert row["low"] > 0
    assert row["verdict"] == "not shown"
    assert row["reason"].startswith("worse by itself, but one among 4 is so too often by chance (Holm); could show")
    assert one(found, "opted_out", "adjusted")["verdict"] == "not shown"


@pytest.mark.parametrize(
    ("p", "verdicts"),
    [
        ((0.01, 0.012, 0.04), ["harms", "harms", "harms"]),
        ((0.01, 0.03, 0.04), ["harms", "not shown", "not shown"]),
        ((0.02, 0.001, 0.06), ["harms", "harms", "not shown"]),
        ((0.017, 0.001, None), ["harms", "harms", "not shown"]),
    ],
)
def test_holm_by_hand(p: tuple[float | None, ...], verdicts: list[str]) -> None:
    """Of three the smallest is held against .05 / 3, the next against .05 / 2, the last against .05; what fails ends it."""
    rows = [
        {"estimator": "plain", "outcome": "bought", "p": each, "least_detectable": 0.02,
         "verdict": "harms" if each and each < 0.05 else "not shown"}
        for each in p
    ]  # fmt: skip
    assert [row["verdict"] for row in judge._corrected(rows)] == verdicts


def test_a_control_group_that_was_chosen_is_refused() -> None:
    world = World()
    dice = np.random.default_rng(5)
    for number, customer in enumerate(world.customers(2000)):
        if number % 2:
            world.buys(customer, SENT - timedelta(days=10), 20.0)
        # of those who bought lately, hardly anybody is left out
        is_held_out = dice.random() < (0.05 if number % 2 else 0.3)
        world.happens(customer, "held_out" if is_held_out else "contact_out", SENT, "chosen")
    found = world.rows_of()
    assert set(found["verdict"]) == {"refused"}
    assert "was not drawn by lot" in found["reason"][0]


def test_campaigns_without_a_hold_out_are_no_experiment() -> None:
    world = World()
    for customer in world.customers(300):
        world.happens(customer, "contact_out", SENT, "all of them")
    with world.build() as warehouse:
        assert warehouse.scalar("select count(*) from actions.lift") == 0
        found = warehouse.frame("select * from actions.found_campaign_benefit").row(0, named=True)
    assert found["status"] == "nothing"
    assert "held_out" in found["reason"]


def _own(world: World, seed: int, size: int, share: float, *, assigned: int = 60, times: float = 1.0) -> None:
    """A hold-out that cxunify keeps; who is treated is `times` as likely to buy in the last thirty days."""
    dice = np.random.default_rng(seed)
    for customer in world.customers(size):
        u = float(dice.random())
        arm = "held_out" if u < share else "treated"
        name = f"c{customer:06d}"
        said = {"customer_id": name, "experiment": "holdout 1", "arm": arm, "u": u}
        world.rows["actions.assignments"].append({"customer_no": customer, "is_mixed": customer % 100 == 7, **said})
        assigned_at = datetime(TODAY.year, TODAY.month, TODAY.day) - timedelta(days=assigned)
        world.rows["ledger.assignments"].append({"run_id": "r1", "assigned_at": assigned_at, **said})
        if dice.random() < 0.2 * (times if arm == "treated" else 1):
            world.buys(customer, TODAY - timedelta(days=int(dice.integers(1, 31))), 25.0)


def test_an_own_hold_out_is_measured_by_its_last_days_without_who_was_merged() -> None:
    world = World()
    _own(world, 6, 4000, 0.25, times=1.5)
    row = one(world.rows_of())
    assert (row["experiment"], row["basis"], row["mixed"]) == ("holdout 1", "own", 40)
    assert row["treated"] + row["held_out"] == 3960
    assert row["verdict"] == "works"
    assert row["low"] <= 0.1 <= row["high"]


def test_an_own_hold_out_is_no_news_before_its_days_are_over_for_somebody() -> None:
    """A run that is made again finds in the ledger who was held out by the first, and must say the same."""
    world = World()
    _own(world, 6, 400, 0.25, assigned=29)
    assert world.rows_of().is_empty()


def test_a_share_that_was_raised_compares_who_stayed_where_they_were() -> None:
    world = World()
    _own(world, 7, 4000, 0.1)
    for said in world.rows["actions.assignments"]:
        if 0.1 <= said["u"] < 0.2:
            said["arm"] = "held_out"
            later = {key: value for key, value in said.items() if key not in {"customer_no", "is_mixed"}}
            world.rows["ledger.assignments"].append({"run_id": "r2", "assigned_at": datetime(2026, 2, 1), **later})
    row = one(world.rows_of())
    assert row["split_p"] > judge.NO_LOT
    assert 300 < row["held_out"] < 500
    assert row["mixed"] > 300


def test_an_own_hold_out_that_lost_part_of_an_arm_is_refused() -> None:
    world = World()
    _own(world, 8, 4000, 0.25)
    kept = [said for said in world.rows["actions.assignments"] if said["arm"] == "treated" or said["customer_no"] % 3]
    world.rows["actions.assignments"] = kept
    assert set(world.rows_of()["verdict"]) == {"refused"}


def test_without_readiness_there_are_no_rows() -> None:
    world = World()
    world.campaign(1, "works", 2000, 0.3, 0.10, 1.5)
    with world.build(ready=()) as warehouse:
        assert warehouse.scalar("select count(*) from actions.lift") == 0


def test_what_was_bought_before_explains_part_of_what_comes() -> None:
    world = World()
    dice = np.random.default_rng(9)
    for customer in world.customers(3000):
        is_held_out = dice.random() < 0.4
        world.happens(customer, "held_out" if is_held_out else "contact_out", SENT, "spring")
        habit = float(dice.gamma(1, 30))
        world.buys(customer, SENT - timedelta(days=20), habit + float(dice.random()))
        world.buys(
            customer, SENT + timedelta(days=3), 0.8 * habit + float(dice.gamma(1, 10)) + (0 if is_held_out else 1)
        )
    found = world.rows_of()
    plain, apart = one(found, "spend"), one(found, "spend", "adjusted")
    assert apart["variance_kept"] == pytest.approx(100 / (576 + 100), abs=0.03)
    assert apart["high"] - apart["low"] < 0.5 * (plain["high"] - plain["low"])
    assert apart["low"] <= 1 <= apart["high"]
    assert one(found, "purchases")["verdict"] == "not shown"


def test_harm_beside_spend_is_said_first_thing() -> None:
    rows = [
        {"experiment": name, "basis": "campaign", "outcome": outcome, "estimator": "plain", "is_told": True,
         "treated": 900, "held_out": 600,
         "verdict": verdict}
        for name, outcome, verdict in (
            ("Prices", "spend", "not shown"), ("Prices", "bought", "harms"), ("Prices", "opted_out", "harms"),
            ("Voucher", "spend", "works"), ("Voucher", "bought", "works"),
        )
    ]  # fmt: skip
    said = lift.found(pl.DataFrame(rows))["check"][0]
    assert said == (
        "spend in 30 days: of 2 experiments 1 brings more, 0 less, of 1 nothing is shown; Prices harms: bought, opted out"
    )
