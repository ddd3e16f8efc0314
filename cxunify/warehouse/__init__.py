"""The DuckDB file between the extracts and the Parquet: `Stage` and `Loop` say what a table is, `Warehouse` makes it."""

from cxunify.warehouse.connection import Params
from cxunify.warehouse.runner import Warehouse
from cxunify.warehouse.stage import Loop, Stage, Step, literal, located, pattern, quote, statement

__all__ = ["Loop", "Params", "Stage", "Step", "Warehouse", "literal", "located", "pattern", "quote", "statement"]
