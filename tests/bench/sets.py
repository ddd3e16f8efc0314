"""sets.yaml + a folder -> the labelled data sets that are there; records and a truth -> the person each is of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from tests.bench.projects import CONFIGS, Data

CATALOGUE = Path(__file__).with_name("sets.yaml")


@dataclass(frozen=True)
class Labelled:
    """A data set whose truth is known."""

    name: str
    data: Data
    truth: str
    """A SELECT of source, person_id, and record_id or row."""
    trivial: tuple[tuple[str, ...], ...]


def found(root: Path) -> Iterator[Labelled]:
    """The data sets of the catalogue that lie in `root`, or are `root`; those in a package only beside others."""
    entries = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    lying = [(entry, folder) for entry in entries if (folder := _folder(entry, root)) is not None]
    if all("package" in entry for entry, _ in lying):
        return
    for entry, folder in lying:
        config = (CONFIGS / f"{entry['name']}.yaml").read_text(encoding="utf-8")
        trivial = tuple(tuple(columns) for columns in entry.get("trivial", ()))
        yield Labelled(entry["name"], Data(folder, config), entry["truth"].format(data=folder), trivial)


def generated(name: str, data: Data) -> Iterator[Labelled]:
    """A world that the generator made: its truth lies beside it."""
    if data.truth is not None:
        yield Labelled(name, data, f"select source, record_id, person_id from '{data.truth}'", ())


def _folder(entry: dict[str, Any], root: Path) -> Path | None:
    if "package" in entry:
        spec = find_spec(entry["package"])
        assert spec is not None and spec.submodule_search_locations is not None
        return Path(spec.submodule_search_locations[0]) / entry["folder"]
    last = Path(entry["folder"]).name
    places = (root / entry["folder"], root / last, root) if root.name == last else (root / entry["folder"], root / last)
    return next((place.resolve() for place in places if place.is_dir()), None)


def judged(records: Path, truth: str) -> pl.DataFrame:
    """The records of the export that a truth speaks of, with the person each is of."""
    by = "record_id" if "record_id" in duckdb.sql(truth).columns else "row"
    return duckdb.sql(
        f"select r.*, cast(t.person_id as varchar) as person from '{records}' as r join ({truth}) as t"
        f" on t.source = r.source and t.{by} = r.{by} order by r.source, r.record_id"
    ).pl()
