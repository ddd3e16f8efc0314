"""staging.*, identity.* -> profile.*: one row per customer, one timeline, and what is counted from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from importlib import resources

from cxunify.config import Config
from cxunify.profile import golden
from cxunify.profile.sources import channels, sources
from cxunify.warehouse import Stage, Warehouse

__all__ = ["build", "stages"]


def build(warehouse: Warehouse, config: Config, as_of: datetime | None = None) -> datetime:
    """Build every table of `profile`, and return the instant they speak of (UTC): `as_of`, or the latest in the data.

    Nothing after that instant is counted; the timeline itself holds everything. No clock is read. The gap report speaks of whole
    days and ends with the last ordinary one: a day that has only begun would look like missing rows.
    """
    instant = as_of or latest(warehouse)
    rules = config.profile
    warehouse.build(
        stages(config),
        {
            "as_of": instant,
            "currency": config.currency,
            "timezone": config.timezone,
            "session_minutes": rules.session_minutes,
            "session_by_source": rules.session_by == "source",
            "session_at_midnight": "midnight" in rules.session_breaks,
            "session_on_campaign": "campaign" in rules.session_breaks,
            "session_max_hours": rules.session_max_hours,
            "with_agents": any(
                source.interaction is not None and "user_agent" in source.interaction.properties
                for source in config.sources.values()
            ),
        },
    )
    for name, select in views(config).items():
        if warehouse.exists(f"profile.{name}"):  # as a table, of an earlier version
            warehouse.execute(f"drop table profile.{name}")
        warehouse.execute(f"create or replace view profile.{name} as {select}")
    return instant


def stages(config: Config) -> tuple[Stage, ...]:
    """Every table, in the order in which they can be built.

    The large ones name no grain: theirs follows from how they are made, which tests check, and counting it would cost a third of
    the build.
    """
    return (
        _table("clock", (), "One row: the instant that every count speaks of."),
        sources(config),
        channels(),
        _table("numbers", ("customer_no",), "One row per customer: its number within this build."),
        _table("traces", (), "One row per trace of staging: its customer and its visitor."),
        _table("case_customers", ("channel", "case_id"), "One row per case of one known customer."),
        _visits(config),
        _table("moments", (), "One row per interaction: when, what, whose, how much."),
        _table("sessions", (), "One row per web visit."),
        _table("cases", ("channel", "case_id"), "One row per service case."),
        _table("days", (), "One row per customer, channel and day."),
        _table("behaviour", ("customer_no",), "One row per customer with an interaction: counts and sums."),
        _table("service", ("customer_no",), "One row per customer who was in touch."),
        _table("buyers", ("customer_no",), "One row per customer who bought: rhythm and scores."),
        _table("crossings", ("customer_no",), "One row per customer seen both on the web and in stores."),
        _table("customer_channels", (), "One row per customer and channel."),
        _table("statements", (), "One row per source record: whose it is, and how it ranks."),
        _table("consent", (), "One row per customer and channel of consent."),
        _table("contacts", (), "One row per mailbox or number that a record or a trace states."),
        *golden.stages(config),
        _table("daily_totals", (), "One row per source, kind, place, currency and day."),
        _table("store_months", ("channel", "location", "month_date"), "One row per place and month."),
        _table("retention", ("cohort_date", "months_since"), "One row per cohort and month since."),
        _table("channel_flow", ("from_channel", "to_channel"), "One row per step between channels."),
        _table("service_months", ("channel", "month_date"), "One row per channel and month."),
    )


def views(config: Config) -> dict[str, str]:
    """The wide tables, as views: only the copy to Parquet reads all of them, once, and sorts them."""
    return {"interactions": _text("interactions"), "golden": golden.golden(config), "customers": _text("customers")}


def latest(warehouse: Warehouse) -> datetime:
    """The latest instant of the data (UTC), but for stray dates in the future: a thousandth of the rows does not move it."""
    instant: datetime | None = warehouse.scalar("""
        with body as (select quantile_disc(occurred_at, 0.999) + interval 31 day as limit_at from staging.interactions)
        select max(i.occurred_at) from staging.interactions as i, body as b
        where i.occurred_at <= least(b.limit_at, (select max(loaded_at) from raw.files))
    """)
    instant = instant or warehouse.scalar("select max(coalesce(updated_at, created_at)) from staging.records")
    return instant or datetime(1970, 1, 1)


def _table(name: str, grain: tuple[str, ...], meaning: str) -> Stage:
    return Stage(f"profile.{name}", _text(name), grain, meaning)


def _visits(config: Config) -> Stage:
    whole = _table("visits", (), "One row per web interaction: its session.")
    if config.profile.session_max_hours is None:
        return whole
    return replace(whole, select=f"with whole as (\n{whole.select}\n)\n{_text('visits_cut')}")


def _text(name: str) -> str:
    return (resources.files("cxunify") / "profile" / "tables" / f"{name}.sql").read_text(encoding="utf-8").strip()
