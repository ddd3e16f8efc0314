"""What is published: each table, where it comes from, how it is sorted, which layer's work it is, and what in it is personal."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.schema import published as tables
from cxunify.schema.customers import PERSONAL
from cxunify.schema.table import Table
from cxunify.warehouse import statement


@dataclass(frozen=True)
class Output:
    """One published table."""

    table: Table
    source: str
    """A table of the warehouse, or a SELECT in parentheses; `needs` says what it reads."""
    order: tuple[str, ...]
    """SQL terms that put every row in its one place: equal content gives equal bytes, whatever the threads."""
    needs: tuple[str, ...] = ()
    """Tables of the warehouse without which it is published empty; default: `source`."""
    partition: str = ""
    """An integer column of the source: one file per value, in folders that readers know as Hive partitions."""
    personal: tuple[str, ...] = ()
    """Columns that name, locate or reach a person."""
    redacted: tuple[tuple[str, str], ...] = ()
    """Columns that may hold personal data beside other things, and the SQL of what else they hold."""
    by_content: bool = False
    """Whether it is its rows that tell if it has changed: it tells of runs, and binds `$run_id`."""

    @property
    def is_report(self) -> bool:
        """Whether it is part of the gap report, which a command that made none takes over as it is."""
        return self.source.startswith("quality.")

    @property
    def path(self) -> str:
        """The file or folder, relative to the run's folder."""
        return self.table.name if self.partition else f"{self.table.name}.parquet"


def _query(name: str) -> str:
    return f"(\n{statement('cxunify.publish', 'tables', name)}\n)"


_WITHOUT_QUERY = "regexp_replace({0}, '[?#].*', '')"

