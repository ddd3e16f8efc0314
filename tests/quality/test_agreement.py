"""A customer has the same purchases, days and revenue in the gap report as in the published table."""

from __future__ import annotations

from pathlib import Path

from cxunify import pipeline
from cxunify.cli.demonstration import unpack
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import load
from cxunify.warehouse import literal
from tests import agreement


def test_of_every_customer_of_the_sample(tmp_path: Path) -> None:
    config = load(unpack(tmp_path))
    with open_warehouse(config) as warehouse:
        pipeline.run(warehouse, config, pipeline.Request(new_run_id()), lambda _: None)
        published = f"read_parquet({literal(str(config.output_path / 'current' / 'customers.parquet'))})"
        assert warehouse.scalar(f"select count(*) from {published} where purchases > 0 and returns > 0") > 10
        assert agreement.differing(warehouse, published) == []
