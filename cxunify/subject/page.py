"""What is held on a person -> one HTML page: no script, no network, every value only a value."""

from __future__ import annotations

from typing import Any

from cxunify.publish.report_markup import Markup, document, element, folded, scrolled, table
from cxunify.schema.words import counted

_FIRST = ("customers", "golden_values", "identifiers", "identity_map", "consent", "interactions")
"""Tables that people look for first."""


def page(held: dict[str, Any]) -> str:
    """The page of an export."""
    published, meanings = held["published"], held["meanings"]
    order = [*(name for name in _FIRST if name in published), *(name for name in published if name not in _FIRST)]
    sections = [
        element("h1", f"What is held on {held['customer_id']}"),
        element("p", f"As of {held['as_of']} UTC, by run {held['run_id']}. Every value is as it is held."),
        element("h2", "What is made of it"),
        *(
            folded(
                f"{name}: {counted(len(published[name]), 'row')}",
                element("p", meanings[name][""]),
                _rows(name, published[name], meanings[name]),
            )
            for name in order
        ),
        element("h2", "What systems delivered"),
        *(
            folded(f"{source}: {counted(len(rows), 'row')}", _rows(source, rows, {}))
            for source, rows in held["delivered"].items()
        ),
    ]
    rest = {"could not be used": held["rejected"], "decided by people": held["decisions"], **held["remembered"]}
    if any(rest.values()):
        sections.append(element("h2", "What is remembered beside"))
        sections += [
            folded(f"{name}: {counted(len(rows), 'row')}", _rows(name, rows, {})) for name, rows in rest.items() if rows
        ]
    runs: list[list[object]] = [[run_id, sum(tables.values())] for run_id, tables in held["kept_runs"].items()]
    sections += [element("h2", "Runs that are kept, and rows in each"), table(["run", "rows"], runs, numbers=(1,))]
    return document(f"What is held on {held['customer_id']}", *sections)


def _rows(name: str, rows: list[dict[str, Any]], meanings: dict[str, str]) -> Markup:
    """A table; a single row stands upright, each value with what it means."""
    if len(rows) == 1:
        said: list[list[object]] = [
            [column, _cell(value), meanings.get(column, "")] for column, value in rows[0].items() if value is not None
        ]
        return scrolled(table(["field", "value", "meaning"], said), name)
    columns = [column for column in rows[0] if any(row[column] is not None for row in rows)]
    cells: list[list[object]] = [[_cell(row[column]) for column in columns] for row in rows]
    return scrolled(table(columns, cells), name)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
