"""Counted patterns of every signal -> actions.trigger_rates, actions.trigger_patterns, actions.trigger_checks.

Each signal (purchases, visits …) is judged by itself. A stretch is a pair of times, one before and one after: 0 is the one that is
judged, 1 the pair that ends where its last part begins, 2 likewise before that. How much ordinary rates move is learned on the pair
before the judged one, so 1 is judged too, by what 2 says: a placebo, which shows how far the alarms of 0 are to be believed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from cxunify.actions.triggers.alarm import DIRECTIONS, LEAST, Judged, alarms, judge, seasoned, tail
from cxunify.actions.triggers.rates import Numbers, Patterns, Rates, fit, wander
from cxunify.schema.words import counted
from cxunify.warehouse.frames import repeatable

SIGNALS = ("purchases", "visits", "contacts", "any")
LEAST_JUDGED = 300
"""Customers without whom nothing can be said of how much ordinary rates move."""
MOST_FALSE = 3.0
"""Times as many alarms as stated that the placebo may bring."""
_DOUBTFUL = 0.05
"""How unlikely its number of alarms must be even then, to be no accident."""

_RATES: dict[str, Any] = {
    "signal": pl.String, "stretch": pl.Int32, "shape": pl.Float64, "scale": pl.Float64, "wander": pl.Float64,
}  # fmt: skip
_PATTERNS: dict[str, Any] = {
    "signal": pl.String, "stretch": pl.Int32, "direction": pl.String, "baseline_days": pl.Int32, "baseline": pl.Int32,
    "observed": pl.Int32, "customers": pl.Int64, "expected": pl.Float64, "p": pl.Float64, "is_detectable": pl.Boolean,
    "expected_false_share": pl.Float64, "is_alarm": pl.Boolean, "season": pl.Float64, "expected_false": pl.Float64,
    "would_alarm": pl.Boolean, "reach": pl.Float64,
}  # fmt: skip
_CHECKS: dict[str, Any] = {
    "signal": pl.String, "direction": pl.String, "baseline_days": pl.Int32, "observed_days": pl.Int32, "judged": pl.Int64,
    "detectable": pl.Int64, "least_baseline": pl.Int32, "season": pl.Float64, "wander": pl.Float64, "alarms": pl.Int64,
    "expected_false": pl.Float64, "placebo_alarms": pl.Int64, "placebo_detectable": pl.Int64, "verdict": pl.String,
    "reason": pl.String,
}  # fmt: skip


def rates(patterns: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    """One row per signal and stretch: the gamma distribution of its rates, and how these moved in it (null: of stretch 0)."""
    rows = []
    for signal, length, stretch, part in _parts(patterns, windows):
        shape, scale = fit(part.before, part.days, part.customers)
        moved = wander(shape, scale, part, length) if stretch else None
        rows.append((signal, stretch, shape, scale, moved))
    return repeatable(pl.DataFrame(rows, schema=_RATES, orient="row"))


def judged(patterns: pl.DataFrame, windows: pl.DataFrame, rates: pl.DataFrame, false_alarms: float) -> pl.DataFrame:
    """One row per signal, stretch, direction and pattern: how unlikely it is, and whether it alarms."""
    known = _known(rates)
    parts = {(signal, stretch): (length, part) for signal, length, stretch, part in _parts(patterns, windows)}
    frames = [pl.DataFrame(schema=_PATTERNS)]
    for (signal, stretch), (length, part) in parts.items():
        if (signal, stretch + 1) not in known:
            continue
        earlier_base = known[signal, stretch + 1]
        base = replace(known[signal, stretch], wander=earlier_base.wander)
        season = seasoned(base, part, length)
        for direction in DIRECTIONS:
            found = _judged(direction, base, part, length, season)
            earlier = None
            if direction == "rise":
                before = parts[signal, stretch + 1][1]
                earlier = _judged(direction, earlier_base, before, length, seasoned(earlier_base, before, length))
            raised = alarms(found, length, false_alarms, earlier)
            frames.append(
                pl.DataFrame(
                    {
                        "signal": [signal] * len(found.p), "stretch": stretch, "direction": direction,
                        "baseline_days": part.days, "baseline": part.before, "observed": part.after,
                        "customers": part.customers, "expected": found.mean, "p": found.p,
                        "is_detectable": found.is_detectable, "expected_false_share": raised.share,
                        "is_alarm": raised.is_published, "season": season, "expected_false": raised.expected_false,
                        "would_alarm": found.is_detectable & (found.strongest <= raised.reach), "reach": raised.reach,
                    },
                    strict=False,
                ).cast(pl.Schema(_PATTERNS))
            )  # fmt: skip
    return pl.concat(frames)


def checks(windows: pl.DataFrame, rates: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """One row per signal and direction: who could be judged, how many alarms are false, and whether they are to be believed."""
    known = _known(rates)
    rows = []
    for window in windows.sort("signal").iter_rows(named=True):
        for direction in DIRECTIONS:
            now, placebo = (
                judged.filter(signal=window["signal"], direction=direction, stretch=stretch) for stretch in (0, 1)
            )
            row: dict[str, Any] = dict.fromkeys(_CHECKS) | {
                "signal": window["signal"], "direction": direction, "baseline_days": window["baseline_days"],
                "observed_days": window["observed_days"], "judged": int(now["customers"].sum()),
                "detectable": _customers(now, "would_alarm"), "alarms": _customers(now, "is_alarm"),
                "expected_false": now["expected_false"].max() if len(now) else 0.0,
            }  # fmt: skip
            if len(now):
                base = replace(known[window["signal"], 0], wander=known[window["signal"], 1].wander)
                row["season"], row["wander"] = now["season"][0], base.wander
                row["least_baseline"] = _least_baseline(direction, base, row, now["reach"][0])
            if len(placebo):
                row["placebo_detectable"] = _customers(placebo, "is_detectable")
                row["placebo_alarms"] = int(
                    placebo.filter(pl.col("is_detectable") & (pl.col("p") <= LEAST))["customers"].sum()
                )
            row["verdict"], row["reason"] = _verdict(row, window)
            rows.append(row)
    return repeatable(pl.DataFrame(rows, schema=_CHECKS, orient="row"))


def _known(rates: pl.DataFrame) -> dict[tuple[str, int], Rates]:
    return {
        (signal, stretch): Rates(shape, scale, moved or 0.0)
        for signal, stretch, shape, scale, moved in rates.iter_rows()
    }


def _parts(patterns: pl.DataFrame, windows: pl.DataFrame) -> list[tuple[str, int, int, Patterns]]:
    """Signal, length of its judged part, stretch, patterns: of signals with customers enough, in order."""
    found = []
    for signal, length in windows.sort("signal").select("signal", "observed_days").iter_rows():
        own = patterns.filter(signal=signal).sort("stretch", "baseline_days", "baseline", "observed")
        sizes = {stretch: int(part["customers"].sum()) for (stretch,), part in own.group_by("stretch")}
        for stretch in sorted(sizes):
            if min(sizes[each] for each in sizes if each <= max(stretch, 1)) < LEAST_JUDGED:
                break
            numbers = own.filter(stretch=stretch).select("baseline", "baseline_days", "observed", "customers")
            found.append((signal, length, stretch, Patterns(*numbers.cast(pl.Float64).to_numpy().T)))
    return found


def _judged(direction: Any, base: Rates, part: Patterns, length: int, season: float) -> Judged:
    expected = (base.mean(part.before, part.days, length) * season, base.size(part.before))
    return judge(direction, part.after, expected, part.customers, length)


def _customers(rows: pl.DataFrame, flag: str) -> int:
    return int(rows.filter(pl.col(flag))["customers"].sum())


def _least_baseline(direction: Any, base: Rates, row: dict[str, Any], reach: float) -> int | None:
    """The fewest active days in the whole time before with which a change can be detected; None: no number is enough.

    `reach`: how unlikely a change has to be to be published.
    """
    days = float(row["baseline_days"])
    before: Numbers = np.arange(days + 1)
    mean = base.mean(before, np.full(len(before), days), row["observed_days"]) * row["season"]
    strongest = np.full(len(before), 0.0 if direction == "drop" else float(row["observed_days"]))
    able = (mean > 0) & (tail(direction, strongest, mean, base.size(before)) <= min(LEAST, reach))
    return int(np.argmax(able)) if able.any() else None


def _verdict(row: dict[str, Any], window: dict[str, Any]) -> tuple[str, str | None]:
    from scipy.special import gammainc

    if window["history_days"] is None:
        return "nothing", "nobody shows any"
    if window["observed_days"] is None:
        return "refused", f"{counted(window['history_days'], 'day')} of history, {window['needed_days']} are needed"
    if not row["judged"]:
        return "refused", f"fewer than {LEAST_JUDGED} customers have been there long enough to be judged"
    if not row["season"]:
        return "refused", "nobody was active in the judged time: the data, not the customers, have stopped"
    if row["placebo_alarms"] is None:
        return (
            "unchecked",
            f"{counted(window['history_days'], 'day')} of history: too few to try the same one time before",
        )
    most = MOST_FALSE * LEAST * row["placebo_detectable"]
    if row["placebo_alarms"] > most and gammainc(row["placebo_alarms"], most) <= _DOUBTFUL:
        return "refused", (
            f"the same test one time before brought {counted(row['placebo_alarms'], 'alarm')} of"
            f" {counted(row['placebo_detectable'], 'customer')} "
            f"where it states {LEAST:.0%}: customers change too often for one to be news"
        )
    return "ready", None
