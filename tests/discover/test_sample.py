"""What init makes of extracts that somebody has mapped by hand: the same customers, the same totals, with no edit.

The README's second example is one of them; those that lie outside the project are read where CXUNIFY_BENCH names their folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cxunify import identity, ingest
from cxunify.cli import app
from cxunify.config import load
from cxunify.warehouse import Warehouse
from tests.bench.projects import CONFIGS, ROOT
from tests.profile.known import known


def test_the_sample_comes_out_as_from_its_own_configuration(folder: Path) -> None:
    shutil.copytree(ROOT / "sample_data" / "extracts", folder / "extracts")
    assert CliRunner().invoke(app, ["init", "extracts/"]).exit_code == 0
    written = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.split("```yaml\n")[1].split("```")[0].replace("files: ", "files: extracts/")
    assert all(line in written for line in shown.splitlines()), "README.md shows what init makes of the sample"
    assert _customers(folder / "cxunify.yaml") == _customers(ROOT / "configs" / "sample.yaml")


@pytest.mark.parametrize(
    ("config", "files"),
    [
        ("athvin", ["person/athvin_base10/billing.csv", "person/athvin_base10/crm.csv", "person/athvin_base10/webforms.csv"]),
        ("online_retail", ["cem/onlineretail.parquet"]),
        ("world_dev", ["world_dev/*.gz"]),
    ],
)  # fmt: skip
def test_known_data_comes_out_as_from_the_configuration_by_hand(folder: Path, config: str, files: list[str]) -> None:
    (folder / "data").mkdir()
    for pattern in files:
        for file in sorted(known(str(Path(pattern).parent)).glob(Path(pattern).name)):
            (folder / "data" / file.name).symlink_to(file)
    by_hand = folder / "by_hand.yaml"
    by_hand.write_text((CONFIGS / f"{config}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert CliRunner().invoke(app, ["init", "data/"]).exit_code == 0
    assert _customers(folder / "cxunify.yaml") == _customers(by_hand)


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


HAPPENED = """
    select i.kind, count(*), sum(i.amount), count(a.customer_id), count(distinct a.customer_id)
    from staging.interactions i left join identity.trace_assignments as a using (trace_id)
    group by i.kind order by i.kind
"""
"""What happened, by kind: how often, for how much, and to whom."""
