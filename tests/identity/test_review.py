"""The pairs a person is asked about are those in doubt, each once, none that somebody has decided."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from cxunify.config import Config
from cxunify.identity.ask.decisions import pair_of, save
from cxunify.identity.ask.review import Changed, _spread, changes, doubts
from cxunify.warehouse import Warehouse
from tests.identity import project


def test_doubts_are_in_doubt_and_each_settles_something_else(sample: Config, looked: Warehouse) -> None:
    found = doubts(looked, sample, 1000)
    assert len(found) > 10
    for doubt in found:
        assert (
            0.04 < doubt.probability < 0.96 or doubt.standing.startswith("kept apart") or "contradict" in doubt.standing
        )
        assert doubt.standing.startswith("joined") == (doubt.a.customer_id == doubt.b.customer_id)
    of = [frozenset((doubt.a.customer_id, doubt.b.customer_id)) for doubt in found]
    assert len(set(of)) == len(of)
    assert doubts(looked, sample, 7) == found[:7]
    kinds = {doubt.standing for doubt in found}
    assert {"joined", "too weak"} < kinds


def test_questions_are_spread_over_all_that_is_in_doubt() -> None:
    worth = np.tile([4.0, 1.0, 1.0, 2.0], 100)
    for answered in (0, 50):
        asked = _spread(worth, 40, answered)
        assert len(set(asked)) == 40
        # Of any tenth of what is in doubt about a tenth of the questions, and more of what teaches more.
        assert set(np.bincount(np.array(asked) // 40, minlength=10)) <= {3, 4, 5}
        assert np.bincount(np.array(asked) % 4)[0] >= 15
    assert not set(_spread(worth, 20, 0)) & set(_spread(worth, 20, 20))
    assert sorted(_spread(worth, 1000, 0)) == list(range(400))
    assert _spread(np.array([]), 10, 0) == []


def test_what_answers_change_is_told_by_how_customers_stand(sample: Config, looked: Warehouse) -> None:
    found = doubts(looked, sample, 60)
    stands = {pair_of(doubt.a.key, doubt.b.key): doubt.standing.startswith("joined") for doubt in found}
    joined = sum(stands.values())
    assert 0 < joined < len(found)
    as_is = {pair: "same" if is_joined else "different" for pair, is_joined in stands.items()}
    assert changes(looked, as_is) == Changed(0, 0, len(found))
    assert changes(looked, dict.fromkeys(stands, "same")) == Changed(len(found) - joined, 0, joined)
    assert changes(looked, dict.fromkeys(stands, "different")) == Changed(0, joined, len(found) - joined)


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
