"""The tables beside the rows as delivered: extracts and their columns, and what of them could not be used."""

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
        refused     | BOOLEAN   | a gate refused to publish what it says: it counts only until it is mended, or taken away
        is_ended    | BOOLEAN   | its last line has its line feed; null: no plain text, or loaded by an older version
    """),
)

SNAPSHOTS = """
    select
        source, null::varchar as path, source as name, max(file_id) as file_id, sum(loaded)::bigint as loaded,
        case
            when count(*) = 1 then any_value(sha256)
            else concat_ws(' ', min(sha256), max(sha256), count(*)::varchar, sum(loaded)::varchar)
        end as sha256
    from raw.files
    where status = 'loaded'
    group by source
    having count(*) = 1 or min(run_id) = max(run_id)
    union all
    select source, path, source || ': ' || path, max(file_id), sum(loaded)::bigint, any_value(sha256)
    from raw.files
    where status = 'read'
    group by source, path
    having count(*) = 1"""
"""SELECT of what came at one time and will be held against what comes in its place: an extract alone, the parts of one, and each
file that a SELECT reads; `name` tells them apart in any run."""

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

COLUMNS = Table(
    "raw.columns",
    "One row per source and column that its extracts have had: what new ones are held against.",
    ("source", "name"),
    columns("""
        source | VARCHAR | name of the source in the configuration
        name   | VARCHAR | as the extract has it
        status | VARCHAR | known: as delivered, in the source's raw table; left out: it came later, and the source discards such
        run_id | VARCHAR | run that saw it first
    """),
)

REFUSALS = Table(
    "raw.refusals",
    "One row per reason why the newest extracts of a source were refused; what was loaded of it before stands.",
    ("source", "problem"),
    columns("""
        source  | VARCHAR | name of the source in the configuration
        problem | VARCHAR | what is wrong with its files
        fix     | VARCHAR | what to do about it
        run_id  | VARCHAR | first run that refused it
    """),
)

RAW = (FILES, REJECTS, COLUMNS, REFUSALS)
