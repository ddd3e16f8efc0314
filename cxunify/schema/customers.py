"""The published tables about customers: who each is, and what they did until `as_of`."""

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
        consent_email            | BOOLEAN       | null: nothing stated, or nothing understood: no consent; so for all
        consent_email_at         | TIMESTAMP     | since when; null: the source that decided does not say
        consent_email_from       | VARCHAR       | source that decided
        consent_phone            | BOOLEAN       |
        consent_phone_at         | TIMESTAMP     |
        consent_phone_from       | VARCHAR       |
        consent_sms              | BOOLEAN       |
        consent_sms_at           | TIMESTAMP     |
        consent_sms_from         | VARCHAR       |
        consent_mail             | BOOLEAN       |
        consent_mail_at          | TIMESTAMP     |
        consent_mail_from        | VARCHAR       |
        household_id             | VARCHAR       | shared by customers who live together; null: none known
        identity_confidence      | DOUBLE        | 0 to 1: of its least sure record
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
        tenure_days              | INTEGER       | days from first_seen_at to as_of, in the company's zone
        purchases                | BIGINT        | interactions of kind purchase, but for those of negative amount
        returns                  | BIGINT        | of kind return, and purchases of negative amount: money that flows back
        purchase_spend           | DECIMAL(18,2) | amounts of purchases, in `currency`
        return_spend             | DECIMAL(18,2) | amounts of returns, as a positive sum
        net_spend                | DECIMAL(18,2) | purchase_spend less return_spend
        currency                 | VARCHAR       | of every amount in this row: the company's, ISO 4217
        other_currency_amounts   | BIGINT        | purchases and returns in another currency, which no money column counts
        average_order_value      | DECIMAL(18,2) | purchase_spend by purchase that it counts
        average_basket_items     | DOUBLE        | pieces by purchase that states them
        returns_rate             | DOUBLE        | returns by purchase
        first_purchase_at        | TIMESTAMP     |
        last_purchase_at         | TIMESTAMP     |
        days_since_last_purchase | INTEGER       | to as_of, in the company's zone: the recency of RFM
        purchase_days            | INTEGER       | days whose purchases exceed their returns; what follows counts these
        repeat_purchase_days     | INTEGER       | purchase_days less one: x of Fader, Hardie and Lee (2005)
        recency_weeks            | DOUBLE        | first to last purchase day: t_x of Fader, Hardie and Lee (2005)
        age_weeks                | DOUBLE        | first purchase day to as_of: T of Fader, Hardie and Lee (2005)
        mean_repeat_spend        | DECIMAL(18,2) | net spend by repeat purchase day: z of Fader and Hardie (2013)
        interpurchase_days       | DOUBLE        | mean gap between purchase days
        median_interpurchase_days| DOUBLE        | median gap: one long break does not move it
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

PERSONAL = (
    "display_name", "given_name", "middle_name", "family_name", "full_name", "name_suffix", "email", "phone", "street", "unit",
    "birth_date",
)  # fmt: skip
"""The columns of customers that name, locate or reach a person."""

CONSENT = Table(
    "consent",
    "One row per customer and channel for which consent was ever stated; silence is no row, and no consent.",
    ("customer_id", "channel"),
    columns("""
        customer_id | VARCHAR   |
        channel     | VARCHAR   | email, phone, sms, mail …
        is_allowed  | BOOLEAN   | the strictest of each source's newest statement, unless an act is later; null: not understood
        source      | VARCHAR   | that decided
        stated_at   | TIMESTAMP | when; null: the source does not say
        decided_by  | VARCHAR   | record; act: an opt-in or opt-out; address: somebody else refused for a shared mailbox or number
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
        contacted    | BIGINT        | interactions of kind contact_out: contact pressure
        contacted_7d | BIGINT        | in the 7 days up to as_of
        contacted_30d | BIGINT       |
        contacted_90d | BIGINT       |
        first_at     | TIMESTAMP     | of its interactions
        last_at      | TIMESTAMP     |
    """),
)
