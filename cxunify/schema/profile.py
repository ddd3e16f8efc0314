"""The tables of profile that other layers read; those that are published as they are take their columns from what is published."""

from __future__ import annotations

from cxunify.schema import published
from cxunify.schema.table import Table, columns


def _published(table: Table, more: str = "", *, is_large: bool = False) -> Table:
    """A table of the warehouse with the columns of a published one, behind `more`: those by which it is sorted and joined."""
    numbers = columns(more) if more else ()
    return Table(f"profile.{table.name}", table.meaning, () if is_large else table.grain, (*numbers, *table.columns))


_CUSTOMER = "customer_no | BIGINT | of profile.numbers; null: unknown"
_YEAR = "year | INTEGER | UTC"
_SESSION = "session_no | BIGINT | row_no of the interaction that it starts with"

CUSTOMERS = _published(published.CUSTOMERS, _CUSTOMER)
INTERACTIONS = _published(published.TIMELINE, f"{_YEAR}\n{_CUSTOMER}", is_large=True)
SESSIONS = _published(published.SESSIONS, f"{_SESSION}\n{_CUSTOMER}", is_large=True)
CASES = _published(published.CASES, _CUSTOMER)
CONSENT = _published(published.CONSENT, _CUSTOMER, is_large=True)
CUSTOMER_CHANNELS = _published(published.CUSTOMER_CHANNELS, _CUSTOMER, is_large=True)
CURRENCIES = _published(published.CURRENCIES)
DAILY_TOTALS = _published(published.DAILY_TOTALS, is_large=True)
STORE_MONTHS = _published(published.STORE_MONTHS)
RETENTION = _published(published.RETENTION)
CHANNEL_FLOW = _published(published.CHANNEL_FLOW)
SERVICE_MONTHS = _published(published.SERVICE_MONTHS)

CLOCK = Table(
    "profile.clock",
    "One row: the instant that every count speaks of.",
    (),
    columns("""
        as_of | TIMESTAMP | UTC: nothing after it is counted
    """),
)

STRAYS = Table(
    "profile.strays",
    "One row per source, time and year in which its dates stand for none: the zero of some system, or far older than all else.",
    (),
    columns("""
        source | VARCHAR |
        field  | VARCHAR | occurred_at of interactions, created_at or updated_at of records
        year   | INTEGER | UTC; the years beside are listed too, since days differ by time zones
    """),
)

SOURCES = Table(
    "profile.sources",
    "One row per source: its channel, and how far it is trusted over others.",
    ("source",),
    columns("""
        source     | VARCHAR |
        channel    | VARCHAR |
        priority   | BIGINT  | 0: the lowest trust
        source_no  | BIGINT  | in the order of names
        is_web     | BOOLEAN | people move in it by themselves, in visits
        is_store   | BOOLEAN | people buy over a counter in it
        is_consent | BOOLEAN | opting in and out in it means that channel
    """),
)

NUMBERS = Table(
    "profile.numbers",
    "One row per customer: its number, made of its id.",
    ("customer_no",),
    columns("""
        customer_id | VARCHAR |
        customer_no | BIGINT |
    """),
)

MOMENTS = Table(
    "profile.moments",
    "One row per interaction: when, what, whose, how much.",
    (),
    columns("""
        row_no              | BIGINT        | of staging.interactions
        year                | INTEGER       | UTC
        customer_no         | BIGINT       | of profile.numbers; null: unknown
        session_no          | BIGINT        | of profile.sessions
        occurred_at         | TIMESTAMP     | UTC
        occurred_date       | DATE          | the day in the company's time zone
        has_date            | BOOLEAN       | false: that date stands for none, and nothing is counted by it
        source              | VARCHAR       |
        channel             | VARCHAR       |
        kind                | VARCHAR       |
        trade               | VARCHAR       | purchase or return, whatever sign or name its extract gives it; null: neither
        rate                | DECIMAL(18,10) | what one unit of its currency is worth in the company's; null: nothing says so
        revenue             | DECIMAL(18,2) | what it adds to the company's, in the company's currency; null: not counted
        amount              | DECIMAL(18,2) | as stated; negative when it flows back to the customer
        currency            | VARCHAR       |
        quantity            | DECIMAL(18,3) |
        lines               | INTEGER       |
        location            | VARCHAR       |
        identified_by       | VARCHAR       | how the customer was found; null: not found
        identity_confidence | DOUBLE        |
    """),
)

ACTS = Table(
    "profile.acts",
    "One row per opt-in or opt-out and channel that it is taken to mean.",
    (),
    columns("""
        row_no       | BIGINT    | of staging.interactions or staging.undated_optouts
        customer_no  | BIGINT   | of profile.numbers; null: unknown
        trace_id     | BIGINT    | staging.traces; null: it says nothing of its customer
        source       | VARCHAR   |
        is_allowed   | BOOLEAN   | true: an opt-in
        acted_at     | TIMESTAMP | UTC; null: an opt-out at an unknown time
        is_elsewhere | BOOLEAN   | it names no address of its source's channel, but one of another: an opt-out is taken to mean both
        channel      | VARCHAR   | of consent; null: none in particular
    """),
)

