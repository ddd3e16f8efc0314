"""The DuckDB file between the extracts and the Parquet: `Stage` says what a table is, `Warehouse` makes it."""

from cxunify.warehouse.connection import Params
from cxunify.warehouse.stage import Stage, literal, quote
from cxunify.warehouse.tables import Warehouse

__all__ = ["Params", "Stage", "Warehouse", "literal", "quote"]
