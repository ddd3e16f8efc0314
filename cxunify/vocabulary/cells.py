"""Cells that a plain expression cannot read, as frames -> what each of them holds, one row for each mailbox or number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cxunify.vocabulary import email, phone

if TYPE_CHECKING:  # frames are for those who have some
    import polars as pl


def mailboxes(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of addresses (`written`) with the addresses in them."""
    return _opened((written, None, email.unpacked(written)) for (written,) in cells.iter_rows())


def numbers(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of telephone numbers (`written`, `country`) with the numbers in them."""
    return _opened((written, country, phone.unpacked(written, country)) for written, country in cells.iter_rows())


def _opened(cells: Iterable[tuple[str, str | None, tuple[str, ...]]]) -> pl.DataFrame:
    """One row for each value that a cell holds (`held`; `part` counts them from 1), and one with null where it holds none."""
    import polars as pl

    rows = [
        (written, country, part, held)
        for written, country, found in cells
        for part, held in enumerate(found or (None,), 1)
    ]
    columns = {"written": pl.String, "country": pl.String, "part": pl.Int32, "held": pl.String}
    return pl.DataFrame(rows, orient="row", schema=columns)
