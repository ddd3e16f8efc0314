"""The tables beside the rows as delivered: which extracts were read, and which of their records could not be."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

FILES = Table(
    "raw.files",
    "One row per extract ever seen: records = loaded + rejected + skipped.",
    ("file_id",),
    columns("""
        file_id     | INTEGER   | in the order of reading; never given twice
        source      | VARCHAR   | name of the source in the configuration
        path        | VARCHAR   | as it was called when it was seen
        sha256      | VARCHAR   | of the file as it lies on disk; empty: never read, superseded from the start
        bytes       | BIGINT    | likewise
        modified_at | TIMESTAMP | UTC, by the file system
        records     | BIGINT    | after the header
        loaded      | BIGINT    | in the source's raw table, but for those skipped
        rejected    | BIGINT    | in raw.rejects
        skipped     | BIGINT    | left out because the configuration says so, or because they were of people who are forgotten
        status      | VARCHAR   | loaded; read: by a SELECT; superseded: gave way to another file; already ingested: as another
        encoding    | VARCHAR   |
        delimiter   | VARCHAR   | of a CSV file
        loaded_at   | TIMESTAMP | UTC, the clock
        note        | VARCHAR   | what was remarkable
        reading     | VARCHAR   | the settings it was read with: the same file read otherwise is another
        run_id      | VARCHAR   | run that saw it
        forgotten   | BIGINT    | of those skipped: rows of people who are forgotten; they are not kept
    """),
)

REJECTS = Table(
    "raw.rejects",
    "One row per record of an extract that could not be used, with the reason and the text.",
    ("file_id", "source_row"),
    columns("""
        source      | VARCHAR | name of the source in the configuration
        file_id     | INTEGER | raw.files: the file it is in
        source_row  | BIGINT  | 1 for the first record after the header
        line        | BIGINT  | of the file; null: it was read well, and could not be used later
        byte_offset | BIGINT  | likewise
        stage       | VARCHAR | read: no record; conform: a record without what it needs
        reason      | VARCHAR |
        text        | VARCHAR | as delivered, or its cells as JSON; null: it spoke of somebody who is forgotten
    """),
)

RAW = (FILES, REJECTS)
