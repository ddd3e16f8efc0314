"""What was published under a schema_version stays as it was for as long as that version does; only additions are free."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cxunify.schema import PUBLISHED, SCHEMA_VERSION, Column, Table
from tests.contract import broken, file, promised, today

MEND = (
    "Readers rely on it. Undo it, or raise SCHEMA_VERSION and run `make schema`; where only words have changed and the meaning"
    f" has not, mend them in {file().name} too."
)


def test_every_promise_of_this_schema_version_is_kept() -> None:
    assert not broken(promised(), today()), MEND


def test_every_published_column_is_promised() -> None:
    assert today().keys() == promised().keys(), "run `make schema`: what is new is written down"


def test_promises_of_older_versions_are_kept_on_file() -> None:
    assert all(promised(version) for version in range(1, SCHEMA_VERSION + 1))


def test_money_has_one_type_and_quantities_another() -> None:
    types = {column.type for table in PUBLISHED for column in table.columns if column.type.startswith("DECIMAL")}
    assert types == {"DECIMAL(18,2)", "DECIMAL(18,3)"}


ORDERS = Table(
    "orders", "One row per order.", ("id",), (Column("id", "VARCHAR", ""), Column("total", "BIGINT", "cents"))
)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (replace(ORDERS, columns=ORDERS.columns[:1]), ["orders.total has vanished"]),
        (
            replace(ORDERS, columns=(ORDERS.columns[0], Column("total", "DOUBLE", "cents"))),
            ["orders.total was BIGINT and is DOUBLE"],
        ),
        (
            replace(ORDERS, columns=(ORDERS.columns[0], Column("total", "BIGINT", "euros"))),
            ["orders.total meant `cents` and means `euros`"],
        ),
        (replace(ORDERS, grain=("id", "total")), ["orders was id and is id total"]),
        (replace(ORDERS, columns=(*ORDERS.columns, Column("tax", "BIGINT", ""))), []),
        (replace(ORDERS, columns=ORDERS.columns[::-1]), []),
    ],
    ids=["vanished", "retyped", "redefined", "regrained", "added", "moved"],
)
def test_a_broken_promise_is_noticed(after: Table, said: list[str]) -> None:
    assert broken(today([ORDERS]), today([after])) == said


def test_a_table_that_vanishes_is_noticed() -> None:
    assert broken(today([ORDERS]), {}) == ["orders has vanished", "orders.id has vanished", "orders.total has vanished"]
