"""raw.<source> -> staging.interactions, staging.lines, staging.traces: what happened, and what it knows of its customer."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Interaction, Source
from cxunify.ingest import convert, dates, money
from cxunify.ingest.group import group, is_per_line
from cxunify.ingest.persons import identifier, record_id
from cxunify.ingest.survey import Facts, Reader
from cxunify.schema import INTERACTIONS, LINES, ROW_NO, TRACES
from cxunify.warehouse import Warehouse, literal, quote

_TEXTS = ("location", "product", "page", "referrer", "session", "agent", "campaign", "reason", "outcome")
_ALWAYS = {"file_id", "source_row", "made"}
NO_TIME = "no valid time in column {}"


@dataclass(frozen=True)
class Lines:
    """The rows of a source as SQL expressions over its raw table."""

    fields: dict[str, str]
    """The columns of staging.interactions that a row fills by itself."""
    traces: dict[str, str]
    """What identifies the customer: the foreign key under its empty name, then each type of identifier."""
    properties: dict[str, str]
    person_source: str | None
    made: str
    """Whether a row's interaction id is made of its content."""

    @property
    def known(self) -> dict[str, str]:
        """The identifying columns under names that SQL can carry."""
        return {f"trace_{place}": sql for place, sql in enumerate(self.traces.values())}


def interactions(
    warehouse: Warehouse, name: str, source: Source, table: str, lines: Lines, facts: Facts, rejects: str
) -> int:
    """Add the interactions of a source and their traces to staging; rows without a time go to `rejects`.

    Returns how many rows were merged into others.
    """
    event = source.interaction
    assert event is not None
    kept = {
        **lines.fields,
        **lines.known,
        **{f"property_{n}": sql for n, sql in enumerate(lines.properties.values())},
        "made": lines.made,
    }
    said = {column: sql for column, sql in kept.items() if '"' in sql or column in _ALWAYS}
    # what every row says alike is not carried along
    alike = ", ".join(f"{sql} as {quote(column)}" for column, sql in kept.items() if column not in said)
    select = ", ".join(f"{sql} as {quote(column)}" for column, sql in said.items())
    warehouse.execute(f"create or replace temp table ingest_lines as select {select} from {table}")
    rows, distinct = warehouse.rows("select count(*), count(distinct hash(interaction_id)) from ingest_lines")[0]
    whole = rows == distinct
    if whole:
        events = "(select *, 1 as lines from ingest_lines)"
    else:
        problem = group(warehouse, name, event, list(said))
        if problem:
            facts.problems.append(problem)
            return 0
        lone = "select *, 1 as lines from ingest_lines anti join ingest_events using (interaction_id)"
        events = f"({lone} union all by name select * from ingest_events)"
    events = f"(select *, {alike} from {events})"
    trace = _trace(name, lines)
    pairs = {key: f"property_{place}" for place, key in enumerate(lines.properties)}
    warehouse.execute(
        f"insert into {INTERACTIONS.name} by name "
        + INTERACTIONS.select(
            f"(select *, {ROW_NO} as row_no, {trace} as trace_id,"
            f" {convert.pairs(pairs)} as properties from {events} where occurred_at is not null)"
        )
    )
    if lines.traces:
        _traces(warehouse, name, lines, events, trace)
    staged, merged = warehouse.rows(
        f"select count(*), coalesce(sum(lines), 0)::bigint from {INTERACTIONS.name} where source = $source",
        {"source": name},
    )[0]
    turned = _turn_returns(warehouse, name, facts)
    if not whole:
        _lines(warehouse, name, event, pairs, list(said), turned=turned)
    if merged < rows:
        _reject(warehouse, name, table, events, rejects, event.at.names)
    for temporary in ("ingest_lines", "ingest_events"):
        warehouse.execute(f"drop table if exists {temporary}")
    return int(merged - staged)


