"""The floor: DuckDB reads the same files, every column as text, and writes them as Parquet. Nothing can be faster than this.

python floor.py OUT EXTRACT...
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def main(out: Path, extracts: list[Path]) -> None:
    """Copy each extract into a Parquet file in `out`."""
    connection = duckdb.connect()
    for extract in extracts:
        kind = next(suffix for suffix in reversed(extract.suffixes) if suffix in {".csv", ".ndjson", ".parquet"})
        read = {
            ".csv": f"read_csv('{extract}', all_varchar = true)",
            ".ndjson": f"read_ndjson('{extract}')",
            ".parquet": f"read_parquet('{extract}')",
        }[kind]
        connection.execute(f"copy (from {read}) to '{out / extract.name}.parquet' (format parquet, compression zstd)")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(extract) for extract in sys.argv[2:]])
