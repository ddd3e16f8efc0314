"""Reports on worlds that others made: the generator's, read by the real layers, and, where they lie at hand, known data sets."""

from __future__ import annotations

import csv
import gzip
import os
import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cxunify import identity, ingest, profile, quality
from cxunify.config import Config, document, load
from cxunify.warehouse import Warehouse
from sample_data.generate import generate
from sample_data.world.rates import CLEAN
from tests.tables import remember

ROOT = Path(__file__).parent.parent.parent
CASES = Path(__file__).parent / "cases"
PLANTED: list[dict[str, Any]] = document((CASES / "planted_world.yaml").read_text(encoding="utf-8"))
BENCH = os.environ.get("CXUNIFY_BENCH")
"""A folder with world_dev/ and cem/onlineretail.parquet."""


@dataclass(frozen=True)
class World:
    """A project whose extracts have been read and resolved."""

    config: Config
    warehouse: Warehouse


def resolved(path: Path) -> World:
    """Read and resolve a project."""
    config = load(path)
    warehouse = opened(config, config.warehouse_path)
    ingest.ingest(warehouse, config, (), "run 0")
    identity.resolve(warehouse, config)
    profile.build(warehouse, config)
    return World(config, warehouse)


def opened(config: Config, path: Path) -> Warehouse:
    """The warehouse of a project, or a copy of it."""
    return Warehouse.open(path, ledger=path.with_suffix(".ledger"), directories=[config.root, *ingest.folders(config)])


def project(folder: Path, config: str, data: Path) -> Path:
    """A folder with a configuration and, under `data`, a link to where the extracts lie."""
    (folder / "data").symlink_to(data)
    (folder / "cxunify.yaml").write_text(config, encoding="utf-8")
    return folder / "cxunify.yaml"


# -- the generator's world -----------------------------------------------------------------------------------------------


ALARMS = 1
"""Gaps that all clean worlds below may have together: where two people are taken for one, the report rightly says so."""


def reported(folder: Path, seed: int) -> tuple[Config, quality.Report]:
    """A clean world of its own, read, resolved and reported on."""
    generate(folder, 1500, seed, "US", CLEAN)
    config = (ROOT / "configs" / "sample.yaml").read_text(encoding="utf-8")
    config = config.replace("../sample_data/extracts/", "data/").replace("../demo/", "")
    world = resolved(project(folder, config, folder / "extracts"))
    report = quality.assess(world.warehouse, world.config, run_id="run 1")
    remember(world.warehouse, "run 1")
    world.warehouse.close()
    return world.config, report


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, quality.Report]:
    return reported(tmp_path_factory.mktemp("world"), 7)


@pytest.fixture(scope="module")
def clean(first: tuple[Config, quality.Report]) -> Config:
    """The clean world; each test plants into a copy of its warehouse."""
    return first[0]


def test_clean_worlds_raise_no_alarm(
    first: tuple[Config, quality.Report], tmp_path_factory: pytest.TempPathFactory
) -> None:
    reports = [first[1], *(reported(tmp_path_factory.mktemp("world"), seed)[1] for seed in (1, 4))]
    # That people of one home share a mailbox and answer differently is true of them, and no fault of an extract.
    gaps = [gap for report in reports for gap in report.gaps if gap.check != "consent_shared"]
    assert len(gaps) <= ALARMS, [(gap.gap_id, gap.rows, gap.measured, gap.cause) for gap in gaps]
    for report in reports:
        assert sum(gap.cost for gap in report.gaps if gap.check != "consent_shared") <= report.totals.revenue / 200
        assert report.totals.unidentified_share <= 0.002


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case["name"])
def test_a_gap_planted_into_the_generated_world_is_the_costliest_that_is_new(
    clean: Config, case: dict[str, Any], tmp_path: Path
) -> None:
    shutil.copy(clean.ledger_path, tmp_path)
    copy = Path(shutil.copy(clean.warehouse_path, tmp_path))
    with opened(clean, copy) as warehouse:
        hit = warehouse.scalar(case["rows"])
        for statement in case["plant"]:
            warehouse.execute(statement)
        # Customers stay who they were; how they can be reached is read again.
        steps, params = identity.current(warehouse, clean), identity.params(clean)
        warehouse.run(steps, params, until="identity.contact_points", afresh=True)
        profile.build(warehouse, clean, afresh=True)
        report = quality.assess(warehouse, clean, run_id="run 2", afresh=True)
    assert report.since is not None
    moved = [gap for gap in report.gaps if gap.gap_id in {*report.since.new, *report.since.worse}]
    assert moved, "nothing found"
    assert {key: getattr(moved[0], key) for key in case["finds"]} == case["finds"], [gap.gap_id for gap in moved]
    assert moved[0].rows == pytest.approx(hit, rel=case.get("within", 0.02))


