"""The published tables about where the company stands, and what to mend first."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

SCORECARD = Table(
    "scorecard",
    "One row per measure of the founding study's four categories: as measured here, beside how companies rated themselves.",
    ("measure",),
    columns("""
        category     | VARCHAR | customer_orientation, insight, interaction, improvement
        measure      | VARCHAR |
        text         | VARCHAR | the measure in words
        counted      | BIGINT  | of whom or what it is so; null: a measure of readiness, which tells the share alone
        population   | BIGINT  | of all that it could be; null likewise
        share        | DOUBLE  | 0 to 1; null: there is nothing to measure it by
        capability   | VARCHAR | of actions: what it is a measure of
        status       | VARCHAR | of that capability
        study        | VARCHAR | what the study asked companies that comes nearest; null: nothing
        study_share  | DOUBLE  | companies that called themselves good or excellent at it: an opinion of themselves, and no target
    """),
)

ROADMAP = Table(
    "roadmap",
    "One row per requirement that keeps capabilities from being used: in which order to meet them, and what that opens.",
    ("rank",),
    columns("""
        rank        | INTEGER       | 1: first
        requirement | VARCHAR       | of readiness: the measure
        text        | VARCHAR       | the measure in words
        unit        | VARCHAR       | share, customers, days …
        measured    | DOUBLE        | null: the data has nothing to measure it by
        required    | DOUBLE        | by the most demanding of the capabilities that it keeps back
        opens       | VARCHAR       | capabilities that this, after what ranks before it, opens: all their requirements are met
        advances    | VARCHAR       | capabilities that need it and something that ranks later
        open_after  | INTEGER       | capabilities whose requirements are met by then, of all
        customers   | BIGINT        | kept back by it, in the capability where these are most
        revenue     | DECIMAL(18,2) | likewise
        gaps        | VARCHAR       | gaps that it is due to, the costliest first, joined by commas; null: none
        fix         | VARCHAR       | what brings the measure up, and what closes the costliest gap
    """),
)
