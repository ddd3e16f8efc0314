"""raw.*, staging.*, identity.*, profile.* -> quality.*: what keeps the company from seeing its customers, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from cxunify import ledger
from cxunify.config import Config
from cxunify.quality import catalogue, history, measure, price, readiness, report
from cxunify.quality.gates import gates
from cxunify.quality.history import since
from cxunify.quality.idle import idle
from cxunify.quality.offenders import offenders, reported
from cxunify.quality.report import saved
from cxunify.schema.quality import DOCUMENT, QUALITY
from cxunify.schema.report import Gap, Place, Report, Requirement
from cxunify.schema.totals import Totals
from cxunify.warehouse import Warehouse
from cxunify.warehouse.fingerprint import fingerprint

__all__ = [
    "Gap",
    "Place",
    "Report",
    "Requirement",
    "Totals",
    "assess",
    "gates",
    "is_stale",
    "offenders",
    "remembering",
    "reported",
    "saved",
    "since",
]


def assess(
    warehouse: Warehouse, config: Config, as_of: datetime | None = None, run_id: str = "", *, afresh: bool = False
) -> Report | None:
    """Run every check and price what it finds; bring quality.* up to date and return the report, or None where it was.

    `as_of`: nothing after it is counted, UTC; default: the end of the last ordinary day in the data. What customers bought is
    profile's count and ends where profile's does, so that both tell of one customer the same. `run_id` names the run: its gaps
    are held against those of earlier ones; a run with an `as_of` of its own looks back, and is no yardstick for others.
    """
    ledger.prepare(warehouse)
    warehouse.run(measure.first(config, as_of), _until(config, as_of), afresh=afresh)
    checks = _checks(warehouse)
    params = _params(warehouse, config)
    steps = measure.rest(warehouse, config, checks)
    warehouse.run(steps, params, afresh=afresh)
    made_from = _report_from(warehouse, config, as_of, checks)
    if not afresh and made_from and warehouse.noted(DOCUMENT.name)[0] == made_from:
        return None
    gaps = price.price(warehouse, config, checks)
    needs = readiness.readiness(warehouse, config, gaps, params)
    total = report.totals(warehouse, config.currency)
    effect = report.loyalty(warehouse, total)
    ran = tuple(check.id for check in checks)
    whole = report.assembled(params["as_of"], total, gaps, needs, effect, ran, report.tables(warehouse))
    whole = replace(whole, as_of_date=params["today"], unmeasured=idle(warehouse, checks))
    if run_id:
        looks_back = as_of is not None
        history.measured(warehouse, whole, looks_back=looks_back)
        tables = replace(whole.tables, trend=history.trend(warehouse, run_id))
        whole = replace(whole, since=None if looks_back else since(warehouse), tables=tables)
    report.keep(warehouse, whole, made_from)
    names = (step.table.name for step in (*measure.first(config, as_of), *steps))
    warehouse.sweep("quality", [*names, *(table.name for table in QUALITY)])
    return whole


def is_stale(warehouse: Warehouse, config: Config) -> bool:
    """Whether `assess` would build anything."""
    if warehouse.stale(measure.first(config, None), _until(config, None)):
        return True
    checks = _checks(warehouse)
    if warehouse.stale(measure.rest(warehouse, config, checks), _params(warehouse, config)):
        return True
    return warehouse.noted(DOCUMENT.name)[0] != _report_from(warehouse, config, None, checks)


@contextmanager
def remembering(warehouse: Warehouse, config: Config, as_of: datetime | None) -> Iterator[None]:
    """While a run is published and the ledger is given what it found: afterwards no table is older for it."""
    with warehouse.settling(lambda: measure.first(config, as_of), _until(config, as_of)):
        yield


def _until(config: Config, as_of: datetime | None) -> dict[str, Any]:
    """What the first steps bind."""
    return {"as_of": as_of, "timezone": config.timezone}


def _checks(warehouse: Warehouse) -> tuple[catalogue.Check, ...]:
    """The checks whose tables exist."""
    return tuple(check for check in catalogue.checks() if all(warehouse.exists(table) for table in check.needs))


def _params(warehouse: Warehouse, config: Config) -> dict[str, Any]:
    """What the later steps bind."""
    instant, today = warehouse.rows("select as_of, today from quality.instant")[0]
    return {"as_of": instant, "today": today, "timezone": config.timezone}


def _report_from(
    warehouse: Warehouse, config: Config, as_of: datetime | None, checks: tuple[catalogue.Check, ...]
) -> str:
    """What the report is made from, as a fingerprint: every measure, the settings and the code that words it.

    What earlier runs found is not among it: a report stands until what it reports on has moved.
    """
    steps = (*measure.first(config, as_of), *measure.rest(warehouse, config, checks))
    contents = {step.table.name: warehouse.content(step.table.name) for step in steps}
    contents["identity.health"] = warehouse.content("identity.health")
    if "" in contents.values():
        return ""
    return fingerprint(contents, config.quality.model_dump(mode="json"), config.currency, as_of, report.code())
