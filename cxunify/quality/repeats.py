"""staging.repeats, raw.<source> -> quality.repeats: rows that an extract holds twice, which staging has already made one of."""

from __future__ import annotations

from cxunify.config import Config, Source
from cxunify.schema import ANOTHER, JOINT, Table
from cxunify.warehouse import Stage, Warehouse, literal, quote


def stage(warehouse: Warehouse, config: Config) -> Stage:
    """The stage of quality.repeats.

    `problem`: row, where all cells are those of an earlier row of the same file; id, where another row of the file has the
    record's id and was taken instead. `adds`: the row's amount has been added to that of the row it repeats.
    """
    adding = ", ".join(literal(name) for name, source in config.sources.items() if _adds(source))
    rows = f"""
        select source, 'row' as problem, file_id, source_row, id, {f"source in ({adding})" if adding else "false"} as adds
        from staging.repeats"""
    parts = [
        _source(name, source, list(columns)[2:])
        for name, source in config.sources.items()
        if source.person
        and source.person.id
        and set(source.person.id.names) <= set(columns := warehouse.columns(f"raw.{name}"))
    ]
    return Stage(
        Table("quality.repeats", "One row per row of an extract that repeats another one of the same file."),
        " union all ".join([rows, *parts]),
    )


def _adds(source: Source) -> bool:
    amount = source.interaction.amount if source.interaction else None
    return amount is not None and (amount.per == "line" or (amount.per is None and bool(amount.multiply)))


def _source(name: str, source: Source, columns: list[str]) -> str:
    """The rows of a source of people whose record is that of another row, which says other things."""
    names = source.person.id.names if source.person and source.person.id else ()
    key = f" || {literal(JOINT)} || ".join(f"nullif(trim({quote(column)}), '')" for column in names)
    skips = [
        f"coalesce(trim({quote(column)}) in ({', '.join(map(literal, values))}), false)"
        for column, values in source.skip.items()
        if column in columns
    ]
    first, second = (f"coalesce(trim({quote(name)}) = {literal(name)}, false)" for name in (columns[0], columns[-1]))
    skips += [f"{first} and {second}"] if len(columns) > 1 else []  # the header once more, which ingest leaves out too
    skipped = f"where not ({' or '.join(skips)})" if skips else ""
    cells = ", ".join(f"r.{quote(column)}" for column in columns)
    return f"""(
        with
        shared as (
            select file_id, {key} as id from raw.{quote(name)} {skipped} group by all having count(*) > 1
        ),
        rows as (
            select r.file_id, r.source_row, r.id, hash({cells}) as content
            from (select *, {key} as id from raw.{quote(name)} {skipped}) as r semi join shared using (file_id, id)
        )
        select {literal(name)}, 'id', r.file_id, r.source_row, r.id, false
        from rows as r
        semi join (select file_id, id from rows group by all having count(distinct content) > 1) using (file_id, id)
        where not exists (from staging.repeats as a where a.file_id = r.file_id and a.source_row = r.source_row)
            and not exists (
                from staging.records as s
                where s.source = {literal(name)} and s.file_id = r.file_id and s.source_row = r.source_row
            )
            and not exists (
                from staging.gave_way as g
                where g.subject = 'record' and g.file_id = r.file_id and g.source_row = r.source_row
                    and g.reason = {literal(ANOTHER)}
            )
    )"""
