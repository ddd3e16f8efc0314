"""Offending rows and all rows by place and day -> where they concentrate.

A scan statistic (Kulldorff 1997, Bernoulli model): of all combinations of a place, a weekday and a stretch of weeks, the one
in which the offending share is most unlikely to be that of the rest. Simpler answers win over finer ones unless the finer
ones explain much more: each answer pays for the number of answers of its shape that were tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cxunify.schema.report import Place

Cell = tuple[str | None, date | None, int]
"""Location, day, rows."""
Counts = NDArray[np.float64]
"""Rows, of whatever shape; whole numbers that are added, divided and logged."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVIDENCE = 12.0
"""Least log-likelihood ratio after its price: chance alone gets there once in about 100,000 gaps."""
LIFT = 1.5
"""Least ratio of the share inside to the share elsewhere."""
ROWS = 10
"""Fewer offending rows than this are no concentration."""
_TINY = 1e-300
_REACH = 5 * 366
"""Days before and after the middle of the data in which concentrations are looked for."""
PLACES = 300
"""Places looked at one by one, those with the most offending rows."""


def locate(found: Sequence[Cell], base: Sequence[Cell], limit: int = 3) -> tuple[Place, ...]:
    """The places and stretches in which `found` (offending rows) is far above its share of `base` (all rows).

    Found one after the other: each is taken out before the next is looked for.
    """
    cube = _Cube(found, base)
    places: list[Place] = []
    while len(places) < limit and (place := cube.take()) is not None:
        places.append(place)
    return tuple(places)


