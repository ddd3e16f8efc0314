"""CSV, where it is asked for: what a spreadsheet would run is inert, and numbers are numbers."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cxunify import profile
from cxunify.config import Config, load
from cxunify.errors import ConfigError
from cxunify.publish import publish
from tests.profile.fakes import config, warehouse
from tests.tables import note

NAMES = {
    "=cmd()": "'=cmd()", "+1-1": "'+1-1", "-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", "\uff1dcmd()": "'\uff1dcmd()",
    "a=b": "a=b", "O'Neil": "O'Neil", "'=quoted": "'=quoted", 'Say "hi", you': 'Say "hi", you', "Müller": "Müller",
    "\t=1": "'\t=1", "\r=1": "'\r=1", "-7": "-7",
}  # fmt: skip
"""A family name, and what stands in the cell."""
RECORDS = [
    {"source": "contacts", "customer": f"c{place:02}", "family_name": name, "phones": ["+12025550123"]}
    for place, name in enumerate(NAMES)
]
PHONES = [{"customer_id": row["customer"], "type": "phone", "value": "+12025550123"} for row in RECORDS]
BOUGHT = [
    {
        "source": "receipts",
        "kind": "return",
        "customer": "c00",
        "amount": "-12.50",
        "occurred_at": "2024-03-01T10:00:00",
    },
    {
        "source": "receipts",
        "kind": "purchase",
        "customer": None,
        "amount": "3.00",
        "occurred_at": "2023-03-01T10:00:00",
    },
]


def _project(folder: Path, **settings: Any) -> Config:
    made = config(publish=settings)
    made._root = folder
    made.output_path.mkdir(parents=True, exist_ok=True)
    return made


def _published(project: Config, run: str = "r1") -> Path:
    with warehouse(RECORDS, BOUGHT, PHONES, directories=[Path("/")]) as house:
        note(house, "first")
        profile.build(house, project)
        return publish(house, project, run).folder


def _cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_a_spreadsheet_would_run_is_inert_and_numbers_are_numbers(tmp_path: Path) -> None:
    folder = _published(_project(tmp_path, csv=["customers", "interactions"]))
    customers = _cells(folder / "csv" / "customers.csv")
    assert [row["family_name"] for row in customers] == list(NAMES.values())
    assert {row["phone"] for row in customers} == {"+12025550123"}
    assert (customers[0]["net_spend"], customers[1]["net_spend"], customers[0]["in_crm"]) == ("-12.50", "0.00", "true")
    amounts = [(row["amount"], row["occurred_at"]) for row in _cells(folder / "csv" / "interactions.csv")]
    assert amounts == [("3.00", "2023-03-01 10:00:00"), ("-12.50", "2024-03-01 10:00:00")]
    assert (folder / "csv" / "customers.csv").stat().st_mode & 0o777 == 0o600


def test_it_says_what_the_parquet_says(tmp_path: Path) -> None:
    folder = _published(_project(tmp_path, csv=["daily_totals"]))
    text = pl.read_csv(folder / "csv" / "daily_totals.csv", infer_schema=False)
    typed = pl.read_parquet(folder / "daily_totals.parquet")
    assert text.columns == typed.columns
    assert text.rows() == typed.with_columns(pl.all().cast(pl.String)).rows()


def test_nothing_is_written_unasked_and_what_is_asked_for_later_is_added(tmp_path: Path) -> None:
    first = _published(_project(tmp_path))
    assert not (first / "csv").exists()
    second = _published(_project(tmp_path, csv=["customers"]), "r2")
    third = _published(_project(tmp_path, csv=["customers", "consent"]), "r3")
    assert sorted(path.name for path in (third / "csv").iterdir()) == ["consent.csv", "customers.csv"]
    assert (second / "csv" / "customers.csv").stat().st_ino == (third / "csv" / "customers.csv").stat().st_ino
    manifest = json.loads((third / "manifest.json").read_text(encoding="utf-8"))
    assert [table["csv"]["path"] for table in manifest["tables"] if "csv" in table] == [
        "csv/customers.csv",
        "csv/consent.csv",
    ]
    assert _published(_project(tmp_path, csv=["customers", "consent"]), "r4") == third
    assert not (_published(_project(tmp_path), "r5") / "csv").exists()


def test_hidden_values_are_hidden_there_too(tmp_path: Path) -> None:
    folder = _published(_project(tmp_path, csv=["customers"], personal_data="none"))
    assert {row["family_name"] + row["phone"] for row in _cells(folder / "csv" / "customers.csv")} == {""}


def test_a_table_that_there_is_not(tmp_path: Path) -> None:
    path = tmp_path / "cxunify.yaml"
    path.write_text(
        "version: 1\nregion: US\ncurrency: USD\nsources: {a: {channel: crm, files: a.csv, person: {id: Id}}}\n"
        "publish: {csv: [custmers]}\n"
    )
    with pytest.raises(ConfigError, match="'custmers' is no published table"):
        load(path)
