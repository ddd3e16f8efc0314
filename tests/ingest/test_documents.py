"""JSON and Parquet: digits kept, nesting kept, and nothing accepted that is not to the letter."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ingest.conftest import Project

BAD = [
    "{",
    "[1]",
    "5",
    '{"id": 1,',
    '{"id": 1} x',
    '{"id": 1}{"id": 2}',
    '{"id": NaN}',
    '{"id": 1, "id": 2}',
    '{"id": "\\ud800"}',
    "nil",
]


def _cells(project: Project) -> list[dict[str, str]]:
    """The rows of the raw table without what says nothing."""
    names = list(project.warehouse.columns("raw.s"))[2:]
    rows = project.rows("select * exclude (file_id, source_row) from raw.s order by source_row")
    return [{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in rows]


def test_lines(project: Project) -> None:
    rows = [
        '{"id": 12345678901234567890123, "n": "0012"}\r\n',
        '{"n": null, "id": "", "deep": {"a": [1, "é"]}}',
        '{"id": true, "late": "x"}',
    ]
    project.write("s.ndjson", "\n".join(rows))
    project.source(files="s.ndjson")
    assert project.run().sources[0].records == 3
    assert _cells(project) == [
        {"id": "12345678901234567890123", "n": "0012"},
        {"deep": '{"a":[1,"é"]}'},
        {"id": "true", "late": "x"},
    ]


@pytest.mark.parametrize("bad", [line for line in BAD if "NaN" not in line])
def test_a_bad_line_takes_only_itself_down(project: Project, bad: str) -> None:
    project.write("s.ndjson", f'{{"id": 1, "v": {{"a": 1.10}}}}\n{bad}\n\n{{"id": 2, "V": 1.50}}')
    project.source(files="s.ndjson")
    summary = project.run().sources[0]
    assert (summary.records, summary.loaded, summary.rejected) == (3, 2, 1)
    assert project.rows("select line, source_row from raw.rejects") == [(2, 2)]
    assert sorted(cell for row in _cells(project) for cell in row.values()) == ["1", "1.50", "2", '{"a":1.1}']


@pytest.mark.parametrize("bad", [*BAD[3:8], ""])
def test_an_array_is_one_to_the_letter(project: Project, bad: str) -> None:
    project.write("s.json", f'[{{"id": 1}}, {bad}]' if bad else '[{"id": 1}] x')
    project.source(files="s.json")
    assert "is not one JSON array" in project.refused()


def test_an_array(project: Project) -> None:
    project.write("s.json", ' [{"id": 1, "v": 1e2}, 7, {"id": 2, "v": [true]}] \n')
    project.source(files="s.json")
    assert project.run().sources[0].rejected == 1
    assert _cells(project) == [{"id": "1", "v": "1e2"}, {"id": "2", "v": "[true]"}]


def test_keys_that_differ_in_capitals_only(project: Project) -> None:
    project.write("s.ndjson", '{"id": 1, "Mail": "a", "mail": "b", "MAIL": "c"}\n')
    for name, expected in (("Mail", "a"), ("mail", "b"), ("MAIL", "c"), ("maiL", None)):
        project.source(files="s.ndjson", person={"id": "id", "email": name})
        project.run()
        assert project.column("select emails[1] from staging.records")[0] in (
            [expected] if expected else ["a", "b", "c"]
        )


def test_names_reach_into_documents(project: Project) -> None:
    project.write(
        "s.json",
        '{"id": 1, "ctx": {"page": {"url": "u", "n": 1}}, "a.b": "x"}\n{"id": 2, "ctx": "plain", "a.b": null}\n',
    )
    project.source(
        files="s.json", person={"id": "id", "attributes": {"url": "ctx.page.url", "page": "ctx.page", "dot": "a.b"}}
    )
    project.run()
    assert project.column("select attributes from staging.records order by record_id") == [
        {"url": "u", "page": '{"url":"u","n":1}', "dot": "x"}, {},
    ]  # fmt: skip


def test_a_key_that_is_lost(project: Project) -> None:
    project.write("s.ndjson", '{"id": 1, "mail": "a"}\n')
    project.source(files="s.ndjson", person={"id": "id", "email": "email"})
    assert "has no column for person.email, `email`" in project.refused()


def test_keys_of_a_large_file_come_from_a_sample(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxunify.ingest.probe.SMALL", 100)
    monkeypatch.setattr("cxunify.ingest.documents.PLACES", 3)
    rows = [{"id": n, "pad": "x" * 50} | ({"late": "y"} if n > 80 else {}) for n in range(100)]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    project.write("s.ndjson", content)
    project.write("s.ndjson.gz", gzip.compress(content))
    for name in ("s.ndjson", "s.ndjson.gz"):
        project.source(files=name, person={"id": "ID", "full_name": "late"})
        assert "keys were looked for on" in project.run().sources[0].notes[0]
        assert project.column("select count(full_name) from staging.records") == [19]
    project.source(files="s.ndjson", person={"id": "id", "full_name": "never"}, load="append")
    project.write("s.ndjson", content + b"\n")
    assert "`never`" in project.refused()


def _parquet(project: Project, **options: Any) -> None:
    table = pa.table(
        {
            "id": pa.array([17850.0, None, 3.5]),
            "big": pa.array([9007199254740993, 1, None], pa.int64()),
            "at": pa.array([datetime(2024, 1, 31, 10), None, datetime(2024, 2, 1)], pa.timestamp("us", "UTC")),
            "nested": [{"a": [1]}, None, {"a": []}],
        }
    )
    pq.write_table(table, project.root / "s.parquet", **options)
    project.source(files="s.parquet")


def test_parquet(project: Project) -> None:
    _parquet(project, compression="zstd")
    assert project.run().sources[0].loaded == 3
    assert _cells(project) == [
        {"id": "17850.0", "big": "9007199254740993", "at": "2024-01-31 10:00:00+00", "nested": '{"a":[1]}'},
        {"big": "1"},
        {"id": "3.5", "at": "2024-02-01 00:00:00+00", "nested": '{"a":[]}'},
    ]


def test_parquet_with_a_decoder_that_has_a_hole(project: Project) -> None:
    _parquet(project, compression="brotli")
    assert "CVE-2026-111497" in project.refused()


@pytest.mark.parametrize("damage", ["cut off", "holed", "no Parquet"])
def test_parquet_that_is_damaged(project: Project, damage: str) -> None:
    _parquet(project)
    path = project.root / "s.parquet"
    content = path.read_bytes()
    path.write_bytes({"cut off": content[:-8], "holed": b"PAR1" + content[200:], "no Parquet": b"id\n1\n"}[damage])
    assert "Copy or export it again" in project.refused()
