"""Lines -> staging.interactions, .traces, .lines, .reused, .undated_optouts, raw.rejects: what happened, and to whom."""

from __future__ import annotations

from cxunify.config import Interaction
from cxunify.ingest import convert
from cxunify.ingest.group import Lines, is_per_line
from cxunify.ingest.restate import AWAY
from cxunify.ingest.rows import Rows, staged
from cxunify.ingest.said import Said
from cxunify.schema import INTERACTIONS, LINES, REJECTS, REUSED, TRACES, UNDATED_OPTOUTS
from cxunify.schema.staging import row_no
from cxunify.warehouse import Stage, literal

NO_TIME = "no valid time in column {}"


def signs(lines: Lines) -> str:
    """The query that counts the returns above and below zero."""
    return (
        f"select count_if(amount > 0), count_if(amount < 0) from {lines.events}"
        " where occurred_at is not null and kind = 'return'"
    )


def interactions(lines: Lines, *, turned: bool) -> Stage:
    """The interactions of a source that have a time.

    `turned`: it writes all its returns without a sign; they get one, since money that flows back is negative.
    """
    columns = f"* exclude (amount), {_turned('kind', 'amount')} as amount" if turned else "*"
    select = f"""
    select {columns}, {row_no("interaction_id")} as row_no, {_trace(lines.said)} as trace_id, {lines.said.pairs} as properties
    from {lines.events}
    where occurred_at is not null"""
    return staged(INTERACTIONS, select)


def traces(lines: Lines) -> Stage:
    """The distinct sets of what interactions say of their customer, and opt-outs without a time of theirs."""
    said = lines.said
    columns = dict(zip(said.traces, said.known, strict=True))
    key = columns.pop("", None)
    person_source = f"case when {key} is not null then {literal(str(said.person_source))} end" if key else "null"
    known = ", ".join(said.known)
    select = f"""
    select {_trace(said)} as trace_id, {said.fields["source"]} as source, {person_source} as person_source,
        {key or "null"} as person_record_id, {convert.pairs(columns)} as identifiers, interactions, first_at, last_at
    from (
        select {known}, count(occurred_at) as interactions, min(occurred_at) as first_at, max(occurred_at) as last_at
        from {lines.events}
        where (occurred_at is not null or kind = 'optout') and coalesce({known}) is not null
        group by all
    )"""
    return staged(TRACES, select)


def says_of_lines(event: Interaction) -> bool:
    """Whether a line may say something of its own: a quantity, an amount."""
    return is_per_line(event) or event.quantity is not None


def parts(lines: Lines, event: Interaction, *, turned: bool) -> Stage:
    """The lines of interactions that have several."""
    said = {
        column: f"l.{column}" if column in lines.said.columns else "null"
        for column in ("product", "quantity", "amount")
    }
    if not is_per_line(event):
        said["amount"] = "null"
    # Of an order that stands, a line that was called off adds nothing.
    if {"kind", "amount"} <= lines.said.columns.keys():
        is_off = "l.kind = 'other' and e.kind in ('purchase', 'return')"
        own = [name for name in ("quantity", "amount") if said[name] != "null"]
        said |= {name: f"case when {is_off} then 0 else {said[name]} end" for name in own}
    if turned:
        said["amount"] = _turned("e.kind", said["amount"])
    values = ", ".join(f"{sql} as {column}" for column, sql in said.items())
    select = f"""
    select e.source, l.interaction_id, l.source_row, {values}, {lines.said.pairs} as properties,
        row_number() over (partition by l.interaction_id order by {lines.order}) as line
    from {lines.ordered} as l
    join (select source, interaction_id, kind from {lines.grouped} where occurred_at is not null) as e
        on e.interaction_id = l.interaction_id"""
    return staged(LINES, select)


def untimed(rows: Rows, event: Interaction, lines: Lines) -> Stage:
    """The rows whose interaction has no time: a line without one may have it from another line."""
    reason = literal(NO_TIME.format(" + ".join(event.at.names)))
    select = f"""
    select {literal(rows.name)} as source, file_id, source_row, null as line, null as byte_offset, 'conform' as stage,
        {reason} as reason, to_json(raw)::varchar as text
    from {rows.table} as raw
    semi join (
        select file_id, source_row from {lines.table} where occurred_at is null and interaction_id in (
            select interaction_id from {lines.events} where occurred_at is null
        )
    ) as lost using (file_id, source_row)"""
    return staged(REJECTS, select)


def undated_optouts(lines: Lines) -> Stage:
    """The opt-outs among the rows without a time: whoever said no has said it, whenever that was."""
    select = f"""
    select source, file_id, source_row, {row_no("interaction_id")} as row_no, {_trace(lines.said)} as trace_id
    from {lines.events} where occurred_at is null and kind = 'optout'"""
    return staged(UNDATED_OPTOUTS, select)


def gave_way(rows: Rows) -> str:
    """The lines that gave way to a later file, in the shape of staging.gave_way."""
    return f"""
    select {literal(rows.name)} as source, 'interaction' as subject, file_id, source_row, interaction_id as id, reason,
        occurred_at, amount
    from {AWAY}"""


def reused(rows: Rows, lines: Lines) -> Stage:
    """The interactions that were kept apart from one that has their id already."""
    select = f"""
    select distinct {literal(rows.name)} as source, interaction_id, stated_id
    from {lines.table} where not made and interaction_id <> stated_id
        and interaction_id in (select interaction_id from {lines.events} where occurred_at is not null)"""
    return staged(REUSED, select)


def _turned(kind: str, amount: str) -> str:
    return f"case when {kind} = 'return' then -({amount}) else {amount} end"


def _trace(said: Said) -> str:
    """A number for what a row says of its customer, made of just that: equal sayings, equal number; null when it says nothing."""
    if not said.traces:
        return "null::bigint"
    columns = ", ".join(said.known)
    number = f"cast(hash({said.fields['source']}, {columns}) >> 1 as bigint)"
    return f"case when coalesce({columns}) is not null then {number} end"
