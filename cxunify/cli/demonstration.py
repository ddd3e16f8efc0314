"""`cxunify demo`: the bundled extracts, copied into a folder of their own, become customers, a timeline and a gap report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl
from rich.text import Text

import cxunify
from cxunify.cli.options import Options
from cxunify.cli.parts import table
from cxunify.cli.run import run
from cxunify.cli.show import page
from cxunify.config import load
from cxunify.errors import StorageError
from cxunify.publish.lookup import Page, find

SCHEMA = "cxunify.schema.json"
"""The JSON Schema of a configuration, beside the sample's."""


def bundle() -> Path:
    """The folder that holds configs/ and sample_data/: inside an installed package, or the checkout around it."""
    package = Path(str(resources.files("cxunify")))
    installed = package / "bundle"
    return installed if installed.is_dir() else package.parent


def unpack(folder: Path) -> Path:
    """Copy the sample's extracts and configuration into `folder` and return the configuration's path. May be repeated."""
    source = bundle()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source / "sample_data" / "extracts", folder / "extracts", dirs_exist_ok=True)
        text = (source / "configs" / "sample.yaml").read_text(encoding="utf-8")
        config = folder / "cxunify.yaml"
        shutil.copyfile(source / "configs" / SCHEMA, folder / SCHEMA)  # the first line of the configuration names it
        config.write_text(text.replace("../sample_data/", "").replace("../demo/", ""), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"cannot write the demo into {folder}: {error.strerror}", "Name another folder.") from error
    return config


def play(options: Options, folder: Path) -> Path:
    """Unpack the demo into `folder`, run it, and return its configuration's path."""
    config = unpack(folder)
    run(replace(options, config=config), "run", example=lambda: _example(config))
    return config


def _example(path: Path) -> Iterator[Any]:
    """The customers who use most channels, and the page of the busiest of them."""
    config = load(path)
    several = pl.col("channels").str.count_matches(",")
    order = [several, "interactions", "customer_id"]
    columns = ("customer_id", "display_name", "purchases", "net_spend", "channels")
    customers = cxunify.open(config.output_path).customers.sort(order, descending=True, nulls_last=True)
    busiest = customers.select(columns).head(8).collect()
    shown = table("customer", "name", "purchases", f"net, {config.currency}", "channels", right=(2, 3))
    for column in (shown.columns[1], shown.columns[-1]):
        column.no_wrap = False
    for row in busiest.iter_rows():
        shown.add_row(
            *(
                Text(f"{value:,}" if isinstance(value, int | Decimal) else str(value or "–").replace(",", ", "))
                for value in row
            )
        )
    yield Text("\nCustomers, those of most channels first")
    yield shown
    found = find(config, busiest["customer_id"][0])
    assert isinstance(found, Page)
    yield Text("\nOne of them\n")
    yield from page(found, config.currency)
