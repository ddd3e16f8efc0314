"""questions by name -> their answers, many in one scan."""

from __future__ import annotations

from cxunify.warehouse import Warehouse


def ask(warehouse: Warehouse, table: str, asked: dict[str, str]) -> dict[str, int]:
    """The answers to aggregates (SQL, by a name of one's own) over a table, or a SELECT in parentheses with its condition."""
    if not asked:
        return {}
    columns = ", ".join(f"{sql} as a{place}" for place, sql in enumerate(asked.values()))
    answers = warehouse.rows(f"select {columns} from {table}")[0]
    return {question: answer or 0 for question, answer in zip(asked, answers, strict=True)}  # of no rows, sums are null
