"""The tables of the ledger: the memory that outlives every rebuild. Published runs add rows; none is ever changed."""

from __future__ import annotations

from cxunify.schema import evidence
from cxunify.schema.quality import MEASURED
from cxunify.schema.table import Table, columns

RUNS = Table(
    "ledger.runs",
    "One row per run that wrote into the ledger.",
    ("run_id",),
    columns("""
        run_id | VARCHAR | the moment it began, UTC
        state  | VARCHAR | proposed: its publishing was under way; published
    """),
)

OWNERS = Table(
    "ledger.owners",
    "One row per source record and run that gave it another customer: the last one holds, whether the record is there or not.",
    ("run_id", "source", "record_id"),
    columns("""
        run_id      | VARCHAR |
        source      | VARCHAR |
        record_id   | VARCHAR |
        customer_id | VARCHAR |
    """),
)

CHANGES = Table(
    "ledger.changes",
    "One row per change of a customer id.",
    evidence.IDENTITY_CHANGES.grain,
    evidence.IDENTITY_CHANGES.columns,
)

GAPS = Table(
    "ledger.gaps",
    "One row per run and gap, and two per run for its totals.",
    ("run_id", "gap_id"),
    (*columns("run_id | VARCHAR |"), *MEASURED.columns),
)

MODELS = Table(
    "ledger.models",
    "One row per model that a run was the first to be published with; the last one is in force.",
    ("run_id",),
    columns("""
        run_id | VARCHAR |
        model  | VARCHAR | JSON
    """),
)

LOADS = Table(
    "ledger.loads",
    "One row per snapshot, or file of a SELECT, that a run was the first to be published with: what the next is held against.",
    ("run_id", "source"),
    columns("""
        run_id | VARCHAR |
        source | VARCHAR | of a file that a SELECT reads: with its path
        sha256 | VARCHAR | of the file; of parts: of the first and the last, and how many they are
        loaded | BIGINT  | rows
    """),
)

ASSIGNMENTS = Table(
    "ledger.assignments",
    "One row per customer and run that put it into another arm of an experiment: the last one holds.",
    ("run_id", "customer_id", "experiment"),
    columns("""
        run_id      | VARCHAR   |
        customer_id | VARCHAR   | as it was known to that run
        experiment  | VARCHAR   |
        arm         | VARCHAR   |
        u           | DOUBLE    | 0 to 1, as it was drawn
        assigned_at | TIMESTAMP | as_of of that run
    """),
)

TRACKS = Table(
    "ledger.tracks",
    "One row per customer and run that put it on another track of treatment: the last one holds.",
    ("run_id", "customer_id"),
    columns("""
        run_id         | VARCHAR   |
        customer_id    | VARCHAR   | as it was known to that run
        track          | VARCHAR   |
        previous_track | VARCHAR   | null: it was on none
        cause          | VARCHAR   | what had changed; null: it was on none
        changed_date   | DATE      | when that had happened; null: not known
        assigned_at    | TIMESTAMP | as_of of that run
        rules          | VARCHAR   | digest of the list of tracks
    """),
)

ALARMS = Table(
    "ledger.alarms",
    "One row per run, signal and direction of which it believed the alarms.",
    ("run_id", "signal", "direction"),
    columns("""
        run_id    | VARCHAR   |
        signal    | VARCHAR   |
        direction | VARCHAR   |
        as_of     | TIMESTAMP | of that run
    """),
)

TOMBSTONES = Table(
    "ledger.tombstones",
    "One row per value by which a person who was forgotten would be known again: ingest leaves out the rows that carry it.",
    ("mark",),
    columns("""
        run_id   | VARCHAR | the moment of the erasure, UTC
        mark     | VARCHAR | keyed hash of what the value is and of the value
        key_mark | VARCHAR | which key that was
    """),
)

ONCE_SHARED = Table(
    "ledger.once_shared",
    "One row per erasure and value that the person's records shared with others: to these it is worth what it was, no more.",
    ("run_id", "mark"),
    columns("""
        run_id   | VARCHAR  | the moment of the erasure, UTC
        mark     | VARCHAR  | keyed hash of what the value is and of the value
        key_mark | VARCHAR  | which key that was
        status   | VARCHAR  | shared: it identified nobody; valid
        rule     | VARCHAR  | why it identified nobody
        people   | UTINYINT | 2: it was seen with names of two people at least
    """),
)

CONSENTS = Table(
    "ledger.consents",
    "One row per record, channel and run that was the first to see it refused there, or taken back: the last one holds.",
    ("run_id", "source", "record_id", "channel"),
    columns("""
        run_id     | VARCHAR   |
        source     | VARCHAR   |
        record_id  | VARCHAR   |
        channel    | VARCHAR   | of consent
        is_refused | BOOLEAN   | false: the record has said yes since
        stated_at  | TIMESTAMP | when the record was changed, else as_of of that run: it was refused by then
    """),
)

LEDGER = (RUNS, OWNERS, CHANGES, GAPS, MODELS, LOADS, ASSIGNMENTS, TRACKS, ALARMS, TOMBSTONES, ONCE_SHARED, CONSENTS)

SUMMED = {
    "ledger.refusals": CONSENTS.name,
    "ledger.records": OWNERS.name,
    "ledger.arms": ASSIGNMENTS.name,
    "ledger.walks": TRACKS.name,
}
"""View of what holds now -> the table of all runs that it sums up."""
