"""sets.yaml + a folder -> the labelled data sets that are there; records and a truth -> the person each is of."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from tests.bench.projects import CONFIGS, Data, generated, recognise

CATALOGUE = Path(__file__).with_name("sets.yaml")


@dataclass(frozen=True)
class Labelled:
    """A data set whose truth is known."""

    name: str
    data: Data
    truth: str
    """A SELECT of source, person_id, and record_id or row."""
    trivial: tuple[tuple[str, ...], ...]


def found(root: Path, wanted: Collection[str] = ()) -> Iterator[Labelled]:
    """The data sets of the catalogue that lie in `root`, or are `root`; those of no folder only where wanted, or beside others."""
    entries = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    folders = {entry["name"]: _folder(entry, root) for entry in entries}
    below = [entry["name"] for entry in entries if _lies_in_data(entry) and folders[entry["name"]]]
    itself = [name for name in below if folders[name] == root.resolve()]
    chosen = wanted or itself or (below and folders)
    for entry in entries:
        name, folder = entry["name"], folders[entry["name"]]
        if name not in chosen:
            continue
        if "country" in entry:
            yield from of_generator(name, _generated(**entry["world"], country=entry["country"]))
        elif folder is not None:
            config = (CONFIGS / f"{name}.yaml").read_text(encoding="utf-8")
            trivial = tuple(tuple(columns) for columns in entry.get("trivial", ()))
            yield Labelled(name, Data(folder, config), entry["truth"].format(data=folder), trivial)


def of_generator(name: str, data: Data) -> Iterator[Labelled]:
    """A world that the generator made: its truth lies beside it."""
    if data.truth is not None:
        yield Labelled(name, data, f"select source, record_id, person_id from '{data.truth}'", ())


def _generated(people: int, seed: int, country: str) -> Data:
    data = recognise(generated(people, seed, country))
    assert data is not None
    return replace(data, config=data.config.replace("region: US", f"region: {country}"))


def _lies_in_data(entry: dict[str, Any]) -> bool:
    return "package" not in entry and "country" not in entry


def _folder(entry: dict[str, Any], root: Path) -> Path | None:
    """Where the extracts of an entry lie, if they are there."""
    if "package" in entry:
        spec = find_spec(entry["package"])
        assert spec is not None and spec.submodule_search_locations is not None
        return Path(spec.submodule_search_locations[0]) / entry["folder"]
    if not _lies_in_data(entry):
        return None
    last = Path(entry["folder"]).name
    places = (root / entry["folder"], root / last, *((root,) if root.name == last else ()))
    return next((place.resolve() for place in places if place.is_dir()), None)


def judged(records: Path, truth: str) -> pl.DataFrame:
    """The records of the export that a truth speaks of, with the person each is of."""
    by = "record_id" if "record_id" in duckdb.sql(truth).columns else "row"
    return duckdb.sql(
        f"select r.*, cast(t.person_id as varchar) as person from '{records}' as r join ({truth}) as t"
        f" on t.source = r.source and t.{by} = r.{by} order by r.source, r.record_id"
    ).pl()
