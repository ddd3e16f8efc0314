"""The published tables about what happened: every interaction, then what is counted over all of them."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

TIMELINE = Table(
    "interactions",
    "One row per thing that happened, across all channels, whether its customer is known or not. Partitioned by year (UTC).",
    ("source", "interaction_id"),
    columns("""
        interaction_id      | VARCHAR       | the source's own id; unique within the source
        customer_id         | VARCHAR       | null: nobody knows whose it is; it counts in every total
        occurred_at         | TIMESTAMP     |
        occurred_date       | DATE          | the day in the company's time zone
        channel             | VARCHAR       | crm, pos, web …
        source              | VARCHAR       |
        kind                | VARCHAR       | one of the closed list of kinds
        kind_value          | VARCHAR       | the source's own word for the kind
        amount              | DECIMAL(18,2) | as stated, rounded to hundredths; negative when it flows back to the customer
        currency            | VARCHAR       | ISO 4217
        revenue             | DECIMAL(18,2) | in the company's currency; negative for returns; null: not counted, or no purchase
        quantity            | DECIMAL(18,3) | pieces, summed over the lines
        lines               | INTEGER       | rows of the extract that made this interaction
        location            | VARCHAR       | store, till, branch
        product             | VARCHAR       | product or category of the first line
        page                | VARCHAR       | URL
        referrer            | VARCHAR       | URL
        session_id          | VARCHAR       | of sessions
        case_id             | VARCHAR       | ties complaint, contact and resolution together
        agent               | VARCHAR       |
        campaign            | VARCHAR       |
        reason              | VARCHAR       |
        outcome             | VARCHAR       |
        score               | DOUBLE        | survey answer
        identified_by       | VARCHAR       | how the customer was found: record, identifier, device, case …; null: not found
        identity_confidence | DOUBLE        | 0 to 1, of that finding
        source_file         | VARCHAR       | file it came from
        source_row          | BIGINT        | row of its first line, 1 for the first record after the header
        properties          | VARCHAR       | JSON object of the other columns that were kept
    """),
)

LINES = Table(
    "lines",
    "One row per line of an interaction that has several: the articles of a receipt. An interaction of one line is its own.",
    ("source", "interaction_id", "line"),
    columns("""
        source         | VARCHAR       |
        interaction_id | VARCHAR       | of interactions
        line           | INTEGER       | 1 for the first
        customer_id    | VARCHAR       | null: unknown
        occurred_at    | TIMESTAMP     |
        kind           | VARCHAR       |
        product        | VARCHAR       | product or category
        quantity       | DECIMAL(18,3) | pieces
        amount         | DECIMAL(18,2) | adds up to the interaction's; null where the extract states that alone
        currency       | VARCHAR       | ISO 4217
        source_row     | BIGINT        | 1 for the first record after the header
        properties     | VARCHAR       | JSON object of the other columns that were kept
    """),
)

SESSIONS = Table(
    "sessions",
    "One row per web visit: interactions of one visitor without a longer silence than the configuration allows.",
    ("session_id",),
    columns("""
        session_id       | VARCHAR       | source and id of the interaction it starts with
        customer_id      | VARCHAR       | null: an unidentified visitor
        visitor          | VARCHAR       | device, or what else the interactions are known by
        channel          | VARCHAR       |
        source           | VARCHAR       |
        source_session   | VARCHAR       | the source's own session id
        started_at       | TIMESTAMP     |
        ended_at         | TIMESTAMP     | of the last interaction
        duration_seconds | BIGINT        |
        interactions     | BIGINT        |
        page_views       | BIGINT        | page_view and product_view
        entry_page       | VARCHAR       | URL
        exit_page        | VARCHAR       | URL
        referrer         | VARCHAR       | URL, of the first interaction that has one
        referrer_host    | VARCHAR       |
        utm_source       | VARCHAR       | from the entry page
        utm_medium       | VARCHAR       |
        utm_campaign     | VARCHAR       |
        utm_term         | VARCHAR       |
        utm_content      | VARCHAR       |
        logins           | BIGINT        |
        carts            | BIGINT        |
        purchases        | BIGINT        |
        purchase_spend   | DECIMAL(18,2) | in the company's currency, as far as it is in it or converted
        is_conversion    | BOOLEAN       | holds a purchase
        is_bot           | BOOLEAN       | the user agent, where it was kept, names a robot
    """),
)

CASES = Table(
    "cases",
    "One row per service case: the complaint, contacts and resolution that share a case id.",
    ("channel", "case_id"),
    columns("""
        case_id          | VARCHAR   | unique within the channel
        channel          | VARCHAR   |
        customer_id      | VARCHAR   | null: unknown
        opened_at        | TIMESTAMP |
        resolved_at      | TIMESTAMP | null: open, or closed without saying when
        hours_to_resolve | DOUBLE    |
        is_complaint     | BOOLEAN   |
        is_open          | BOOLEAN   | no resolution, and no outcome that says closed
        contacts         | BIGINT    | interactions of kind contact_in
        reopened         | BIGINT    | resolutions after which something else happened
        reason           | VARCHAR   | first stated
        outcome          | VARCHAR   | last stated
        location         | VARCHAR   |
        agent            | VARCHAR   |
    """),
)

CURRENCIES = Table(
    "currencies",
    "One row per currency of purchases and returns: what was paid in it, and what of that counts as revenue.",
    ("currency",),
    columns("""
        currency        | VARCHAR       | ISO 4217; what names none is in the company's
        purchases       | BIGINT        |
        returns         | BIGINT        |
        purchase_spend  | DECIMAL(18,2) | in this currency, as stated
        return_spend    | DECIMAL(18,2) | likewise, as a positive sum
        net_spend       | DECIMAL(18,2) | purchase_spend less return_spend, in this currency
        revenue         | DECIMAL(18,2) | in the company's currency: as it is, or converted at the rate of its day
        uncounted       | BIGINT        | purchases and returns whose day has no rate: no money column counts them
        uncounted_spend | DECIMAL(18,2) | net, in this currency
        first_date      | DATE          | the day in the company's time zone
        last_date       | DATE          |
    """),
)

DAILY_TOTALS = Table(
    "daily_totals",
    "One row per source, kind, location and day, identified or not: what reconciles to the extracts.",
    ("source", "kind", "location", "currency", "occurred_date"),
    columns("""
        source                  | VARCHAR       |
        channel                 | VARCHAR       |
        kind                    | VARCHAR       |
        location                | VARCHAR       |
        currency                | VARCHAR       |
        occurred_date           | DATE          | in the company's time zone
        interactions            | BIGINT        |
        lines                   | BIGINT        | rows of the extracts
        amount                  | DECIMAL(18,2) | signed, as stated
        identified_interactions | BIGINT        | those with a customer
        identified_amount       | DECIMAL(18,2) |
    """),
)

STORE_MONTHS = Table(
    "store_months",
    "One row per location and month: sales, and how much of them has a customer.",
    ("channel", "location", "month_date"),
    columns("""
        channel             | VARCHAR       |
        location            | VARCHAR       |
        month_date          | DATE          | first day of the month
        purchases           | BIGINT        |
        returns             | BIGINT        |
        net_sales           | DECIMAL(18,2) |
        average_purchase    | DECIMAL(18,2) |
        buyers              | BIGINT        | customers with a purchase
        new_buyers          | BIGINT        | of these, with their first purchase anywhere
        identified_share    | DOUBLE        | of purchases, 0 to 1
        complaints          | BIGINT        |
        surveys             | BIGINT        | surveys and mystery shops
        score_source        | VARCHAR       | whose scores are averaged; null: of none, or of several sources or kinds
        average_score       | DOUBLE        | on the scale of score_source; null where there is none
    """),
)

RETENTION = Table(
    "retention",
    "One row per cohort (month of the first purchase) and month since: who bought. Months that as_of has not completed are absent.",
    ("cohort_date", "months_since"),
    columns("""
        cohort_date    | DATE          | first day of the month of the first purchase
        months_since   | INTEGER       | 0: that month
        customers      | BIGINT        | in the cohort
        buyers         | BIGINT        | of these, with a purchase day in that month
        retention_rate | DOUBLE        | buyers by customers
        net_spend      | DECIMAL(18,2) |
    """),
)

CHANNEL_FLOW = Table(
    "channel_flow",
    "One row per step from one channel to the next on customers' days, within 30 days; (start) and (end) at the ends.",
    ("from_channel", "to_channel"),
    columns("""
        from_channel    | VARCHAR |
        to_channel      | VARCHAR |
        steps           | BIGINT  |
        customers       | BIGINT  |
        median_gap_days | DOUBLE  |
        purchase_rate   | DOUBLE  | steps that arrive at a day with a purchase in that channel
    """),
)

SERVICE_MONTHS = Table(
    "service_months",
    "One row per channel and month: complaints, resolution and first-contact resolution.",
    ("channel", "month_date"),
    columns("""
        channel                     | VARCHAR |
        month_date                  | DATE    | first day of the month
        contacts                    | BIGINT  | interactions of kind contact_in or complaint of known customers
        first_contact_resolution    | DOUBLE  | without another of the same customer and reason within 7 days; null: not over yet
        complaints                  | BIGINT  | cases
        resolved_complaints         | BIGINT  |
        resolution_rate             | DOUBLE  |
        median_hours_to_resolve     | DOUBLE  |
        complaints_per_1000_orders  | DOUBLE  | by purchases of all channels in that month
    """),
)
