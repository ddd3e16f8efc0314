"""`cxunify init`, end to end: what it writes runs without an edit, nothing is overwritten, and doubts are told."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cxunify.cli import app
from cxunify.config import load
from tests.ingest.workbooks import xlsx

PEOPLE = "customer_id,first_name,last_name,email,phone,created_at\n" + "".join(
    f"C{number:05},{name},{family},{name.lower()}.{number}@mail.example,+4930123{number:04},2024-01-{number % 27 + 1:02}\n"
    for number, (name, family) in enumerate(
        zip(["Anna", "Ben", "Clara", "Dora"] * 10, ["Beck", "Lang"] * 20, strict=True), 1
    )
)
ORDERS = "order_id,customer_id,order_date,total,currency\n" + "".join(
    f"O{number:06},C{number % 40 + 1:05},2024-02-{number % 27 + 1:02}T10:00:00Z,{number}.50,EUR\n"
    for number in range(1, 80)
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    before, umask = Path.cwd(), os.umask(0o077)
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)
    os.umask(umask)


def _run(*arguments: str, given: str = "") -> Any:
    return CliRunner().invoke(app, [*arguments], input=given)


def test_two_commands_lead_to_customers(folder: Path) -> None:
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    made = _run("init", "customers.csv", "orders.csv")
    assert made.exit_code == 0, made.output
    config = load(folder / "cxunify.yaml")
    assert (config.region, config.currency) == ("DE", "EUR")
    orders = config.sources["orders"].interaction
    assert orders is not None
    assert orders.person["customers"].names == ("customer_id",)
    ran = _run("run", "--json")
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["published"]["rows"]["interactions"] == 79


def test_what_is_there_is_not_overwritten(folder: Path) -> None:
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "cxunify.yaml").write_text("mine\n", encoding="utf-8")
    refused = _run("init", "customers.csv")
    assert refused.exit_code == 78
    assert "not overwritten" in refused.stderr
    assert (folder / "cxunify.yaml").read_text(encoding="utf-8") == "mine\n"
    assert _run("init", "customers.csv", "--out", "other.yaml").exit_code == 0
    assert list(load(folder / "other.yaml").sources) == ["customers"]


def test_a_configuration_is_extended_and_keeps_its_text(folder: Path) -> None:
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    assert _run("init", "customers.csv").exit_code == 0
    before = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    added = _run("init", "--add", "orders.csv")
    assert added.exit_code == 0, added.output
    after = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    orders = load(folder / "cxunify.yaml").sources["orders"].interaction
    assert orders is not None
    assert orders.person["customers"].names == ("customer_id",)


def test_what_is_unsure_is_marked_and_can_be_asked(folder: Path) -> None:
    rows = "".join(f"B{number},0{number % 9 + 1}.0{number % 8 + 1}.2024,{number},50\n" for number in range(1, 60))
    (folder / "bons.csv").write_text(f"Bon-Nr,Datum,Betrag\n{rows}".replace(",50\n", ".50\n"), encoding="utf-8")
    assert _run("init", "bons.csv").exit_code == 0
    text = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    assert "day and month cannot be told apart" in text
    assert "# unsure:" in text
    found = json.loads(_run("init", "bons.csv", "--out", "b.yaml", "--json").stdout)
    at = next(choice for choice in found["sources"][0]["choices"] if choice["key"] == "interaction.at")
    assert at["sure"] is False
    asked = _run("init", "bons.csv", "--out", "c.yaml", "--interactive", given="\n" * 9)
    assert asked.exit_code == 0, asked.output


def test_files_of_which_none_is_a_source_are_refused_with_the_reason(folder: Path) -> None:
    (folder / "tags.csv").write_text("order_id,tag_id\n1,2\n3,4\n", encoding="utf-8")
    refused = _run("init", "tags.csv")
    assert refused.exit_code == 65
    assert "link table" in refused.stderr
    assert not (folder / "cxunify.yaml").exists()


def test_a_workbook_is_an_extract_like_others(folder: Path) -> None:
    rows = [line.split(",") for line in PEOPLE.splitlines()]
    (folder / "customers.xlsx").write_bytes(xlsx({"Customers": rows}))
    assert _run("init", "customers.xlsx").exit_code == 0
    person = load(folder / "cxunify.yaml").sources["customers"].person
    assert person is not None and person.id is not None and person.id.names == ("customer_id",)
    assert _run("check").exit_code == 0
