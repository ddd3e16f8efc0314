"""The published tables that say why: how records became customers, and what is missing from the data."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

IDENTITY_MAP = Table(
    "identity_map",
    "One row per source record: the customer it belongs to.",
    ("source", "record_id"),
    columns("""
        source      | VARCHAR |
        record_id   | VARCHAR |
        customer_id | VARCHAR |
        confidence  | DOUBLE  | 0 to 1: how sure its joins are on average; 1 for an only record
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
        status        | VARCHAR   | valid, shared, placeholder or damaged; only valid ones join records
    """),
)

IDENTITY_CHANGES = Table(
    "identity_changes",
    "One row per change of a customer id, in this run or an earlier one.",
    ("run_id", "kind", "old_id", "new_id"),
    columns("""
        run_id | VARCHAR |
        kind   | VARCHAR | new, returned, merged, split, erased
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
        confidence   | VARCHAR       | of cost: measured; estimated, by method; assumed: revenue is measured, its weight is not
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
        status      | VARCHAR       | pass; gap; none: the data has nothing to measure it by
        customers   | BIGINT        | blocked
        revenue     | DECIMAL(18,2) | blocked
        gaps        | VARCHAR       | gaps that it is due to, joined by commas
        basis       | VARCHAR       | where the minimum comes from
    """),
)
