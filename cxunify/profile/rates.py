"""config.rates -> profile.rates: what one unit of another currency is worth in the company's, and from which day on."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from cxunify.config import Config
from cxunify.errors import InputError, Problem
from cxunify.schema import Table
from cxunify.schema.words import counted
from cxunify.warehouse import Loop

TABLE = Table(
    "profile.rates",
    "One row per other currency and stretch of days: what one unit is worth in the company's.",
    ("currency", "first_date"),
)
COLUMNS = ("date", "currency", "rate")
"""The header of the file, in any order, among other columns or not."""
_SCHEMA: dict[str, Any] = {
    "currency": pl.String, "first_date": pl.Date, "until_date": pl.Date, "rate": pl.Decimal(18, 10),
}  # fmt: skip
_LAST = date(9999, 12, 31)
_MOST = Decimal(10) ** 8
_TOLD = 10
"""Lines that are told one by one."""

Rate = tuple[str, date, Decimal]
"""Currency, the day from which it holds, what one unit is worth."""


def step(config: Config) -> Loop:
    """The step of profile.rates; without `rates` in the configuration it has no rows. Raises InputError as `rates` does."""
    return Loop(TABLE, stretches, settings={"rates": rates(config)})


def stretches(rates: tuple[Rate, ...]) -> pl.DataFrame:
    """Each rate until the next one of its currency, the last for good."""
    rows = [
        (currency, first, after[1] if after[0] == currency else _LAST, rate)
        for (currency, first, rate), after in pairwise((*rates, ("", _LAST, Decimal(0))))
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def rates(config: Config) -> tuple[Rate, ...]:
    """The rates of the configuration's file, by currency and day. Raises InputError with all that is wrong in it."""
    if config.rates is None:
        return ()
    path = config.root / config.rates
    problems: list[tuple[int, str]] = []
    found: dict[tuple[str, date], tuple[Rate, int]] = {}
    for line, rate, problem in _read(path, config.currency):
        if problem is not None:
            problems.append((line, problem))
        elif rate is not None and found.setdefault(rate[:2], (rate, line))[0] != rate:
            problems.append((line, f"another rate for the same day and currency stands in line {found[rate[:2]][1]}"))
    if problems:
        told = [Problem(f"{config.rates}, line {line}: {what}", _FIX) for line, what in problems[:_TOLD]]
        if len(problems) > _TOLD:
            told.append(
                Problem(f"{config.rates}: {counted(len(problems) - _TOLD, 'more line is', 'more lines are')} wrong")
            )
        raise InputError(told)
    return tuple(sorted(rate for rate, _ in found.values()))


_FIX = "A line is a day, a currency and what one unit of it is worth in the company's: 2024-01-31,CAD,0.74."


def _read(path: Path, own: str) -> Iterator[tuple[int, Rate | None, str | None]]:
    """Each line: its number, and its rate or what is wrong with it. Lines of the company's own currency say nothing."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"the file of `rates`, {path.name}, cannot be read: {type(error).__name__}",
            "Paths start at the configuration file; it is CSV, with the columns date, currency and rate.",
        ) from error
    rows = csv.DictReader(text.splitlines(), strict=True)
    lost = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if lost:
        raise InputError(f"{path.name} has no column {', '.join(lost)}", "Its header is date,currency,rate.")
    try:
        for row in rows:
            day, currency, rate = (str(row[name] or "").strip() for name in COLUMNS)
            if None in row:
                yield rows.line_num, None, "more cells than the header has"
            elif currency != own:
                yield rows.line_num, *_parsed(day, currency, rate)
    except csv.Error as error:
        raise InputError(f"{path.name}, line {rows.line_num}: {error}", _FIX) from error


def _parsed(day: str, currency: str, rate: str) -> tuple[Rate | None, str | None]:
    if not re.fullmatch("[A-Z]{3}", currency):
        return None, "no currency of three capital letters"
    try:
        first = date.fromisoformat(day)
        worth = Decimal(rate)
    except (ValueError, InvalidOperation):
        return None, "no day as 2024-01-31, or no number with a decimal point"
    if not (worth.is_finite() and 0 < round(worth, 10) < _MOST):
        return None, "a rate that is not above 0"
    return (currency, first, round(worth, 10)), None
