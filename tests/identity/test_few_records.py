"""Few records, and odd ones: a shop of some hundred customers has hardly a pair to learn from, and is to know them all the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from cxunify import identity, ingest
from cxunify.identity.ask.measures import measure
from cxunify.identity.match.score import ENOUGH
from cxunify.warehouse import Warehouse
from tests import world
from tests.discover.test_shops import FIRST, LAST
from tests.identity import people

WORLDS = (("US", 4), ("US", 5), ("GB", 4), ("GB", 5), ("DE", 4), ("DE", 5))
"""The country and seed of each; no seed by which the method was developed."""
PEOPLE = 80


def _found(folder: Path, country: str, seed: int) -> pl.DataFrame:
    """The records of a small world, each with the customer that it was given and the person that it is of."""
    config = world.small(folder, seed, PEOPLE, country)
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
    assert of.pairwise_recall >= 0.86


def test_families_do_not_swallow_one_persons_pairs(tmp_path: Path) -> None:
    """Nearly all pairs are of people who live together: parents and children of one number, home and mailbox, in two lists."""
    records: list[people.Row] = []
    truth: dict[tuple[str, str], str] = {}
    for number in range(192):
        home, place = divmod(number, 4)
        given = FIRST[(3 * home + place + 5 * (place > 1)) % len(FIRST)]
        family = LAST[home % len(LAST)]
        lives = {
            "given_name": given, "family_name": family, "house": str(100 + 3 * home), "street": "Oak St", "city": "Chicago",
            "postal_code": f"606{home:02}", "phones": [f"(312) 2{home:02}-1{(37 * home) % 900 + 100}"],
        }  # fmt: skip
        mail = {"emails": [f"the{family.lower()}s{home}@mail.example"]} if place < 2 else {}
        born = f"{(1960, 1962, 1990, 1992)[place] + home % 7}-0{1 + place}-{1 + home % 28:02}"
        records.append({"source": "crm", "record_id": f"c{number}", "birth_date": born, **lives, **mail})
        truth["crm", f"c{number}"] = f"p{number}"
        if number % 5:
            records.append({"source": "pos", "record_id": f"s{number}", **lives})
            truth["pos", f"s{number}"] = f"p{number}"
    with people.warehouse(records) as warehouse:
        identity.resolve(warehouse, people.config(tmp_path))
        found = warehouse.rows("select source, record_id, customer_id from identity.assignments")
    of = measure([customer for *_, customer in found], [truth[source, record_id] for source, record_id, _ in found])
    assert of.pairwise_f1 == 1
