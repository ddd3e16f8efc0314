"""Few records: a shop of some hundred customers has hardly a pair to learn from, and is to know them all the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from cxunify import identity, ingest
from cxunify.config import load
from cxunify.identity.ask.measures import measure
from cxunify.identity.match.score import ENOUGH
from cxunify.warehouse import Warehouse
from sample_data.generate import generate
from sample_data.world.rates import DIRTY
from tests.bench.projects import ROOT

WORLDS = (("US", 4), ("US", 5), ("GB", 4), ("GB", 5), ("DE", 4), ("DE", 5))
"""The country and seed of each; no seed by which the method was developed."""
PEOPLE = 80


def _found(folder: Path, country: str, seed: int) -> pl.DataFrame:
    """The records of a small world, each with the customer that it was given and the person that it is of."""
    generate(folder, PEOPLE, seed, country, DIRTY)
    text = (ROOT / "configs" / "sample.yaml").read_text(encoding="utf-8")
    text = text.replace("../sample_data/", "").replace("../demo/", "").replace("region: US", f"region: {country}")
    (folder / "cxunify.yaml").write_text(text, encoding="utf-8")
    config = load(folder / "cxunify.yaml")
    with Warehouse.open(config.warehouse_path, directories=[folder, *ingest.folders(config)]) as warehouse:
        ingest.ingest(warehouse, config, (), "run")
        found = identity.resolve(warehouse, config)
        assert found is not None and found.compared < ENOUGH
        records = warehouse.frame("select source, record_id, customer_id from identity.assignments")
    truth = pl.read_csv(folder / "truth" / "truth.csv", infer_schema=False)
    return records.join(truth, on=["source", "record_id"])


def test_few_records_are_told_apart_and_found_like_many(tmp_path: Path) -> None:
    """Over all of these worlds: of pairs that are joined, and of those that should be, nearly as many as of many records."""
    worlds = []
    for country, seed in WORLDS:
        name = f"{country}{seed}"
        (tmp_path / name).mkdir()
        found = _found(tmp_path / name, country, seed)
        worlds.append(found.select(pl.col("customer_id", "person_id").name.keep() + f" {name}"))
    records = pl.concat(worlds)
    of = measure(*(column.to_list() for column in records))
    assert of.pairwise_precision >= 0.95
    assert of.pairwise_recall >= 0.89
