"""raw.*, staging.*, identity.* -> quality.*: what keeps the company from seeing its customers, what it costs, what closes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cxunify.config import Config
from cxunify.quality import catalogue, clock, expect, find, history, measure, price, readiness, report, volume
from cxunify.quality.gates import gates
from cxunify.quality.history import since
from cxunify.quality.offenders import offenders, reported
from cxunify.quality.report import saved
from cxunify.schema.report import Gap, Place, Report, Requirement, Totals
from cxunify.warehouse import Warehouse

__all__ = [
    "Gap",
    "Place",
    "Report",
    "Requirement",
    "Totals",
    "assess",
    "gates",
    "offenders",
    "reported",
    "saved",
    "since",
]


def assess(warehouse: Warehouse, config: Config, as_of: datetime | None = None, run_id: str = "") -> Report:
    """Run every check and price what it finds; write quality.* and return the report.

    `as_of`: nothing after it is counted, UTC; default: the end of the last ordinary day in the data. `run_id` names the run in
    the history that later runs are compared with; a run with an `as_of` of its own looks back, and is no yardstick for others.
    """
    expected = expect.expect(warehouse, config)
    instant = measure.measure(warehouse, config, expected, as_of)
    params = {"as_of": instant, "currency": config.currency}
    volume.volume(warehouse, config.quality.closed)
    clock.clock(warehouse, config.timezone)
    checks = catalogue.checks()
    ran = find.find(warehouse, checks, params)
    gaps = price.price(warehouse, config, [check for check in checks if check.id in ran])
    needs = readiness.readiness(warehouse, config, gaps, params)
    total = report.totals(warehouse, config.currency)
    effect = report.loyalty(warehouse, total)
    whole = report.assembled(instant, total, gaps, needs, effect, ran, report.tables(warehouse))
    if run_id:
        looks_back = as_of is not None
        history.remember(warehouse, whole, run_id, looks_back=looks_back)
        tables = replace(whole.tables, trend=history.trend(warehouse))
        whole = replace(whole, since=None if looks_back else since(warehouse, run_id), tables=tables)
    report.keep(warehouse, whole)
    return whole
