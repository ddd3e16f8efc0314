"""A published table -> csv/<table>.csv: what a spreadsheet opens without running anything.

A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"). Numbers stay numbers,
also those that are text, such as a phone number with its plus. The first bytes say UTF-8, without which Excel guesses.
"""

from __future__ import annotations

from pathlib import Path

from cxunify.publish.outputs import Output
from cxunify.schema.table import Column
from cxunify.warehouse import Warehouse, literal, pattern, quote

FOLDER = "csv"
_MARK = "\ufeff"
_FORMULA = "^[-=+@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]"
"""Signs that begin a formula, those of full width too."""
_NUMBER = "[+-]?[0-9]+([.][0-9]+)?"


def write(warehouse: Warehouse, output: Output, folder: Path) -> Path:
    """Write the CSV of a table whose Parquet is in `folder` already; return where it is."""
    path = folder / FOLDER / f"{output.table.name}.csv"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    files = f"{pattern(folder / output.path)}/**/*.parquet" if output.partition else pattern(folder / output.path)
    first, *others = output.table.columns
    terms = ", ".join([_term(first, _MARK), *(_term(column) for column in others)])
    source = f"read_parquet({literal(files)}, hive_partitioning = false)"
    warehouse.execute(f"copy (select {terms} from {source}) to {literal(str(path))} (format csv, header)")
    return path


def _term(column: Column, mark: str = "") -> str:
    name, title = quote(column.name), quote(mark + column.name)
    if column.type != "VARCHAR":
        return f"{name} as {title}"
    formula = f"regexp_matches({name}, {literal(_FORMULA)}) and not regexp_full_match({name}, {literal(_NUMBER)})"
    return f"case when {formula} then '''' || {name} else {name} end as {title}"