def read_lines(name: str, source: Source, reader: Reader, facts: Facts, timezone: str, currency: str) -> Lines:
    """What each row of a source says of an interaction."""
    event = source.interaction
    assert event is not None
    at = event.at
    own = identifier(reader, facts, event.id)
    made = convert.content((column, convert.text(quote(column))) for column in reader.columns.names)
    fields = {
        "source": literal(name),
        "interaction_id": f"coalesce({own}, {made})",
        "file_id": "file_id",
        "source_row": "source_row",
        "occurred_at": dates.instant(reader.joined(at.names), facts.dates[at.names], at.timezone or timezone),
        **_kind(event, reader, facts),
        **{field: sql for field, (_, sql) in checked(event, reader, facts).items()},
        "currency": _currency(event, reader, currency),
        **{
            field: reader.text(ref.column)
            for field in _TEXTS
            if (ref := getattr(event, field)) and reader.has([ref.column])
        },
        "case_id": identifier(reader, facts, event.case_id),
    }
    order = [
        column.name
        for column in INTERACTIONS.columns
        if column.name not in {"row_no", "trace_id", "lines", "properties"}
    ]
    types = {column.name: column.type for column in INTERACTIONS.columns}
    fields = {field: fields.get(field, f"null::{types[field]}") for field in order}
    traces = {}
    person_source = None
    for target, ref in event.person.items():
        person_source, traces[""] = target, identifier(reader, facts, ref)
    if source.person is not None and not event.person:
        person_source, traces[""] = name, record_id(source.person, reader, facts)
    traces |= {
        key: identifier(reader, facts, ref) for key, ref in event.identifiers.items() if reader.has([ref.column])
    }
    properties = {key: reader.text(ref.column) for key, ref in event.properties.items() if reader.has([ref.column])}
    return Lines(fields, traces, properties, person_source, f"{own} is null")


def checked(event: Interaction, reader: Reader, facts: Facts) -> dict[str, tuple[str, str]]:
    """The text and the value of each field that may be unreadable, by the field's name."""
    found = {}
    amount = event.amount
    if amount and reader.has(amount.names):
        texts = [reader.text(column) for column in amount.names]
        type_ = "decimal(18, 6)" if amount.multiply or amount.divide > 1 else "decimal(18, 2)"
        value = " * ".join(
            money.decimal(text, facts.numbers[column], type_) for text, column in zip(texts, amount.names, strict=True)
        )
        if amount.divide > 1:
            value = f"cast(({value}) / {amount.divide} as decimal(18, 2))"
        found["amount"] = (f"({' || '.join(texts)})", value)
    for field, type_ in (("quantity", "decimal(18, 3)"), ("score", "double")):
        ref = getattr(event, field)
        if ref and reader.has([ref.column]):
            text = reader.text(ref.column)
            found[field] = (text, money.decimal(text, facts.numbers[ref.column], type_))
    return found


def _kind(event: Interaction, reader: Reader, facts: Facts) -> dict[str, str]:
    if event.kind.value:
        return {"kind": literal(event.kind.value)}
    if not reader.has([event.kind.column or ""]):
        return {"kind": literal(event.kind.default)}
    value = reader.text(event.kind.column)
    words: dict[str, list[str]] = {}
    for word, kind in facts.kinds.items():
        words.setdefault(kind, []).append(literal(word))
    if not words:
        return {"kind": literal(event.kind.default), "kind_value": value}
    cases = " ".join(f"when {value} in ({', '.join(listed)}) then {literal(kind)}" for kind, listed in words.items())
    known = ", ".join(word for listed in words.values() for word in listed)
    return {
        "kind": f"case {cases} else {literal(event.kind.default)} end",
        "kind_value": f"case when {value} not in ({known}) then {value} end",
    }


def _currency(event: Interaction, reader: Reader, default: str) -> str:
    if event.currency and event.currency.value:
        return literal(event.currency.value)
    if event.currency and reader.has([event.currency.column or ""]):
        return f"coalesce(upper({reader.text(event.currency.column)}), {literal(default)})"
    return literal(default)


