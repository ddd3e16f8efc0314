"""The pairs a person is asked about are those in doubt, each once, none that somebody has decided."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cxunify.config import Config
from cxunify.identity.ask.decisions import pair_of, save
from cxunify.identity.ask.review import doubts
from cxunify.warehouse import Warehouse
from tests.identity import project


def test_doubts_are_in_doubt_and_each_settles_something_else(sample: Config, looked: Warehouse) -> None:
    found = doubts(looked, sample, 1000)
    assert len(found) > 10
    for doubt in found:
        assert 0.04 < doubt.probability < 0.96 or doubt.standing.startswith("kept apart")
        assert (doubt.standing == "joined") == (doubt.a.customer_id == doubt.b.customer_id)
    of = [frozenset((doubt.a.customer_id, doubt.b.customer_id)) for doubt in found]
    assert len(set(of)) == len(of)
    assert doubts(looked, sample, 7) == found[:7]
    kinds = {doubt.standing for doubt in found}
    assert {"joined", "too weak"} < kinds


def test_what_is_decided_is_in_doubt_no_more(sample: Config, tmp_path: Path) -> None:
    mine = project.copied(sample, tmp_path)
    with Warehouse.open(mine.warehouse_path, read_only=True) as warehouse:
        first = [pair_of(doubt.a.key, doubt.b.key) for doubt in doubts(warehouse, mine, 4)]
    save(mine, dict(zip(first, ["same", "different"] * 2, strict=True)), date(2026, 1, 2))
    project.resolve(mine)
    with Warehouse.open(mine.warehouse_path, read_only=True) as warehouse:
        left = {pair_of(doubt.a.key, doubt.b.key) for doubt in doubts(warehouse, mine, 1000)}
    assert left
    assert not left & set(first)
