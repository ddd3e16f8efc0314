"""The tables that are published as Parquet, one file each: the contract with everyone who never runs the tool.

Times are UTC and end in `_at`, days end in `_date`, money is in the company's currency unless a `currency` stands beside it.
A table's name is its file's stem, or its folder's where it is partitioned.
"""

from __future__ import annotations

from cxunify.schema.table import Table, columns

CUSTOMERS = Table(
    "customers",
    "One row per customer: who it is, where each field came from, and what happened until `as_of`.",
    ("customer_id",),
    columns("""
        customer_id              | VARCHAR       | stays the same while the customer's records do
        display_name             | VARCHAR       | given and family name, or the full name where that is all there is
        given_name               | VARCHAR       | the surviving value, by the rule that the configuration sets for the field
        given_name_from          | VARCHAR       | source that this value came from; so for every column that ends in _from
        middle_name              | VARCHAR       |
        middle_name_from         | VARCHAR       |
        family_name              | VARCHAR       |
        family_name_from         | VARCHAR       |
        full_name                | VARCHAR       | of sources that have one column for the whole name
        full_name_from           | VARCHAR       |
        name_suffix              | VARCHAR       |
        name_suffix_from         | VARCHAR       |
        gender                   | VARCHAR       |
        gender_from              | VARCHAR       |
        company                  | VARCHAR       |
        company_from             | VARCHAR       |
        email                    | VARCHAR       | in small letters; never a placeholder
        email_from               | VARCHAR       |
        phone                    | VARCHAR       | E.164 where the number could be read; never a placeholder
        phone_from               | VARCHAR       |
        street                   | VARCHAR       | the parts of an address come from one record, together
        unit                     | VARCHAR       |
        city                     | VARCHAR       |
        region                   | VARCHAR       |
        postal_code              | VARCHAR       |
        country                  | VARCHAR       |
        address_from             | VARCHAR       |
        birth_date               | DATE          |
        birth_date_from          | VARCHAR       |
        consent_email            | BOOLEAN       | null: nothing was ever stated, which is no consent; so for every consent
        consent_phone            | BOOLEAN       |
        consent_sms              | BOOLEAN       |
        consent_mail             | BOOLEAN       |
        household_id             | VARCHAR       | shared by customers who live together; null: none known
        identity_confidence      | DOUBLE        | 0 to 1: the weakest join among its records
        records                  | INTEGER       | source records joined; 0: known from interactions only
        sources                  | INTEGER       | sources that have a record of it
        channels                 | VARCHAR       | channels with a record or an interaction, by name, joined by commas
        in_crm                   | BOOLEAN       | seen in this channel, by record or interaction; so for every in_
        in_pos                   | BOOLEAN       |
        in_web                   | BOOLEAN       |
        in_email                 | BOOLEAN       |
        in_survey                | BOOLEAN       |
        in_support               | BOOLEAN       |
        in_loyalty               | BOOLEAN       |
        in_app                   | BOOLEAN       |
        first_seen_at            | TIMESTAMP     | first interaction, or creation of the first record if that is earlier
        last_seen_at             | TIMESTAMP     | last interaction
        first_channel            | VARCHAR       | channel of the first interaction
        last_channel             | VARCHAR       | channel of the last interaction
        interactions             | BIGINT        |
        tenure_days              | INTEGER       | from first_seen_at to as_of
        purchases                | BIGINT        | interactions of kind purchase
        returns                  | BIGINT        | interactions of kind return, cancellations among them
        purchase_spend           | DECIMAL(18,2) | amounts of purchases
        return_spend             | DECIMAL(18,2) | amounts of returns, as a positive sum
        net_spend                | DECIMAL(18,2) | purchase_spend less return_spend
        other_currency_amounts   | BIGINT        | purchases and returns in another currency, which no money column counts
        average_order_value      | DECIMAL(18,2) | purchase_spend by purchase
        average_basket_items     | DOUBLE        | pieces by purchase that states them
        returns_rate             | DOUBLE        | returns by purchase
        first_purchase_at        | TIMESTAMP     |
        last_purchase_at         | TIMESTAMP     |
        days_since_last_purchase | INTEGER       | to as_of: the recency of RFM
        purchase_days            | INTEGER       | days whose purchases exceed their returns; what follows counts these
        repeat_purchase_days     | INTEGER       | purchase_days less one: x of Fader, Hardie and Lee (2005)
        recency_weeks            | DOUBLE        | first to last purchase day: t_x of Fader, Hardie and Lee (2005)
        age_weeks                | DOUBLE        | first purchase day to as_of: T of Fader, Hardie and Lee (2005)
        mean_repeat_spend        | DECIMAL(18,2) | net spend by repeat purchase day: z of Fader and Hardie (2013)
        interpurchase_days       | DOUBLE        | mean gap between purchase days
        rfm_recency              | TINYINT       | 1 to 5, 5 the most recent fifth of buyers; equal values score equal
        rfm_frequency            | TINYINT       | 1 to 5 by purchases
        rfm_monetary             | TINYINT       | 1 to 5 by net_spend
        store_purchases          | BIGINT        | purchases in a channel pos or store
        web_purchases            | BIGINT        | purchases in a channel web or app
        web_then_store_7d        | INTEGER       | store purchase days with a web visit that day or in the 7 before
        store_then_web_7d        | INTEGER       | web days with a store purchase in the 7 days before
        web_sessions             | BIGINT        |
        contacts                 | BIGINT        | interactions of kind contact_in
        complaints               | BIGINT        | cases that hold a complaint
        open_complaints          | BIGINT        | of these, not resolved
        hours_to_resolve         | DOUBLE        | mean over resolved complaints
        contacted                | BIGINT        | interactions of kind contact_out: contact pressure
        contacted_7d             | BIGINT        | in the 7 days up to as_of
        contacted_30d            | BIGINT        |
        contacted_90d            | BIGINT        |
        responses                | BIGINT        | interactions of kind response
        surveys                  | BIGINT        |
        last_survey_score        | DOUBLE        |
        last_survey_at           | TIMESTAMP     |
        as_of                    | TIMESTAMP     | nothing after it is counted
    """),
)

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
        kind_value          | VARCHAR       | the source's own word, where it maps to no kind
        amount              | DECIMAL(18,2) | as stated; negative when it flows back to the customer
        currency            | VARCHAR       | ISO 4217
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
        purchase_spend   | DECIMAL(18,2) |
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