CANDIDATES = Table(
    "profile.candidates",
    "One row per customer, field in dispute and value, the surviving one first.",
    (),
    columns("""
        customer_no | BIGINT   | of profile.numbers
        field       | VARCHAR   |
        value       | VARCHAR   |
        source_no   | BIGINT    | of profile.sources
        row_no      | BIGINT    | of staging.records; null: an interaction states it
        records     | INTEGER   | that state it
        stated_at   | TIMESTAMP | when last
        rank        | INTEGER   | 1: it survives
    """),
)

CHANNELS = Table(
    "profile.channels",
    "One row per channel.",
    ("channel",),
    columns("""
        channel  | VARCHAR |
        is_web   | BOOLEAN | people move in it by themselves, in visits
        is_store | BOOLEAN | people buy over a counter in it
    """),
)

_COUNTED = """
        interactions           | BIGINT        |
        first_at               | TIMESTAMP     | first interaction
        last_at                | TIMESTAMP     | last interaction
        purchases              | BIGINT        | by profile.moments.trade
        returns                | BIGINT        | likewise
        purchase_spend         | DECIMAL(18,2) | in the company's currency
        return_spend           | DECIMAL(18,2) | as a positive sum
        counted_purchases      | BIGINT        | purchases in the company's currency, or converted into it: what averages divide by
        counted_returns        | BIGINT        | likewise
        other_currency_amounts | BIGINT        | purchases and returns that no money column counts
        items                  | DECIMAL(38,3) | pieces in purchases
        item_purchases         | BIGINT        | purchases that state their pieces
        first_purchase_at      | TIMESTAMP     |
        last_purchase_at       | TIMESTAMP     |
"""

DAYS = Table(
    "profile.days",
    "One row per customer, channel and day, until as_of.",
    (),
    columns(f"""
        customer_no | BIGINT | of profile.numbers
        channel     | VARCHAR |
        day         | DATE    | in the company's time zone
        {_COUNTED.strip()}
        visits      | BIGINT  | interactions of web visits, and visits to stores
        contacts    | BIGINT  | contacts and complaints by the customer
        acts        | BIGINT  | what the customer did: not what the company did, nor what is of no known kind
    """),
)

BEHAVIOUR = Table(
    "profile.behaviour",
    "One row per customer with an interaction until as_of: counts and sums.",
    ("customer_no",),
    columns(f"""
        customer_no     | BIGINT       | of profile.numbers
        {_COUNTED.strip()}
        net_spend       | DECIMAL(18,2) | purchase_spend less return_spend
        first_channel   | VARCHAR       |
        last_channel    | VARCHAR       |
        store_purchases | BIGINT        | purchases in a channel where people buy over a counter
        web_purchases   | BIGINT        | purchases in a channel in which people move by themselves
    """),
)

PURCHASE_DAYS = Table(
    "profile.purchase_days",
    "One row per customer and day whose purchases exceed its returns, until as_of.",
    (),
    columns("""
        customer_no | BIGINT       | of profile.numbers
        day         | DATE          | in the company's time zone
        spend       | DECIMAL(18,2) | net of the day's returns, in the company's currency; null: nothing converts what was paid
    """),
)

BUYERS = Table(
    "profile.buyers",
    "One row per customer who bought: rhythm and scores; the columns are those of the published customers.",
    ("customer_no",),
    columns("""
        customer_no               | BIGINT       | of profile.numbers
        first_day                 | DATE          | first day whose purchases exceed its returns
        last_day                  | DATE          | last such day
        purchase_days             | BIGINT        |
        repeat_purchase_days      | BIGINT        |
        recency_weeks             | DOUBLE        |
        age_weeks                 | DOUBLE        |
        mean_repeat_spend         | DECIMAL(18,2) |
        interpurchase_days        | DOUBLE        |
        median_interpurchase_days | DOUBLE        |
        rfm_recency               | TINYINT       |
        rfm_frequency             | TINYINT       |
        rfm_monetary              | TINYINT       |
    """),
)

STATEMENTS = Table(
    "profile.statements",
    "One row per source record: whose it is, and how it ranks.",
    (),
    columns("""
        row_no      | BIGINT    | of staging.records
        customer_no | BIGINT   | of profile.numbers
        source_no   | BIGINT    | of profile.sources
        stated_at   | TIMESTAMP | when the record was last changed, by its own word
        recency     | BIGINT    | the later, the higher; unique among a customer's records
        trust       | BIGINT    | by the source's priority, then recency; unique among a customer's records
        confidence  | DOUBLE    | of its assignment
        created_at  | TIMESTAMP | by the record's own word
    """),
)

PROFILE = (
    CHANNELS, DAYS, BEHAVIOUR, PURCHASE_DAYS, BUYERS, STATEMENTS,
    CLOCK, STRAYS, SOURCES, NUMBERS, MOMENTS, ACTS, CANDIDATES, CUSTOMERS, INTERACTIONS, SESSIONS, CASES, CONSENT,
    CUSTOMER_CHANNELS,
    CURRENCIES, DAILY_TOTALS, STORE_MONTHS, RETENTION, CHANNEL_FLOW, SERVICE_MONTHS,
)  # fmt: skip
