"""The tables that are published as Parquet, one file each: the contract with everyone who never runs the tool.

Times are UTC and end in `_at`, days end in `_date`, money is in the company's currency unless a `currency` stands beside it.
A table's name is its file's stem, or its folder's where it is partitioned.
"""

from __future__ import annotations

from cxunify.schema import actions
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
from cxunify.schema.effects import CHANNEL_EFFECTS, HOTSPOTS, NEED_CAPTURE, NEED_PURCHASES, NEEDS, WON_TRIGGERS
from cxunify.schema.evidence import GAPS, IDENTIFIERS, IDENTITY_CHANGES, IDENTITY_MAP, LINKS, READINESS
from cxunify.schema.improvement import (
    CALIBRATION,
    COACHING,
    COMPLAINT_EFFECTS,
    CONTACT_EFFECTS,
    DRIVERS,
    LOST_SALES,
    RETENTION_CURVE,
    VOICE,
)
from cxunify.schema.opportunities import BEST_ACTIONS, LIFECYCLE_DUE, LOYALTY_COVER, NEXT_PRODUCT_CHECKS, NEXT_PRODUCTS
from cxunify.schema.plan import PLAN, PLAN_PRICES, PLAN_TOTALS
from cxunify.schema.predictions import MODELS, PREDICTION_CHECKS, PREDICTIONS, SEGMENT_MOVES, SEGMENTS
from cxunify.schema.progress import ROADMAP, SCORECARD
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
    *actions.PUBLISHED,
)  # fmt: skip
"""Every published table, in the order in which a reader wants them."""

__all__ = [
    "ACTIONS", "ASSIGNMENTS", "BEST_ACTIONS", "CALIBRATION", "CASES", "CHANNEL_EFFECTS", "CHANNEL_FLOW",
    "COACHING", "COMPLAINT_EFFECTS", "CONSENT", "CONTACT_EFFECTS", "CONTACT_LIMITS", "CURRENCIES", "CUSTOMERS",
    "CUSTOMER_CHANNELS", "DAILY_TOTALS", "DRIVERS", "GAPS", "GOLDEN_VALUES", "HOTSPOTS", "IDENTIFIERS",
    "IDENTITY_CHANGES", "IDENTITY_MAP", "LIFECYCLE_DUE", "LIFT", "LINES", "LINKS", "LOST_SALES",
    "LOYALTY_COVER", "MODELS", "NEEDS", "NEED_CAPTURE", "NEED_PURCHASES", "NEXT_PRODUCTS", "NEXT_PRODUCT_CHECKS", "PLAN",
    "PLAN_PRICES", "PLAN_TOTALS", "PREDICTIONS", "PREDICTION_CHECKS", "PUBLISHED", "READINESS", "RETENTION",
    "RETENTION_CURVE", "ROADMAP", "SCORECARD", "SEGMENTS", "SEGMENT_MOVES", "SERVICE_MONTHS", "SESSIONS",
    "STORE_MONTHS", "TIMELINE", "TREATMENTS", "TREATMENT_MOVES", "TRIGGERS", "TRIGGER_CHECKS", "VOICE",
    "WON_TRIGGERS",
]  # fmt: skip
