"""Decisions of people: kept in one file, in order, and stronger than anything the machine makes of the data."""

from __future__ import annotations

import csv
import stat
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cxunify import identity
from cxunify.cli.session import open_warehouse
from cxunify.config import Config
from cxunify.errors import InputError
from cxunify.identity.ask.decisions import pair_of, save
from cxunify.identity.ask.explain import Cause, explain
from cxunify.identity.match.cluster import Pairs, cluster
from cxunify.identity.match.decide import decisions
from cxunify.warehouse import Warehouse
from tests.identity import project

DAY = date(2026, 1, 2)
A, B, C = "contacts:1", "pos:7", "web:3"


@pytest.fixture
def mine(sample: Config, tmp_path: Path) -> Config:
    return project.copied(sample, tmp_path)


def _one(config: Config, sql: str) -> tuple[str, str]:
    with Warehouse.open(config.warehouse_path, read_only=True) as warehouse:
        return warehouse.rows(sql)[0]  # type: ignore[return-value]


NAMED = (
    "f.source || ':' || f.record_id, g.source || ':' || g.record_id from identity.features as f, identity.features as g"
)


def test_different_splits_and_same_joins_and_both_outlive_every_run(mine: Config) -> None:
    linked = _one(
        mine,
        "select source_a || ':' || record_id_a, source_b || ':' || record_id_b from identity.links"
        " where rule = 'model' order by probability desc, all limit 1".replace(", all", ", 1, 2"),
    )
    strangers = _one(
        mine,
        f"select {NAMED} anti join identity.comparisons as c on c.a = f.node and c.b = g.node"
        " where f.node < g.node and f.family <> g.family and f.given <> g.given order by 1, 2 limit 1",
    )
    before = project.customers(mine)
    assert before[linked[0]] == before[linked[1]]
    assert before[strangers[0]] != before[strangers[1]]
    save(mine, {pair_of(*linked): "different", pair_of(*strangers): "same"}, DAY)
    for force in (False, True):
        project.resolve(mine, force=force)
        after = project.customers(mine)
        assert after[linked[0]] != after[linked[1]]
        assert after[strangers[0]] == after[strangers[1]]
    with Warehouse.open(mine.warehouse_path, read_only=True) as warehouse:
        assert explain(warehouse, mine, *linked).cause is Cause.DECISION
        told = explain(warehouse, mine, *strangers)
        assert [join.rule for join in told.path] == ["decision"] and not told.comparison.is_compared
        source, _, record_id = strangers[0].partition(":")
        assert warehouse.scalar(
            "select count(*) from identity.links where rule = 'decision' and probability = 1"
            " and $record_id in (record_id_a, record_id_b) and $source in (source_a, source_b)",
            {"source": source, "record_id": record_id},
        )


def test_a_decision_is_stronger_than_a_contradiction(mine: Config) -> None:
    cards = _one(
        mine,
        f"select {NAMED}, identity.traits as s, identity.traits as t where s.node = f.node and t.node = g.node"
        " and f.node < g.node and s.card <> t.card order by 1, 2 limit 1",
    )
    save(mine, {pair_of(*cards): "same"}, DAY)
    project.resolve(mine)
    after = project.customers(mine)
    assert after[cards[0]] == after[cards[1]]


def test_a_run_without_news_is_up_to_date_and_one_after_a_decision_is_not(mine: Config) -> None:
    from cxunify import pipeline

    with open_warehouse(mine) as warehouse:
        assert "resolve" not in pipeline.stale(warehouse, mine)
        keys = [key for (key,) in warehouse.rows("select source || ':' || record_id from identity.features limit 2")]
        save(mine, {pair_of(*keys): "different"}, DAY)
        assert "resolve" in pipeline.stale(warehouse, mine)


def test_the_file_has_one_line_per_pair_in_order_and_is_private(mine: Config) -> None:
    first = save(mine, {pair_of(C, B): "different", pair_of(B, A): "same"}, DAY)
    assert (first.added, first.changed, first.unchanged) == (2, 0, 0)
    assert first.path.read_text() == (
        "source_a,record_id_a,source_b,record_id_b,decision,date,warehouse\n"
        "contacts,1,pos,7,same,2026-01-02,warehouse.duckdb\n"
        "pos,7,web,3,different,2026-01-02,warehouse.duckdb\n"
    )
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
    written = first.path.read_bytes()
    again = save(mine, {pair_of(A, B): "same"}, date(2027, 1, 1))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert first.path.read_bytes() == written
    changed = save(mine, {pair_of(A, B): "different"}, date(2027, 1, 1))
    assert (changed.added, changed.changed) == (0, 1)
    assert "contacts,1,pos,7,different,2027-01-01,warehouse.duckdb\n" in first.path.read_text()
    assert len(decisions(mine)) == 2


def test_whatever_the_order_the_file_is_the_same(mine: Config) -> None:
    path = mine.root / mine.identity.decisions
    pairs = {pair_of(A, B): "same", pair_of(B, C): "different", pair_of(A, "web:9"): "different"}
    save(mine, pairs, DAY)
    once = path.read_bytes()
    path.unlink()
    for pair in reversed(pairs):
        save(mine, {pair: pairs[pair]}, DAY)
    assert path.read_bytes() == once


