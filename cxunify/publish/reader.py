"""out/ -> lazy Polars frames: what notebooks read.

run = cxunify.open("out")
run.customers.filter(pl.col("open_complaints") > 0).collect()
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxunify.errors import LookupFailed
from cxunify.publish import versions
from cxunify.schema import PUBLISHED

if TYPE_CHECKING:
    import polars as pl

_NAMES = tuple(table.name for table in PUBLISHED)


@dataclass(frozen=True)
class Run:
    """One published run. Its tables are attributes (`run.customers`), each a lazy frame that reads what is asked of it.

    It stays what it was when it was opened, whatever is published meanwhile, for as long as the run is kept.
    """

    folder: Path
    manifest: dict[str, Any]

    def __getattr__(self, name: str) -> pl.LazyFrame:
        if name not in _NAMES:
            raise AttributeError(f"there is no table {name}; the tables are: {', '.join(_NAMES)}")
        return self.table(name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *_NAMES]

    def table(self, name: str) -> pl.LazyFrame:
        """A table by name. Raises LookupFailed for a name that is none."""
        if name not in _NAMES:
            raise LookupFailed(f"there is no table {name}", f"The tables are: {', '.join(_NAMES)}.")
        import polars

        file = self.folder / f"{name}.parquet"
        return polars.scan_parquet(file if file.exists() else self.folder / name, glob=False)

    def meanings(self, name: str) -> pl.DataFrame:
        """The columns of a table: name, type and what each says."""
        import polars

        table = next(table for table in PUBLISHED if table.name == name)
        rows = [(column.name, column.type, column.meaning) for column in table.columns]
        return polars.DataFrame(rows, schema=["column", "type", "meaning"], orient="row")


def open(out: str | Path = "out") -> Run:  # noqa: A001 - as in cxunify.open
    """The run that `out` (the output folder, or one run's folder) holds. Raises LookupFailed when nothing is published there."""
    folder = Path(out)
    found = versions.read(folder) if (folder / versions.MANIFEST).is_file() else versions.current(folder)
    if found is None:
        raise LookupFailed(
            f"nothing is published in {folder}", "Name the output folder of a project that was profiled."
        )
    return Run(*found)
