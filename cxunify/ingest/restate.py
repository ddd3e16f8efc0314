"""Lines of ids that several files state -> temp.ingest_away: those that give way to a later file, and why.

A file that states an interaction once more is a newer version of it; of the parts of one export none is newer, and what they
say decides. One that goes on where another was cut off holds more lines of it, and these are added. That its lines are the last
of one file and the first of another is a weak sign of a cut: each file has two edges, and a correction may be of what lies there.
"""

from __future__ import annotations

from cxunify.ingest.rows import passing
from cxunify.ingest.said import Said
from cxunify.schema import DROPPED, REPEATED, REPLACED, RESTATED
from cxunify.warehouse import Stage, literal, quote

SPREAD, MET, AWAY = "temp.ingest_spread", "temp.ingest_met", "temp.ingest_away"


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
    edges as (
        select file_id, min(source_row) as first_row, max(source_row) as last_row, count(*) as lines from {table} group by file_id
    )
    select *, {turn} as turn, {turn if parts else "file_id"} as place,
        min(content) over (partition by interaction_id) = max(content) over (partition by interaction_id) as alike
    from (
        select s.*, s.first_row = e.first_row as opens, s.last_row = e.last_row as closes, e.lines as file_lines
        from stated as s join edges as e using (file_id)
    )"""
    return passing(SPREAD, select, "One row per id that several files state, and file.")


def met(*, parts: bool) -> Stage:
    """Of each id and file that states it: whether its lines go on where those of earlier ones were cut off.

    They do so if they have no line in common and either other products, or the one is the last and the other the first of its
    file. Where a later file may be a correction, the edge tells of a cut only where these two share nothing else and do not state
    the same articles, the earlier one holds more than this, and the later one something new: what is alone in its file lies at
    both edges, and a file of nothing but what others have stated corrects them.
    """
    cut = "(e.closes and s.opens) or (e.opens and s.closes)"
    same = "e.products > 0 and list_has_all(e.product, s.product) and list_has_all(s.product, e.product)"
    goes_on = "coalesce(not alike and not again and (other or cut), false)"
    doubtful = "coalesce(not alike and not again and not other and not cut and touching, false)"
    select = f"""
    with
    numbered as (select *, row_number() over (partition by interaction_id order by place) as nth from {SPREAD}),
    pieces as (
        select *, file_lines = lines as lone,
            file_lines = sum(case when nth > 1 then lines else 0 end) over (partition by file_id) as old
        from numbered
    ),
    pairs as (
        select s.interaction_id, s.place, s.file_id, e.file_id as before_id, list_has_any(s.keys, e.keys) as again,
            s.products = s.lines and e.products = e.lines and not list_has_any(s.product, e.product) as other,
            {cut if parts else f"({cut}) and e.nth = s.nth - 1 and not ({same})"} as touching,
            {"false" if parts else "s.old or e.lone"} as lone
        from pieces as s join pieces as e on e.interaction_id = s.interaction_id and e.place < s.place
        where not s.alike
    ),
    shared as (
        select t.file_id, t.before_id, count(*) as ids
        from (select distinct file_id, before_id from pairs where touching) as t
        join {SPREAD} as s on s.file_id = t.file_id
        join {SPREAD} as e on e.file_id = t.before_id and e.interaction_id = s.interaction_id
        group by t.file_id, t.before_id
    ),
    seen as (
        select p.interaction_id, p.place, bool_or(p.again) as again, bool_and(p.other) as other,
            bool_or(p.touching and {"true" if parts else "h.ids = 1"}) as touching,
            bool_or(p.touching and not p.lone and {"true" if parts else "h.ids = 1"}) as cut
        from pairs as p left join shared as h using (file_id, before_id)
        group by p.interaction_id, p.place
    )
    select *, max(case when goes_on then null else place end) over (partition by interaction_id) as begins
    from (
        select interaction_id, place, {goes_on} as goes_on, {goes_on} and not other as by_edge, {doubtful} as doubtful
        from {SPREAD} left join seen using (interaction_id, place)
    )"""
    return passing(MET, select, "One row per id that several files state, and file: whether it goes on there.")


def away(row: Said, table: str, *, per_line: bool) -> Stage:
    """The lines that give way: those of a file stand beside those of earlier ones if they go on where these were cut off."""
    amount = "null" if "amount" not in row.columns else "l.amount" if per_line else "l.amount / s.lines"
    repeated, restated, replaced, dropped = map(literal, (REPEATED, RESTATED, REPLACED, DROPPED))
    select = f"""
    with
    begins as (select interaction_id, any_value(begins) as place from {MET} group by interaction_id),
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


def doubts() -> str:
    """The query that counts two kinds of interactions.

    Those of which the edge of a file alone says that they go on there, and those taken as stated anew, though they may go on.
    """
    return (
        "select count(distinct interaction_id) filter (where by_edge and place > begins),"
        f" count(distinct interaction_id) filter (where doubtful and place = begins) from {MET}"
    )


def _whole(row: Said) -> str:
    """All that a line says, as one number."""
    columns = (column for column in row.columns if column not in {"file_id", "source_row"})
    return f"hash({', '.join(f'l.{quote(column)}' for column in columns)})"


def _key(row: Said, *, per_line: bool) -> str:
    """What makes a line another one than its neighbours, as one number; the same for all where nothing does."""
    line = [column for column in ("product", "quantity", *(["amount"] if per_line else [])) if column in row.columns]
    return f"hash({', '.join(f'l.{quote(column)}' for column in line) or '0'})"
