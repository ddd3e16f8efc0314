"""Every capability of readiness leads somewhere: where it is ready to its tables, where it is refused to the gap behind that."""

from __future__ import annotations

import polars as pl
import pytest

from cxunify.actions import capabilities
from cxunify.actions.capabilities import Finding
from cxunify.config.requirements import catalogue
from cxunify.schema import PUBLISHED

NAMES = tuple(catalogue()["capabilities"])
_TABLES = {table.name: table for table in PUBLISHED}


def _gate(name: str, *, is_open: bool) -> pl.DataFrame:
    """What the gate says of a capability: all is met, or its first requirement is not."""
    spec = catalogue()["capabilities"][name]
    need, wanted = next(iter(spec["needs"].items()))
    row = {"capability": name, "category": spec["category"], "title": spec["title"], "is_open": is_open, "requirement": need,
           "text": catalogue()["measures"].get(need, {"text": need})["text"], "unit": "customers", "measured": 0.5,
           "required": float(wanted.get("least", wanted.get("most")) + 1), "gaps": "no_customer/receipts"}  # fmt: skip
    return pl.DataFrame([row if not is_open else {**row, "requirement": None}])


def _told(name: str, found: pl.DataFrame, *, is_open: bool) -> dict[str, object]:
    listed = [{"capability": name, "tables": "t", "method": "m", "overridden": False}]
    return capabilities.told(_gate(name, is_open=is_open), found, listed).row(0, named=True)


def test_what_can_be_done_is_what_readiness_asks_about() -> None:
    assert sorted(of.id for of in capabilities.capabilities()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_capability_leads_to_published_tables_and_columns_that_are_there(name: str) -> None:
    tables = capabilities.named(name).tables
    assert tables
    for of in tables:
        assert {*of.shows, *of.first} <= _TABLES[of.name].types.keys(), of.name


@pytest.mark.parametrize("name", NAMES)
def test_a_capability_that_is_refused_leads_to_what_is_missing_and_the_gap(name: str) -> None:
    row = _told(name, capabilities.findings(), is_open=False)
    assert row["status"] == "refused" and "needs" in str(row["reason"])
    assert row["gaps"] == "no_customer/receipts" and row["requirement"] in catalogue()["capabilities"][name]["needs"]


@pytest.mark.parametrize("name", NAMES)
def test_a_capability_that_is_ready_says_what_came_of_it(name: str) -> None:
    row = _told(name, capabilities.findings(Finding(name, 7, "it works")), is_open=True)
    assert (row["status"], row["reason"], row["check"], row["customers"]) == ("ready", None, "it works", 7)
