"""profile.days -> actions.triggers, actions.trigger_checks: the steps, and how far back each signal is looked at."""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import gated, text
from cxunify.actions.triggers import judge
from cxunify.config import Config
from cxunify.schema.actions import TRIGGER_CHECKS, TRIGGERS
from cxunify.schema.table import Table
from cxunify.schema.words import counted
from cxunify.warehouse import Loop, Stage, Step

CAPABILITY = "behaviour_triggers"
FOUND = Table("actions.found_behaviour_triggers", "One row: what came of triggers.", ("capability",))
HALF_YEAR, QUARTER, MONTH = 182, 91, 28
OFTEN = 20
"""Active days in half a year, of a usual customer who has any, from which on four weeks say as much as a quarter does elsewhere."""
_WINDOWS: dict[str, Any] = {
    "signal": pl.String, "history_days": pl.Int64, "needed_days": pl.Int64, "baseline_days": pl.Int32, "observed_days": pl.Int32,
    "stretches": pl.Int32,
}  # fmt: skip
_ACTIVE = Table("temp.active_days", "One row per customer and day on which the customer did something.")
_SIGNALS = Table("temp.signals", "One row per signal, customer and day on which the customer showed it.")
_WINDOW = Table("actions.trigger_windows", "One row per signal: the days that are compared.", ("signal",))
_COUNTS = Table("temp.trigger_counts", "One row per signal and customer: on how many days it was shown.")
_STRETCHES = Table("temp.trigger_stretches", "One row per signal, stretch and customer who was there long enough.")
_TOTALS = Table("actions.trigger_totals", "One row per signal, stretch and pattern: how many customers show it.")
_RATES = Table(
    "actions.trigger_rates", "One row per signal and stretch: how often customers are active.", ("signal", "stretch")
)
_PATTERNS = Table("actions.trigger_patterns", "One row per signal, stretch, direction and pattern: how unlikely it is.")
_CHECKS = Table(
    "actions.found_triggers", "One row per signal and direction: what trigger_checks says, whatever readiness says."
)


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    totals = f"select * from {_TOTALS.name} order by all"
    windows = f"select * from {_WINDOW.name}"
    rates = f"select * from {_RATES.name} order by signal, stretch"
    return (
        _stage(_ACTIVE, "active_days"),
        _stage(_SIGNALS, "signals"),
        Loop(_WINDOW, windows_of, {"spans": text("spans")}),
        _stage(_COUNTS, "trigger_counts"),
        _stage(_STRETCHES, "trigger_stretches"),
        _stage(_TOTALS, "trigger_totals"),
        Loop(_RATES, judge.rates, {"patterns": totals, "windows": windows}),
        Loop(
            _PATTERNS,
            judge.judged,
            {"patterns": totals, "windows": windows, "rates": rates},
            {"false_alarms": config.actions.false_alarms},
        ),
        Loop(
            _CHECKS,
            judge.checks,
            {"windows": windows, "rates": rates, "judged": f"select * from {_PATTERNS.name} order by all"},
        ),
        gated(TRIGGERS, f"(\n{text('triggers')}\n)", CAPABILITY),
        gated(TRIGGER_CHECKS, _CHECKS.name, CAPABILITY),
        Loop(FOUND, found, {"checks": f"select * from {_CHECKS.name} order by signal, direction"}),
    )


def windows_of(spans: pl.DataFrame) -> pl.DataFrame:
    """One row per signal: how many days are compared with how many before them, and for how many pairs of these there are days.

    A pair that can be tried one time before is worth more than a longer time before: half a year and then a quarter of one.
    """
    known = {signal: (history, usual) for signal, history, usual in spans.iter_rows()}
    rows = []
    for signal in judge.SIGNALS:
        history, usual = known.get(signal, (None, None))
        observed = MONTH if (usual or 0) >= OFTEN else QUARTER
        least = QUARTER + 2 * observed
        fits = [
            (baseline, stretches)
            for stretches in (3, 2)
            for baseline in (HALF_YEAR, QUARTER)
            if history is not None and history >= baseline + stretches * observed
        ]
        baseline, stretches = fits[0] if fits else (None, 0)
        rows.append((signal, history, least, baseline, observed if fits else None, stretches))
    return pl.DataFrame(rows, schema=_WINDOWS, orient="row")


def found(checks: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: how many alarms, how many of these are expected to be false, and of whom nothing can be said."""
    by = {verdict: part for (verdict,), part in checks.group_by("verdict", maintain_order=True)}
    said = pl.concat([by[verdict] for verdict in ("ready", "unchecked") if verdict in by] or [checks.clear()])
    if said.is_empty():
        told = by.get("refused", by.get("nothing"))
        first = None if told is None else f"{told['signal'][0]}: {told['reason'][0]}"
        status = "refused" if "refused" in by else "nothing"
        return findings(Finding(CAPABILITY, 0, status=status, reason=first))
    alarms, false = int(said["alarms"].sum()), float(said["expected_false"].sum())
    drops = said.filter(direction="drop")
    widest = (drops if len(drops) else said).sort("judged", "signal", descending=[True, False]).row(0, named=True)
    with_any = "any activity" if widest["signal"] == "any" else widest["signal"]
    check = "no alarm" if not alarms else f"{counted(alarms, 'alarm')}, of which {false:,.1f} are expected to be false"
    check += (
        f"; of {counted(widest['judged'], 'customer')} with {with_any} {widest['detectable']:,} could show a"
        f" {widest['direction']} that is told from chance: of the others nothing can be said"
    )
    is_checked = "ready" in by
    reason = None if is_checked else f"{said['signal'][0]}: {said['reason'][0]}"
    return findings(
        Finding(CAPABILITY, widest["judged"], check, status="ready" if is_checked else "weak", reason=reason)
    )


def _stage(table: Table, name: str) -> Stage:
    return Stage(table, text(name))
