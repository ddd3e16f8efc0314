"""staging.*, identity.* -> profile.*: every step, in order.

SQL that never varies is in tables/; golden.py and sources.py build the rest.
"""

from __future__ import annotations

from dataclasses import replace

from cxunify.config import Config
from cxunify.profile import golden, rates
from cxunify.profile.parts import PARTS, seen
from cxunify.profile.sources import channels, sources
from cxunify.profile.strays import strays
from cxunify.schema import Table
from cxunify.schema import profile as schema
from cxunify.warehouse import Stage, Step, literal, statement


def first() -> tuple[Stage, ...]:
    """The dates that stand for none, and the instant that every count speaks of: `$as_of`, where it is given.

    The other steps bind what it says as `$as_of`.
    """
    return strays(), _contracted(schema.CLOCK, by_content=True)


def steps(config: Config) -> tuple[Step, ...]:
    """Every other step.

    The large tables name no grain: theirs follows from how they are made, which tests check, and counting it would cost a third of
    the build.
    """
    made: tuple[Step, ...] = (
        *(seen() if config.engine == "duckdb" else ()),
        sources(config),
        channels(),
        _contracted(schema.NUMBERS),
        _private("traces", "One row per trace of staging: its customer and its visitor."),
        _private("case_customers", "One row per case of one known customer.", ("channel", "case_id")),
        _visits(config),
        rates.step(config),
        _private("worth", "One row per currency and day with a rate: what one unit is worth.", ("currency", "day")),
        _contracted(schema.MOMENTS),
        _contracted(schema.SESSIONS),
        _contracted(schema.CASES),
        _private("ahead", "One row per interaction after `$as_of`."),
        _contracted(schema.DAYS),
        _contracted(schema.BEHAVIOUR),
        _private("service", "One row per customer who was in touch.", ("customer_no",)),
        _contracted(schema.PURCHASE_DAYS),
        _contracted(schema.BUYERS),
        _private("crossings", "One row per customer seen both on the web and in stores.", ("customer_no",)),
        _contracted(schema.CUSTOMER_CHANNELS),
        _contracted(schema.STATEMENTS),
        _contracted(schema.ACTS),
        _contracted(schema.CONSENT, by_content=True),  # what the ledger remembers and a record repeats says nothing new
        _private("contacts", "One row per mailbox or number that a record or a trace states."),
        *golden.stages(config),
        _contracted(schema.CURRENCIES),
        _contracted(schema.DAILY_TOTALS),
        _contracted(schema.STORE_MONTHS),
        _contracted(schema.RETENTION),
        _contracted(schema.CHANNEL_FLOW),
        _contracted(schema.SERVICE_MONTHS),
        _private(
            "summary",
            "One row per customer: its records, channels, consent, sessions, complaints, household.",
            ("customer_no",),
        ),
        # The wide tables, as views: only the copy to Parquet reads all of them, once, and sorts them.
        _contracted(schema.INTERACTIONS, is_view=True),
        _customers(config),
    )
    return tuple(_parted(step) for step in made)


def _parted(step: Step) -> Step:
    parts = PARTS.get(step.table.name.removeprefix("profile."))
    return replace(step, parts=parts) if parts and isinstance(step, Stage) else step


def _contracted(table: Table, *, is_view: bool = False, by_content: bool = False) -> Stage:
    """The step of a table that other layers read: its SQL counts, its contract says of which types."""
    return Stage(table, table.select(f"(\n{_text(table.name)}\n) as counted"), is_view, by_content)


def _customers(config: Config) -> Stage:
    """A view binds nothing: the currency of its amounts and the zone of its days stand in it."""
    whole = _contracted(schema.CUSTOMERS, is_view=True)
    said = whole.select.replace("$currency", literal(config.currency)).replace("$timezone", literal(config.timezone))
    return replace(whole, select=said)


def _private(name: str, meaning: str, grain: tuple[str, ...] = ()) -> Stage:
    return Stage(Table(f"profile.{name}", meaning, grain), _text(name))


def _visits(config: Config) -> Stage:
    whole = _private("visits", "One row per web interaction: its session.")
    if config.profile.session_max_hours is None:
        return whole
    return Stage(whole.table, f"with whole as (\n{whole.select}\n)\n{_text('visits_cut')}")


def _text(name: str) -> str:
    return statement("cxunify.profile", "tables", name.removeprefix("profile."))
