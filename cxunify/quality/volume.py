"""quality.daily -> quality.volume: stretches of days with far fewer, or days with far more, rows than are to be expected.

Expected is the local level (median of twelve weeks) times the weekday's factor, per source and per place. How far is far: the
tail of a Poisson-gamma (negative binomial) count whose spread is estimated from the series itself, or of a Poisson count of
lumps of rows with the same spread, whichever is the likelier, so that a lively shop is not an alarm. A stretch is reported
when chance would bring one in fewer than one report in a hundred, over all that was tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cxunify.schema import Table
from cxunify.warehouse import Loop, statement

Counts = NDArray[np.float64]

TABLE = Table(
    "quality.volume",
    "One row per source, place and stretch of days with too few (low) or too many (high) rows.",
    ("source", "location", "first_day", "side"),
)
_SCHEMA: dict[str, Any] = {
    "source": pl.String, "location": pl.String, "side": pl.String, "first_day": pl.Date, "last_day": pl.Date,
    "rows": pl.Int64, "expected": pl.Float64, "p": pl.Float64, "money": pl.Float64,
}  # fmt: skip
FALSE_ALARMS = 0.01
"""Stretches that chance alone brings per report, all series and stretches taken together."""
_LENGTHS = (1, 2, 3, 5, 7, 14, 28)
"""Days of a stretch with too few rows."""
_REACH = 42
"""Days on either side that make the local level."""
_LEAST_DAYS = 56
_NEVER = 0.05
"""A weekday with less than this share of an ordinary day's rows is closed."""
_MANY = 20
_PLACES = 2000
"""Series per source, the largest first."""


@dataclass(frozen=True)
class Series:
    """Rows per day of one source, or of one of its places; days without rows are zeros."""

    source: str
    location: str | None
    first: date
    counts: Counts
    lines: Counts
    """Rows of the extract, day by day."""
    money: float
    """Revenue per interaction."""
    closed: frozenset[date | tuple[int, int]] = frozenset()
    """Days, or month and day of every year, on which nothing is to be expected."""

    def shut(self) -> NDArray[np.bool_]:
        """The days on which nothing is to be expected."""
        days = [self.first + timedelta(days=at) for at in range(len(self.counts))]
        return np.array([day in self.closed or (day.month, day.day) in self.closed for day in days], dtype=bool)


_ENDS = "select source, first_day, last_day from quality.freshness order by source"


def step(closed: tuple[str, ...]) -> Loop:
    """The step of quality.volume. `closed`: days on which nothing is to be expected, 2024-12-24, or 12-25 of every year."""
    return Loop(
        TABLE, stretches, {"ends": _ENDS, "daily": statement("cxunify.quality", "queries", "days")}, {"closed": closed}
    )


def stretches(ends: pl.DataFrame, daily: pl.DataFrame, closed: tuple[str, ...]) -> pl.DataFrame:
    """The stretches of every source and place, one row each."""
    days = frozenset(_day(text) for text in closed)
    found = [row for group in _sources(ends, daily, days) for row in judged(group)]
    return pl.DataFrame(found, schema=_SCHEMA).sort(pl.all(), nulls_last=True)


def _day(text: str) -> date | tuple[int, int]:
    parts = [int(part) for part in text.split("-")]
    return date(*parts) if len(parts) == 3 else (parts[0], parts[1])


def _sources(
    ends: pl.DataFrame, daily: pl.DataFrame, closed: frozenset[date | tuple[int, int]]
) -> Iterator[list[Series]]:
    """The series of each source, the whole source first."""
    rows = daily.rows_by_key("source")
    for source, first, last in ends.iter_rows():
        size = (last - first).days + 1
        cells: dict[str | None, Counts] = {}
        lines_of: dict[str | None, Counts] = {}
        money: dict[str | None, float] = {}
        for location, day, interactions, lines, revenue in rows[source]:
            if not first <= day <= last:
                continue
            for key in {None, location}:
                cells.setdefault(key, np.zeros(size))[(day - first).days] += interactions
                lines_of.setdefault(key, np.zeros(size))[(day - first).days] += lines
                money[key] = money.get(key, 0.0) + revenue
        if not cells:
            continue
        largest = sorted((key for key in cells if key is not None), key=lambda key: (-cells[key].sum(), key))[:_PLACES]
        yield [
            Series(source, key, first, cells[key], lines_of[key], money[key] / cells[key].sum(), closed)
            for key in (None, *(largest if len(largest) > 1 else ()))
        ]


