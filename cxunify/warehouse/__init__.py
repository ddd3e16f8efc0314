"""The DuckDB file between the extracts and the Parquet: `Stage` and `Loop` say what a table is, `Warehouse` makes it."""

from cxunify.warehouse.connection import Params
from cxunify.warehouse.engines import engine
from cxunify.warehouse.runner import Warehouse
from cxunify.warehouse.stage import Loop, Parts, Split, Stage, Step, literal, located, pattern, quote, statement

__all__ = [
    "Loop",
    "Params",
    "Parts",
    "Split",
    "Stage",
    "Step",
    "Warehouse",
    "engine",
    "literal",
    "located",
    "pattern",
    "quote",
    "statement",
]
