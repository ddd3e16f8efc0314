"""The published tables about what goes with what: channels and purchases, what precedes them, where it hurts, what is captured."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

CHANNEL_EFFECTS = Table(
    "channel_effects",
    "One row per channel on customers' paths of a year: which share of purchases would not have come without it.",
    ("channel",),
    columns("""
        channel            | VARCHAR       | a purchase is no step of its own channel
        steps              | BIGINT        | to that channel, days in a row counted once
        removal_effect     | DOUBLE        | of the paths to a purchase, those that would not lead there, led its steps to nothing
        low                | DOUBLE        | of its 95 % interval (tenths of customers left out in turn)
        high               | DOUBLE        |
        credited_purchases | DOUBLE        | purchases that had a step before them, shared out by the effects
        contacts           | BIGINT        | outbound ones of the year
        cost               | DECIMAL(18,2) | of these, by `actions.contact`; null: nothing
        cost_per_purchase  | DECIMAL(18,2) | cost by credited purchases
        purchases          | BIGINT        | days of the year with one, in any channel
        purchase_share     | DOUBLE        | of all paths, those that lead to a purchase
        basis              | VARCHAR       | association: who walks which path is not drawn by lot
    """),
)

WON_TRIGGERS = Table(
    "won_triggers",
    "One row per kind of what happened, and channel: how much more often it comes in the week before a purchase than earlier.",
    ("kind", "channel"),
    columns("""
        kind         | VARCHAR |
        channel      | VARCHAR |
        customers    | BIGINT  | who bought in the last 365 days: each by its last purchase
        before       | BIGINT  | of these, with it in the 7 days before
        earlier      | BIGINT  | with it 29 to 35 days before
        only_before  | BIGINT  | in the first alone
        only_earlier | BIGINT  | in the second alone; both together at least 10
        odds_ratio   | DOUBLE  | of the two; half a customer is added to each
        low          | DOUBLE  | of its exact 95 % interval
        high         | DOUBLE  | null: without an end
        p            | DOUBLE  | how often chance alone brings as much (McNemar, exact)
        q            | DOUBLE  | expected share of chance among all that are as sure (Benjamini and Hochberg)
        verdict      | VARCHAR | more before, less before: q at most 0.05; not shown
        basis        | VARCHAR | association: what makes customers look and buy is in both
    """),
)

HOTSPOTS = Table(
    "hotspots",
    "One row per kind of contact, reason, channel and place of a year: how many, how many go badly, and what is at stake.",
    ("kind", "reason", "channel", "location"),
    columns("""
        rank            | INTEGER       | 1: most value at stake
        kind            | VARCHAR       | contact_in, complaint, return
        reason          | VARCHAR       | as coded; null: none
        channel         | VARCHAR       |
        location        | VARCHAR       | null: none is stated
        contacts        | BIGINT        | of known customers, in the last 365 days; at least 20
        customers       | BIGINT        |
        bad             | BIGINT        | complaints, and what belongs to one, was opened again, or was not closed in 7 days
        bad_share       | DOUBLE        |
        low             | DOUBLE        | of its 95 % interval
        high            | DOUBLE        |
        usual_share     | DOUBLE        | of all contacts of the kind
        bad_customers   | BIGINT        | with whom one went badly
        value_at_stake  | DECIMAL(18,2) | of these: their value of the year to come, each counted once
        value_basis     | VARCHAR       | forecast: value_365d; spend: that is refused, and it is what they spent in a year
        lost_value      | DECIMAL(18,2) | of value_at_stake, by the loss that complaint_effects shows; null: it shows none
        lost_value_low  | DECIMAL(18,2) | by the ends of its 95 % interval
        lost_value_high | DECIMAL(18,2) |
        cost            | DECIMAL(18,2) | of the contacts, by `actions.contact`; null: nothing
        basis           | VARCHAR       | of lost_value: association; counted: there is none, and all else is counted
    """),
)

NEEDS = Table(
    "needs",
    "One row per customer and need that it stated in live contacts: how often, when last, and whether it has bought since.",
    ("customer_id", "need"),
    columns("""
        customer_id      | VARCHAR   |
        need             | VARCHAR   | coded reason of the contact
        times            | BIGINT    | contacts with it, until as_of
        first_at         | TIMESTAMP |
        last_at          | TIMESTAMP |
        last_channel     | VARCHAR   |
        has_bought_since | BOOLEAN   | bought anything on a later day than that of last_at
    """),
)

NEED_CAPTURE = Table(
    "need_capture",
    "One row per channel and agent: in how many live contacts of a year it was noted what the customer needs.",
    ("unit_kind", "unit"),
    columns("""
        unit_kind   | VARCHAR | channel, agent
        unit        | VARCHAR |
        contacts    | BIGINT  | inbound, a month to 13 months old; at least 20
        coded       | BIGINT  | with a reason
        coded_share | DOUBLE  |
        low         | DOUBLE  | of its 95 % interval
        high        | DOUBLE  |
        needs       | BIGINT  | different ones
    """),
)

NEED_PURCHASES = Table(
    "need_purchases",
    "One row per need stated in live contacts: whether more customers buy after it than after others.",
    ("need",),
    columns("""
        need         | VARCHAR |
        contacts     | BIGINT  | of known customers, a month to 13 months old; at least 20
        bought       | BIGINT  | of these, with a purchase in the 30 days after
        bought_share | DOUBLE  |
        other_share  | DOUBLE  | after all other needs
        difference   | DOUBLE  | of the two
        low          | DOUBLE  | of its 95 % interval
        high         | DOUBLE  |
        p            | DOUBLE  | how often chance alone brings as much
        q            | DOUBLE  | expected share of chance among all that are as sure (Benjamini and Hochberg)
        basis        | VARCHAR | association: who needs what is not drawn by lot
        verdict      | VARCHAR | more, less: q at most 0.05; not shown
    """),
)
