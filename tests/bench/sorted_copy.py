"""The floor of `profile`: DuckDB copies the published timeline to Parquet, sorted by customer and time.

python sorted_copy.py INTERACTIONS OUT
"""

from __future__ import annotations

import sys

import duckdb


def main(interactions: str, out: str) -> None:
    """Read the folder `interactions`, sort it, write it to the file `out`."""
    duckdb.connect().execute(
        f"copy (from read_parquet('{interactions}/*/*.parquet') order by customer_id, occurred_at, source, interaction_id)"
        f" to '{out}' (format parquet, compression zstd)"
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