CONSENT = Table(
    "consent",
    "One row per customer and channel for which consent was ever stated; silence is no row, and no consent.",
    ("customer_id", "channel"),
    columns("""
        customer_id | VARCHAR   |
        channel     | VARCHAR   | email, phone, sms, mail …
        is_allowed  | BOOLEAN   | the most restrictive of each source's newest statement, unless an opt-in or opt-out is later
        source      | VARCHAR   | that decided
        stated_at   | TIMESTAMP | when; null: the source does not say
        statements  | INTEGER   |
    """),
)

GOLDEN_VALUES = Table(
    "golden_values",
    "One row per customer, field and competing value, for fields in which a customer's records differ.",
    ("customer_id", "field", "rank"),
    columns("""
        customer_id | VARCHAR   |
        field       | VARCHAR   | field of customers; address: its parts, joined by commas
        rank        | INTEGER   | 1: the value that survived
        value       | VARCHAR   |
        source      | VARCHAR   | of the record that states it best
        record_id   | VARCHAR   | likewise; null: an interaction's
        records     | INTEGER   | how many state it
        stated_at   | TIMESTAMP | the latest that states it; null: none says when
    """),
)

CUSTOMER_CHANNELS = Table(
    "customer_channels",
    "One row per customer and channel: the channel mix.",
    ("customer_id", "channel"),
    columns("""
        customer_id  | VARCHAR       |
        channel      | VARCHAR       |
        records      | BIGINT        |
        interactions | BIGINT        |
        purchases    | BIGINT        |
        net_spend    | DECIMAL(18,2) |
        first_at     | TIMESTAMP     | of its interactions
        last_at      | TIMESTAMP     |
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
        amount                  | DECIMAL(38,2) | signed, as stated
        identified_interactions | BIGINT        | those with a customer
        identified_amount       | DECIMAL(38,2) |
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
        net_sales           | DECIMAL(38,2) |
        average_purchase    | DECIMAL(18,2) |
        buyers              | BIGINT        | customers with a purchase
        new_buyers          | BIGINT        | of these, with their first purchase anywhere
        identified_share    | DOUBLE        | of purchases, 0 to 1
        complaints          | BIGINT        |
        surveys             | BIGINT        | surveys and mystery shops
        average_score       | DOUBLE        |
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
        net_spend      | DECIMAL(38,2) |
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

IDENTITY_MAP = Table(
    "identity_map",
    "One row per source record: the customer it belongs to.",
    ("source", "record_id"),
    columns("""
        source      | VARCHAR |
        record_id   | VARCHAR |
        customer_id | VARCHAR |
        confidence  | DOUBLE  | 0 to 1
        joined_by   | VARCHAR | the rule that joined it to its customer
    """),
)

IDENTIFIERS = Table(
    "identifiers",
    "One row per customer and identifier. Sorted by type and value: a lookup reads little.",
    ("customer_id", "type", "value"),
    columns("""
        customer_id   | VARCHAR   |
        type          | VARCHAR   | email, phone, loyalty_id, device_id …
        value         | VARCHAR   | normalised
        first_seen_at | TIMESTAMP |
        last_seen_at  | TIMESTAMP |
        records       | BIGINT    | records and traces that carry it
        status        | VARCHAR   | valid, shared or placeholder; only valid ones join records
    """),
)

IDENTITY_CHANGES = Table(
    "identity_changes",
    "One row per change of a customer id, in this run or an earlier one.",
    ("run_id", "kind", "old_id", "new_id"),
    columns("""
        run_id | VARCHAR |
        kind   | VARCHAR | new, kept, merged, split, erased
        old_id | VARCHAR |
        new_id | VARCHAR |
        cause  | VARCHAR |
    """),
)

LINKS = Table(
    "links",
    "One row per accepted pair of records: the evidence.",
    ("source_a", "record_id_a", "source_b", "record_id_b", "rule"),
    columns("""
        source_a    | VARCHAR |
        record_id_a | VARCHAR |
        source_b    | VARCHAR |
        record_id_b | VARCHAR |
        rule        | VARCHAR |
        weight      | DOUBLE  | match weight, bits
        probability | DOUBLE  | 0 to 1
        fields      | VARCHAR | that agreed
    """),
)

GAPS = Table(
    "gaps",
    "One row per gap: a measured shortfall, where it concentrates, its price and its fix.",
    ("gap_id",),
    columns("""
        gap_id       | VARCHAR       | stable from run to run
        rank         | INTEGER       | 1: what costs most
        dimension    | VARCHAR       | completeness, validity, uniqueness, consistency, timeliness, volume, linkage
        title        | VARCHAR       | what is wrong
        source       | VARCHAR       | null: of several sources
        field        | VARCHAR       |
        location     | VARCHAR       | place in which it concentrates; null: none stands out
        period       | VARCHAR       | weekday or days in which it concentrates; null: none stands out
        measured     | DOUBLE        | share of the population that is free of it, 0 to 1
        target       | DOUBLE        | least share that is no gap
        rows         | BIGINT        | offending rows of the extract
        population   | BIGINT        | rows that could have offended
        customers    | BIGINT        | behind the offending rows
        revenue      | DECIMAL(18,2) | behind the offending rows; not to be added up over gaps
        cost         | DECIMAL(18,2) | revenue by the check's weight: what gaps are ranked by
        exclusive    | DECIMAL(18,2) | part of revenue that no costlier gap accounts for: may be added up
        confidence   | VARCHAR       | measured, estimated or assumed: of rows and revenue
        method       | VARCHAR       | of an estimate
        cause        | VARCHAR       | where it concentrates, in words
        capabilities | VARCHAR       | blocked by it, joined by commas
        fix          | VARCHAR       | one sentence
        paste        | VARCHAR       | lines of cxunify.yaml that close it; empty where the configuration cannot
    """),
)

READINESS = Table(
    "readiness",
    "One row per capability and requirement: what it needs, what was measured, what is blocked.",
    ("capability", "requirement"),
    columns("""
        category    | VARCHAR       | customer_orientation, insight, interaction, improvement
        capability  | VARCHAR       |
        title       | VARCHAR       | of the capability
        requirement | VARCHAR       | the measure
        text        | VARCHAR       | the measure in words
        unit        | VARCHAR       | share, customers, days …
        required    | DOUBLE        |
        measured    | DOUBLE        | null: the data has nothing to measure it by
        status      | VARCHAR       | pass or gap
        customers   | BIGINT        | blocked
        revenue     | DECIMAL(18,2) | blocked
        gaps        | VARCHAR       | gaps that it is due to, joined by commas
        basis       | VARCHAR       | where the minimum comes from
    """),
)

PUBLISHED = (
    CUSTOMERS, TIMELINE, SESSIONS, CASES, CONSENT, GOLDEN_VALUES, CUSTOMER_CHANNELS, DAILY_TOTALS, STORE_MONTHS, RETENTION,
    CHANNEL_FLOW, SERVICE_MONTHS, IDENTITY_MAP, IDENTIFIERS, IDENTITY_CHANGES, LINKS, GAPS, READINESS,
)  # fmt: skip
"""Every published table, in the order in which a reader wants them."""
