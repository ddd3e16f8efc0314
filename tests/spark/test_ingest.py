"""Files that tasks of Spark read: rows, rejects, accounts and refusals are those of one machine, to the byte."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxunify.cli.session import open_warehouse
from cxunify.config import Config, load
from cxunify.errors import CxunifyError
from cxunify.ingest import deal, ingest
from tests.spark.conftest import REMOTE
from tests.spark.engines import REMOTELY, SETTINGS, on_spark

PROJECT = """
version: 1
region: US
currency: USD
sources:
  people:
    channel: crm
    files: people*.csv*
    load: append
    person: {id: Id, given_name: Name, email: Mail}
  orders:
    channel: web
    files: orders*.ndjson
    load: append
    interaction: {id: id, at: at, kind: {value: purchase}, amount: total, product: "lines[].sku", person: {people: who}}
  stock:
    channel: pos
    files: stock.tsv
    csv: {encoding: cp1252}
    person: {id: No}
"""
EXTRACTS: dict[str, bytes] = {
    "people1.csv": b'Id,Name,Mail\n1,Ada,a@example.com\n2,"Be\n3,Cy,c@example.com,more\n4,"D\nD",d@example.com\n',
    "people2.csv.gz": gzip.compress(b"id,NAME,Mail,Town\n5,Eve,e@example.com,Ulm\n6,,,\n", mtime=0),
    "people10.csv": "Id,Name,Mail\n7,José,j@example.com\n8,Zoë,z@example.com\n".encode("cp1252"),
    "orders1.ndjson": b'{"id": 1, "at": "2024-05-01T10:00:00Z", "total": 1.50, "who": "1", "lines": [{"sku": "a"}, {"sku": "b"}]}\n'
    b'{"id": 2, "at": "2024-05-02T10:00:00Z", "total": NaN}\n{"id": 3}\n',
    "orders2.ndjson": b'{"id": 4, "at": "2024-05-03T10:00:00Z", "total": 1e2, "who": "4", "note": "n"}\n',
    "orders3.ndjson": b"",
    "stock.tsv": "No\tWhat\n1\tä\n2\t\n".encode("cp1252"),
}  # fmt: skip
BROKEN = EXTRACTS | {"stock.tsv": b"No\tWhat\n" + b"1\tx\n" * 200_000 + b"2\t\x81\n"}
ENGINE = REMOTELY.format(REMOTE) if REMOTE else SETTINGS


def project(folder: Path, extracts: dict[str, bytes]) -> Config:
    """A project of several files in several ways of writing."""
    folder.mkdir()
    for name, content in extracts.items():
        (folder / name).write_bytes(content)
    (folder / "cxunify.yaml").write_text(PROJECT, encoding="utf-8")
    return load(folder / "cxunify.yaml")


def told(config: Config) -> dict[str, Any]:
    """All that ingest makes, in the order in which it lies there, or why it makes nothing."""
    with open_warehouse(config) as warehouse:
        try:
            summary = ingest(warehouse, config, run_id="run-1")
        except CxunifyError as error:
            return {"refused": str(error)}
        names = [name for name in warehouse.names() if name.startswith(("raw.", "staging."))]
        notes = [note for source in summary.sources for note in source.notes]
        quoted = {name: name.replace(".", '."') + '"' for name in names}
        rows = {name: warehouse.rows(f"select * exclude (loaded_at) from {quoted[name]}") if name == "raw.files" else
                warehouse.rows(f"select * from {quoted[name]}") for name in names}  # fmt: skip
        return {"columns": {name: warehouse.columns(name) for name in names}, "notes": notes, **rows}


@pytest.fixture
def dealt(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many files tasks were given, each time."""
    found: list[int] = []
    known = deal.reader

    def reader(warehouse: Any, plans: Any) -> Any:
        asked = warehouse.dealt

        def counting(work: Any, jobs: Any) -> Any:
            rooms = asked(work, jobs)
            found.append(len(rooms or ()))
            return rooms

        monkeypatch.setattr(warehouse, "dealt", counting, raising=False)
        return known(warehouse, plans)

    monkeypatch.setattr(deal, "reader", reader)
    return found


def test_files_that_tasks_read_are_read_the_same(tmp_path: Path, dealt: list[int]) -> None:
    here = project(tmp_path / "here", EXTRACTS)
    there = on_spark(here, tmp_path / "there", ENGINE)
    for name in EXTRACTS:
        os.utime(there.root / name, (1e9, 1e9))
        os.utime(here.root / name, (1e9, 1e9))
    one, other = told(here), told(there)
    assert dealt == [0, len(EXTRACTS)]
    assert one == other
    assert len(one["raw.rejects"]) == 4 and len(one["raw.people"]) == 6


def test_what_cannot_be_read_is_refused_in_the_same_words(tmp_path: Path, dealt: list[int]) -> None:
    here = project(tmp_path / "here", BROKEN)
    there = on_spark(here, tmp_path / "there", ENGINE)
    one, other = told(here), told(there)
    assert dealt == [0, len(EXTRACTS)]
    assert one == other
    assert "stock.tsv is not cp1252 after" in one["refused"]
