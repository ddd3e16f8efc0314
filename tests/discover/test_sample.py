"""The README's second example: init makes of the sample what its own configuration makes of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from cxunify import identity, ingest
from cxunify.cli import app
from cxunify.config import load
from cxunify.warehouse import Warehouse
from tests.bench.projects import ROOT


def test_the_sample_comes_out_as_from_its_own_configuration(folder: Path) -> None:
    shutil.copytree(ROOT / "sample_data" / "extracts", folder / "extracts")
    assert CliRunner().invoke(app, ["init", "extracts/"]).exit_code == 0
    written = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.split("```yaml\n")[1].split("```")[0].replace("files: ", "files: extracts/")
    assert all(line in written for line in shown.splitlines()), "README.md shows what init makes of the sample"
    assert _customers(folder / "cxunify.yaml") == _customers(ROOT / "configs" / "sample.yaml")


def _customers(path: Path) -> tuple[set[tuple[str, ...]], list[tuple[Any, ...]]]:
    """The ids of the records of each customer, and what happened, by kind: its count, its sum."""
    config = load(path)
    with Warehouse.open(threads=2, directories=ingest.folders(config)) as warehouse:
        ingest.ingest(warehouse, config, (), "run")
        identity.resolve(warehouse, config)
        rows = warehouse.rows(
            "select list(record_id order by record_id) from identity.assignments group by customer_id"
        )
        return {tuple(ids) for (ids,) in rows}, warehouse.rows(HAPPENED)


HAPPENED = "select kind, count(*), sum(amount) from staging.interactions group by kind order by kind"
