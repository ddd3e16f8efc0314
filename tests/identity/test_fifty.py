"""Contradictions and forms that people see first: each comes out right, or is in doubt, said and asked about; never surely wrong.

By the sample's own model, and where CXUNIFY_BENCH is set by one that was trained on its retail world.
"""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from cxunify import ingest
from cxunify.config import Config, load
from cxunify.identity import resolve
from cxunify.identity.ask.review import doubts
from cxunify.schema import RECORDS
from cxunify.warehouse import Warehouse
from tests.bench.projects import project, recognise
from tests.identity import people
from tests.identity.fifty import Case, cases

BENCH = os.environ.get("CXUNIFY_BENCH")
SURE = 0.95
CASES = cases()


class Found(NamedTuple):
    """What became of all cases: the customer and confidence of each record, and what `review` would ask about."""

    customers: dict[str, tuple[str, float]]
    asked: set[frozenset[str]]
    """Pairs of records."""
    between: set[frozenset[str]]
    """Their customers."""


@pytest.fixture(scope="module", params=["sample", "world_dev"])
def found(request: pytest.FixtureRequest, sample: Config, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Every case among the ordinary people of the sample, in one world."""
    config = sample.model_copy(deep=True)
    config._root = sample.root
    if request.param == "world_dev":
        if not BENCH:
            pytest.skip("CXUNIFY_BENCH is not set")
        model = str(_trained(Path(BENCH) / "world_dev", tmp_path_factory.mktemp("model")))
        config = config.model_copy(update={"identity": config.identity.model_copy(update={"model": model})})
        config._root = sample.root
    opened, customers = _among(config, CASES)
    asked = {frozenset((doubt.a.key, doubt.b.key)) for doubt in doubts(opened, config, 10**6)}
    return Found(customers, asked, {frozenset(customers[key][0] for key in pair) for pair in asked})


def _among(config: Config, written: list[Case]) -> tuple[Warehouse, dict[str, tuple[str, float]]]:
    """These cases among the ordinary people of the sample, resolved: the customer and confidence of each record."""
    with Warehouse.open(config.warehouse_path, read_only=True) as ordinary:
        known = ordinary.frame("select * from staging.records")
    records = [record for case in written for record in case.records]
    opened = people.warehouse({**record, "row_no": 10**15 + number} for number, record in enumerate(records))
    added = opened.frame("select * from staging.records")
    opened.write(RECORDS, known.vstack(added.select(known.columns).cast(known.schema)))
    resolve(opened, config)
    rows = opened.rows("select source || ':' || record_id, customer_id, confidence from identity.assignments")
    return opened, {key: (customer, confidence) for key, customer, confidence in rows}


def _trained(world: Path, folder: Path) -> Path:
    """A model of the world in a folder, learned from its extracts."""
    data = recognise(world)
    assert data is not None
    with project(data) as root:
        config = load(root / "cxunify.yaml")
        with Warehouse.open(config.warehouse_path, threads=2, directories=[root, *ingest.folders(config)]) as warehouse:
            ingest.ingest(warehouse, config, (), "run")
            resolve(warehouse, config)
            model = folder / "model.json"
            model.write_text(warehouse.scalar("select model from identity.model"), encoding="utf-8")
    return model


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_right_or_in_doubt(found: Found, case: Case) -> None:
    for a, b in combinations(range(len(case.keys)), 2):
        one, other = case.keys[a], case.keys[b]
        (customer, confidence), (other_customer, other_confidence) = found.customers[one], found.customers[other]
        are_one = customer == other_customer
        if case.is_right(a, b) in {None, are_one}:
            continue
        assert case.is_doubtful, (one, other, case.why)
        if are_one:
            assert min(confidence, other_confidence) < SURE, (one, other, case.why)
        asked = frozenset((one, other)) in found.asked or frozenset((customer, other_customer)) in found.between
        assert asked, (one, other, case.why)


def test_many_families_teach_nothing_wrong(sample: Config) -> None:
    """Parents and children, twins and couples, ten times as many as among ordinary people, are held apart all the same."""
    sure = [case for case in cases(4) if not case.is_doubtful]
    assert len(sure) > 50
    customers = _among(sample, sure)[1]
    for case in sure:
        for a, b in combinations(case.keys, 2):
            if case.is_right(case.keys.index(a), case.keys.index(b)) is False:
                assert customers[a][0] != customers[b][0], (a, b, case.why)


def test_no_case_is_there_twice() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