def judged(group: Sequence[Series]) -> Iterator[dict[str, Any]]:
    """The stretches of a source; those of its places only where the whole source does not explain them."""
    tried = sum(len(series.counts) * (len(_LENGTHS) + 1) for series in group)
    explained: NDArray[np.bool_] | None = None
    for series in group:
        marked = np.zeros(len(series.counts), dtype=bool)
        if len(series.counts) >= _LEAST_DAYS and series.counts.sum() >= _LEAST_DAYS:
            for row, first, last in _stretches(series, FALSE_ALARMS / max(tried, 1), explained):
                marked[first:last] = True
                yield row
        if explained is None:
            explained = marked


def _stretches(
    series: Series, alpha: float, explained: NDArray[np.bool_] | None
) -> Iterator[tuple[dict[str, Any], int, int]]:
    """The stretches of one series as rows, each with its first day and the day after its last, counted from the series' first."""
    counts = series.counts
    each = float(series.lines.sum() / counts.sum())  # rows of the extract per interaction
    active = np.flatnonzero(counts)
    opened, closed = int(active[0]), int(active[-1]) + 1  # a shop that opened later or closed earlier is not missing
    mean = _expected(counts, opened, closed)
    days = np.arange(len(counts))
    usable = (mean > 0) & (days >= opened) & (days < closed) & ~series.shut()
    if explained is not None:
        usable &= ~explained
    mean = np.where(usable, mean, 0.0)
    tries = _tries(np.where(usable, counts, 0.0), mean, _shape(counts[usable], mean[usable]), alpha)
    for p, first, last, side in _merged(_chosen(tries, counts, mean), usable):
        rows, expected = float(counts[first:last].sum()), float(mean[first:last].sum())
        yield {
            "source": series.source, "location": series.location, "side": side,
            "first_day": series.first + timedelta(days=first), "last_day": series.first + timedelta(days=last - 1),
            "rows": int(series.lines[first:last].sum()), "expected": round(expected * each, 2), "p": p,
            "money": round((expected - rows) * series.money, 2),
        }, first, last  # fmt: skip


Stretch = tuple[float, int, int, str]
"""p, first day, day after the last, side."""


def _tries(counts: Counts, mean: Counts, shape: float, alpha: float) -> list[Stretch]:
    """Every stretch that is less likely than `alpha`."""
    from scipy.special import betainc, gammaincc  # here: scipy costs a fifth of a second

    tries: list[Stretch] = []
    lump = 1 + float(mean[mean > 0].mean()) / shape if (mean > 0).any() else 1.0
    sums_k, sums_m = (np.concatenate([[0.0], np.cumsum(values)]) for values in (counts, mean))
    for length in _LENGTHS:
        k, m = sums_k[length:] - sums_k[:-length], sums_m[length:] - sums_m[:-length]
        low = np.flatnonzero((m > 5) & (k < 0.5 * m))
        if len(low):
            size = shape * length
            # The same spread may come of days that differ (gamma) or of rows that come in lumps (the visits of a small web
            # shop), which leave many more days empty: only what neither explains is missing.
            days_differ = betainc(size, k[low] + 1, size / (size + m[low]))
            p = np.maximum(days_differ, gammaincc(k[low] / lump + 1, m[low] / lump))
            tries += [
                (float(at_p), int(at), int(at) + length, "low") for at, at_p in zip(low, p, strict=True) if at_p < alpha
            ]
    high = np.flatnonzero((counts > 2 * mean) & (counts > mean + 10) & (mean > 0.5))
    if len(high):
        p = betainc(counts[high], shape, mean[high] / (shape + mean[high]))
        tries += [(float(at_p), int(at), int(at) + 1, "high") for at, at_p in zip(high, p, strict=True) if at_p < alpha]
    return tries