OUTPUTS = (
    # Sorted by customer: the integers of profile sort as the ids do, for less.
    Output(
        tables.CUSTOMERS,
        "profile.customers",
        ("customer_id",),
        personal=PERSONAL,
    ),
    # A customer's rows lie together in each year: a lookup reads one row group of each year's file.
    Output(
        tables.TIMELINE,
        "profile.interactions",
        ("customer_id nulls last", "occurred_at", "source", "interaction_id"),
        partition="year",
        personal=("properties",),
        redacted=(("page", _WITHOUT_QUERY), ("referrer", _WITHOUT_QUERY)),
    ),
    Output(
        tables.LINES,
        _query("lines"),
        ("customer_id nulls last", "occurred_at", "source", "interaction_id", "line"),
        needs=("staging.lines", "profile.moments"),
        personal=("properties",),
    ),
    Output(
        tables.SESSIONS,
        "profile.sessions",
        ("customer_id nulls last", "started_at", "session_id"),
        personal=("visitor",),
        redacted=(("entry_page", _WITHOUT_QUERY), ("exit_page", _WITHOUT_QUERY), ("referrer", _WITHOUT_QUERY)),
    ),
    Output(tables.CASES, "profile.cases", ("channel", "case_id")),
    Output(tables.CONSENT, "profile.consent", ("customer_id", "channel")),
    Output(
        tables.GOLDEN_VALUES,
        _query("golden_values"),
        ("customer_id", "field", "rank"),
        needs=("profile.candidates",),
        personal=("value",),
    ),
    Output(tables.CUSTOMER_CHANNELS, "profile.customer_channels", ("customer_id", "channel")),
    Output(tables.CURRENCIES, "profile.currencies", ("currency",)),
    Output(
        tables.DAILY_TOTALS,
        "profile.daily_totals",
        ("occurred_date", "source", "kind", "location", "currency"),
    ),
    Output(tables.STORE_MONTHS, "profile.store_months", ("channel", "location", "month_date")),
    Output(tables.RETENTION, "profile.retention", ("cohort_date", "months_since")),
    Output(tables.CHANNEL_FLOW, "profile.channel_flow", ("from_channel", "to_channel")),
    Output(tables.SERVICE_MONTHS, "profile.service_months", ("channel", "month_date")),
    Output(tables.IDENTITY_MAP, "identity.assignments", ("source", "record_id")),
    Output(tables.IDENTIFIERS, "identity.identifiers", ("type", "value", "customer_id"), personal=("value",)),
    Output(
        tables.IDENTITY_CHANGES,
        _query("identity_changes"),
        ("run_id", "kind", "old_id", "new_id", "cause"),
        needs=("ledger.changes", "identity.moves"),
        by_content=True,
    ),
    Output(tables.LINKS, "identity.links", ("source_a", "record_id_a", "source_b", "record_id_b", "rule")),
    Output(tables.GAPS, "quality.gaps", ("gap_id",)),
    Output(tables.READINESS, "quality.readiness", ("capability", "requirement")),
    Output(tables.ACTIONS, "actions.actions", ("capability",)),
    Output(tables.PREDICTIONS, "actions.predictions", ("customer_id",)),
    Output(tables.PREDICTION_CHECKS, "actions.prediction_checks", ("quantity", "predictor")),
    Output(tables.MODELS, "actions.models", ("model", "parameter")),
    Output(tables.SEGMENTS, "actions.segments", ("customer_id",)),
    Output(tables.SEGMENT_MOVES, "actions.segment_moves", ("from_segment nulls first", "to_segment")),
    Output(tables.TRIGGERS, "actions.triggers", ("customer_id", "signal")),
    Output(tables.TRIGGER_CHECKS, "actions.trigger_checks", ("signal", "direction")),
    Output(tables.CONTACT_LIMITS, "actions.contact_limits", ("customer_id", "channel")),
    Output(tables.TREATMENTS, "actions.treatments", ("customer_id",)),
    Output(tables.TREATMENT_MOVES, "actions.treatment_moves", ("from_track", "to_track", "cause")),
    Output(
        tables.ASSIGNMENTS,
        _query("assignments"),
        ("customer_id", "experiment", "run_id"),
        needs=("ledger.assignments", "actions.assignments"),
        by_content=True,
    ),
    Output(tables.LIFT, "actions.lift", ("experiment", "basis", "outcome", "estimator")),
    Output(tables.NEXT_PRODUCTS, "actions.next_products", ("customer_id", "basis", "rank")),
    Output(tables.NEXT_PRODUCT_CHECKS, "actions.next_product_checks", ("basis",)),
    Output(tables.LOYALTY_COVER, "actions.loyalty_cover", ("value_tier",)),
    Output(tables.LIFECYCLE_DUE, "actions.lifecycle_due", ("customer_id", "event")),
    Output(tables.PLAN, "actions.plan", ("customer_id", "offer")),
    Output(tables.PLAN_PRICES, "actions.plan_prices", ("resource",)),
    Output(tables.PLAN_TOTALS, "actions.plan_totals", ("basis",)),
    # A till or a web page looks up one customer: its rows lie together, and a reader passes over all other row groups.
    Output(
        tables.BEST_ACTIONS,
        "actions.best_actions",
        ("customer_id nulls last", "segment nulls last", "rank"),
    ),
    Output(tables.LOST_SALES, "actions.lost_sales", ("step", "channel", "outcome", "bought_in nulls first")),
    Output(tables.COACHING, "actions.coaching", ("unit_kind", "unit", "item")),
    Output(tables.COMPLAINT_EFFECTS, "actions.complaint_effects", ("resolved",)),
    Output(tables.CONTACT_EFFECTS, "actions.contact_effects", ("channel", "unanswered")),
    Output(tables.RETENTION_CURVE, "actions.retention_curve", ("kind", "cohort", "months_since")),
    Output(tables.DRIVERS, "actions.drivers", ("unit_kind", "unit", "month_date")),
    Output(tables.VOICE, "actions.voice", ("unit_kind", "unit", "source")),
    Output(tables.CALIBRATION, "actions.calibration", ("unit_kind", "unit")),
    Output(tables.CHANNEL_EFFECTS, "actions.channel_effects", ("channel",)),
    Output(tables.WON_TRIGGERS, "actions.won_triggers", ("kind", "channel")),
    Output(tables.HOTSPOTS, "actions.hotspots", ('"rank"',)),
    Output(tables.NEEDS, "actions.needs", ("customer_id", "need")),
    Output(tables.NEED_CAPTURE, "actions.need_capture", ("unit_kind", "unit")),
    Output(tables.NEED_PURCHASES, "actions.need_purchases", ("need",)),
    Output(tables.SCORECARD, "actions.scorecard", ("category", "measure")),
    Output(tables.ROADMAP, "actions.roadmap", ('"rank"',)),
)
"""Every published table, in the order of the schema."""