def _trace(name: str, lines: Lines) -> str:
    """A number for what a row says of its customer, made of just that: equal sayings, equal number; null when it says nothing."""
    if not lines.traces:
        return "null::bigint"
    columns = list(lines.known)
    said = f"coalesce({', '.join(columns)}) is not null"
    return f"case when {said} then cast(hash({literal(name)}, {', '.join(columns)}) >> 1 as bigint) end"


def _traces(warehouse: Warehouse, name: str, lines: Lines, events: str, trace: str) -> None:
    columns = dict(zip(lines.traces, lines.known, strict=True))
    key = columns.pop("", None)
    person_source = (
        f"case when {key} is not null then {literal(str(lines.person_source))} end" if key else "null::varchar"
    )
    grouped = ", ".join(lines.known)
    warehouse.execute(
        f"insert into {TRACES.name} by name "
        + TRACES.select(
            f"(select {trace} as trace_id, {literal(name)} as source, {person_source} as person_source,"
            f" {key or 'null::varchar'} as person_record_id, {convert.pairs(columns)} as identifiers,"
            " interactions, first_at, last_at"
            f" from (select {grouped}, count(*) as interactions, min(occurred_at) as first_at, max(occurred_at) as last_at"
            f" from {events} where occurred_at is not null and coalesce({grouped}) is not null group by all))"
        )
    )


def _lines(
    warehouse: Warehouse, name: str, event: Interaction, properties: dict[str, str], columns: list[str], *, turned: bool
) -> None:
    """Add the lines of interactions that have several, where a line says something of its own."""
    if not (is_per_line(event) or event.quantity):
        return
    said = {column: column if column in columns else "null" for column in ("product", "quantity")}
    said["amount"] = "l.amount" if is_per_line(event) and "amount" in columns else "null"
    if turned:
        said["amount"] = f"case when i.kind = 'return' then -({said['amount']}) else {said['amount']} end"
    values = ", ".join(f"{'l.' + sql if sql == column else sql} as {column}" for column, sql in said.items())
    warehouse.execute(
        f"insert into {LINES.name} by name "
        + LINES.select(
            "(select i.source, l.interaction_id, l.source_row, row_number() over (partition by l.interaction_id"
            f" order by l.source_row) as line, {values}, {convert.pairs(properties)} as properties"
            f" from ingest_lines as l join {INTERACTIONS.name} as i on i.interaction_id = l.interaction_id"
            f" where i.source = {literal(name)} and i.lines > 1)"
        )
    )


def _turn_returns(warehouse: Warehouse, name: str, facts: Facts) -> bool:
    """Money that flows back is negative: where a source writes all its returns without a sign, they get one, and it is said."""
    which = f"{INTERACTIONS.name} where source = $source and kind = 'return'"
    signs = f"select count_if(amount > 0), count_if(amount < 0) from {which}"
    above, below = warehouse.rows(signs, {"source": name})[0]
    if above and not below:
        warehouse.execute(
            f"update {INTERACTIONS.name} set amount = -amount where source = $source and kind = 'return'",
            {"source": name},
        )
        facts.notes.append(f"the amounts of {above} returns carry no sign and are taken as money that flows back")
    return bool(above and not below)


def _reject(warehouse: Warehouse, name: str, table: str, events: str, rejects: str, at: tuple[str, ...]) -> None:
    """Note the rows whose interaction has no time: a line without one may have it from another line."""
    lost = f"select interaction_id from {events} where occurred_at is null"
    warehouse.execute(
        f"insert into {rejects} by name select {literal(name)} as source, file_id, source_row, 'conform' as stage,"
        f" {literal(NO_TIME.format(' + '.join(at)))} as reason, to_json(raw)::varchar as text from {table} as raw"
        " semi join (select file_id, source_row from ingest_lines"
        f" where occurred_at is null and interaction_id in ({lost})) as lost using (file_id, source_row)"
    )
