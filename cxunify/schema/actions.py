"""The published tables about what to do next, and the tables of the layer that makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cxunify.schema.table import Table, columns


@dataclass(frozen=True)
class Action:
    """One row of `actions`: a capability, and what came of it."""

    capability: str
    category: str
    title: str
    status: str
    reason: str | None
    requirement: str | None
    measured: float | None
    required: float | None
    gaps: str | None
    overridden: bool
    tables: str
    customers: int | None
    method: str
    checked_on: date | None
    check: str | None


ACTIONS = Table(
    "actions",
    "One row per capability: whether the data bears it, what comes of it, and how sure that is.",
    ("capability",),
    columns("""
        capability  | VARCHAR   |
        category    | VARCHAR   | customer_orientation, insight, interaction, improvement
        title       | VARCHAR   |
        status      | VARCHAR   | ready; weak: a simple rule does better; refused: the data does not bear it; nothing: it has none
        reason      | VARCHAR   | why it is not ready, in words; null: it is
        requirement | VARCHAR   | of readiness: the first that is not met; null: all are
        measured    | DOUBLE    | of that requirement
        required    | DOUBLE    |
        gaps        | VARCHAR   | gaps that it is due to, joined by commas
        overridden  | BOOLEAN   | the configuration has set another minimum than the shipped one
        tables      | VARCHAR   | published tables that it fills, joined by commas
        customers   | BIGINT    | of whom these tell; null: refused
        method      | VARCHAR   |
        checked_on  | DATE      | the day from which on it was held against what really came; null: nothing to hold it against
        check       | VARCHAR   | what came of that, in words
    """),
)

CONTACT_LIMITS = Table(
    "contact_limits",
    "One row per customer and channel of `actions.contact`: whether and from when on it may be contacted there.",
    ("customer_id", "channel"),
    columns("""
        customer_id    | VARCHAR |
        channel        | VARCHAR |
        has_consent    | BOOLEAN | false where it was never asked
        is_reachable   | BOOLEAN | has an address of its own for the channel
        contacts_7d    | BIGINT  | in this channel, until as_of; contacts of which no channel is known count in each
        contacts_30d   | BIGINT  |
        contacts_90d   | BIGINT  |
        headroom       | BIGINT  | contacts that no cap forbids today; null: there is no cap
        free_from_date | DATE    | first day on which no cap forbids one; null: never
        is_eligible    | BOOLEAN | may be contacted in this channel today
        reason         | VARCHAR | why not: never asked, no consent, no address, shared address, open complaint, held out, cap …
    """),
)

ASSIGNMENTS = Table(
    "assignments",
    "One row per customer, experiment and time for which it was in one arm of it: who is held out, since when.",
    ("customer_id", "experiment", "assigned_at"),
    columns("""
        customer_id | VARCHAR   | as it is known today
        experiment  | VARCHAR   | holdout and its salt
        arm         | VARCHAR   | treated or held_out
        u           | DOUBLE    | 0 to 1, drawn from the id by a keyed hash: held out below the share
        assigned_at | TIMESTAMP | as_of of the run that put it there
        run_id      | VARCHAR   | that run
        ended_at    | TIMESTAMP | when it was put into another arm; null: it is still in it
        is_mixed    | BOOLEAN   | customers of different arms were merged into it: no measurement counts it
    """),
)

ASSIGNED = Table(
    "actions.assignments",
    "One row per customer: the arm of the hold-out that it is in.",
    (),
    columns("""
        customer_no | INTEGER   | of profile.numbers
        customer_id | VARCHAR   |
        experiment  | VARCHAR   |
        arm         | VARCHAR   | treated or held_out
        u           | DOUBLE    | 0 to 1, as it was drawn
        is_mixed    | BOOLEAN   | customers of different arms were merged into it
        assigned_at | TIMESTAMP | as_of, for those that the ledger does not know in this arm
    """),
)

LAYER = (
    *(Table(f"actions.{table.name}", table.meaning, table.grain, table.columns) for table in (ACTIONS, CONTACT_LIMITS)),
    ASSIGNED,
)
"""The tables of the layer that others read."""
