"""Everything that is held on a person: as delivered, as published, as remembered; and on nobody else."""

from __future__ import annotations

import csv
import json
import re
import stat
from typing import Any

import polars as pl
import pytest

from cxunify.subject.page import page
from tests.cli.conftest import done, own
from tests.cli.project import Project

__all__ = ["done", "own"]


@pytest.fixture(scope="module")
def held(done: Project) -> dict[str, Any]:
    """The export of the sample's busiest customer."""
    customers = pl.read_parquet(done.current / "customers.parquet").filter(pl.col("records") > 2).sort("interactions")
    document: dict[str, Any] = json.loads(done.run("export", str(customers["customer_id"][-1]), "--json").stdout)
    return document


def test_every_published_row_of_the_person_is_there_and_nobody_elses(done: Project, held: dict[str, Any]) -> None:
    customer_id, published = held["customer_id"], held["published"]
    for path in sorted(done.current.resolve().glob("*")):
        if path.suffix == ".parquet" or path.is_dir():
            rows = pl.read_parquet(path / "**" / "*.parquet" if path.is_dir() else path, hive_partitioning=False)
            if "customer_id" in rows.columns:
                assert len(published.get(path.stem, ())) == len(rows.filter(pl.col("customer_id") == customer_id)), (
                    path.stem
                )
    assert {row["customer_id"] for rows in published.values() for row in rows if "customer_id" in row} == {customer_id}


def test_rows_are_as_systems_delivered_them(done: Project, held: dict[str, Any]) -> None:
    delivered = held["delivered"]
    assert {"contacts", "receipts", "web_events"} <= delivered.keys()
    with (done.folder / "extracts" / "crm_contacts.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in delivered["contacts"]:
        cells = {name: value for name, value in row.items() if name not in {"row", "file"}}
        assert row["file"] == "extracts/crm_contacts.csv"
        assert cells == {name: value or None for name, value in rows[row["row"] - 1].items()}
    lines = sum(row["lines"] for row in held["published"]["interactions"] if row["source"] == "receipts")
    assert len(delivered["receipts"]) >= lines  # and rows that only repeat one


def test_two_files_for_their_owner_alone_and_none_that_runs_anything(own: Project) -> None:
    customer_id = pl.read_parquet(own.current / "customers.parquet")["customer_id"][0]
    own.run("export", customer_id, "--out", "given")
    files = sorted((own.folder / "given").iterdir())
    assert [path.name for path in files] == [f"{customer_id}.html", f"{customer_id}.json"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600, 0o600]
    text = files[0].read_text()
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<img|<link|@import|url\(", text)
    assert json.loads(files[1].read_text())["customer_id"] == customer_id


def test_a_value_is_only_a_value_on_the_page() -> None:
    rows = [{"name": "<script>alert(1)</script>", "empty": None}, {"name": "b", "empty": None}]
    text = page(
        {
            "customer_id": "c1", "as_of": "2026", "run_id": "r", "meanings": {"customers": {"": "People."}},
            "published": {"customers": rows}, "delivered": {"crm": rows[:1]}, "rejected": [], "decisions": [], "remembered": {},
            "kept_runs": {"r": {"customers": 2}},
        }
    )  # fmt: skip
    assert "<script>" not in text
    assert text.count("&lt;script&gt;") == 2
    assert ">empty<" not in text


def test_nobody_is_nobody(done: Project) -> None:
    assert "no customer is known by that" in done.run("export", "nobody@example.org", expect=2).stderr
