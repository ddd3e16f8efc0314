"""quality.facts -> quality.clock: stretches of weeks in which a source, or one of its places, keeps another time of day.

Every place has its hours. Where the hours of some weeks fit the usual profile far better when they are moved by a whole
number of hours, the clock or the time zone was wrong. Hours are those of the project's time zone, so that summer time is no
finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxunify.schema import Table
from cxunify.warehouse import Loop, statement

Counts = NDArray[np.float64]

TABLE = Table(
    "quality.clock",
    "One row per source, place and stretch of weeks whose hours of the day are moved.",
    ("source", "location", "first_week"),
)
_SCHEMA: dict[str, Any] = {
    "source": pl.String, "location": pl.String, "first_week": pl.Date, "last_week": pl.Date, "hours": pl.Int64, "rows": pl.Int64,
    "evidence": pl.Float64,
}  # fmt: skip
EVIDENCE = 30.0
"""Least gain in log-likelihood per stretch, after 2 per week for the spread of real shops: far beyond chance."""
_SHIFTS = tuple(shift for shift in range(-12, 13) if shift)
_LEAST = 100
_SUMMER = 1
"""Hours by which the ends of a series may differ without a word: of visitors from elsewhere, half keep another summer time."""


def step() -> Loop:
    """The step of quality.clock; binds `$timezone`."""
    return Loop(TABLE, stretches, {"hours": statement("cxunify.quality", "queries", "hours")})


def stretches(hours: pl.DataFrame) -> pl.DataFrame:
    """The stretches of every source; rows are source, location, week, hour, interactions, lines."""
    found = [
        row
        for source, group in groupby(hours.rows(), lambda row: row[0])
        for row in _judged(source, [row[1:] for row in group])
    ]
    return pl.DataFrame(found, schema=_SCHEMA).sort(pl.all(), nulls_last=True)


def _judged(source: str, rows: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """The stretches of one source; rows are (location, week, hour, interactions, lines)."""
    weeks = sorted({week for _, week, *_ in rows})
    places = sorted({place for place, *_ in rows}, key=lambda place: (place is not None, place))
    at_week = {week: at for at, week in enumerate(weeks)}
    at_place = {place: at for at, place in enumerate(places)}
    cube, lines = np.zeros((len(places), len(weeks), 24)), np.zeros((len(places), len(weeks)))
    for place, week, hour, interactions, many in rows:
        cube[at_place[place], at_week[week], hour] += interactions
        lines[at_place[place], at_week[week]] += many
    total = cube.sum(axis=(0, 1))
    whole = cube.sum(axis=0)
    # A clock that has been wrong for half the time is in the total too: then the beginning or the end says what is usual.
    third = len(weeks) // 3
    usuals = (total, whole[:third].sum(axis=0), whole[len(weeks) - third :].sum(axis=0))
    series: list[tuple[str | None, Counts, tuple[Counts, ...], Counts]] = [(None, whole, usuals, lines.sum(axis=0))]
    if len(places) > 1:
        series += [
            (place, cube[at], (total - cube[at].sum(axis=0),), lines[at])
            for place, at in at_place.items()
            if place is not None
        ]
    for place, counts, profiles, many in series:
        answers = [
            found
            for at, usual in enumerate(profiles)
            if (found := _best(counts, usual)) is not None and (at == 0 or abs(found[1]) > _SUMMER)
        ]
        if not answers:
            continue
        stretch, shift, evidence = min(
            answers, key=lambda found: found[0].stop - found[0].start
        )  # the fewer weeks are odd
        yield {
            "source": source, "location": place, "first_week": weeks[stretch.start], "last_week": weeks[stretch.stop - 1],
            "hours": shift, "rows": int(many[stretch].sum()), "evidence": evidence,
        }  # fmt: skip
        if place is None:
            return  # the whole source explains its places


def _best(counts: Counts, usual: Counts) -> tuple[slice, int, float] | None:
    """The stretch of weeks and the shift that gain most; None when nothing gains enough."""
    if counts.sum() < _LEAST or usual.sum() < _LEAST or (usual > 0.01 * usual.sum()).all():
        return None  # hours that are never quiet show no shift
    profile = np.log((usual + 0.5) / (usual + 0.5).sum())
    spread = _spread(counts, usual / usual.sum())
    best: tuple[float, slice, int] | None = None
    for shift in _SHIFTS:
        gain = counts @ (np.roll(profile, shift) - profile) / spread - 2.0
        stretch, evidence = _longest(gain)
        if evidence > EVIDENCE and (best is None or evidence > best[0]):
            best = (evidence, stretch, shift)
    return (best[1], best[2], round(best[0], 2)) if best else None


def _spread(counts: Counts, profile: Counts) -> float:
    """How much more the hours of a usual week vary than independent events would: clicks come in visits, not one by one."""
    size = counts.sum(axis=1)
    expected = np.outer(size, profile)
    used = expected.mean(axis=0) > 1
    weeks = size > 0
    if used.sum() < 2 or not weeks.any():
        return 1.0
    squares = ((counts - expected) ** 2 / np.maximum(expected, 1e-9))[:, used].sum(axis=1)
    return max(1.0, float(np.median(squares[weeks])) / (int(used.sum()) - 1))


def _longest(gain: Counts) -> tuple[slice, float]:
    """The stretch with the largest sum (Kadane)."""
    best, best_at, total, start = -np.inf, slice(0, 1), 0.0, 0
    for at, value in enumerate(gain):
        if total <= 0:
            total, start = 0.0, at
        total += float(value)
        if total > best:
            best, best_at = total, slice(start, at + 1)
    return best_at, float(best)
