"""What a project remembers: decisions of people, and what becomes of them."""

from __future__ import annotations

import json

import polars as pl

from tests.cli.project import Project

HEADER = "source_a,record_id_a,source_b,record_id_b,decision\n"


def test_decisions_that_contradict_each_other_stop_a_run_and_a_check_and_nothing_else_happens(own: Project) -> None:
    before = own.digests()
    pairs = "crm_contacts,1,pos_customers,2,same\nweb_accounts,3,pos_customers,2,same\ncrm_contacts,1,web_accounts,3,different\n"
    (own.folder / "decisions.csv").write_text(HEADER + pairs)
    for command in ("run", "check"):
        told = own.run(command, expect=65).stderr
        assert (
            "decisions.csv:4: two records are decided to be different, and decisions.csv:2, decisions.csv:3 makes"
            in told
        )
    (own.folder / "decisions.csv").write_text("")
    assert "decisions.csv is empty" in own.run("run", expect=65).stderr
    assert own.digests() == before


def test_decisions_on_records_that_are_not_there_are_told(own: Project) -> None:
    (own.folder / "decisions.csv").write_text(f"{HEADER}crm_contacts,nobody,pos_customers,nobody,same\n")
    assert "1 decision speaks of a record that is not there (of the file, line 2)" in own.run("resolve").stderr


def test_somebody_is_forgotten_after_asking_and_with_a_receipt(own: Project) -> None:
    customers = pl.read_parquet(own.current / "customers.parquet").filter(pl.col("records") > 1).sort("interactions")
    mail, customer_id = customers.drop_nulls("email")["email"][-1], customers.drop_nulls("email")["customer_id"][-1]
    before = own.digests()
    assert "Add --yes where this is meant" in own.run("forget", mail, expect=2).stderr
    assert "Would be forgotten" in own.run("forget", mail, "--dry-run").stdout
    assert own.digests() == before
    own.run("export", mail)
    receipt = json.loads(own.run("forget", mail, "--yes", "--json").stdout)
    assert receipt["removed"] == [f"exports/{customer_id}.html", f"exports/{customer_id}.json"]
    assert receipt["tombstones"] and receipt["extracts"] and mail not in json.dumps(receipt)
    after = own.digests()
    assert after.keys() == before.keys() and after["gaps.parquet"] == before["gaps.parquet"]
    own.run("show", customer_id, expect=2)
    told = own.run("run")
    assert mail not in told.stdout + told.stderr
    own.run("show", mail, expect=2)
    assert all(path.stat().st_mode & 0o077 == 0 for path in own.folder.glob("warehouse.*"))
