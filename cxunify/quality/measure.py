"""staging.*, identity.*, profile.moments -> the small tables that every check and every number is summed from."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from cxunify.config import Config
from cxunify.quality import cells, clock, expect, find, repeats, volume
from cxunify.quality.catalogue import Check
from cxunify.schema import Table
from cxunify.schema.raw import SNAPSHOTS
from cxunify.vocabulary.gift_cards import is_gift_card
from cxunify.warehouse import Parts, Stage, Step, Warehouse, literal, statement

_FIRST = (
    ("owned", ("kind",), "One row per kind of interaction that has an owner by its nature."),
    ("device_sources", ("source",), "One row per source whose visitors are known by their device until they log in."),
    ("daily", (), "One row per source, channel, kind, place, day and whether the customer is known."),
    ("ordinary", ("source", "day"), "One row per source and day with data that is no stray."),
    ("owners", (), "One row per source record, by its row in staging: its customer."),
    ("reach", ("row_no", "type"), "One row per record and way to reach its person: whether that can be used."),
    ("useless", (), "One row per row of an extract and value in it that identifies nobody."),
    ("intake", ("source", "day"), "One row per source of records and day of their creation."),
    (
        "loads",
        ("file_id",),
        "One row per extract, or file of a SELECT, that took the place of an earlier one: the rows of both.",
    ),
)
_SECOND = (
    ("guests", ("trace_id",), "One row per trace of interactions whose foreign key is that of all guests."),
    ("uncounted", ("source", "currency"), "One row per source and currency of which money is in no total: how much."),
    ("customers", ("customer_id",), "One row per customer: channels, purchases, revenue."),
    ("coverage", ("source", "subject", "field"), "One row per mapped field with a target: how it is filled."),
    ("lacking", ("customer", "field"), "One row per customer and field without a usable value in any record."),
    ("linkage", ("source", "channel", "location", "week"), "One row per source, place and week: what has a customer."),
    ("near", ("trace_id", "field"), "One row per trace and key that a record has in another spelling: what differs."),
    ("freshness", ("source",), "One row per source: first and last day, rhythm, silence."),
    ("ahead", ("source", "location"), "One row per source and place: rows with a date that is yet to come."),
    (
        "silent",
        ("source", "what", "name"),
        "One row per kind and place that fell silent before its source: what is missing of it.",
    ),
    ("population", ("population", "source", "field"), "One row per population that offending rows are a share of."),
)


_LACKING = "select customer as part from quality.owners where row_no in (select row_no from {changed})"
PARTS = MappingProxyType(
    {
        "owners": Parts(
            "row_no",
            {"staging.records": "row_no"},
            {
                "identity.assignments": (
                    "select r.row_no as part from staging.records as r"
                    " join {changed} as c on c.source = r.source and c.record_id = r.record_id"
                )
            },
        ),
        "reach": Parts("row_no", {"identity.contact_points": "row_no"}),
        "lacking": Parts(
            "customer",
            {"quality.owners": "customer", "identity.assignments": "hash(customer_id)"},
            {"quality.record_cells": _LACKING, "quality.other_cells": _LACKING},
        ),
    }
)
"""How large tables fall into parts, of which only those are made again that are touched; see quality.record_cells too."""


def first(config: Config, as_of: datetime | None) -> tuple[Step, ...]:
    """The steps up to the instant that the report speaks of (quality.instant): `$as_of` where it is given."""
    table = Table("quality.facts", "One row per interaction as quality reads it.")
    return (
        expect.step(expect.expected(config)),
        Stage(table, facts(as_of), is_view=True),
        Stage(
            Table(
                "quality.events",
                "One row per interaction as checks tell of it: with the id of its customer, if it has one.",
            ),
            "select f.*, n.customer_id from quality.facts as f left join profile.numbers as n on n.customer_no = f.customer_no",
            is_view=True,
        ),
        Stage(
            Table("quality.happened", "One row per interaction of staging, with all it says, until the same instant."),
            f"select * from staging.interactions {until(as_of)}",
            is_view=True,
        ),
        Stage(
            Table(
                "quality.snapshots",
                "One row per extract, and file of a SELECT, that stands for all there was: its rows.",
            ),
            SNAPSHOTS,
            is_view=True,
        ),
        *(_stage(*item) for item in _FIRST),
        Stage(
            Table("quality.instant", "One row: the instant that the report speaks of."),
            statement("cxunify.quality", "tables", "instant"),
            by_content=True,
        ),
    )


def rest(warehouse: Warehouse, config: Config, checks: tuple[Check, ...]) -> tuple[Step, ...]:
    """The steps that bind that instant as `$as_of`: cells and other measures, unusual days, and what every check finds."""
    unreadable = set(warehouse.rows("select distinct source, field from staging.invalid"))
    return (
        *cells.stages(config, expect.expected(config), unreadable),
        repeats.stage(warehouse, config),
        *(_stage(*item) for item in _SECOND),
        _gift_cards(),
        volume.step(config.quality.closed),
        clock.step(),
        *find.steps(checks),
    )


def _gift_cards() -> Stage:
    return Stage(
        Table("quality.gift_cards", "One row per article that is a gift card.", ("product",)),
        "select product from (select product from quality.happened union select product from staging.lines)"
        f" where {is_gift_card('product')}",
    )


def facts(as_of: datetime | None) -> str:
    """The timeline as quality reads it, until `as_of` if that is given: by row of staging and by the customer's number.

    What a purchase is, on which day and for how much, is profile's word.
    """
    return f"""
        select row_no, customer_no, source, channel, kind, trade, occurred_at, occurred_date as day, has_date, location, amount,
            currency, rate, revenue, coalesce(lines, 1) as lines
        from profile.moments {until(as_of)}"""


def until(as_of: datetime | None) -> str:
    """The condition that leaves out what happened after `as_of`, where that is given."""
    return f"where occurred_at is null or occurred_at <= {literal(as_of.isoformat())}::timestamp" if as_of else ""


def _stage(name: str, grain: tuple[str, ...], meaning: str) -> Stage:
    # What a snapshot is held against is read from the ledger, which tells the same before and after a run is remembered.
    return Stage(
        Table(f"quality.{name}", meaning, grain),
        statement("cxunify.quality", "tables", name),
        by_content=name == "loads",
        parts=PARTS.get(name),
    )
