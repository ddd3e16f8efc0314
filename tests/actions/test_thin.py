"""Thin and odd data from extracts on, through every layer: typed tables, a reason for whatever is empty, and no nonsense number."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from cxunify import actions, identity, ingest, profile, quality
from cxunify.config import Config, load
from cxunify.config.requirements import catalogue
from cxunify.schema.actions import LAYER
from cxunify.warehouse import Warehouse

FIRST = date(2024, 1, 2)
Happened = tuple[int, datetime, str, float | None, str | None]
"""Number of the customer, when, kind, amount, campaign."""


def at(day: int, hour: int = 10) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, hour) + timedelta(days=day)


def bought_once() -> Iterator[Happened]:
    for number in range(100):
        yield number, at(number * 7 % 700), "purchase", 10.0 + number, None


def one_day() -> Iterator[Happened]:
    for number in range(600):
        yield number, at(0, 8 + number % 12), "purchase", 20.0, None
        yield number, at(0, 8), "contact_out" if number % 2 else "held_out", None, "only"


def ten_thousand() -> Iterator[Happened]:
    for count in range(10_000):
        yield 0, at(count % 700, 8 + count % 12), "purchase", 5.0 + count % 7, None
    for number in range(1, 40):
        for count in range(number % 4 + 1):
            yield number, at((number * 37 + count * 90) % 700), "purchase", 30.0, None


def all_returns() -> Iterator[Happened]:
    for number in range(600):
        for count in range(3):
            yield number, at((number + count * 200) % 700), "return", -15.0, None


def only_sends() -> Iterator[Happened]:
    for number in range(600):
        yield number, at(300), "contact_out" if number % 2 else "held_out", None, "spring"


def no_sends() -> Iterator[Happened]:
    for number in range(600):
        for count in range(1 + number % 5):
            yield number, at((number * 13 + count * 97) % 700), "purchase", 10.0 + number % 50, None


def nothing() -> Iterator[Happened]:
    yield from ()


CASES = (bought_once, one_day, ten_thousand, all_returns, only_sends, no_sends, nothing)
EMPTY = {
    "bought_once": {"lift", "triggers"}, "one_day": {"triggers"}, "ten_thousand": {"lift", "triggers"},
    "all_returns": {"predictions", "lift", "triggers"}, "only_sends": {"predictions", "triggers"}, "no_sends": {"lift"},
    "nothing": {"predictions", "triggers", "lift"},
}  # fmt: skip
"""What has no rows even where nothing is asked of the data."""


def project(folder: Path, happened: Iterator[Happened], *, is_open: bool) -> Path:
    """Extracts of what happened, and a configuration that asks as much as is usual of them, or nothing at all."""
    rows = list(happened)
    with (folder / "people.csv").open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(["id", "name", "mail", "news"])
        for number in sorted({0, *(row[0] for row in rows)}):
            write.writerow([f"K{number}", f"Name{number}", f"k{number}@mail.example", "yes"])
    with (folder / "facts.csv").open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(["id", "customer", "at", "kind", "amount", "campaign"])
        for place, (number, when, kind, amount, campaign) in enumerate(rows):
            write.writerow([f"F{place}", f"K{number}", when.isoformat(), kind, amount, campaign])
    config: dict[str, Any] = {
        "version": 1, "region": "US", "currency": "USD", "warehouse": "w.duckdb", "output": "out",
        "sources": {
            "people": {
                "channel": "crm", "files": "people.csv",
                "person": {"id": "id", "given_name": "name", "email": "mail", "consent": {"email": "news"}},
            },
            "facts": {
                "channel": "pos", "files": "facts.csv",
                "interaction": {
                    "id": "id", "at": "at", "kind": {"column": "kind"}, "amount": "amount", "campaign": "campaign",
                    "person": {"people": "customer"},
                },
            },
        },
    }  # fmt: skip
    if is_open:
        needs = {
            f"{name}.{need}": 0.0 if "least" in wanted else 1.0
            for name, of in catalogue()["capabilities"].items()
            for need, wanted in of["needs"].items()
        }
        config["quality"] = {"readiness": needs}
    (folder / "cxunify.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder / "cxunify.yaml"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_thin_data_leave_typed_tables_reasons_and_no_nonsense(case: Any, tmp_path: Path) -> None:
    """First as much is asked of the data as is usual, then nothing at all: what it cannot bear must not be told then, either."""
    config = load(project(tmp_path, case(), is_open=False))
    with Warehouse.open(threads=1, directories=ingest.folders(config)) as warehouse:
        ingest.ingest(warehouse, config, (), "run 1")
        identity.resolve(warehouse, config)
        profile.build(warehouse, config)
        filled = acted(warehouse, config)
        assert case is no_sends or not {"predictions", "triggers", "lift", "contact_limits"} & filled
        filled = acted(warehouse, load(project(tmp_path, case(), is_open=True)))
        assert not EMPTY[case.__name__] & filled


def acted(warehouse: Warehouse, config: Config) -> set[str]:
    """The tables of the layer that have rows, after all of them were held to be sound."""
    quality.assess(warehouse, config, run_id="run 1")
    for one in actions.act(warehouse, config) or ():
        assert one.reason or one.status == "ready", one
        assert one.status in {"ready", "weak"} or one.customers in {0, None}, one
    tables = {table.name: warehouse.frame(f"select * from {table.name}") for table in LAYER}
    for table in LAYER:
        assert warehouse.columns(table.name) == table.types, table.name
    sound(tables)
    return {name.partition(".")[2] for name, frame in tables.items() if len(frame)}


def sound(tables: dict[str, pl.DataFrame]) -> None:
    """Shares and chances are between 0 and 1, and nobody is expected to buy less than never or more often than every day."""
    for name, frame in tables.items():
        for column, kind in frame.schema.items():
            assert not kind.is_float() or frame[column].drop_nulls().is_finite().all(), (name, column)
    predictions = tables["actions.predictions"]
    for column in ("p_alive", "p_purchase_30d", "p_purchase_90d"):
        assert predictions[column].drop_nulls().is_between(0, 1).all(), column
    for days in (30, 90, 365):
        assert predictions[f"expected_purchases_{days}d"].drop_nulls().is_between(0, days).all(), days
    assert (predictions["value_365d"].drop_nulls() >= 0).all()
    lift = tables["actions.lift"]
    assert lift.filter(verdict="refused")["difference"].null_count() == lift.filter(verdict="refused").height
    assert lift["verdict"].is_in(["refused", "not shown"]).all()
    for column in ("split_p", "p", "complete_share"):
        assert lift[column].drop_nulls().is_between(0, 1).all(), column
    triggers = tables["actions.triggers"]
    assert triggers["expected_false_share"].is_between(0, 1).all()
    checks = tables["actions.trigger_checks"]
    assert (checks["alarms"] <= checks["detectable"]).all()
