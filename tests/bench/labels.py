"""What labels teach: `cxunify resolve --learn` on labelled data, judged by every pair of records that no label speaks of."""

from __future__ import annotations

import csv
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from tests.bench.measure import CXUNIFY, cost, table
from tests.bench.normalised import export
from tests.bench.projects import project
from tests.bench.sets import Labelled, judged

HEAD = (
    "pairs without a label",
    "labels",
    "P before",
    "after",
    "R before",
    "after",
    "F1 before",
    "after",
    "gain",
    "CPU s",
)
ASKED, DRAWN, FLIPPED = 300, 5000, 0.05
KEPT = ("warehouse.duckdb", "warehouse.ledger")
Pair = tuple[str, str]


def report(sets: Sequence[Labelled]) -> None:
    """Print what pairs asked about by `review`, and pairs drawn at random, teach; with every answer right, and with some wrong."""
    rows: list[tuple[str, ...]] = []
    for one in sets:
        with project(one.data) as folder:
            for step in ("ingest", "resolve"):
                cost((*CXUNIFY, step), folder)
            before = _records(folder, one)
            for name in KEPT:
                shutil.copy(folder / name, folder / f"{name}.base")
            cost((*CXUNIFY, "review", "--out", "pairs.csv", "--limit", str(ASKED)), folder)
            rows.append((one.name, *("" for _ in HEAD[1:])))
            for what, pairs in (
                ("asked by review", _asked(folder, before)),
                ("drawn at random", _drawn(folder, before)),
            ):
                for flipped in (0.0, FLIPPED):
                    for name in KEPT:
                        shutil.copy(folder / f"{name}.base", folder / name)
                    _write(folder / "labels.csv", pairs, before, flipped)
                    ran = cost((*CXUNIFY, "resolve", "--learn", "labels.csv"), folder)
                    said = f"  {what}{f', {flipped:.0%} wrong' if flipped else ''}"
                    rows.append((said, *_row(pairs, before, _records(folder, one), ran.cpu_seconds)))
        sys.stderr.write(f"{one.name} is measured\n")
    sys.stdout.write(table(HEAD, rows) + "\n")


def _records(folder: Path, one: Labelled) -> pl.DataFrame:
    """Labelled records by key: the person and the customer of each."""
    exported = folder / "records.parquet"
    export(folder / "warehouse.duckdb", exported)
    return judged(exported, one.truth).select(
        pl.concat_str("source", "record_id", separator=":").alias("key"),
        "person",
        pl.col("customer_id").alias("customer"),
    )


def _asked(folder: Path, records: pl.DataFrame) -> list[Pair]:
    known = set(records["key"])
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["record_a"], row["record_b"]) for row in csv.DictReader(file)]
    return [pair for pair in pairs if known.issuperset(pair)]


def _drawn(folder: Path, records: pl.DataFrame) -> list[Pair]:
    known = set(records["key"])
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        pairs = connection.sql(
            "select x.source || ':' || x.record_id, y.source || ':' || y.record_id from identity.comparisons as c"
            " join identity.features as x on x.node = c.a join identity.features as y on y.node = c.b order by c.a, c.b"
        ).fetchall()
    pairs = [pair for pair in pairs if known.issuperset(pair)]
    return random.Random(3).sample(pairs, min(DRAWN, len(pairs)))


def _write(path: Path, pairs: Sequence[Pair], records: pl.DataFrame, flipped: float) -> None:
    who, dice = dict(records.select("key", "person").iter_rows()), random.Random(9)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("record_a", "record_b", "same"))
        for a, b in pairs:
            writer.writerow((a, b, "yes" if (who[a] == who[b]) != (dice.random() < flipped) else "no"))


def _row(pairs: Sequence[Pair], before: pl.DataFrame, after: pl.DataFrame, seconds: float) -> Iterator[str]:
    """Precision, recall and F1 on what no label speaks of, before and after."""
    counted = [_rest(pairs, records) for records in (before, after)]
    yield f"{len(pairs):,}"
    for of in range(3):
        yield from (f"{found[of]:.4f}" for found in counted)
    yield f"{counted[1][2] - counted[0][2]:+.4f}"
    yield f"{seconds:.1f}"


def _rest(pairs: Sequence[Pair], records: pl.DataFrame) -> tuple[float, float, float]:
    place = {key: number for number, key in enumerate(records["key"])}
    person, customer = (records[name].rank("dense").cast(pl.Int64).to_numpy() for name in ("person", "customer"))
    a, b = (np.array([place[pair[side]] for pair in pairs]) for side in (0, 1))
    same, joined = person[a] == person[b], customer[a] == customer[b]

    def within(group: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
        sizes = np.unique(group, return_counts=True)[1].astype(np.int64)
        return int((sizes * (sizes - 1) // 2).sum())

    right = within(customer * (person.max() + 1) + person) - int((same & joined).sum())
    said, meant = within(customer) - int(joined.sum()), within(person) - int(same.sum())
    return right / said, right / meant, 2 * right / (said + meant)
