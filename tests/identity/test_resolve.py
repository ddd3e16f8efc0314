"""Whole runs over a small random town: what must hold whatever the data says."""

from __future__ import annotations

import random

import pytest

from cxunify.identity import resolve
from tests.identity import people
from tests.tables import remember

GIVEN = ["Ann", "Bea", "Robert", "Bob", "William", "Bill", "Kate", "Catherine", "Omar", "Lin", "Zoë", "Li"]
FAMILY = ["Smith", "Smyth", "Novak", "Lee", "Okafor", "de la Cruz", "Groß", "Ito"]


def town(seed: int, size: int = 120) -> list[dict]:
    """Records of people who share names, homes, mailboxes, numbers and cards more often than they should."""
    dice = random.Random(seed)
    homes = [{"street": f"{n} Oak St", "postal_code": f"100{n:02}"} for n in range(12)]
    mail = [f"box{n}@example.com" for n in range(40)] + ["test@test.com"]
    phones = [f"202555{n:04}" for n in range(100, 140)] + ["0000000000"]
    rows = []
    for number in range(size):
        row: dict = {
            "source": dice.choice(["crm", "pos", "till"]),
            "record_id": str(number),
            "family_name": dice.choice(FAMILY),
        }
        if dice.random() < 0.85:
            row["given_name"] = dice.choice(GIVEN)
        if dice.random() < 0.5:
            row |= dice.choice(homes)
        if dice.random() < 0.5:
            row["emails"] = [dice.choice(mail)]
        if dice.random() < 0.5:
            row["phones"] = [dice.choice(phones)]
        if dice.random() < 0.3:
            row["identifiers"] = {"loyalty_id": f"LC{dice.randrange(30)}"}
        if dice.random() < 0.3:
            row["birth_date"] = f"19{dice.randrange(50, 99)}-0{dice.randrange(1, 9)}-1{dice.randrange(9)}"
        if dice.random() < 0.1:
            row["name_suffix"] = dice.choice(["Jr", "Sr"])
        rows.append(row)
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_no_customer_holds_a_contradiction(tmp_path, seed):
    opened = people.warehouse(town(seed))
    resolve(opened, people.config(tmp_path, "pos", free=("till",)))
    assert opened.scalar("select count(*) from identity.assignments") == 120
    for column in ("s.card", "f.suffix", "case when f.is_duplicate_free then f.node end"):
        sql = (
            f"select count(*) from (select c.customer_id from identity.owners as c join identity.traits as s using (node)"
            f" join identity.features as f using (node) group by c.customer_id having count(distinct {column}) > 1)"
        )
        assert opened.scalar(sql) == 0


@pytest.mark.parametrize("threads", [1, 8])
def test_neither_the_order_of_rows_nor_threads_matter(tmp_path, threads):
    results = []
    for place, workers in (("a", 2), ("b", threads)):
        (tmp_path / place).mkdir()
        rows = town(7)
        if place == "b":
            random.Random(1).shuffle(rows)
        opened = people.warehouse(rows, threads=workers)
        resolve(opened, people.config(tmp_path / place, "pos", "till"))
        results.append(opened.rows("select * from identity.assignments order by source, record_id"))
    assert results[0] == results[1]


def test_ids_last(tmp_path):
    rows = town(3)
    project = people.config(tmp_path, "pos", "till")
    opened = people.warehouse(rows[:100])
    resolve(opened, project)
    remember(opened, "first")
    before = owners(opened)
    assert opened.scalar("select count(*) from ledger.changes where kind = 'new'") == len(set(before.values()))
    people.stage(opened, rows[:100])
    resolve(opened, project)
    assert owners(opened) == before
    assert opened.rows("from identity.moves") == []
    # Strangers arrive: nobody who was there gets another id.
    people.stage(opened, [*rows[:100], {"record_id": "new", "given_name": "Xenia", "family_name": "Quist"}])
    resolve(opened, project)
    after = owners(opened)
    assert {key: after[key] for key in before} == before
    assert opened.rows("select kind, new_id from identity.moves") == [("new", after["crm:new"])]


def test_merges_and_splits_are_told(tmp_path):
    rows = [
        {"record_id": "a", "given_name": "Ann", "family_name": "Arden"},
        {"record_id": "b", "given_name": "Bea", "family_name": "Bunting"},
    ]
    opened = people.warehouse(rows)
    project = people.config(tmp_path)
    decisions = tmp_path / "decisions.csv"
    for run in ("first", "second", "third"):
        if run == "second":
            decisions.write_text("source_a,record_id_a,source_b,record_id_b,decision\ncrm,a,crm,b,same\n")
        resolve(opened, project)
        joined_by = opened.rows("select distinct joined_by from identity.assignments")
        assert joined_by == [("decision",)] if run == "second" else [("only record",)]
        remember(opened, run)
        decisions.unlink(missing_ok=True)
    kinds = opened.rows("select run_id, kind, count(*) from ledger.changes group by all order by all")
    assert kinds == [("first", "new", 2), ("second", "merged", 1), ("third", "split", 1)]


def test_who_is_away_keeps_an_id_for_the_return(tmp_path):
    rows = town(3)
    project = people.config(tmp_path, "pos", "till")
    opened = people.warehouse(rows)
    told = []
    for run, there in (("r1", rows), ("r2", rows[:20]), ("r3", rows[:20]), ("r4", rows)):
        people.stage(opened, there)
        resolve(opened, project)
        if run == "r1":
            before = owners(opened)
        assert {key: before[key] for key in owners(opened)} == owners(opened)
        remember(opened, run)
        told.append(
            dict(opened.rows(f"select kind, count(*) from ledger.changes where run_id = '{run}' group by kind"))
        )
    away = len(set(before.values())) - opened.scalar("select count(*) from ledger.changes where kind = 'erased'")
    assert told == [
        {"new": len(set(before.values()))}, {"erased": len(set(before.values())) - away}, {}, {"returned": told[1]["erased"]},
    ]  # fmt: skip


def test_an_id_that_waits_for_its_record_is_nobody_elses(tmp_path):
    """The first record of a merged customer leaves it and comes back alone: the id it once made is another's by then."""
    opened = people.warehouse([{"record_id": "a", "given_name": "Ann"}, {"record_id": "b", "given_name": "Bea"}])
    project = people.config(tmp_path)
    decisions = tmp_path / "decisions.csv"
    decisions.write_text("source_a,record_id_a,source_b,record_id_b,decision\ncrm,a,crm,b,same\n")
    resolve(opened, project)
    remember(opened, "r1")
    merged = owners(opened)["crm:a"]
    decisions.unlink()
    # b alone is there: it keeps the customer. a comes back and is somebody else now.
    people.stage(opened, [{"record_id": "b", "given_name": "Bea"}])
    resolve(opened, project)
    remember(opened, "r2")
    assert owners(opened) == {"crm:b": merged}
    people.stage(opened, [{"record_id": "a", "given_name": "Ann"}, {"record_id": "b", "given_name": "Bea"}])
    resolve(opened, project)
    now = owners(opened)
    assert merged in now.values() and len(set(now.values())) == 2


def owners(opened):
    """The customer of each record."""
    return dict(opened.rows("select source || ':' || record_id, customer_id from identity.assignments"))
