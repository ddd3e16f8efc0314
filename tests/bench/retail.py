"""`cxunify run` on UCI Online Retail: what is known of it, held against what the gap report says."""

from __future__ import annotations

import sys
from decimal import Decimal

import duckdb

from tests.bench.measure import CXUNIFY, cost, table
from tests.bench.projects import Data, project

KNOWN = {
    "lines": 541_909, "lines without a customer": 135_080, "net value": Decimal("9747747.93"),
    "net value without a customer": Decimal("1447682.12"),
}  # fmt: skip


def report(data: Data) -> None:
    """Print the figures from the published interactions, those that are known, and the gap that states them."""
    with project(data) as folder:
        cost_of = cost((*CXUNIFY, "run"), folder)
        sys.stdout.write(
            f"`cxunify run`: {cost_of.seconds:.1f} s, {cost_of.peak_mb:,.0f} MB, exit {cost_of.exit_code}\n\n"
        )
        out = folder / "out" / "current"
        measured = duckdb.sql(
            "select sum(lines), sum(lines) filter (customer_id is null), sum(amount), sum(amount) filter (customer_id is null)"
            f" from read_parquet('{out / 'interactions'}/**/*.parquet')"
        ).fetchall()[0]
        rows = [
            (name, f"{known:,}", f"{found:,}", "yes" if known == found else "NO")
            for (name, known), found in zip(KNOWN.items(), measured, strict=True)
        ]
        sys.stdout.write(table(("", "known", "measured", "equal"), rows) + "\n\n")
        gaps = duckdb.sql(
            "select gap_id, title, rows, population, printf('%.2f %%', 100 * (1 - measured)), revenue"
            f" from '{out / 'gaps.parquet'}' order by rank limit 5"
        ).fetchall()
        sys.stdout.write(
            table(("gap", "title", "rows", "of", "share", "revenue"), [tuple(map(str, gap)) for gap in gaps]) + "\n"
        )
