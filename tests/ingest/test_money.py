"""Amounts in every style: exact, or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cxunify.ingest import money
from cxunify.warehouse import Warehouse, literal
from tests.ingest.conftest import Project

FOLDER = Path(__file__).parent / "cases"
CASES = yaml.safe_load((FOLDER / "money.yaml").read_text(encoding="utf-8"))
CURRENCIES = yaml.safe_load((FOLDER / "currencies.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_columns(project: Project, case: dict[str, Any]) -> None:
    values = case["values"]
    rows = [f'{n},2024-01-31,"{value}"\n' for n, value in enumerate(values)]
    project.write("s.csv", "id,at,v\n" + "".join(rows))
    amount = {"column": "v", "decimal": case["stated"]} if "stated" in case else "v"
    project.source(interaction={"id": "id", "at": "at", "kind": "purchase", "amount": amount})
    if "refused" in case:
        assert case["refused"] in project.refused()
        return
    project.run()
    found = project.column("select amount from staging.interactions order by source_row")
    assert found == [None if expected is None else Decimal(expected) for expected in case["amounts"]]
    invalid = project.column("select source_row - 1 from staging.invalid where field = 'amount' order by 1")
    assert invalid == [n for n, expected in enumerate(case["amounts"]) if expected is None]


@pytest.mark.parametrize("case", CURRENCIES, ids=lambda case: case["name"])
def test_currencies(project: Project, case: dict[str, Any]) -> None:
    rows = [
        f"{n},2024-01-31,{','.join(json.dumps(cell, ensure_ascii=False) for cell in row)}\n"
        for n, row in enumerate(case["rows"])
    ]
    project.write("s.csv", f"id,at,{case.get('columns', 'v')}\n" + "".join(rows))
    amount = {"column": "v", **case.get("amount", {})}
    mapping = {"currency": case["currency"]} if "currency" in case else {}
    project.source(
        interaction={"id": "id", "at": "at", "kind": "purchase", "amount": amount, **mapping},
        **({"currency": case["own"]} if "own" in case else {}),
    )
    if "refused" in case:
        said = project.refused()
        assert all(part in said for part in case["refused"]), said
        return
    summary = project.run()
    found = project.rows("select amount::varchar, currency from staging.interactions order by source_row")
    assert [list(row) for row in found] == case["found"]
    invalid = project.rows("select source_row - 1, reason from staging.invalid where field = 'amount' order by 1")
    assert [list(row) for row in invalid] == case.get("invalid", [])
    assert case.get("note", "") in "\n".join(summary.sources[0].notes)


def test_quantity_times_price_less_cents(project: Project) -> None:
    project.write("s.csv", 'id,at,q,p,c\n1,2024-01-31,"3","1,999.50",1802\n1,2024-01-31,-1,0.85,1802\n')
    amount: dict[str, Any] = {"multiply": ["q", "p"]}
    project.source(interaction={"id": "id", "at": "at", "kind": "purchase", "amount": amount, "quantity": "q"})
    project.source(
        "cents", interaction={"id": "id", "at": "at", "kind": "purchase", "amount": {"column": "c", "divide": 100}}
    )
    project.run()
    assert project.rows("select source, amount, quantity, lines from staging.interactions order by source") == [
        ("cents", Decimal("18.02"), None, 2),
        ("s", Decimal("5997.65"), Decimal("2.000"), 2),
    ]


def test_numbers_of_typed_files_need_no_proof(project: Project) -> None:
    project.write("s.ndjson", '{"id": 1, "at": "2024-01-31", "v": 1.234}\n{"id": 2, "at": "2024-01-31", "v": 2.500}\n')
    project.source(
        files="s.ndjson", interaction={"id": "id", "at": "at", "kind": "purchase", "amount": "v", "score": "v"}
    )
    project.run()
    assert project.rows("select amount, score from staging.interactions order by 1") == [
        (Decimal("1.23"), 1.234),
        (Decimal("2.50"), 2.5),
    ]


@pytest.fixture(scope="module")
def memory() -> Iterator[Warehouse]:
    with Warehouse.open() as warehouse:
        yield warehouse


@settings(max_examples=100)
@given(
    amount=st.decimals(-(10**12), 10**12, places=2),
    decimal=st.sampled_from(".,"),
    grouped=st.booleans(),
    dress=st.sampled_from(["{}", "${}", "{} €", "USD {}", "({})", "{}-"]),
)
def test_amounts_agree_with_python(memory: Warehouse, amount: Decimal, decimal: str, grouped: bool, dress: str) -> None:
    signed = dress not in {"({})", "{}-"}
    text = f"{amount if signed else abs(amount):{',' if grouped else ''}.2f}"
    if decimal == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    marks = tuple(money.Mark(beside) for beside in ("$", "€", "USD"))
    style = money.NumberStyle(plain=False, decimal=decimal, marks=marks)
    sql = money.decimal("v", style, "decimal(18, 2)")
    found = memory.scalar(f"select {sql} from (select {literal(dress.format(text))} as v)")
    assert found == (amount if signed else -abs(amount))


@given(amount=st.decimals(-(10**9), 10**9, places=5))
def test_halves_are_rounded_away_from_zero(memory: Warehouse, amount: Decimal) -> None:
    sql = money.decimal("v", money.NumberStyle(plain=True), "decimal(18, 2)")
    found = memory.scalar(f"select {sql} from (select '{amount:f}' as v)")
    assert found == amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