def _chosen(tries: Sequence[Stretch], counts: Counts, mean: Counts) -> list[Stretch]:
    """The least likely stretches, none over another."""
    taken = np.zeros(len(counts), dtype=bool)
    chosen = []
    for p, start, stop, side in sorted(tries):
        if not taken[start:stop].any():
            first, last = _fitted(counts, mean, start, stop) if side == "low" else (start, stop)
            taken[first:last] = True
            chosen.append((p, first, last, side))
    return sorted(chosen, key=lambda stretch: stretch[1])


def _merged(stretches: Sequence[Stretch], usable: NDArray[np.bool_]) -> list[Stretch]:
    """Stretches of one side with nothing but closed days between them are one."""
    merged: list[Stretch] = []
    for p, first, last, side in stretches:
        if merged and side == "low" == merged[-1][3] and not usable[merged[-1][2] : first].any():
            p_before, first_before, *_ = merged.pop()
            merged.append((min(p, p_before), first_before, last, side))
        else:
            merged.append((p, first, last, side))
    return merged


def _fitted(counts: Counts, mean: Counts, first: int, last: int) -> tuple[int, int]:
    """A stretch without the ordinary days at its ends, and with the empty days beside it."""
    while last - first > 1 and counts[first] > 0.5 * mean[first]:
        first += 1
    while last - first > 1 and counts[last - 1] > 0.5 * mean[last - 1]:
        last -= 1
    while first > 0 and counts[first - 1] == 0 < mean[first - 1]:
        first -= 1
    while last < len(counts) and counts[last] == 0 < mean[last]:
        last += 1
    return first, last


def _expected(counts: Counts, opened: int, closed: int) -> Counts:
    """What each day should bring: the median level around it times its weekday's factor."""
    days = np.arange(len(counts)) % 7
    inside = (np.arange(len(counts)) >= opened) & (np.arange(len(counts)) < closed)
    overall = counts[inside].mean()
    each = [counts[inside & (days == day)] for day in range(7)]
    factor = np.array([values.mean() / overall if len(values) else 0.0 for values in each])
    seasonal = factor[days]
    plain = np.where((seasonal > _NEVER) & inside, counts / np.maximum(seasonal, _NEVER), np.nan)
    near = np.sort(
        sliding_window_view(np.pad(plain, _REACH, constant_values=np.nan), 2 * _REACH + 1), axis=1
    )  # NaN last
    size = (~np.isnan(near)).sum(axis=1)
    rows = np.arange(len(counts))
    median = near[rows, np.maximum(size - 1, 0) // 2]
    # The median of small counts is coarse; a mean without the tails is not.
    sums = np.pad(np.cumsum(np.nan_to_num(near), axis=1), ((0, 0), (1, 0)))
    cut = size // 20
    mean = (sums[rows, size - cut] - sums[rows, cut]) / np.maximum(size - 2 * cut, 1)
    level = np.where(size == 0, 0.0, np.where(median >= _MANY, median, mean))
    return np.where((seasonal > _NEVER) & inside, level * seasonal, 0.0)


def _shape(counts: Counts, mean: Counts) -> float:
    """The gamma shape of the spread beyond Poisson's, by moments without the worst hundredth; large: none."""
    if len(counts) < _LEAST_DAYS:
        return 1.0
    excess = ((counts - mean) ** 2 - mean) / np.maximum(mean, 1e-9) ** 2
    kept = np.sort(excess)[: max(1, int(0.99 * len(excess)))]
    return float(1 / np.clip(kept.mean(), 1e-4, 5.0))
