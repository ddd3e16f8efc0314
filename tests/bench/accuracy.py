"""`cxunify run` on labelled data: who was joined rightly, who wrongly, and whether every row is accounted for."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import recordlinkage

from cxunify.identity.ask.measures import Measures, measure
from tests.bench.measure import CXUNIFY, cost, table
from tests.bench.projects import Data, project

DUBIOUS = (("device_id", "kiosk-store-014", "web", "web_events"), ("loyalty_id", "LC9999999999", "pos", "receipts"))
"""Values of world_dev that many people leave behind and nobody is known by: where they stand, and in which extract."""


def report(data: Data) -> None:
    """Print the scores of a folder with a truth."""
    assert data.truth is not None
    with project(data) as folder:
        cost_of = cost((*CXUNIFY, "run"), folder)
        sys.stdout.write(
            f"{data.extracts}\n`cxunify run`: {cost_of.seconds:.1f} s, {cost_of.peak_mb:,.0f} MB, exit {cost_of.exit_code}\n\n"
        )
        out = folder / "out" / "current"
        pairs = _joined(out, data.truth)
        _scores(pairs)
        _rows(folder)
        for kind, value, persons, source in DUBIOUS:
            _dubious(pairs, out, data.extracts, kind, value, persons, source)


def _joined(out: Path, truth: Path) -> pl.DataFrame:
    """Every labelled record with the customer it was given and the person it is of."""
    return duckdb.sql(
        f"select t.source, t.record_id, cast(t.person_id as varchar) as person, m.customer_id as customer"
        f" from '{truth}' as t left join '{out / 'identity_map.parquet'}' as m using (source, record_id)"
    ).pl()


def _scores(joined: pl.DataFrame) -> None:
    covered = joined.filter(pl.col("customer").is_not_null())
    found = scores(covered["customer"], covered["person"])
    rows = [
        ("labelled records", f"{joined.height:,}"),
        ("  of these in a customer", f"{covered.height:,}"),
        ("customers", f"{found.clusters:,}"),
        ("people", f"{joined['person'].n_unique():,}"),
        ("largest customer", f"{found.largest_cluster} records"),
        ("pairwise precision", f"{found.pairwise_precision:.4f}"),
        ("pairwise recall", f"{found.pairwise_recall:.4f}"),
        ("pairwise F1", f"{found.pairwise_f1:.4f}"),
        ("B-cubed precision", f"{found.bcubed_precision:.4f}"),
        ("B-cubed recall", f"{found.bcubed_recall:.4f}"),
        ("B-cubed F1", f"{found.bcubed_f1:.4f}"),
    ]
    sys.stdout.write(table(("identity", ""), rows) + "\n\n")


def scores(found: pl.Series, true: pl.Series) -> Measures:
    """What `cxunify.identity` says of itself, held against recordlinkage's measures over the same pairs."""
    ours = measure(found.to_list(), true.to_list())
    frame = pl.DataFrame({"found": found, "true": true}).with_row_index("record")
    pairs, links = _pairs(frame, "true"), _pairs(frame, "found")
    precision, recall = recordlinkage.precision(pairs, links), recordlinkage.recall(pairs, links)
    assert math.isclose(ours.pairwise_precision, precision), (ours, precision)
    assert math.isclose(ours.pairwise_recall, recall), (ours, recall)
    return ours


def _pairs(frame: pl.DataFrame, group: str) -> pd.MultiIndex:
    """Every pair of records that share a group, as recordlinkage wants them."""
    pairs = frame.join(frame, on=group).filter(pl.col("record") < pl.col("record_right"))
    return pd.MultiIndex.from_arrays([pairs["record"].to_numpy(), pairs["record_right"].to_numpy()])


def _rows(folder: Path) -> None:
    """Hold the ledger against the records that DuckDB finds in the same files."""
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        ledger = connection.execute(
            "select source, path, records, loaded, rejected, skipped from raw.files where status = 'loaded' order by path"
        ).fetchall()
    lines = []
    for source, path, records, loaded, rejected, skipped in ledger:
        file = folder / path
        read = f"read_ndjson('{file}')" if ".ndjson" in file.name else f"read_csv('{file}', all_varchar = true)"
        there = duckdb.sql(f"select count(*) from {read}").fetchall()[0][0]
        right = records == loaded + rejected + skipped == there
        lines.append(
            (source, *(f"{count:,}" for count in (there, records, loaded, rejected, skipped)), "yes" if right else "NO")
        )
    sys.stdout.write(
        table(("rows", "in the file", "records", "loaded", "rejected", "skipped", "adds up"), lines) + "\n\n"
    )


def _dubious(joined: pl.DataFrame, out: Path, extracts: Path, kind: str, value: str, persons: str, source: str) -> None:
    """Say whether a value that must identify nobody did: records joined wrongly, and interactions given to someone by it."""
    file = next(extracts.glob(f"{'pos_' if persons == 'pos' else ''}{source}.*"), None)
    if file is None:
        return
    column, key, name = (
        ("anonymous_id", "user_id", "event_id")
        if kind == "device_id"
        else ("loyalty_card", "customer_id", "receipt_id")
    )
    read = f"read_ndjson('{file}')" if ".ndjson" in file.name else f"read_csv('{file}', all_varchar = true)"
    seen = duckdb.sql(
        f"select {name} as interaction_id, {key} as record_id from {read} where {column} = '{value}'"
    ).pl()
    if seen.is_empty():
        return
    records = joined.filter(pl.col("source") == persons).join(seen.select("record_id").unique(), on="record_id")
    wrong = records.join(records, on="customer").filter(
        (pl.col("record_id") < pl.col("record_id_right")) & (pl.col("person") != pl.col("person_right"))
    )
    nameless = seen.filter(pl.col("record_id").is_null() | (pl.col("record_id") == ""))
    happened = pl.read_parquet(out / "interactions", hive_partitioning=False).filter(pl.col("source") == source)
    given = happened.join(nameless, on="interaction_id").filter(pl.col("customer_id").is_not_null())
    people = given.filter(pl.col("customer_id").is_in(joined["customer"].drop_nulls().unique().implode()))
    status = duckdb.sql(
        f"select distinct status from '{out / 'identifiers.parquet'}' where lower(value) = lower('{value}')"
    ).fetchall()
    sys.stdout.write(
        f"{kind} {value}: on {seen.height} interactions of {records.height} records; {wrong.height} pairs of these joined wrongly;"
        f" of {nameless.height} interactions without another trace {people.height} given to customers with records,"
        f" {given.height - people.height} to {given['customer_id'].n_unique()} without;"
        f" status {', '.join(row[0] for row in status) or 'none'}\n"
    )
