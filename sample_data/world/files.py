"""Extracts on disk: UTF-8, for the owner's eyes only, large ones a slice at a time."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

import numpy as np
import polars as pl

from sample_data.world.dice import Dice, Ints

SLICE = 250_000


@contextmanager
def private(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        yield file


def write_csv(path: Path, frame: pl.DataFrame, quote: Literal["always", "necessary"] = "necessary") -> None:
    """Write one table as CSV; `always` puts every cell in quotes, as Salesforce does."""
    with private(path) as file:
        frame.write_csv(file, quote_style=quote)


def write_slices(path: Path, rows: int, make: Callable[[Ints], pl.DataFrame], null: str = "") -> None:
    """Write a long table whose text is made a slice at a time.

    A path that ends in .ndjson gets one JSON object per line. Keys without a value
    are left out, but for the one named `null`.
    """
    with private(path) as file:
        for start in range(0, max(rows, 1), SLICE):
            part = make(np.arange(start, min(start + SLICE, rows)))
            if path.suffix == ".ndjson":
                part.select(_json(part.schema, null)).write_csv(file, include_header=False, quote_style="never")
            else:
                part.write_csv(file, include_header=start == 0)


def _json(schema: pl.Schema, null: str) -> pl.Expr:
    """One JSON object per row; the world's values hold nothing that JSON would have to escape."""
    cells = []
    for place, (key, kind) in enumerate(schema.items()):
        quote = '"' if kind == pl.String else ""
        start = "{" if place == 0 else ","
        absent = f'{start}"{key}":null' if key == null else ""
        cells.append(pl.concat_str(pl.lit(f'{start}"{key}":{quote}'), pl.col(key), pl.lit(quote)).fill_null(absent))
    return pl.concat_str(*cells, pl.lit("}"))


def repeated(dice: Dice, rows: int, rate: float) -> Ints:
    """Row numbers of an export that repeats a few of its rows exactly."""
    ids = np.arange(rows)
    return np.repeat(ids, 1 + dice.some("repeated row", ids, rate))
