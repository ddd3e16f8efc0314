"""Worlds of the generator, read and acted on by every layer: what the report says of them, beside what is true."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cxunify import actions, identity, ingest, profile, quality
from cxunify.config import Config, load
from cxunify.schema.actions import Action
from cxunify.warehouse import Warehouse
from sample_data.generate import generate
from sample_data.world.rates import CLEAN, SAMPLE, Rates

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SAMPLE_CONFIG = ROOT / "configs" / "sample.yaml"


@dataclass(frozen=True)
class Acted:
    """What comes of a project."""

    actions: dict[str, Action]
    lift: pl.DataFrame
    triggers: pl.DataFrame
    """With the person of each customer."""
    trigger_checks: pl.DataFrame
    predictions: pl.DataFrame
    limits: pl.DataFrame
    campaigns: pl.DataFrame
    """What each campaign changed in truth."""
    behaviour: pl.DataFrame
    """Who changed in truth, how and when."""

    def falsely_alarmed(self, direction: str) -> tuple[int, int]:
        """Alarms of customers who changed that way, or left, and of those who did not; one per signal, as they are counted."""
        kinds = ("drops", "leaves") if direction == "drop" else ("rises", "joins")
        changed = self.behaviour.filter(pl.col("change").is_in(kinds), pl.col("from_date") >= pl.date(2025, 4, 1))
        mine = self.triggers.filter(direction=direction)
        true = mine.filter(pl.col("person_id").is_in(changed["person_id"].implode())).height
        return true, mine.height - true


def generated(folder: Path, seed: int, rates: Rates = SAMPLE, people: int = 1200) -> Acted:
    """A world of its own, and what comes of it."""
    generate(folder, people, seed, "US", rates)
    text = SAMPLE_CONFIG.read_text(encoding="utf-8").replace("../sample_data/", "").replace("../demo/", "")
    (folder / "cxunify.yaml").write_text(text, encoding="utf-8")
    return acted(folder / "cxunify.yaml", folder / "truth")


PLANTED = (
    "actions", "complaint_effects", "contact_effects", "calibration", "coaching", "lost_sales", "hotspots", "retention_curve",
    "drivers",
)  # fmt: skip
"""The tables of actions that tell of what is planted in branches."""


@dataclass(frozen=True)
class Branches:
    """What is told of the branches of a world, by table, and what is true, by analysis."""

    told: dict[str, pl.DataFrame]
    truth: dict[str, dict[str, dict[str, float]]]
    """Analysis -> measure -> subject -> value."""
    mistaken: int
    """People who are taken for somebody else: of them it cannot be exact."""


def branches(folder: Path, seed: int, people: int = 4000) -> Branches:
    """The branches of a world without gaps, and what comes of them."""
    generate(folder, people, seed, "US", CLEAN, plants=True)
    (folder / "cxunify.yaml").write_text((HERE / "planted.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    config = load(folder / "cxunify.yaml")
    with Warehouse.open(threads=2, directories=ingest.folders(config)) as warehouse:
        _done(warehouse, config)
        told = {name: warehouse.frame(f"select * from actions.{name}") for name in PLANTED}
        mistaken = warehouse.scalar("select count(*) - count(distinct customer_id) from identity.assignments")
    truth: dict[str, dict[str, dict[str, float]]] = {}
    for analysis, subject, measure, value in pl.read_csv(folder / "truth" / "truth_plants.csv").iter_rows():
        truth.setdefault(analysis, {}).setdefault(measure, {})[str(subject)] = value
    return Branches(told, truth, mistaken)


def _done(warehouse: Warehouse, config: Config) -> list[Action]:
    """Every layer up to actions."""
    ingest.ingest(warehouse, config, (), "run 1")
    identity.resolve(warehouse, config)
    profile.build(warehouse, config)
    quality.assess(warehouse, config, run_id="run 1")
    done = actions.act(warehouse, config)
    assert done is not None
    return list(done)


def acted(path: Path, truth: Path) -> Acted:
    """What comes of a project whose truth is known."""
    config = load(path)
    with Warehouse.open(threads=2, directories=ingest.folders(config)) as warehouse:
        done = _done(warehouse, config)
        tables = {
            name: warehouse.frame(f"select * from actions.{name}")
            for name in ("lift", "triggers", "trigger_checks", "predictions", "contact_limits")
        }
        owners = warehouse.frame("select source, record_id, customer_id from identity.assignments")
    records = pl.read_csv(truth / "truth.csv", infer_schema=False)
    people = (
        owners.join(records, on=["source", "record_id"])
        .group_by("customer_id")
        .agg(pl.col("person_id").sort().mode().first())
    )
    return Acted(
        {one.capability: one for one in done},
        tables["lift"],
        tables["triggers"].join(people, on="customer_id", how="left"),
        tables["trigger_checks"],
        tables["predictions"],
        tables["contact_limits"],
        pl.read_csv(truth / "truth_campaigns.csv", try_parse_dates=True),
        pl.read_csv(truth / "truth_behaviour.csv", try_parse_dates=True),
    )
