"""What finding out costs: DuckDB reads extracts that are declared, and cxunify reads the same that nobody has declared.

python detect.py declared|detected EXTRACT...
"""

from __future__ import annotations

import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from cxunify.config import Source
from cxunify.ingest.find import Extract
from cxunify.ingest.probe import probe
from cxunify.ingest.read import read
from cxunify.warehouse import Warehouse, literal, located


def main(how: str, extracts: list[Path]) -> None:
    """Read each extract into a table in memory, every column as text."""
    source = Source.model_validate({"channel": "web", "files": "-", "interaction": {"at": "at", "kind": "other"}})
    folders = {extract.parent for extract in extracts}
    with Warehouse.open(directories=folders) as warehouse, warehouse.scratch() as scratch:
        warehouse.execute("create schema raw")
        for number, path in enumerate(extracts, 1):
            if how == "declared":
                warehouse.execute(
                    f"create table raw.t{number} as select row_number() over () as source_row, * from {_declared(path)}"
                )
                continue
            format_ = "ndjson" if path.suffix == ".ndjson" else "csv"
            extract = Extract(f"s{number}", path, path.name, format_, None, path.stat().st_size, datetime.now(UTC))
            read(warehouse, extract, probe(warehouse, extract, source), f"raw.t{number}", number, Path(scratch))


def _declared(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as stream:
        if path.suffix == ".ndjson":
            keys: dict[str, None] = {}
            for _, line in zip(range(2000), stream, strict=False):
                keys |= dict.fromkeys(json.loads(line))
            columns = ", ".join(f"{literal(key)}: 'VARCHAR'" for key in keys)
            return f"read_json({located(path)}, format = 'newline_delimited', records = true, columns = {{{columns}}})"
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in next(csv.reader(stream)))
    return (
        f"read_csv({located(path)}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"',"
        f" columns = {{{columns}}})"
    )


if __name__ == "__main__":
    main(sys.argv[1], [Path(extract) for extract in sys.argv[2:]])
