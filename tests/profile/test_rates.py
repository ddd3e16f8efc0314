"""Two currencies are never added: what has no rate is told, what has one is converted by the last one at or before its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cxunify import profile
from cxunify.config import Config
from cxunify.errors import InputError
from cxunify.profile.rates import rates
from tests.profile.fakes import config, warehouse

AS_OF = datetime(2024, 6, 30, 12)
BOUGHT: list[dict[str, Any]] = [
    {
        "source": "receipts",
        "kind": "purchase",
        "customer": "c1",
        "occurred_at": at,
        "amount": amount,
        "currency": currency,
    }
    for at, amount, currency in (
        ("2024-01-01", 10, "USD"),
        ("2024-01-01", 100, "EUR"),
        ("2024-02-01T01:00:00", 100, "EUR"),
        ("2024-02-02", 100, "EUR"),
        ("2024-02-02", 5000, "JPY"),
        ("2024-03-01", 20, None),
    )
]
BOUGHT.append({**BOUGHT[3], "kind": "return", "amount": 30, "occurred_at": "2024-02-03"})


def with_rates(folder: Path, lines: Sequence[str], **settings: Any) -> Config:
    """A project with a file of rates."""
    (folder / "rates.csv").write_text("\n".join(lines), encoding="utf-8")
    made = config(rates="rates.csv", **settings)
    made._root = folder
    return made


def totals(settings: Config) -> dict[str, tuple[Any, ...]]:
    with warehouse(interactions=BOUGHT) as house:
        profile.build(house, settings, AS_OF)
        rows = house.rows("select currency, net_spend, revenue, uncounted, uncounted_spend from profile.currencies")
        worth = house.scalar("select sum(revenue) from profile.interactions")
        spent = house.scalar("select net_spend from profile.customers")
        assert worth == spent == sum(row[2] for row in rows), "one expression says what is revenue"
        return {row[0]: row[1:] for row in rows}


def test_without_rates_each_currency_has_a_total_of_its_own() -> None:
    assert totals(config()) == {
        "USD": (Decimal(30), Decimal(30), 0, Decimal(0)),
        "EUR": (Decimal(270), Decimal(0), 4, Decimal(270)),
        "JPY": (Decimal(5000), Decimal(0), 1, Decimal(5000)),
    }


def test_the_last_rate_at_or_before_the_day_converts(tmp_path: Path) -> None:
    lines = ["currency,date,rate,source", "EUR,2024-02-02,1.2,a", "EUR,2024-01-02,1.1,a", "USD,2024-01-01,7,own", ""]
    found = totals(with_rates(tmp_path, lines))
    # The first purchase has no rate; the second has that of January, the third and the return that of their own day or the last.
    assert found["EUR"] == (Decimal(270), Decimal(110) + Decimal(120) - Decimal(36), 1, Decimal(100))
    assert found["USD"][1] == Decimal(30)
    assert found["JPY"][2] == 1


def test_the_day_is_the_companys(tmp_path: Path) -> None:
    lines = ["date,currency,rate", "2024-02-01,EUR,2"]
    east = totals(with_rates(tmp_path, lines))
    west = totals(with_rates(tmp_path, lines, timezone="America/New_York"))
    assert (east["EUR"][2], west["EUR"][2]) == (1, 2), "an hour after midnight in London is the day before in New York"


def test_a_file_of_rates_is_read_once_it_is_right(tmp_path: Path) -> None:
    wrong = ["date,currency,rate", "2024-01-01,EUR,1.1", "01/02/2024,EUR,1.2", "2024-01-03,eur,1.2", "2024-01-04,EUR,0"]
    with pytest.raises(InputError) as caught:
        rates(with_rates(tmp_path, [*wrong, "2024-01-01,EUR,1.2", "2024-01-05,EUR,1,2"]))
    lines = [problem.what.split(",")[1].split(":")[0].strip() for problem in caught.value.problems]
    assert lines == ["line 3", "line 4", "line 5", "line 6", "line 7"]
    with pytest.raises(InputError, match="has no column rate"):
        rates(with_rates(tmp_path, ["date,currency", "2024-01-01,EUR"]))
    (tmp_path / "rates.csv").unlink()
    missing = config(rates="rates.csv")
    missing._root = tmp_path
    with pytest.raises(InputError, match="cannot be read"):
        rates(missing)
    assert rates(config()) == ()


def test_rates_lie_in_order(tmp_path: Path) -> None:
    found = rates(
        with_rates(tmp_path, ["date,currency,rate", "2024-02-01,EUR,2", "2024-01-01,EUR,1", "2024-01-01,CAD,3"])
    )
    assert [(currency, day) for currency, day, _ in found] == [
        ("CAD", date(2024, 1, 1)),
        ("EUR", date(2024, 1, 1)),
        ("EUR", date(2024, 2, 1)),
    ]