class _Cube:
    """Counts of rows by place, weekday and week: `found` (offending) and `base` (all) have shape (places + 1, 7, weeks).

    Places are those with most offending rows, then one entry for all others; weekday 0 is Monday; week 0 has the first day.
    """

    def __init__(self, found: Sequence[Cell], base: Sequence[Cell]) -> None:
        rows: dict[str, int] = {}
        for location, _, n in found:
            rows[location or ""] = rows.get(location or "", 0) + n
        self.locations = sorted(rows, key=lambda name: (-rows[name], name))[:PLACES]
        days = _stretch(base)
        self.start = min(days) if days else None
        if self.start is not None:
            self.start -= timedelta(days=self.start.weekday())
        self.weeks = ((max(days) - self.start).days // 7 + 1) if days and self.start else 1
        self.total = sum(rows.values())
        self.found, self.base = self._fill(found), self._fill(base)
        # An offending row may be missing from the base (a day with no date): it is its own base then.
        self.base = np.maximum(self.base, self.found)

    def _fill(self, cells: Iterable[Cell]) -> Counts:
        """The rows of `cells` in the shape of the cube; those without a day count for the very first, those outside it for none."""
        index = {name: at for at, name in enumerate(self.locations)}
        other = len(self.locations)
        filled = np.zeros((other + 1, 7, self.weeks))
        for location, day, n in cells:
            offset = 0 if day is None or self.start is None else (day - self.start).days
            week = offset // 7
            if 0 <= week < self.weeks:
                filled[index.get(location or "", other), offset % 7, week] += n
        return filled

    def take(self) -> Place | None:
        """The strongest concentration, taken out of the counts; None when there is none."""
        k, n = self.found.sum(), self.base.sum()
        if k < ROWS or k >= n:
            return None
        best: tuple[float, tuple[slice | int, slice | int, slice]] | None = None
        everywhere, always = slice(None), slice(None)
        locations: list[slice | int] = [everywhere, *(at for at, name in enumerate(self.locations) if name)]
        if len(locations) == 2 and not self.base[-1].any():
            locations = [everywhere]  # one place only: nothing to compare it with
        for location in locations:
            for weekday in [everywhere, *range(7)]:
                inside_k = self.found[location, weekday].reshape(-1, self.weeks).sum(axis=0)
                inside_n = self.base[location, weekday].reshape(-1, self.weeks).sum(axis=0)
                tried = (1 if location is everywhere else len(self.locations)) * (1 if weekday is everywhere else 7)
                for span, ratio in _spans(inside_k, inside_n, k, n):
                    score = ratio - np.log(tried) - (0.0 if span is None else np.log(self.weeks * (self.weeks + 1) / 2))
                    if score > EVIDENCE and (best is None or score > best[0] + 1e-9):
                        best = (score, (location, weekday, always if span is None else slice(*span)))
        return self._named(*best[1]) if best else None

    def _named(self, location: slice | int, weekday: slice | int, span: slice) -> Place | None:
        """A part of the cube in words, and taken out of it; None where it is too small or no worse than the rest."""
        k, n = self.found[location, weekday, span].sum(), self.base[location, weekday, span].sum()
        rest_n = self.base.sum() - n
        rest = (self.found.sum() - k) / rest_n if rest_n else 0.0
        rate = k / n if n else 0.0
        if k < ROWS or rate < LIFT * rest:
            return None
        self.found[location, weekday, span] = 0
        self.base[location, weekday, span] = 0
        name = self.locations[location] if isinstance(location, int) else None
        day = WEEKDAYS[weekday] if isinstance(weekday, int) else None
        first = last = None
        if span != slice(None) and self.start is not None:
            first = self.start + timedelta(weeks=span.start)
            last = self.start + timedelta(weeks=span.stop) - timedelta(days=1)
        text = " ".join(
            part
            for part in (
                f"at {name}" if name else "",
                f"on {day}s" if day else "",
                f"from {first} to {last}" if first else "",
            )
            if part
        )
        return Place(name, day, first, last, int(k), float(k / self.total), float(rate), float(rest), text)


def _stretch(base: Sequence[Cell]) -> list[date]:
    """The days that are looked at: those within five years of the one in the middle of all rows.

    Dates that stand for none (0001-01-01, 9999-12-31) would make a cube of half a million weeks.
    """
    rows: dict[date, int] = {}
    for _, day, n in base:
        if day is not None:
            rows[day] = rows.get(day, 0) + n
    half, seen = sum(rows.values()) / 2, 0
    for middle in sorted(rows):
        seen += rows[middle]
        if seen >= half:
            return [day for day in rows if abs((day - middle).days) <= _REACH]
    return []


def _spans(k_by_week: Counts, n_by_week: Counts, k: float, n: float) -> Iterable[tuple[tuple[int, int] | None, float]]:
    """The whole time (None), and the best stretch of weeks (first, one after the last), each with its log-likelihood ratio in nats.

    `k_by_week` and `n_by_week`, shape (weeks,): offending rows and all rows inside; `k` and `n`: likewise, of the whole cube.
    """
    inside_k, inside_n = k_by_week.sum(), n_by_week.sum()
    yield None, float(_ratio(np.array([inside_k]), np.array([inside_n]), k, n)[0])
    weeks = len(k_by_week)
    if weeks < 3 or inside_k < ROWS:
        return
    sums_k, sums_n = np.concatenate([[0.0], np.cumsum(k_by_week)]), np.concatenate([[0.0], np.cumsum(n_by_week)])
    first, last = _stretches(weeks)
    ratios = _ratio(sums_k[last] - sums_k[first], sums_n[last] - sums_n[first], k, n)
    at = int(np.argmax(ratios))
    if (last[at] - first[at]) < 0.9 * weeks:
        yield (int(first[at]), int(last[at])), float(ratios[at])


@cache
def _stretches(weeks: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every stretch of weeks, as its first week and the one after its last: asked for again and again, always the same."""
    first, last = np.triu_indices(weeks + 1, 1)
    return first, last


def _ratio(k: Counts, n: Counts, total_k: float, total_n: float) -> Counts:
    """The log-likelihood ratio of two shares, inside and outside, against one, in nats; 0 where inside is the smaller.

    `k` and `n`, any one shape: offending rows and all rows inside each candidate; what comes back has that shape too.
    """
    outside_k, outside_n = total_k - k, total_n - n

    def likelihood(hits: Counts, size: Counts) -> Counts:
        share = hits / np.maximum(size, 1)
        return hits * np.log(np.maximum(share, _TINY)) + (size - hits) * np.log(np.maximum(1 - share, _TINY))

    both = likelihood(np.array([total_k]), np.array([total_n]))
    ratio = likelihood(k, n) + likelihood(outside_k, outside_n) - both
    return np.where((outside_n > 0) & (k * outside_n > outside_k * n), ratio, 0.0)
