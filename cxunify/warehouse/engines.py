"""engine of the configuration -> the warehouse that works so: on this machine alone, or with Spark for what grows with the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxunify.errors import ConfigError
from cxunify.warehouse.runner import Warehouse

if TYPE_CHECKING:
    from cxunify.config import Spark


def engine(name: str, spark: Spark) -> type[Warehouse]:
    """The class of the warehouse to open. Raises ConfigError where this machine lacks what the engine needs."""
    if name == "duckdb":
        return Warehouse
    from cxunify.warehouse.spark import session

    if problems := session.problems(spark):
        raise ConfigError(problems)
    from cxunify.warehouse.spark.warehouse import SparkWarehouse

    return type("SparkWarehouse", (SparkWarehouse,), {"settings": spark})