def test_what_people_wrote_beside_stays(mine: Config) -> None:
    path = mine.root / mine.identity.decisions
    path.write_text("source_a,record_id_a,source_b,record_id_b,decision,note\npos,7,contacts,1,same,they phoned\n")
    save(mine, {pair_of(B, C): "different"}, DAY)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "source_a": "contacts", "record_id_a": "1", "source_b": "pos", "record_id_b": "7", "decision": "same", "date": "",
        "warehouse": "", "note": "they phoned",
    }  # fmt: skip
    assert rows[1]["date"] == "2026-01-02"


def test_decisions_that_contradict_each_other_are_refused(mine: Config) -> None:
    save(mine, {pair_of(A, B): "same"}, DAY)
    path = mine.root / mine.identity.decisions
    before = path.read_bytes()
    with pytest.raises(
        InputError,
        match=r"pairs\.csv:3: two records are decided to be different, and decisions\.csv:2, a new decision makes",
    ) as raised:
        save(mine, {pair_of(B, C): "same", pair_of(A, C): "different"}, DAY, {pair_of(A, C): "pairs.csv:3"})
    assert A not in str(raised.value) and C not in str(raised.value)
    assert path.read_bytes() == before


HEADER = "source_a,record_id_a,source_b,record_id_b,decision\n"
SAME = f"{HEADER}crm,1,pos,2,same\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(b"\n  \n", "is empty", id="blank"),
        pytest.param(b"source_a\xff\n", "not CSV in UTF-8", id="another encoding"),
        pytest.param(HEADER.encode() + b"crm,1,\0\0\0", "damaged", id="zeros"),
        pytest.param(HEADER.encode() + b"crm,1,pos,2,same\ncrm,1,po", r"csv:3: the line has too few", id="cut off"),
        pytest.param(HEADER.encode() + b"crm,1,pos,2,same,a,b\n", r"csv:2: the line has too few", id="too many"),
        pytest.param(
            HEADER.encode() + b'crm,"1,pos,2,same\n', r"csv:2: the line is not CSV", id="a quote that is open"
        ),
        pytest.param(HEADER.replace(",", ";").encode(), "has no column source_a", id="semicolons"),
        pytest.param(HEADER.encode() + b"crm,1,pos,2,Same\n", r"csv:2: the decision is neither", id="a word"),
        pytest.param(
            f"{SAME}\n# a blank line and a note do not count,,,,\npos,2,crm,1,different\n".encode(),
            r"csv:5: two .* different, and decisions\.csv:2 makes them the same",
            id="one pair both",
        ),
        pytest.param(
            f"{SAME}pos,2,web,3,same\nmail,9,crm,8,same\ncrm,1,web,3,different\n".encode(),
            r"csv:5: two .* different, and decisions\.csv:2, decisions\.csv:3 makes them the same",
            id="by way of a third",
        ),
        pytest.param(f"{HEADER}crm,1,crm,1,different\n".encode(), r"csv:2: .* both are one record", id="with itself"),
    ],
)
def test_a_file_that_is_damaged_or_contradicts_itself_is_refused(mine: Config, text: bytes, told: str) -> None:
    path = mine.root / mine.identity.decisions
    path.write_bytes(text)
    with pytest.raises(InputError, match=told) as raised:
        decisions(mine)
    assert "web" not in str(raised.value)
    with pytest.raises(InputError, match=told):
        save(mine, {pair_of(A, C): "same"}, DAY)
    assert path.read_bytes() == text
    assert identity.check(mine) == raised.value.problems


def test_a_file_of_nothing_but_its_columns_decides_nothing(mine: Config) -> None:
    (mine.root / mine.identity.decisions).write_text(HEADER)
    assert decisions(mine) == []


def test_decisions_on_records_that_are_not_there_are_told_and_kept(mine: Config) -> None:
    key = min(project.customers(mine))
    save(mine, {pair_of(key, "crm_contacts:nobody"): "same", pair_of("gone:1", "gone:2"): "different"}, DAY)
    found = project.resolve(mine).results["resolve"]
    assert found.strangers == (2, 3)
    assert len(decisions(mine)) == 2


def test_bound_records_are_one_cluster_whatever_forbids_it() -> None:
    a, b = np.array([0, 1, 2]), np.array([1, 2, 3])
    no = np.zeros(3, dtype=np.bool_)
    pairs = Pairs(a, b, np.array([-5000, 4000, 4000]), np.array([True, False, False]), no, no)
    cards = [np.array([1, 2, -1, 2])]
    free = cluster(4, pairs, cards)
    assert free.tolist() == [0, 1, 1, 1]
    bound = cluster(4, pairs, cards, (np.array([0]), np.array([1])))
    assert bound.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("parted", "right"),
    [pytest.param(False, [0, 0, 0, 3], id="by the data"), pytest.param(True, [0, 0, 2, 3], id="by people")],
)
def test_a_third_record_need_not_agree_with_both_halves_of_a_decision(parted: bool, right: list[int]) -> None:
    # 0 and 1 contradict each other and are one by decision; 2 is like 0 and contradicts 1; 3 contradicts both.
    a, b = np.array([0, 0, 1, 0, 1]), np.array([1, 2, 2, 3, 3])
    weights = np.array([-9000, 9000, 1000, 9000, 9000])
    bans, people = np.array([True, False, True, True, True]), np.array([False, False, parted, False, False])
    pairs = Pairs(a, b, weights, bans, np.zeros(5, dtype=np.bool_), people)
    assert cluster(4, pairs, (), (np.array([0]), np.array([1]))).tolist() == right
