"""rows of a source -> Lines: rows that share an interaction id become one interaction.

Its tables are of the moment: temp.ingest_lines, and where ids repeat temp.ingest_counted and temp.ingest_grouped.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Interaction
from cxunify.errors import Problem
from cxunify.ingest.rows import Rows, passing
from cxunify.ingest.said import Said, said
from cxunify.warehouse import Stage, Warehouse, quote

LINES, COUNTED, GROUPED = "temp.ingest_lines", "temp.ingest_counted", "temp.ingest_grouped"


@dataclass(frozen=True)
class Lines:
    """The lines of a source: where they are, and what was counted of them."""

    said: Said
    table: str = LINES
    repeated: bool = False
    """Some interactions have several lines; GROUPED holds what these make."""
    untimed: bool = False
    """Some lines have no time."""

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

    A problem when nobody can tell whether their amounts are to be added up.
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
    if made or files:
        warehouse.build([counted(made=made, files=files)])
        lines = Lines(row, COUNTED, repeated=True, untimed=untimed)
    if problem := _undecided(warehouse, rows, event, lines):
        return problem
    warehouse.build([grouped(lines, event)])
    return lines


def gathered(rows: Rows, row: Said) -> Stage:
    """The rows as lines: of each, what it says by itself."""
    columns = ", ".join(f"{sql} as {quote(column)}" for column, sql in row.columns.items())
    return passing(LINES, f"select {columns} from {rows.table}", "One row per row of the source.")


def counted(*, made: bool, files: bool) -> Stage:
    """The lines that count. `made`: some ids are made of content. `files`: there are several files.

    Rows without an id and of equal content are as many interactions; the same rows in another file are the same again. Of an id
    that several files state, only the lines of the last file count.
    """
    numbered = f"""
    select * exclude (place, interaction_id),
        interaction_id || case when made and place > 1 then '-' || place else '' end as interaction_id
    from (
        select *, row_number() over (partition by interaction_id, file_id order by source_row) as place from {LINES}
    )"""
    latest = """
    select * from numbered where not exists (
        select 1 from (
            select interaction_id, max(file_id) as file_id
            from numbered
            group by interaction_id
            having min(file_id) < max(file_id)
        ) as last
        where last.interaction_id = numbered.interaction_id and numbered.file_id < last.file_id
    )"""
    select = (
        f"with numbered as ({numbered if made else f'select * from {LINES}'}) {latest if files else 'from numbered'}"
    )
    return passing(COUNTED, select, "One row per row of the source that counts.")


def grouped(lines: Lines, event: Interaction) -> Stage:
    """One row for the lines of each id that has several: numbers added up, all else from the first line that says it."""
    special = {
        "quantity": "sum(quantity)",
        "occurred_at": "min(occurred_at)",
        "source_row": "min(source_row)",
        "file_id": "min(file_id)",
        **({} if _is_total(event) else {"amount": "sum(amount)"}),
    }
    columns = ", ".join(
        f"{special.get(column) or f'arg_min({quote(column)}, source_row)'} as {quote(column)}"
        for column in lines.said.columns
        if column != "interaction_id"
    )
    select = f"""
    select interaction_id, {columns}, count(*)::integer as lines
    from {lines.table}
    semi join (select interaction_id from {lines.table} group by interaction_id having count(*) > 1) using (interaction_id)
    group by interaction_id
    order by file_id, source_row"""
    return passing(GROUPED, select, "One row per interaction that has several lines.")


def is_per_line(event: Interaction) -> bool:
    """Whether the amounts of rows that share an interaction id are added up."""
    amount = event.amount
    return amount is not None and (amount.per == "line" or (amount.per is None and bool(amount.multiply)))


def drop(warehouse: Warehouse) -> None:
    """Remove the tables of the moment."""
    for table in (LINES, COUNTED, GROUPED):
        warehouse.execute(f"drop table if exists {table}")


def _is_total(event: Interaction) -> bool:
    """Whether each row repeats the amount of the whole interaction."""
    return event.amount is not None and not is_per_line(event)


def _undecided(warehouse: Warehouse, rows: Rows, event: Interaction, lines: Lines) -> Problem | None:
    amount = event.amount
    if amount is None or not _is_total(event) or amount.per is not None or "amount" not in lines.said.columns:
        return None
    unequal = warehouse.scalar(
        f"select count(*) from (select 1 from {lines.table} group by interaction_id having min(amount) <> max(amount))"
    )
    if not unequal:
        return None
    return Problem(
        f"source {rows.name}: interaction.amount, {amount.column}: the rows of {unequal} interactions that share an id carry"
        " different amounts",
        f"Say what they are: amount: {{column: {amount.column}, per: line}} adds them up, `per: interaction` takes the"
        " first.",
    )
