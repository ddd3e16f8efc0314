"""Lines of ids that several files state -> temp.ingest_away: those that give way to a later file, and why.

A file that states an interaction once more is a newer version of it; of the parts of one export none is newer, and what they
say decides. One that goes on where another was cut off holds more lines of it, and these are added.
"""

from __future__ import annotations

from cxunify.ingest.rows import passing
from cxunify.ingest.said import Said
from cxunify.schema import DROPPED, REPEATED, REPLACED, RESTATED
from cxunify.warehouse import Stage, literal, quote

SPREAD, AWAY = "temp.ingest_spread", "temp.ingest_away"


def spread(row: Said, table: str, *, per_line: bool, parts: bool) -> Stage:
    """Of each id that several files state, what each of these files says of it.

    `turn`: in what order its lines are told, that in which a cut went through them first; `place`: the later, the newer. Neither
    follows from what files are called, but that files which add up come one after the other.
    """
    turn = "row_number() over (partition by interaction_id order by opens and not closes, content, file_id)"
    product = "l.product" if "product" in row.columns else "null::varchar"
    select = f"""
    with
    several as (
        select interaction_id from {table} group by interaction_id having min(file_id) < max(file_id)
    ),
    stated as (
        select l.interaction_id, l.file_id, sum({_whole(row)}::decimal(20, 0)) as content, count(*) as lines,
            count({product}) as products, list(distinct {product}) as product, min(l.source_row) as first_row,
            max(l.source_row) as last_row, list({_key(row, per_line=per_line)}) as keys, list({_whole(row)}) as wholes
        from {table} as l semi join several using (interaction_id)
        group by l.interaction_id, l.file_id
    ),
    edges as (select file_id, min(source_row) as first_row, max(source_row) as last_row from {table} group by file_id)
    select *, {turn} as turn, {turn if parts else "file_id"} as place,
        min(content) over (partition by interaction_id) = max(content) over (partition by interaction_id) as alike
    from (
        select s.*, s.first_row = e.first_row as opens, s.last_row = e.last_row as closes
        from stated as s join edges as e using (file_id)
    )"""
    return passing(SPREAD, select, "One row per id that several files state, and file.")


def away(row: Said, table: str, *, per_line: bool) -> Stage:
    """The lines that give way. Those of a file stand beside those of earlier ones if they go on where these were cut off.

    They do so if they have no line in common and either other products, or the one is the last and the other the first of
    its file.
    """
    amount = "null" if "amount" not in row.columns else "l.amount" if per_line else "l.amount / s.lines"
    repeated, restated, replaced, dropped = map(literal, (REPEATED, RESTATED, REPLACED, DROPPED))
    select = f"""
    with
    met as (
        select s.interaction_id, s.place,
            bool_or(list_has_any(s.keys, e.keys)) as again,
            bool_and(s.products = s.lines and e.products = e.lines and not list_has_any(s.product, e.product)) as other,
            bool_or((e.closes and s.opens) or (e.opens and s.closes)) as cut
        from {SPREAD} as s join {SPREAD} as e on e.interaction_id = s.interaction_id and e.place < s.place
        where not s.alike
        group by s.interaction_id, s.place
    ),
    begins as (
        select interaction_id, max(place) filter (not coalesce(not again and (other or cut), false)) as place
        from {SPREAD} left join met using (interaction_id, place)
        where not alike
        group by interaction_id
        union all
        select interaction_id, max(place) from {SPREAD} where alike group by interaction_id
    ),
    standing as (
        select s.interaction_id, flatten(list(s.keys)) as keys, flatten(list(s.wholes)) as wholes
        from {SPREAD} as s join begins as b on b.interaction_id = s.interaction_id and s.place >= b.place
        where not s.alike
        group by s.interaction_id
    )
    select l.interaction_id, l.file_id, l.source_row, l.occurred_at, {amount} as amount,
        case
            when s.alike or list_contains(t.wholes, {_whole(row)}) then {repeated}
            when list_contains(t.keys, {_key(row, per_line=per_line)}) then {restated}
            when not list_has_any(t.keys, s.keys) then {replaced}
            when list_has_all(s.keys, t.keys) then {dropped}
            else {restated}
        end as reason
    from {table} as l
    join {SPREAD} as s on s.interaction_id = l.interaction_id and s.file_id = l.file_id
    join begins as b on b.interaction_id = l.interaction_id and s.place < b.place
    left join standing as t on t.interaction_id = l.interaction_id"""
    return passing(AWAY, select, "One row per line that gives way to a later file.")


def added(table: str) -> str:
    """The query that counts the interactions whose lines lie in several files."""
    return (
        f"select count(*) from (select 1 from {table} semi join {SPREAD} using (interaction_id)"
        " group by interaction_id having min(file_id) < max(file_id))"
    )


def _whole(row: Said) -> str:
    """All that a line says, as one number."""
    columns = (column for column in row.columns if column not in {"file_id", "source_row"})
    return f"hash({', '.join(f'l.{quote(column)}' for column in columns)})"


def _key(row: Said, *, per_line: bool) -> str:
    """What makes a line another one than its neighbours, as one number; the same for all where nothing does."""
    line = [column for column in ("product", "quantity", *(["amount"] if per_line else [])) if column in row.columns]
    return f"hash({', '.join(f'l.{quote(column)}' for column in line) or '0'})"
