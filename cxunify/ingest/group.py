"""rows of a source -> Lines: rows that share an interaction id become one interaction.

Its tables are of the moment: temp.ingest_lines, and where ids repeat temp.ingest_repeated, temp.ingest_numbered,
temp.ingest_counted and temp.ingest_grouped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cxunify.config import Interaction
from cxunify.errors import Problem
from cxunify.ingest.bind import is_of_lines
from cxunify.ingest.persons import GAVE, VERSIONS
from cxunify.ingest.restate import AWAY, MET, SPREAD, added, away, doubts, met, spread
from cxunify.ingest.reuse import APART, REPEATED, REUSED, SUSPECTS, reuse
from cxunify.ingest.rows import Rows, passing
from cxunify.ingest.said import Said, said
from cxunify.ingest.unreadable import UNREADABLE
from cxunify.schema import JOINT
from cxunify.schema.words import counted
from cxunify.warehouse import Stage, Warehouse, literal, quote

LINES, NUMBERED = "temp.ingest_lines", "temp.ingest_numbered"
COUNTED, GROUPED = "temp.ingest_counted", "temp.ingest_grouped"


@dataclass(frozen=True)
class Lines:
    """The lines of a source: where they are, and what was counted of them."""

    said: Said
    table: str = LINES
    repeated: bool = False
    """Some interactions have several lines; GROUPED holds what these make."""
    untimed: bool = False
    """Some lines have no time."""
    reused: int = 0
    """Ids that things share which cannot be one: these are kept apart."""
    away: bool = False
    """Some lines give way to those of a later file; AWAY holds them."""
    added: int = 0
    """Interactions whose lines lie in several files, and were put together."""
    by_edge: int = 0
    """Those of them of which nothing but the edge of a file says that they go on in the next."""
    doubtful: int = 0
    """Interactions that a later file states anew, or goes on with: its lines do not tell."""
    mixed: int = 0
    """Interactions of which each line repeats the whole amount, while some lines were called off or given back."""

    @property
    def order(self) -> str:
        """In what order the lines of one interaction are told, as SQL over `ordered`."""
        return "(coalesce(turn, 0) * 1099511627776 + source_row)" if self.added else "source_row"

    @property
    def ordered(self) -> str:
        """The lines, as what follows FROM; where an interaction has some in several files, with the turn of each of these."""
        if not self.added:
            return self.table
        turns = f"select interaction_id, file_id, turn from {SPREAD}"
        return f"(select * from {self.table} left join ({turns}) using (interaction_id, file_id))"

    @property
    def grouped(self) -> str:
        """The interactions of several lines, as what follows FROM."""
        return self._whole(f"select * from {GROUPED}")

    @property
    def events(self) -> str:
        """All interactions, of one line or of several, as what follows FROM."""
        if not self.repeated:
            return self._whole(f"select *, 1 as lines from {self.table}")
        columns = ", ".join(quote(column) for column in self.said.columns)
        lone = f"select {columns}, 1 as lines from {self.table} anti join {GROUPED} using (interaction_id)"
        return self._whole(f"{lone} union all select {columns}, lines from {GROUPED}")

    def _whole(self, select: str) -> str:
        said = self.said
        alike = ", ".join(f"{said.settled(column, sql)} as {quote(column)}" for column, sql in said.alike.items())
        differing = [column for column in said.defaults if column in said.columns]
        rest = f"* exclude ({', '.join(differing)})" if differing else "*"
        settled = [f"{said.settled(column, quote(column))} as {quote(column)}" for column in differing]
        return f"(select {', '.join([rest, *settled, alike])} from ({select}))"


def group(warehouse: Warehouse, rows: Rows, event: Interaction) -> Lines | Problem:
    """Gather the lines of a source, and make one row of those that share an id.

    A problem when the column is no id, or when nobody can tell whether amounts are to be added up.
    """
    row = said(rows, event)
    warehouse.build([gathered(rows, row)])
    total, distinct, made, files, untimed = warehouse.rows(
        "select count(*), count(distinct hash(interaction_id)), coalesce(bool_or(made), false),"
        f" coalesce(min(file_id) < max(file_id), false), count(*) > count(occurred_at) from {LINES}"
    )[0]
    lines = Lines(row, repeated=total > distinct, untimed=untimed)
    if not lines.repeated:
        return lines
    warehouse.build([repeated(LINES)])
    found = reuse(warehouse, rows, event, row, LINES)
    if found.problem:
        return found.problem
    if made or found.ids:
        warehouse.build([numbered(made=made, reused=found.ids > 0)])
        lines = replace(lines, table=NUMBERED, reused=found.ids)
    if files:
        lines = _without_away(warehouse, event, lines, rows.source.load)
    if lines.table != LINES:
        warehouse.build([repeated(lines.table)])
    if problem := _undecided(warehouse, rows, event, lines):
        return problem
    warehouse.build([grouped(lines, event)])
    if "kind" in row.columns and "amount" in row.columns and _is_total(event):
        lines = replace(lines, mixed=warehouse.scalar(_mixed(lines)))
    return lines


def gathered(rows: Rows, row: Said) -> Stage:
    """The rows as lines: of each, what it says by itself."""
    columns = ", ".join(f"{sql} as {quote(column)}" for column, sql in row.columns.items())
    return passing(LINES, f"select {columns} from {rows.table}", "One row per row of the source.")


def repeated(table: str) -> Stage:
    """The ids that several lines have: whatever is asked of these lines is asked of no others."""
    select = f"select interaction_id from {table} group by interaction_id having count(*) > 1"
    return passing(REPEATED, select, "One row per id of several lines.")


def numbered(*, made: bool, reused: bool) -> Stage:
    """The lines under ids of their own. `made`: some ids are made of content. `reused`: things share some that are not one.

    Rows without an id and of equal content are as many interactions; the same rows in another file are the same again. Of the
    things that share an id, the first keeps it, and the others get its number behind it.
    """
    place = "row_number() over (partition by interaction_id, file_id order by source_row)" if made else "1"
    own = f"case when made then {place} else 1 end"
    select = f"select * exclude (interaction_id), interaction_id as stated_id, {own} as place from {LINES}"
    if reused:
        select = f"""
        select l.* exclude (interaction_id), interaction_id as stated_id, coalesce(a.place, {own}) as place
        from {LINES} as l left join (select file_id, source_row, place from {APART}) as a using (file_id, source_row)"""
    return passing(
        NUMBERED,
        f"""
        select * exclude (place, stated_id), stated_id,
            stated_id || case when place = 1 then '' when made then '-' || place else '{JOINT}' || place end as interaction_id
        from ({select})""",
        "One row per row of the source, under an id that is its interaction's alone.",
    )


def _without_away(warehouse: Warehouse, event: Interaction, lines: Lines, load: str) -> Lines:
    """The lines but for those that give way to a later file."""
    per_line = is_per_line(event)
    warehouse.build([spread(lines.said, lines.table, per_line=per_line, parts=load == "parts")])
    if not warehouse.scalar(f"select count(*) from {SPREAD}"):
        return lines
    warehouse.build([met(parts=load == "parts")])
    warehouse.build([away(lines.said, lines.table, per_line=per_line)])
    select = f"select * from {lines.table} anti join {AWAY} using (file_id, source_row)"
    warehouse.build([passing(COUNTED, select, "One row per row of the source that stands.")])
    by_edge, doubtful = warehouse.rows(doubts())[0]
    return replace(
        lines, table=COUNTED, away=True, added=warehouse.scalar(added(COUNTED)), by_edge=by_edge, doubtful=doubtful
    )


def grouped(lines: Lines, event: Interaction) -> Stage:
    """One row for the lines of each id that has several: numbers added up, all else from the first line that says it.

    Of an exchange, one receipt on which some articles are bought and others given back, it is the sum that says what it was. Of an
    order of which some lines were called off, it is the others.
    """
    row = lines.order
    special = {
        "quantity": "sum(quantity)",
        "occurred_at": "min(occurred_at)",
        "source_row": f"arg_min(source_row, {row})",
        "file_id": f"arg_min(file_id, {row})",
        **({} if _is_total(event) else {"amount": "sum(amount)"}),
    }
    if {"kind", "amount"} <= lines.said.columns.keys():
        special |= _of_total(row) if _is_total(event) else _exchanged(row, event.kind.value)
    columns = ", ".join(
        f"{special.get(column) or f'arg_min({quote(column)}, {row})'} as {quote(column)}"
        for column in lines.said.columns
        if column != "interaction_id"
    )
    select = f"""
    select interaction_id, {columns}, count(*)::integer as lines
    from {lines.ordered}
    semi join {REPEATED} using (interaction_id)
    group by interaction_id
    order by file_id, source_row"""
    return passing(GROUPED, select, "One row per interaction that has several lines.")


def _exchanged(row: str, default: str | None) -> dict[str, str]:
    """SQL for the amount, the kind and the number of lines that are added up, some of which were given back, or called off.

    `default` is the kind of lines that state none, where the mapping says one.
    """
    kind = f"coalesce(kind, {literal(default)})" if default else "kind"
    is_exchange = f"bool_or({kind} = 'purchase') and bool_or({kind} = 'return')"
    is_partly = f"bool_or({kind} in ('purchase', 'return')) and bool_or({kind} = 'other')"
    signed = f"sum(case {kind} when 'return' then -abs(amount) when 'other' then 0 else amount end)"
    stands = "filter (kind is distinct from 'other')"
    return {
        "amount": f"case when {is_exchange} then {signed} when {is_partly} then sum(amount) {stands} else sum(amount) end",
        "quantity": f"case when {is_partly} then sum(quantity) {stands} else sum(quantity) end",
        "kind": f"case when {is_exchange} then case when {signed} < 0 then 'return' else 'purchase' end"
        f" when {is_partly} then arg_min(kind, {row}) {stands} else arg_min(kind, {row}) end",
    }


_IS_MIXED = "bool_or(kind = 'purchase') and bool_or(kind in ('return', 'other'))"


def _of_total(row: str) -> dict[str, str]:
    """SQL for the amount, the kind and the quantity of what each line tells as a whole: it was bought if any line of it was."""
    is_partly = "bool_or(kind = 'return') and bool_or(kind = 'other')"
    first = f"arg_min(amount, {row})"
    return {
        "amount": f"case when {_IS_MIXED} then coalesce({first} filter (kind = 'purchase'), {first}) else {first} end",
        "kind": f"case when {_IS_MIXED} then 'purchase' when {is_partly} then 'return' else arg_min(kind, {row}) end",
        "quantity": f"case when {_IS_MIXED} then sum(quantity) filter (kind is distinct from 'other') else sum(quantity) end",
    }


def _mixed(lines: Lines) -> str:
    """The query that counts the interactions of `Lines.mixed`."""
    each = f"select 1 from {lines.table} semi join {REPEATED} using (interaction_id) group by interaction_id"
    return f"select count(*) from ({each} having {_IS_MIXED})"


def is_per_line(event: Interaction) -> bool:
    """Whether the amounts of rows that share an interaction id are added up: what an element of a list says is its own."""
    amount = event.amount
    if amount is None or amount.per == "interaction":
        return False
    return bool(amount.per or amount.multiply or is_of_lines(amount.names))


def drop(warehouse: Warehouse) -> None:
    """Remove the tables of the moment."""
    for table in (
        LINES,
        NUMBERED,
        COUNTED,
        REPEATED,
        GROUPED,
        SUSPECTS,
        REUSED,
        APART,
        SPREAD,
        MET,
        AWAY,
        VERSIONS,
        GAVE,
        UNREADABLE,
    ):
        warehouse.execute(f"drop table if exists {table}")


def _is_total(event: Interaction) -> bool:
    """Whether each row repeats the amount of the whole interaction."""
    return event.amount is not None and not is_per_line(event)


def _undecided(warehouse: Warehouse, rows: Rows, event: Interaction, lines: Lines) -> Problem | None:
    amount = event.amount
    if amount is None or not _is_total(event) or amount.per is not None or "amount" not in lines.said.columns:
        return None
    unequal = warehouse.scalar(
        f"select count(*) from (select 1 from {lines.table} semi join {REPEATED} using (interaction_id)"
        " group by interaction_id having min(amount) <> max(amount))"
    )
    if not unequal:
        return None
    return Problem(
        f"source {rows.name}: interaction.amount, {amount.column}: the rows of {counted(unequal, 'interaction')} that"
        " share an id carry different amounts",
        f"Say what they are: amount: {{column: {amount.column}, per: line}} adds them up, `per: interaction` takes the"
        " first.",
        key="interaction.amount",
        offers={"per": ("line", "interaction")},
    )
