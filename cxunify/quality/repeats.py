"""raw.<source> -> quality.repeats: rows that an extract holds twice, which staging has already made one of."""

from __future__ import annotations

from cxunify.config import Config, Source
from cxunify.schema import ANOTHER, JOINT, Table
from cxunify.warehouse import Stage, Warehouse, literal, quote

_NOTHING = """
    select null::varchar as source, null::varchar as problem, null::integer as file_id, null::bigint as source_row,
        null::varchar as id, null::boolean as adds where false"""


def stage(warehouse: Warehouse, config: Config) -> Stage:
    """The stage of quality.repeats.

    `problem`: row, where all cells are those of an earlier row of the same file; id, where another row of the file has the
    record's id and was taken instead. `adds`: the row's amount has been added to that of the row it repeats.
    """
    parts = [
        _source(name, source, list(columns)[2:])
        for name, source in config.sources.items()
        if len(columns := warehouse.columns(f"raw.{name}")) > 2
    ]
    select = " union all ".join(parts) or _NOTHING
    return Stage(
        Table("quality.repeats", "One row per row of an extract that repeats another one of the same file."), select
    )


def _source(name: str, source: Source, columns: list[str]) -> str:
    ref = source.person.id if source.person else source.interaction.id if source.interaction else None
    there = ref is not None and set(ref.names) <= set(columns)
    parts = [f"nullif(trim({quote(column)}), '')" for column in ref.names] if ref and there else ["null::varchar"]
    key = f" || {literal(JOINT)} || ".join(parts)
    amount = source.interaction.amount if source.interaction else None
    adds = amount is not None and (amount.per == "line" or (amount.per is None and bool(amount.multiply)))
    skips = [
        f"coalesce(trim({quote(column)}) in ({', '.join(map(literal, values))}), false)"
        for column, values in source.skip.items()
        if column in columns
    ]
    first, second = (f"coalesce(trim({quote(name)}) = {literal(name)}, false)" for name in (columns[0], columns[-1]))
    skips += [f"{first} and {second}"] if len(columns) > 1 else []  # the header once more, which ingest leaves out too
    skipped = " or ".join(skips)
    cells = ", ".join(map(quote, columns))
    versions = f"""
        union all
        select {literal(name)}, 'id', r.file_id, r.source_row, r.id, false
        from rows as r
        join (
            select file_id, id from rows where id is not null group by all having count(distinct content) > 1
        ) as several using (file_id, id)
        where not exists (from again as a where a.file_id = r.file_id and a.content = r.content and a.first < r.source_row)
            and not exists (
                from staging.records as s
                where s.source = {literal(name)} and s.file_id = r.file_id and s.source_row = r.source_row
            )
            and not exists (
                from staging.gave_way as g
                where g.subject = 'record' and g.file_id = r.file_id and g.source_row = r.source_row
                    and g.reason = {literal(ANOTHER)}
            )"""
    return f"""(
        with
        rows as (
            select file_id, source_row, hash({cells}) as content, {key} as id from raw.{quote(name)}
            {f"where not ({skipped})" if skipped else ""}
        ),
        again as (
            select file_id, content, min(source_row) as first from rows group by file_id, content having count(*) > 1
        )
        select {literal(name)} as source, 'row' as problem, r.file_id, r.source_row, r.id, {str(adds).lower()} as adds
        from rows as r
        join again as a on a.file_id = r.file_id and a.content = r.content and r.source_row > a.first
        {versions if source.person else ""}
    )"""
