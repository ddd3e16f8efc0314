"""Every shape of delimited text: what is loaded, what is rejected, and that it adds up."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.conftest import Project

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "shapes.yaml").read_text(encoding="utf-8"))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_shapes(project: Project, case: dict[str, Any]) -> None:
    content = bytes.fromhex(case["hex"]) if "hex" in case else case["content"]
    project.write("s.csv", content)
    project.source(csv=case.get("csv", {}))
    if "refused" in case:
        assert case["refused"] in project.refused()
        assert not project.warehouse.exists("raw.s")
        return
    summary = project.run().sources[0]
    found = project.rows("select * exclude (file_id, source_row) from raw.s order by source_row")
    assert [list(row) for row in found] == case["rows"]
    rejects = [list(row) for row in project.rows("select line, reason from raw.rejects order by source_row")]
    assert rejects == case.get("rejects", [])
    assert (summary.records, summary.rejected) == (len(found) + len(rejects), len(rejects))
    if "columns" in case:
        assert list(project.warehouse.columns("raw.s"))[2:] == case["columns"]
    if "encoding" in case:
        assert project.column("select encoding from raw.files") == [case["encoding"]]


def test_rejects_are_kept_whole_and_where_they_were(project: Project) -> None:
    project.write("s.csv", b"id,n\n1,a\n2,\xff\xfe\n3,\xc3\xa9\n4\n")
    project.source()
    project.run()
    rows = project.rows(
        "select source, source_row, line, byte_offset, stage, text from raw.rejects order by source_row"
    )
    assert rows == [("s", 2, 3, 9, "read", r"2,\xff\xfe"), ("s", 4, 5, 19, "read", "4")]
    assert project.column("select source_row from raw.s order by 1") == [1, 3]


WRAPPINGS = [("csv", encoding) for encoding in ENCODINGS] + [
    *[(ending, "utf-8") for ending in ("csv.zst", "tsv", "jsonl", "ndjson.zst", "json.gz", "CSV")],
    *[(ending, "utf-16") for ending in ("csv.gz", "tsv.zst", "ndjson.gz", "json.zst")],
]


@pytest.mark.parametrize(("ending", "encoding"), WRAPPINGS)
def test_every_encoding_and_every_wrapping(project: Project, ending: str, encoding: str) -> None:
    words = ["Zoé", "Müller", "naïve", "plain"]
    if ending.lower().startswith(("csv", "tsv")):
        sign = "\t" if ending == "tsv" else ","
        text = "".join(f"{a}{sign}{b}\n" for a, b in [("id", "n"), *enumerate(words)])
    elif ending.startswith("json."):
        text = "[" + ",".join(f'{{"id": {n}, "n": "{word}"}}' for n, word in enumerate(words)) + "]"
    else:
        text = "".join(f'{{"id": {n}, "n": "{word}"}}\n' for n, word in enumerate(words))
    content = text.encode(encoding)
    if ending.endswith("gz"):
        content = gzip.compress(content)
    if ending.endswith("zst"):
        content = zstandard.ZstdCompressor().compress(content)
    project.write(f"s.{ending}", content)
    project.source(files=f"s.{ending}")
    summary = project.run().sources[0]
    assert project.rows("select id, n from raw.s order by source_row") == [(str(n), w) for n, w in enumerate(words)]
    assert (summary.loaded, summary.rejected) == (4, 0)


def test_a_file_is_read_the_same_with_care_and_without(projects: Callable[[], Project]) -> None:
    rows = [f'{n},"x{n}, ""y""\nz",  lead, ,{"é" * (n % 3)}' for n in range(500)]
    found = []
    for broken in ("", "one cell\n"):
        project = projects()
        project.write("s.csv", "id,a,b,c,d\n" + "\n".join(rows) + "\n" + broken)
        project.source()
        assert project.run().sources[0].rejected == bool(broken)
        found.append(project.rows("select * exclude (file_id) from raw.s order by source_row"))
    assert found[0] == found[1]


def test_row_numbers_are_those_of_the_file(project: Project) -> None:
    project.write("s.csv", "id,pad\n" + "".join(f"{n},{'x' * 200}\n" for n in range(1, 300_001)))
    project.source()
    project.run()
    assert project.rows("select count(*), count_if(id::int = source_row) from raw.s") == [(300_000, 300_000)]


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_name_that_promises_an_archive(project: Project, ending: str) -> None:
    project.write(f"s.csv.{ending}", "id,n\n1,a\n")
    project.source(files=f"s.csv.{ending}")
    assert f"s.csv.{ending} is named .{ending}, but is not compressed so" in project.refused()


def test_an_extract_without_any_of_its_columns_is_one_problem(project: Project) -> None:
    mapping = {"id": "id", "given_name": "n", "family_name": {"column": "w", "optional": True}}
    for content, said, fix in (
        (
            "number^first^last\n1^a^b\n",
            "s.csv has none of the 2 columns that the mapping names; it has 1 column",
            "state what is between",
        ),
        ("x,y\n1,a\n", "has none of the 2 columns that the mapping names; it has 2 columns", "the right file"),
    ):
        project.write("s.csv", content)
        project.source(person=mapping)
        found = project.refused()
        assert said in found and fix in found and found.count("source s") == 1
    project.source(person=mapping, csv={"delimiter": ";"})
    assert "with ';' between them as `csv.delimiter` says" in project.refused()


def test_an_archive_that_is_cut_off(project: Project) -> None:
    content = "id,n\n" + "".join(f"{n},{n * 7919 % 1000}\n" for n in range(100_000))
    project.write("s.csv.gz", gzip.compress(content.encode())[:-400])
    project.source(files="s.csv.gz")
    assert "cannot be decompressed to its end" in project.refused()


def test_an_archive_bomb(project: Project) -> None:
    project.write("s.csv.gz", gzip.compress(b"id,n\n" + b"1,aaaaaaaaaaaaaaaa\n" * 6_000_000, 6))
    project.source(files="s.csv.gz")
    assert "grows more than 200 times" in project.refused()


def test_an_archive_bomb_that_begins_honestly(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxunify.ingest.streams.CHECKED", 2**20)
    monkeypatch.setattr("cxunify.ingest.streams.MAX_RATIO", 5)
    honest = b"".join(b"%d,%s\n" % (n, hashlib.sha256(b"%d" % n).hexdigest().encode()) for n in range(20_000))
    for ending, packed in (("gz", gzip.compress), ("zst", zstandard.ZstdCompressor().compress)):
        project.write(f"s.csv.{ending}", packed(b"id,n\n" + honest + b"1,a\n" * 2_000_000))
        project.source(files=f"s.csv.{ending}")
        assert "grows more than 5 times" in project.refused()
        assert not project.warehouse.exists("raw.s")


@pytest.mark.parametrize("name", ["s.csv", "s.ndjson", "s.json"])
def test_an_extract_that_is_wider_than_any_table(project: Project, name: str) -> None:
    keys = [f"k{n}" for n in range(5_001)]
    rows = [json.dumps({"id": key, key: 1}) for key in keys]
    project.write(name, {"s.csv": ",".join(keys), "s.ndjson": "\n".join(rows), "s.json": f"[{','.join(rows)}]"}[name])
    project.source(files=name)
    assert f"{name} has more than 5000 columns or keys" in project.refused()


def test_a_wide_extract_with_quotes_in_all_of_its_cells(project: Project) -> None:
    keys = [f"k{n}" for n in range(1_200)]
    project.write("s.csv", "\n".join([",".join(keys), ",".join(['"5"" by 7"", cut"'] * len(keys))]))
    project.source(files="s.csv", person={"id": "k0"})
    project.run()
    assert project.rows('select k0, k1199 from raw."s"') == [('5" by 7", cut',) * 2]


@pytest.mark.parametrize("name", ["s.csv", "s.ndjson"])
def test_rejects_without_end_are_not_kept(project: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for module in ("salvage", "documents", "read"):
        monkeypatch.setattr(f"cxunify.ingest.{module}.MOST_REJECTS", 100)
    good, bad = ("1,a", "2") if name == "s.csv" else ('{"id": 1, "n": "a"}', "[]")
    top = "id,n\n" if name == "s.csv" else ""
    project.source(files=name)
    project.write(name, top + f"{good}\n{bad}\n" * 100)
    assert project.run().sources[0].rejected == 100
    project.write(name, top + f"{good}\n{bad}\n" * 101)
    assert f"more than 100 records of {name} cannot be used" in project.refused()


LINES = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            [
                b"1,a,",
                b"1,,a,",
                b',"a, b",',
                b'1"c"',
                b'a"b, c"',
                b'"k',
                b"1,a",
                b'2,"b"',
                b'3,"c\nd"',
                b'4,"e',
                b"5",
                b"6,f,g",
                b'7,"h"i',
                b"\xff,\xfe",
                b'8,"j""k"',
                b"",
            ]
        ),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(lines=LINES, end=st.sampled_from([b"\n", b"\r\n"]))
def test_accounts_always_add_up(projects: Callable[[], Project], lines: list[bytes], end: bytes) -> None:
    project = projects()
    content = end.join([b"id,n", *lines])
    project.write("s.csv", content)
    project.source(csv={"encoding": "utf-8", "delimiter": ",", "quote": '"'})
    summary = project.run().sources[0]
    assert summary.records == summary.loaded + summary.rejected
    rows = project.column("select source_row from raw.s union all select source_row from raw.rejects order by 1")
    assert rows == list(range(1, summary.records + 1))
    # every byte of the file but blanks, quotes and line ends is in a row or in a reject
    physical = [line for line in b"".join(content.split(b"\r")).split(b"\n")[1:] if line.strip()]
    assert summary.records <= len(physical)
    kept = b"".join(
        str(cell).encode()
        for row in project.rows("select * exclude (file_id, source_row) from raw.s")
        for cell in row
        if cell
    )
    letters = sum(kept.count(letter) for letter in b"abcdefghijk")
    texts = "".join(project.column("select text from raw.rejects"))
    spelled = texts.encode().replace(b"\\x", b"")
    if b"\\" not in content and all(byte < 128 for byte in content):
        assert letters + sum(spelled.count(letter) for letter in b"abcdefghijk") == sum(
            b"".join(physical).count(letter) for letter in b"abcdefghijk"
        )


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(lines=LINES, end=st.sampled_from([b"\n", b"\r\n"]), header=st.sampled_from([b"id", b"id,n", b"id,n,x"]))
def test_what_is_damaged_is_read_the_same_with_care_and_without(
    projects: Callable[[], Project], lines: list[bytes], end: bytes, header: bytes
) -> None:
    found = []
    for fast in (True, False):
        project = projects()
        project.write("s.csv", end.join([header, *lines, b""]))
        project.source(csv={"encoding": "utf-8", "delimiter": ",", "quote": '"'})
        with pytest.MonkeyPatch.context() as patch:
            if not fast:
                patch.setattr("cxunify.ingest.read._fast", lambda *_: False)
            summary = project.run().sources[0]
        rejects = project.rows("select source_row, line, reason, text from raw.rejects order by 1")
        found.append((project.rows("select * exclude (file_id) from raw.s order by source_row"), rejects))
        assert summary.records == summary.loaded + summary.rejected == len(found[-1][0]) + len(rejects)
    assert found[0] == found[1]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=20), sign=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"])
)
def test_any_text_survives(projects: Callable[[], Project], texts: list[str], sign: str, end: str) -> None:
    project = projects()
    rows = [f'{n}{sign}"{text.replace(chr(34), chr(34) * 2)}"' for n, text in enumerate(texts)]
    project.write("s.csv", end.join([f"id{sign}n", *rows, ""]))
    project.source()
    assert project.run().sources[0].rejected == 0
    assert [text or "" for text in project.column("select n from raw.s order by source_row")] == texts
