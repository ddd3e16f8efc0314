"""staging.*, identity.*, profile.moments -> the small tables that every check and every number is summed from."""

from __future__ import annotations

from datetime import datetime, time
from importlib import resources
from typing import Any

from cxunify.config import Config
from cxunify.quality import cells, repeats
from cxunify.warehouse import Stage, Warehouse, literal

_FIRST = (
    ("owned", ("kind",), "One row per kind of interaction that has an owner by its nature."),
    ("device_sources", ("source",), "One row per source whose visitors are known by their device until they log in."),
    ("daily", (), "One row per source, channel, kind, place, day and whether the customer is known."),
    ("ordinary", ("source", "day"), "One row per source and day with data that is no stray."),
    ("owners", (), "One row per source record, by its row in staging: its customer."),
    ("reach", ("row_no", "type"), "One row per record and way to reach its person: whether that can be used."),
    ("intake", ("source", "day"), "One row per source of records and day of their creation."),
    ("loads", ("source",), "One row per source whose newest file took the place of an earlier one: the rows of both."),
)
_SECOND = (
    ("customers", ("customer_id",), "One row per customer: channels, purchases, revenue."),
    ("coverage", ("source", "subject", "field"), "One row per mapped field with a target: how it is filled."),
    ("lacking", ("customer", "field"), "One row per customer and field without a usable value in any record."),
    ("linkage", ("source", "channel", "location", "week"), "One row per source, place and week: what has a customer."),
    ("freshness", ("source",), "One row per source: first and last day, rhythm, silence."),
    ("population", ("population", "source", "field"), "One row per population that offending rows are a share of."),
)


def measure(warehouse: Warehouse, config: Config, expected: list[dict[str, Any]], as_of: datetime | None) -> datetime:
    """Build the measures; return the instant that the report speaks of: `as_of`, or the last day of the data, UTC."""
    warehouse.execute("create schema if not exists quality")
    warehouse.execute(f"create or replace view quality.facts as {facts(as_of)}")
    warehouse.build([_stage(*item) for item in _FIRST])
    instant = as_of or _last_day(warehouse)
    unreadable = set(warehouse.rows("select distinct source, field from staging.invalid"))
    stages = [
        cells.stage(config, expected, unreadable),
        repeats.stage(warehouse, config),
        *(_stage(*item) for item in _SECOND),
    ]
    warehouse.build(stages, {"as_of": instant})
    return instant


def facts(as_of: datetime | None) -> str:
    """The timeline as quality reads it, until `as_of` if that is given: by row of staging and by the customer's number.

    What a purchase is, on which day and for how much, is profile's word.
    """
    until = f"where occurred_at is null or occurred_at <= {literal(as_of.isoformat())}::timestamp" if as_of else ""
    return f"""
        select row_no, customer_no, source, channel, kind, trade, occurred_at, occurred_date as day, location, amount, revenue,
            coalesce(lines, 1) as lines
        from profile.moments {until}"""


def _stage(name: str, grain: tuple[str, ...], meaning: str) -> Stage:
    return Stage(f"quality.{name}", text("tables", name), grain, meaning)


def text(folder: str, name: str) -> str:
    """A SELECT that ships with the package."""
    return (resources.files("cxunify") / "quality" / folder / f"{name}.sql").read_text(encoding="utf-8").strip()


def _last_day(warehouse: Warehouse) -> datetime:
    """The end of the last day on which data is ordinary: a few stray dates in the future do not move it.

    No clock is read: the same extracts give the same report, whenever it is made. The profile counts to the latest instant
    instead: for a customer every hour counts, while a day that has only begun would look like missing rows here.
    """
    day = warehouse.scalar(
        "select coalesce(max(day) filter (where source in (select source from quality.daily)), max(day)) from quality.ordinary"
    )
    return datetime.combine(day, time.max.replace(microsecond=0)) if day else datetime(1970, 1, 1)
