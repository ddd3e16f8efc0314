"""The tables of identity that other layers read: who is who, by record, by trace and by value."""

from __future__ import annotations

from cxunify.schema import evidence
from cxunify.schema.table import Table, columns

ASSIGNMENTS = Table(
    "identity.assignments",
    evidence.IDENTITY_MAP.meaning,
    evidence.IDENTITY_MAP.grain,
    evidence.IDENTITY_MAP.columns,
)

TRACE_ASSIGNMENTS = Table(
    "identity.trace_assignments",
    "One row per trace of interactions: whose it is, if known.",
    ("trace_id",),
    columns("""
        trace_id      | BIGINT  | of staging.traces
        customer_id   | VARCHAR | null: nobody knows
        identified_by | VARCHAR | foreign key, type of identifier, device, orphan key; trace only: no record knows the value
        confidence    | DOUBLE  | 0 to 1
    """),
)

FOREIGN_KEYS = Table(
    "identity.foreign_keys",
    "One row per id that a trace or a merge pointer names: the record that it means.",
    ("source", "record_id"),
    columns("""
        source    | VARCHAR | the source of people that it points into
        record_id | VARCHAR | the id as it is written there
        points_to | VARCHAR | the record's own id: the same, the other length of a Salesforce id, or the survivor; null: no record
    """),
)

IDENTIFIERS = Table(
    "identity.identifiers",
    evidence.IDENTIFIERS.meaning,
    evidence.IDENTIFIERS.grain,
    evidence.IDENTIFIERS.columns,
)

CONTACT_POINTS = Table(
    "identity.contact_points",
    "One row per mailbox or number that a record or a trace of interactions states.",
    (),
    columns("""
        row_no   | BIGINT   | of staging.records; null: a trace states it
        trace_id | BIGINT   | of staging.traces; null: a record states it
        type     | VARCHAR  | email or phone
        place    | BIGINT   | the smaller, the earlier the record names it; 1: first
        value    | VARCHAR  | as it is compared; null: it cannot be read
        address  | VARCHAR  | as it is written to or dialled; null: it cannot be read
        status   | VARCHAR  | valid, shared, placeholder, damaged or invalid
    """),
)

NOBODYS_BIRTHDAYS = Table(
    "identity.nobodys_birthdays",
    "One row per source and birth date that is nobody's: the zero of some system, or what is typed there for too many people.",
    ("source", "birth_date"),
    columns("""
        source     | VARCHAR | of staging.records
        birth_date | DATE    |
    """),
)

SHARED_VALUES = Table(
    "identity.shared_values",
    "One row per value that is shared by many or means nothing.",
    ("type", "value"),
    columns("""
        type      | VARCHAR | email, phone, loyalty_id, device_id …
        value     | VARCHAR | normalised
        records   | BIGINT  | that use it
        names     | BIGINT  | given names that it is seen with
        families  | BIGINT  | family names that it is seen with
        sources   | BIGINT  |
        customers | BIGINT  | that it is seen with
        action    | VARCHAR | what followed from it
        rule      | VARCHAR | why
    """),
)

USELESS_VALUES = Table(
    "identity.useless_values",
    "One row per record or trace and value of it that identifies nobody: damaged, or used for everybody.",
    (),
    columns("""
        row_no   | BIGINT  | of staging.records; null: a trace carries it
        trace_id | BIGINT  | of staging.traces; null: a record carries it
        type     | VARCHAR | email, phone, loyalty_id, device_id …
        rule     | VARCHAR | why
    """),
)

CONTRADICTIONS = Table(
    "identity.contradictions",
    "One row per two records of a customer that contradict each other, and that nobody and no card has settled.",
    ("source_a", "record_id_a", "source_b", "record_id_b"),
    columns("""
        customer_id   | VARCHAR |
        source_a      | VARCHAR |
        record_id_a   | VARCHAR |
        source_b      | VARCHAR |
        record_id_b   | VARCHAR |
        contradiction | VARCHAR | in what: `birth date: a generation apart`; of several, with commas between
        confidence    | DOUBLE  | the most that either record can be sure of its customer
    """),
)

LINKS = Table("identity.links", evidence.LINKS.meaning, (), evidence.LINKS.columns)

HOUSEHOLDS = Table(
    "identity.households",
    "One row per customer who shares a home with another one.",
    ("customer_id",),
    columns("""
        customer_id  | VARCHAR |
        household_id | VARCHAR |
    """),
)

HEALTH = Table(
    "identity.health",
    "One row per sign of wrong or missed merges: how many, of how many.",
    ("measure",),
    columns("""
        place   | INTEGER | in the order of reading
        measure | VARCHAR |
        found   | BIGINT  |
        total   | BIGINT  |
        meaning | VARCHAR | what it hints at
    """),
)

MOVES = Table(
    "identity.moves",
    "One row per customer id that is new, came back, or went elsewhere since what the ledger knows.",
    ("kind", "old_id", "new_id"),
    columns("""
        kind   | VARCHAR | new, returned, merged, split, erased
        old_id | VARCHAR |
        new_id | VARCHAR |
        cause  | VARCHAR | in words
    """),
)

DECISIONS = Table(
    "identity.decisions",
    "One row per decision of a person.",
    (),
    columns("""
        source_a    | VARCHAR | of the one record
        record_id_a | VARCHAR |
        source_b    | VARCHAR | of the other one
        record_id_b | VARCHAR |
        decision    | VARCHAR | same or different
    """),
)

MODEL = Table(
    "identity.model",
    "One row: the model that weights come from, as JSON.",
    (),
    columns("""
        model | VARCHAR |
    """),
)

IDENTITY = (
    ASSIGNMENTS,
    TRACE_ASSIGNMENTS,
    FOREIGN_KEYS,
    IDENTIFIERS,
    CONTACT_POINTS,
    NOBODYS_BIRTHDAYS,
    SHARED_VALUES,
    USELESS_VALUES,
    CONTRADICTIONS,
    LINKS,
    HOUSEHOLDS,
    HEALTH,
    MOVES,
    DECISIONS,
    MODEL,
)
