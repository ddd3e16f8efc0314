"""Strangers read what is published: every tool, every table; and whoever looks for little reads little."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

from cxunify import profile
from cxunify.publish import OUTPUTS, parquet, publish
from tests.profile.fakes import config, warehouse

CUSTOMERS, ROWS, GROUP = 3000, 90_000, 2048
RECORDS = [{"source": "contacts", "customer": "c0000", "given_name": "Ada"}]
BOUGHT = [{"source": "receipts", "customer": "c0000", "kind": "purchase", "amount": 5, "occurred_at": "2022-05-01"}]
MANY = f"""
insert into staging.traces by name
select 1000 + n as trace_id, 'receipts' as source, map() as identifiers, timestamp '2024-01-01' as last_at
from range({CUSTOMERS}) as t(n);
insert into identity.trace_assignments
select 1000 + n, printf('c%04d', n), 'record', 0.9 from range({CUSTOMERS}) as t(n);
insert into identity.identifiers
select printf('c%04d', n), 'loyalty_id', 'LC' || n, null, null, 1, 'valid' from range({CUSTOMERS}) as t(n);
insert into staging.interactions by name
select
    'receipts' as source, 'm' || n as interaction_id, 1 as file_id, n as source_row,
    1099511627776 * 2 + n as row_no, 1000 + n % {CUSTOMERS} as trace_id,
    timestamp '2022-01-01' + to_hours((n * 7919 % 26280)::integer) as occurred_at, 'purchase' as kind,
    (n % 500 / 100)::decimal(18, 2) as amount, 'USD' as currency, 1 as lines, 'Store ' || n % 7 as location,
    'https://shop/' || n as page, map() as properties
from range({ROWS}) as t(n)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A run of three thousand customers and three years, in small row groups."""
    root = tmp_path_factory.mktemp("run")
    made = config()
    made._root = root
    made.output_path.mkdir()
    with warehouse(RECORDS, BOUGHT, directories=[Path("/")]) as house, pytest.MonkeyPatch.context() as patch:
        for statement in MANY.split(";\n"):
            house.execute(statement)
        profile.build(house, made)
        patch.setattr(parquet, "ROW_GROUP", GROUP)
        yield publish(house, made, "r1").folder


def _read(tool: str, path: Path) -> tuple[int, list[str]]:
    """Rows and columns, partitions apart, as a tool sees them."""
    if tool == "duckdb":
        files = path / "**" / "*.parquet" if path.is_dir() else path
        found = duckdb.sql(f"from read_parquet('{files}', hive_partitioning = false)")
        return len(found.fetchall()), found.columns
    if tool == "polars":
        frame = pl.scan_parquet(path, hive_partitioning=False).collect()
        return frame.height, frame.columns
    if tool == "pandas":
        table: Any = pd.read_parquet(path)
        return len(table), [name for name in table.columns if name != "year" or path.is_file()]
    read = pyarrow.dataset.dataset(path, format="parquet").to_table()
    return read.num_rows, read.column_names


@pytest.mark.parametrize("tool", ["duckdb", "polars", "pandas", "pyarrow"])
def test_every_table_opens_in_every_tool(folder: Path, tool: str) -> None:
    for output in OUTPUTS:
        files = sorted((folder / output.path).rglob("*.parquet")) if output.partition else [folder / output.path]
        rows = sum(pq.read_metadata(file).num_rows for file in files)
        assert _read(tool, folder / output.path) == (rows, [column.name for column in output.table.columns]), (
            output.path
        )


# -- bytes that a reader must fetch, by the statistics that every reader prunes by ---------------------------------------------


def _bytes(files: list[Path], wanted: dict[str, Any], columns: set[str] | None = None) -> tuple[int, int, int]:
    """Row groups that may hold rows with the `wanted` values, their bytes in `columns` (default: all), and bytes in all."""
    groups = needed = total = 0
    for file in files:
        metadata = pq.read_metadata(file)
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            chunks = {chunk.path_in_schema: chunk for chunk in map(group.column, range(group.num_columns))}
            total += sum(chunk.total_compressed_size for chunk in chunks.values())
            if all(_may_hold(chunks[name].statistics, value) for name, value in wanted.items()):
                groups += 1
                names = columns or chunks.keys()
                needed += sum(chunks[name].total_compressed_size for name in names)
    return groups, needed, total


def _may_hold(statistics: Any, value: Any) -> bool:
    return statistics is None or not statistics.has_min_max or statistics.min <= value <= statistics.max


def test_a_customer_is_read_from_a_row_group_or_two_of_each_year(folder: Path) -> None:
    years = sorted((folder / "interactions").rglob("*.parquet"))
    assert len(years) == 3
    groups, needed, total = _bytes(years, {"customer_id": "c1234"})
    assert len(years) <= groups <= 2 * len(years)
    assert needed < total / 10
    groups, needed, total = _bytes([folder / "customers.parquet"], {"customer_id": "c1234"})
    assert groups == 1 and needed < total


def test_an_identifier_is_found_in_one_row_group(folder: Path) -> None:
    groups, needed, total = _bytes([folder / "identifiers.parquet"], {"type": "loyalty_id", "value": "LC1234"})
    assert groups == 1 and needed < total


def test_a_months_sales_are_read_from_its_year_and_the_columns_they_need(folder: Path) -> None:
    """Rows lie by customer within a year: a month costs its year, but of the columns that are asked for only."""
    years = sorted((folder / "interactions").rglob("*.parquet"))
    march = [file for file in years if "year=2023" in file.parts]
    _, needed, _ = _bytes(march, {"occurred_at": datetime(2023, 3, 15)}, {"occurred_at", "amount", "kind"})
    _, _, total = _bytes(years, {})
    assert needed < total / 4
    totals, _, total = _bytes([folder / "daily_totals.parquet"], {"occurred_date": datetime(2023, 3, 15).date()})
    assert totals <= 2 and total > 0
