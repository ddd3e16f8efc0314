"""ingest_lines -> ingest_events: the lines that share an interaction id become one interaction."""

from __future__ import annotations

from collections.abc import Collection

from cxunify.config import Interaction
from cxunify.errors import Problem
from cxunify.warehouse import Warehouse, quote


def group(warehouse: Warehouse, name: str, event: Interaction, columns: Collection[str]) -> Problem | None:
    """Make one row of the lines of each id that has several: numbers added up, all else from the first line that says it.

    `columns` are those of ingest_lines. Returns a problem when nobody can tell whether amounts are per line.
    """
    _number(warehouse)
    _keep_latest(warehouse)
    warehouse.execute(
        "create or replace temp table ingest_repeated as"
        " select interaction_id from ingest_lines group by interaction_id having count(*) > 1"
    )
    repeated = "ingest_lines semi join ingest_repeated using (interaction_id)"
    amount = event.amount
    once = amount is not None and not is_per_line(event)
    if amount is not None and once and amount.per is None and "amount" in columns:
        unequal = warehouse.scalar(
            f"select count(*) from (select 1 from {repeated} group by interaction_id having min(amount) <> max(amount))"
        )
        if unequal:
            return Problem(
                f"source {name}: interaction.amount, {amount.column}: the rows of {unequal} interactions that share an id carry"
                " different amounts",
                f"Say what they are: amount: {{column: {amount.column}, per: line}} adds them up, `per: interaction` takes the"
                " first.",
            )
    special = {
        "quantity": "sum(quantity)",
        "occurred_at": "min(occurred_at)",
        "source_row": "min(source_row)",
        "file_id": "min(file_id)",
    }
    if not once:
        special["amount"] = "sum(amount)"
    chosen = ", ".join(
        f"{special.get(column) or f'arg_min({quote(column)}, source_row)'} as {quote(column)}"
        for column in columns
        if column != "interaction_id"
    )
    warehouse.execute(
        f"create or replace temp table ingest_events as select interaction_id, {chosen}, count(*)::integer as lines"
        f" from {repeated} group by interaction_id order by file_id, source_row"
    )
    warehouse.execute("drop table ingest_repeated")
    return None


def is_per_line(event: Interaction) -> bool:
    """Whether the amounts of rows that share an interaction id are added up."""
    amount = event.amount
    return amount is not None and (amount.per == "line" or (amount.per is None and bool(amount.multiply)))


def _number(warehouse: Warehouse) -> None:
    """Rows without an id and of equal content are as many interactions; the same rows in another file are the same again."""
    if warehouse.scalar("select bool_or(made) from ingest_lines"):
        warehouse.execute("""
            create or replace temp table ingest_lines as
            select * exclude (place) replace (
                interaction_id || case when made and place > 1 then '-' || place else '' end as interaction_id
            )
            from (
                select *, row_number() over (partition by interaction_id, file_id order by source_row) as place
                from ingest_lines
            )""")


def _keep_latest(warehouse: Warehouse) -> None:
    """Of an id that several files state, only the lines of the last file count."""
    if not warehouse.scalar("select min(file_id) < max(file_id) from ingest_lines"):
        return
    warehouse.execute("""
        delete from ingest_lines where exists (
            select 1 from (
                select interaction_id, max(file_id) as file_id
                from ingest_lines
                group by interaction_id
                having min(file_id) < max(file_id)
            ) as last
            where last.interaction_id = ingest_lines.interaction_id and ingest_lines.file_id < last.file_id
        )""")
