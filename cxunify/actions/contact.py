"""profile.*, identity.identifiers, actions.assignments -> actions.contact_limits: who may be contacted where, and from when on."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import gated, text
from cxunify.config import Config
from cxunify.config.actions import WINDOWS
from cxunify.schema.actions import CONTACT_LIMITS
from cxunify.schema.table import Table
from cxunify.warehouse import Loop, Stage, Step, literal

CAPABILITY = "contact_orchestration"
CAPS = Table("actions.caps", "One row per channel and number of days: the most contacts in them.", ("channel", "days"))
CHANNELS = Table("actions.channels", "One row per channel in which customers may be contacted.", ("channel",))
ADDRESSES = {"email": "email", "phone": "phone", "sms": "phone", "whatsapp": "phone", "mail": "mail"}
"""By what a channel reaches people; others, such as push, reach whoever consents."""
_SENT = Table("actions.sent", "One row per contact of a known customer in the last 90 days that a cap counts.")
_LIMITS = Table(
    "actions.limits", "One row per customer and channel: what contact_limits says, whatever readiness says."
)
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of contact limits.", ("capability",))


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    known = config.actions.channels
    channels = [
        {"channel": name, "reached_by": ADDRESSES.get(name), "cost": known[name].cost, "capacity": known[name].capacity}
        for name in sorted(known)
    ]
    caps = [
        {"channel": name, "days": days, "most": most}
        for name, contact in sorted(config.actions.contact.items())
        for days in WINDOWS
        if (most := contact.most(days)) is not None
    ]
    return (
        Loop(CHANNELS, channels_listed, settings={"rows": channels}),
        Loop(CAPS, caps_listed, settings={"rows": caps}),
        Stage(_SENT, text("sent").replace("$uncounted", literal(_uncounted(config.actions.transactional)))),
        Stage(_LIMITS, text("limits")),
        gated(CONTACT_LIMITS, _LIMITS.name, CAPABILITY),
        Loop(FOUND, found, {"counts": text("eligible")}),
    )


def channels_listed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The channels as rows."""
    schema = {"channel": pl.String, "reached_by": pl.String, "cost": pl.Float64, "capacity": pl.Int64}
    return pl.DataFrame(rows, schema=schema)


def caps_listed(rows: list[dict[str, str | int]]) -> pl.DataFrame:
    """The caps as rows."""
    return pl.DataFrame(rows, schema={"channel": pl.String, "days": pl.Int32, "most": pl.Int64})


def found(counts: pl.DataFrame) -> pl.DataFrame:
    """How many may be contacted at all, of how many."""
    ((customers, eligible),) = counts.rows()
    return findings(
        Finding(
            "contact_orchestration", customers, f"{eligible:,} of {customers:,} may be contacted today in a channel"
        )
        if customers
        else Finding(CAPABILITY, 0, status="nothing", reason="there is no customer")
    )


def _uncounted(patterns: tuple[str, ...]) -> str:
    """The campaigns that no cap counts, as one expression over a whole text; one that fits nothing where there are none."""
    each = (".*".join(re.escape(part) for part in pattern.split("*")) for pattern in patterns)
    return "|".join(f"(?:{one})" for one in each) or r"[^\s\S]"
