"""The tables that are published as Parquet, one file each: the contract with everyone who never runs the tool.

Times are UTC and end in `_at`, days end in `_date`, money is in the company's currency unless a `currency` stands beside it.
A table's name is its file's stem, or its folder's where it is partitioned.
"""

from __future__ import annotations

from cxunify.schema.actions import (
    ACTIONS,
    ASSIGNMENTS,
    CONTACT_LIMITS,
    LIFT,
    TREATMENT_MOVES,
    TREATMENTS,
    TRIGGER_CHECKS,
    TRIGGERS,
)
from cxunify.schema.customers import CONSENT, CUSTOMER_CHANNELS, CUSTOMERS, GOLDEN_VALUES
from cxunify.schema.evidence import GAPS, IDENTIFIERS, IDENTITY_CHANGES, IDENTITY_MAP, LINKS, READINESS
from cxunify.schema.opportunities import LIFECYCLE_DUE, LOYALTY_COVER, NEXT_PRODUCT_CHECKS, NEXT_PRODUCTS
from cxunify.schema.plan import PLAN, PLAN_PRICES, PLAN_TOTALS
from cxunify.schema.predictions import MODELS, PREDICTION_CHECKS, PREDICTIONS, SEGMENT_MOVES, SEGMENTS
from cxunify.schema.timeline import (
    CASES,
    CHANNEL_FLOW,
    CURRENCIES,
    DAILY_TOTALS,
    LINES,
    RETENTION,
    SERVICE_MONTHS,
    SESSIONS,
    STORE_MONTHS,
    TIMELINE,
)

PUBLISHED = (
    CUSTOMERS, TIMELINE, LINES, SESSIONS, CASES, CONSENT, GOLDEN_VALUES, CUSTOMER_CHANNELS, CURRENCIES, DAILY_TOTALS, STORE_MONTHS,
    RETENTION, CHANNEL_FLOW, SERVICE_MONTHS, IDENTITY_MAP, IDENTIFIERS, IDENTITY_CHANGES, LINKS, GAPS, READINESS,
    ACTIONS, PREDICTIONS, PREDICTION_CHECKS, MODELS, SEGMENTS, SEGMENT_MOVES, TRIGGERS, TRIGGER_CHECKS, CONTACT_LIMITS, TREATMENTS,
    TREATMENT_MOVES, ASSIGNMENTS, LIFT, NEXT_PRODUCTS, NEXT_PRODUCT_CHECKS, LOYALTY_COVER, LIFECYCLE_DUE,
    PLAN, PLAN_PRICES, PLAN_TOTALS,
)  # fmt: skip
"""Every published table, in the order in which a reader wants them."""

__all__ = [
    "ACTIONS", "ASSIGNMENTS", "CASES", "CHANNEL_FLOW", "CONSENT", "CONTACT_LIMITS", "CURRENCIES", "CUSTOMERS",
    "CUSTOMER_CHANNELS", "DAILY_TOTALS", "GAPS", "GOLDEN_VALUES", "IDENTIFIERS", "IDENTITY_CHANGES", "IDENTITY_MAP",
    "LIFECYCLE_DUE", "LIFT", "LINES", "LINKS", "LOYALTY_COVER", "MODELS", "NEXT_PRODUCTS", "NEXT_PRODUCT_CHECKS",
    "PLAN", "PLAN_PRICES", "PLAN_TOTALS", "PREDICTIONS", "PREDICTION_CHECKS", "PUBLISHED", "READINESS", "RETENTION",
    "SEGMENTS", "SEGMENT_MOVES", "SERVICE_MONTHS", "SESSIONS", "STORE_MONTHS", "TIMELINE", "TREATMENTS",
    "TREATMENT_MOVES", "TRIGGERS", "TRIGGER_CHECKS",
]  # fmt: skip
