"""Accuracy of `cxunify resolve` on labelled data sets, beside the trivial join and Splink on the same records."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cxunify import __version__
from tests.bench.accuracy import scores
from tests.bench.measure import CXUNIFY, cost, table
from tests.bench.normalised import export
from tests.bench.projects import project
from tests.bench.sets import Labelled, judged

RIVAL = Path(__file__).with_name("splink_rival.py")
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
BANDS = (0.5, 0.7, 0.9, 0.95, 0.99, 1.0)
HEAD = ("", "precision", "recall", "F1", "B-cubed F1", "CPU s")
NOTES = """
cxunify: `cxunify resolve` at its defaults: no labels, one threshold for every set.
trivial join: records with an equal e-mail, phone or id (placeholders left out) and all that are connected through them;
    historical_50k, FEBRL and pseudopeople have none of these: full name and birth date, or the social security number.
right, by confidence: of so many records that share a customer, the share that is who most of the customer's records are.
Splink: the settings in tests/bench/splink_rival.py on the records as cxunify normalised them, connected components, at that
    threshold of {thresholds} which the truth shows to be its best; normalising is left out of its time.
"""


@dataclass(frozen=True)
class Score:
    """What one system made of one data set."""

    system: str
    precision: float
    recall: float
    f1: float
    bcubed_f1: float
    cpu_seconds: float | None = None
    """Whatever else the machine was at."""

    def row(self) -> tuple[str, ...]:
        """As a line of the table."""
        shown = (f"{value:.4f}" for value in (self.precision, self.recall, self.f1, self.bcubed_f1))
        return (f"  {self.system}", *shown, "" if self.cpu_seconds is None else f"{self.cpu_seconds:.1f}")


def report(sets: Sequence[Labelled], rival: str | None) -> None:
    """Print the tables; `rival` is a Python that has splink, None where there is none."""
    rows: list[tuple[str, ...]] = []
    kept: list[tuple[str, ...]] = []
    for one in sets:
        with project(one.data) as folder:
            ran = [cost((*CXUNIFY, step), folder) for step in ("ingest", "resolve")]
            if any(step.exit_code for step in ran):
                continue  # what went wrong is on stderr
            exported = folder / "records.parquet"
            export(folder / "warehouse.duckdb", exported)
            records = judged(exported, one.truth)
            people = records["person"].n_unique()
            rows += [
                (f"{one.name}: {records.height:,} records of {people:,} people", *("" for _ in HEAD[1:])),
                scored("cxunify", records["customer_id"], records["person"], ran[-1].cpu_seconds).row(),
                scored("trivial join", trivial(records, one.trivial), records["person"]).row(),
                beside(rival, exported, records),
            ]
            kept.append((one.name, *promises(records)))
        sys.stderr.write(f"{one.name} is measured\n")
    sys.stdout.write(table(HEAD, rows) + "\n\n")
    bands = (f"{low:g} to {high:g}" for low, high in pairwise(BANDS))
    sys.stdout.write(table(("right, by confidence", *bands), kept) + "\n")
    sys.stdout.write(NOTES.format(thresholds=", ".join(f"{threshold:g}" for threshold in THRESHOLDS)))
    libraries = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "polars", "numpy"))
    sys.stdout.write(
        f"{datetime.now(UTC):%Y-%m-%d}, cxunify {__version__}, {libraries}, Python {platform.python_version()}\n"
    )


def promises(records: pl.DataFrame) -> tuple[str, ...]:
    """Of records that share a customer, by bands of confidence: the share that is who most of the customer's records are."""
    owners = (
        records.group_by("customer_id", "person")
        .agg(pl.len().alias("records"))
        .sort(["records", "person"], descending=[True, False])
        .group_by("customer_id", maintain_order=True)
        .agg(pl.first("person").alias("owner"), pl.sum("records"))
        .filter(pl.col("records") > 1)
    )
    joined = records.join(owners, on="customer_id")
    shares = []
    for low, high in pairwise(BANDS):
        within = joined.filter(pl.col("confidence").is_between(low, high, closed="left" if high < 1 else "both"))
        right = within.select((pl.col("person") == pl.col("owner")).mean()).item()
        shares.append(f"{right:.3f} ({within.height:,})" if within.height else "")
    return tuple(shares)


def scored(system: str, found: pl.Series, true: pl.Series, cpu_seconds: float | None = None) -> Score:
    """What a system's clusters are worth."""
    of = scores(found, true)
    return Score(system, of.pairwise_precision, of.pairwise_recall, of.pairwise_f1, of.bcubed_f1, cpu_seconds)


def trivial(records: pl.DataFrame, columns: Sequence[Sequence[str]]) -> pl.Series:
    """The connected component of each record: an edge is an equal e-mail, phone or id, or equal `columns`."""
    numbered = records.with_row_index("record").with_columns(pl.col("record").cast(pl.Int64))
    links = [numbered.select("record", pl.col("keys").alias("key")).explode("key").drop_nulls()]
    for names in columns:
        key = pl.concat_str(
            pl.lit(" ".join(names)), *(pl.col(name).cast(pl.String) for name in names), separator="\x1f"
        )
        links.append(numbered.select("record", key.alias("key")).drop_nulls())
    every = pl.concat(links).with_columns(first=pl.col("record").min().over("key"))
    edges = every["record"].to_numpy(), every["first"].to_numpy()
    graph = coo_array((np.ones(len(every), dtype=np.int8), edges), shape=(records.height, records.height))
    return pl.Series(connected_components(graph, directed=False)[1])


def beside(rival: str | None, exported: Path, records: pl.DataFrame) -> tuple[str, ...]:
    """Splink's line: at the threshold that is best for it."""
    if rival is None:
        return ("  Splink", *("not installed" for _ in HEAD[1:5]), "")
    out = exported.with_name("splink.parquet")
    done = subprocess.run(
        [rival, RIVAL, exported, out, *map(str, THRESHOLDS)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        return ("  Splink", *("failed" for _ in HEAD[1:5]), "")
    said = json.loads(done.stdout)
    clusters = records.join(pl.read_parquet(out), on="record_key", how="left", maintain_order="left")
    tried = [
        scored(
            f"Splink {said['version']} at {threshold:g}",
            clusters[f"{threshold:g}"],
            clusters["person"],
            said["cpu_seconds"],
        )
        for threshold in THRESHOLDS
    ]
    return max(tried, key=lambda score: score.f1).row()