# -- known data ----------------------------------------------------------------------------------------------------------


def bench(name: str) -> Path:
    if BENCH is None or not (Path(BENCH) / name).exists():
        pytest.skip(f"CXUNIFY_BENCH names no folder with {name}")
    return Path(BENCH) / name


def test_online_retail_as_published(tmp_path: Path) -> None:
    extract = bench("cem/onlineretail.parquet")
    config = (ROOT / "tests" / "bench" / "configs" / "online_retail.yaml").read_text(encoding="utf-8")
    world = resolved(project(tmp_path, config, extract.parent))
    report = quality.assess(world.warehouse, world.config)
    totals = report.totals
    assert (totals.lines, totals.unidentified_lines, totals.unidentified_interactions) == (541_909, 135_080, 3_710)
    assert (totals.revenue, totals.unidentified_revenue) == (Decimal("9747747.93"), Decimal("1447682.12"))
    gap = report.gaps[0]
    assert (gap.check, gap.rows, gap.keys, gap.revenue) == ("no_customer", 135_080, 3_710, Decimal("1447682.12"))
    assert report.headline[0] == (
        "14.9% of revenue belongs to nobody: 1,447,682.12 of 9,747,747.93 GBP"
        " (all in invoices, 135,080 of its 541,909 lines)."
    )
    empty = world.warehouse.scalar(
        "select count(*) from read_parquet($path) where Description is null", {"path": str(extract.resolve())}
    )
    assert empty == 1_454


def test_world_dev_against_its_own_files(tmp_path: Path) -> None:
    data = bench("world_dev")
    config = (ROOT / "tests" / "bench" / "configs" / "world_dev.yaml").read_text(encoding="utf-8")
    world = resolved(project(tmp_path, config, data))
    report = quality.assess(world.warehouse, world.config)
    gaps = {gap.gap_id: gap for gap in report.gaps}

    def blank(name: str, column: str) -> int:
        with gzip.open(data / name, "rt", encoding="utf-8", newline="") as file:
            return sum(not row[column].strip() for row in csv.DictReader(file))

    coverage = {(row.source, row.field): row for row in report.tables.coverage}
    for source, name, field, column in (
        ("crm", "crm_contacts.csv.gz", "email", "Email"),
        ("crm", "crm_contacts.csv.gz", "identifiers.loyalty_id", "Loyalty_Number__c"),
        ("pos", "pos_customers.csv.gz", "email", "email"),
        ("web", "web_accounts.csv.gz", "phone", "phone"),
    ):
        row = coverage[source, field]
        assert row.rows - row.filled == blank(name, column), (source, field)
        assert gaps[f"record_empty.{source}.{field}"].rows == row.rows - row.filled
    totals = report.totals
    assert totals.records == 45_109
    assert sum(gap.exclusive for gap in report.gaps) <= totals.revenue
    known = world.warehouse.scalar("""
        select sum(amount) from staging.interactions as i join identity.trace_assignments as t using (trace_id)
        where t.customer_id is not null and kind in ('purchase', 'return')""")
    assert totals.revenue - totals.unidentified_revenue == known
