"""The DuckDB file between the extracts and the Parquet: `Stage` and `Loop` say what a table is, `Warehouse` makes it."""

from cxunify.warehouse.connection import Params
from cxunify.warehouse.engines import engine
from cxunify.warehouse.export import Export
from cxunify.warehouse.runner import Warehouse
from cxunify.warehouse.stage import Loop, Parts, Split, Stage, Step, literal, located, pattern, quote, statement
from cxunify.warehouse.view import View

__all__ = [
    "Export",
    "Loop",
    "Params",
    "Parts",
    "Split",
    "Stage",
    "Step",
    "View",
    "Warehouse",
    "engine",
    "literal",
    "located",
    "pattern",
    "quote",
    "statement",
]
