from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify import profile
from tests.profile.fakes import config, warehouse


def _cases(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((Path(__file__).parent / "cases" / f"{name}.yaml").read_text(encoding="utf-8"))


GOLDEN, CONSENT = _cases("golden"), _cases("consent")


@cache
def _customers(settings: str, *, backwards: bool = False) -> dict[str, dict[str, Any]]:
    """The customers of all cases that share their settings, by case: one build serves them all."""
    together = [case for case in (*GOLDEN, *CONSENT) if json.dumps(case.get("config", {})) == settings]
    records = _rows(together, "records", "customer")
    interactions = _rows(together, "interactions", "customer")
    known = _rows(together, "identifiers", "customer_id")
    if backwards:
        records.reverse()
    with warehouse(records, interactions, known) as house:
        profile.build(house, config(profile=json.loads(settings)))
        return {row["customer_id"]: row for row in house.frame("select * from profile.customers").to_dicts()}


def _rows(cases: Iterable[dict[str, Any]], part: str, owner: str) -> list[dict[str, Any]]:
    return [
        {"record_id": f"{case['case']} {place}", "updated_at": row.get("at"), owner: case["case"], **row}
        for case in cases
        for place, row in enumerate(case.get(part, ()))
    ]


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["case"])
def test_the_value_that_the_rule_says_survives(case: dict[str, Any]) -> None:
    row = _customers(json.dumps(case.get("config", {})))[case["case"]]
    assert {name: row[name] for name in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", CONSENT, ids=lambda case: case["case"])
def test_consent_is_what_was_said_and_the_stricter_of_it(case: dict[str, Any]) -> None:
    assert _customers("{}")[case["case"]]["consent_email"] is case["expect"]


def test_the_order_of_records_decides_nothing() -> None:
    assert _customers("{}") == _customers("{}", backwards=True)


def test_competing_values_are_kept_and_others_are_not() -> None:
    records = [
        {
            "source": "contacts",
            "customer": "c1",
            "given_name": "Ada",
            "city": "London",
            "birth_date": date(1815, 12, 10),
        },
        {"source": "tills", "customer": "c1", "given_name": "Augusta", "birth_date": date(1815, 12, 10)},
        {"source": "accounts", "customer": "c1", "given_name": "ADA"},
    ]
    with warehouse(records) as house:
        profile.build(house, config())
        kept = house.rows("select field, rank, value, records from profile.candidates order by all")
    assert kept == [("given_name", 1, "Ada", 2), ("given_name", 2, "Augusta", 1)]


def test_a_project_without_any_source_of_people_has_customers_all_the_same() -> None:
    made = config(
        sources={"receipts": {"channel": "pos", "files": "r.csv", "interaction": {"at": "x", "kind": "purchase"}}}
    )
    rows = [{"source": "receipts", "customer": "c1", "kind": "purchase", "amount": 3, "occurred_at": "2024-01-01"}]
    with warehouse(interactions=rows) as house:
        profile.build(house, made)
        found = house.rows(
            "select customer_id, display_name, email, street, birth_date, net_spend from profile.customers"
        )
    assert found == [("c1", None, None, None, None, 3)]
