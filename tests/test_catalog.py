"""What is known of tables without asking is what the engine would answer, whatever was run."""

from __future__ import annotations

import random

import duckdb
import pytest

from cxunify.warehouse import Warehouse

NAMES = ("identity.a", 'raw."crm (incoming)"', 'raw."it""s"', "ledger.kept", "temp.moment")
STATEMENTS = (
    "create or replace table {name} as select 1 as x",
    "create table if not exists {name} (x integer)",
    "CREATE OR REPLACE TEMP TABLE moment AS SELECT 1 AS x, '$no' AS y",
    "create or replace view identity.seen as select 1 as q",
    "drop table if exists {name}",
    "drop view if exists identity.seen",
    "alter table {name} add column y integer",
    "insert into {name} select 2",
    "create schema if not exists identity",
    "create or replace table identity.b as select 1 as x; drop table if exists identity.a",
    "drop schema identity cascade",
)


def _asked(warehouse: Warehouse) -> dict[str, str]:
    return dict(warehouse._listed())


@pytest.mark.parametrize("seed", range(20))
def test_it_follows_what_is_run(seed: int) -> None:
    dice = random.Random(seed)
    with Warehouse.open(threads=1) as warehouse:
        for schema in ("identity", "raw"):
            warehouse.execute(f"create schema {schema}")
        for _ in range(30):
            statement = dice.choice(STATEMENTS).format(name=dice.choice(NAMES))
            is_undone = dice.random() < 0.2
            try:
                with warehouse.rehearsal() if is_undone else warehouse.transaction():
                    warehouse.execute(statement)
                    assert dict(warehouse._catalog.kinds) == _asked(warehouse), statement
            except duckdb.Error:
                pass  # it was about a table that is not there
            assert dict(warehouse._catalog.kinds) == _asked(warehouse), statement
            for name in ('raw.it"s', "raw.crm (incoming)", "identity.a", "temp.moment", "ledger.kept"):
                assert bool(warehouse.columns(name)) == (name in _asked(warehouse)), (name, statement)


def test_parameters_are_those_outside_of_texts() -> None:
    with Warehouse.open(threads=1) as warehouse:
        sql = 'select $a as a, \'$b\' as b, "$c" as c -- $d\n from (select 1 as "$c")'
        assert warehouse.rows(sql, {"a": 1, "b": 2, "c": 3, "d": 4}) == [(1, "$b", 1)]
