"""A file of labelled records or pairs -> labels in one shape, whatever its columns are called."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cxunify.config import Config
from cxunify.errors import InputError, Problem

SIDES = {"a": ("a", "l", "1", "left"), "b": ("b", "r", "2", "right")}
SOURCE = ("source", "source_dataset", "dataset")
RECORD_ID = ("record_id", "id", "unique_id")
RECORD = ("record", "key")
PERSON = ("person_id", "person", "cluster", "cluster_id", "entity_id", "customer_id", "true_id")
SAME = ("same", "decision", "is_match", "match", "label", "clerical_match_score")
YES = ("same", "true", "yes", "y", "1", "1.0", "match")
NO = ("different", "false", "no", "n", "0", "0.0", "non-match", "nonmatch", "distinct")
SHAPES = (
    "Valid are clusters (source, record_id, person_id) and pairs (source_a, record_id_a, source_b, record_id_b, same),"
    " as CSV or Parquet; `record`, `record_a`, `record_b` may stand for both as source:record_id."
)


@dataclass(frozen=True)
class Labels:
    """What is known of some records."""

    clusters: pl.DataFrame | None
    """source, record_id, person: one row per labelled record."""
    pairs: pl.DataFrame | None
    """source_a, record_id_a, source_b, record_id_b, same: one row per labelled pair."""


def read(path: Path, config: Config) -> Labels:
    """The labels in a file. Raises InputError, naming what is valid, for a file that is not of either shape."""
    frame = _frame(path)
    people = [name for name, source in config.sources.items() if source.person is not None]
    only = people[0] if len(people) == 1 else None
    person = _first(frame, PERSON)
    sides = [_record(frame, side, only) for side in SIDES]
    if all(sides) and (same := _first(frame, SAME)):
        (a, id_a), (b, id_b) = (side for side in sides if side)
        said = pl.col(same).str.strip_chars().str.to_lowercase()
        pairs = frame.select(
            a.alias("source_a"), id_a.alias("record_id_a"), b.alias("source_b"), id_b.alias("record_id_b"),
            said.alias("said"), pl.int_range(2, pl.len() + 2).alias("line"),
        ).filter(pl.col("said").is_not_null() & (pl.col("said") != ""))  # fmt: skip
        _refuse(path, pairs.filter(~pl.col("said").is_in([*YES, *NO])), same)
        return Labels(None, pairs.select(pl.exclude("said", "line"), pl.col("said").is_in(YES).alias("same")))
    whole = _record(frame, "", only)
    if whole and person:
        source, record_id = whole
        clusters = frame.select(source.alias("source"), record_id.alias("record_id"), pl.col(person).alias("person"))
        return Labels(clusters.drop_nulls().unique(["source", "record_id"], keep="first", maintain_order=True), None)
    raise InputError(
        f"{path} has the columns {', '.join(frame.columns)}: those are neither labelled records nor pairs", SHAPES
    )


def pairs_of(labels: Labels, nodes: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """Labels as pairs of record numbers `a` < `b` and `same`, each pair once, with the last word on it.

    `nodes` has node, source, record_id; labels of others drop out. Of labelled clusters `compared` pairs (a, b) are made.
    """
    if labels.clusters is not None:
        known = labels.clusters.join(nodes, on=["source", "record_id"]).select(pl.col("node").cast(pl.Int64), "person")
        for side in "ab":
            compared = compared.join(known.rename({"node": side, "person": f"person_{side}"}), on=side)
        return compared.select("a", "b", (pl.col("person_a") == pl.col("person_b")).alias("same"))
    assert labels.pairs is not None
    known = labels.pairs
    for side in "ab":
        of_side = nodes.select(
            pl.col("source").alias(f"source_{side}"), pl.col("record_id").alias(f"record_id_{side}"),
            pl.col("node").cast(pl.Int64).alias(f"node_{side}"),
        )  # fmt: skip
        known = known.join(of_side, on=[f"source_{side}", f"record_id_{side}"], maintain_order="left")
    a, b = (pick("node_a", "node_b") for pick in (pl.min_horizontal, pl.max_horizontal))
    named = known.select(a.alias("a"), b.alias("b"), "same").filter(pl.col("a") < pl.col("b"))
    return named.unique(["a", "b"], keep="last", maintain_order=True)


def _frame(path: Path) -> pl.DataFrame:
    """The file with every cell as text: ids keep their zeros."""
    try:
        if path.suffix.lower() in {".parquet", ".pq"}:
            frame = pl.read_parquet(path, glob=False)
            return frame.select(pl.all().cast(pl.String))
        return pl.read_csv(path, infer_schema=False, glob=False)
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", SHAPES) from None
    except (pl.exceptions.PolarsError, OSError):  # the reader's own words may quote the data
        raise InputError(f"{path} is neither CSV in UTF-8 nor Parquet, or is empty", SHAPES) from None


def _refuse(path: Path, odd: pl.DataFrame, column: str) -> None:
    if len(odd):
        raise InputError(
            Problem(
                f"{path}:{line}: {column} is neither yes nor no",
                f"Valid are {', '.join(YES)} and {', '.join(NO)}, or nothing.",
            )
            for line in odd["line"].head(20)
        )


def _first(frame: pl.DataFrame, names: tuple[str, ...]) -> str | None:
    """The column that has one of these names, in whatever case."""
    known = {column.strip().lower().replace(" ", "_").replace("-", "_"): column for column in frame.columns}
    return next((known[name] for name in names if name in known), None)


def _record(frame: pl.DataFrame, side: str, only: str | None) -> tuple[pl.Expr, pl.Expr] | None:
    """Source and id of a record, or of one side of a pair; `only` is the source where there is but one."""

    def sided(names: tuple[str, ...]) -> tuple[str, ...]:
        forms = SIDES.get(side, ())
        return tuple(f"{name}_{form}" for name in names for form in forms) + tuple(
            f"{form}_{name}" for name in names for form in forms if len(form) > 1
        ) if forms else names  # fmt: skip

    key = _first(frame, sided(RECORD))
    if key:
        parts = pl.col(key).str.splitn(":", 2).struct
        return parts[0], parts[1]
    source, record_id = _first(frame, sided(SOURCE)), _first(frame, sided(RECORD_ID))
    if record_id and (source or only):
        return (pl.col(source) if source else pl.lit(only)), pl.col(record_id)
    return None
