"""JSON and Parquet: digits kept, nesting kept, and nothing accepted that is not to the letter."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxunify.ingest import documents
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

LOOSE = [
    '{"id": NaN}', '{"id": -Infinity}', '{"id":nan}', '{"id": iNf}', '{"id": {"x": [1, -NaN]}}', "[NaN]", '{"id": 1,}',
    '{"id": 1 , }', '{"id": [1,]}', '{"id": 1,\t}\r', "[1,]", "null", "true", '"{"', "7", '\x0b{"id": 1}', '{"id": 1}\x0c',
    '{"id":\x0c1}',
]  # fmt: skip
"""What DuckDB's reader of lines would load, or make an empty row of."""
INVALID = [
    "{'id': 1}", "{id: 1}", '{"id": 01}', '{"id": 1.}', '{"id": .5}', '{"id": +1}', '{"id": 0x1}', '{"id": 1e}', '{"id": -}',
    '{"id": tru}', '{"id": True}', '{"id": "\t"}', '{"id": "\\x"}', '{"id": "\\u00zz"}', '{"id": "\\ud800\\u0041"}',
    '{"\\udc00": 1}', '{"id" 1}', "{,}", '{"id":,}', '{"id": 1,, "n": 2}', '{"id": [,1]}', '{"id": [1}', '{"id": 1]',
    '{"id": 1}}', '{"id": "x', '{"id": 1 "n": 2}', '{"id"}', '{"id": 1} // why', '{"id": /* why */ 1}', "# why",
    '{"id": 1, "id": 2}', '{"id": 1}\0', '\ufeff{"id": 1}', '\u00a0{"id": 1}', "[" * 100_000, '{"id":' * 5_000,
]  # fmt: skip
SOUND = [
    ' {"id": 1}', '{"id": "nan, inf, ]"}', '{"id": ", }", "n": ":NaN"}', '{"id": "Infinity"}', '{"n": null}', "{}",
    '\t{"n": [ ]}\r', '{"": 1}', '{"id": 1e999, "n": {"x": 1E+2}}', '{"id": "\\ud83d\\ude00"}', '{"id": "\\u0000"}',
    '{"n\\u0000": 1}', '{" id ": 2, "ID": 3}', '{"file_id": 1, "source_row": 2}', '{"id": ' + "9" * 5_000 + "}",
]  # fmt: skip


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
    assert sorted(cell for row in _cells(project) for cell in row.values()) == ["1", "1.50", "2", '{"a":1.10}']


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
    assert "`never`" in project.run().refused[0].what


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


def _oracle(line: str) -> bool:
    """Whether a line is an object as RFC 8259 has it, no key of it there twice, and every text of it a text."""

    def no_constant(_: str) -> None:
        raise ValueError

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        found = json.loads(line, parse_constant=no_constant, parse_int=float, object_pairs_hook=once)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict)


def _read(project: Project, lines: list[str]) -> tuple[list[int], list[int]]:
    """Which lines are loaded and which rejected."""
    project.write("s.ndjson", "\n".join(lines))
    project.source(files="s.ndjson")
    summary = project.run().sources[0]
    loaded = project.column("select source_row from raw.s order by 1")
    rejected = project.column("select source_row from raw.rejects order by 1")
    assert (summary.records, summary.loaded, summary.rejected) == (len(lines), len(loaded), len(rejected))
    return loaded, rejected


@pytest.mark.parametrize("loose", LOOSE)
def test_a_line_that_is_looser_than_json_is_rejected(project: Project, loose: str) -> None:
    assert _read(project, ['{"id": 1}', loose, '{"id": 2}']) == ([1, 3], [2])
    assert _read(project, ['{"id": 1}', loose]) == ([1], [2])


def test_what_is_no_json_is_rejected_and_what_is_stays(project: Project) -> None:
    lines = ['{"id": "first"}', *LOOSE, *SOUND, *INVALID, '{"id": "last"}']
    loaded, rejected = _read(project, lines)
    assert loaded == [place for place, line in enumerate(lines, 1) if _oracle(line)]
    assert rejected == [place for place, line in enumerate(lines, 1) if not _oracle(line)]
    assert [lines[place - 1] for place in loaded[1:-1]] == SOUND
    assert all(project.column("select reason from raw.rejects"))


def test_what_only_looks_loose_is_read_fast(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxunify.ingest.documents.salvage_lines", None)
    fast = [line for line in SOUND if "0000" not in line and '""' not in line and "ID" not in line]
    assert _read(project, ['{"id": "first"}', *fast]) == (list(range(1, len(fast) + 2)), [])


PIECES = st.lists(
    st.sampled_from(
        [
            '"id"',
            '"n"',
            ":",
            ",",
            "{",
            "}",
            "[",
            "]",
            "1",
            "-2.5e3",
            "NaN",
            "inf",
            "null",
            '"a, ]"',
            " ",
            "\t",
            "\x0c",
            '"',
            "\\",
        ]
    ),
    max_size=9,
).map("".join)
DAMAGED = st.one_of(
    PIECES,
    st.builds(lambda value: f'{{"id": {value}}}', PIECES),
    st.builds(
        lambda text, at, sign: text[:at] + sign + text[at:], st.sampled_from(SOUND[:7]), st.integers(0, 12), PIECES
    ),
).filter(lambda line: line.strip(" \t\r\n"))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(DAMAGED, max_size=6))
def test_every_line_is_loaded_or_rejected_as_the_standard_has_it(
    projects: Callable[[], Project], lines: list[str]
) -> None:
    lines = ['{"id": "first"}', *lines]
    loaded, _ = _read(projects(), lines)
    assert loaded == [place for place, line in enumerate(lines, 1) if _oracle(line)]


@pytest.mark.parametrize("block", [1, 7, 2**20])
def test_an_array_is_read_element_by_element(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr("cxunify.ingest.documents._BLOCK", block)
    for text in ("[]", " [ ] ", "[12]", '[1, "é,]", {"a": [2]} ,null]\n', "[[[]], -1.5e3]", '\ufeff["x"]'):
        assert list(documents.elements(io.BytesIO(text.encode()))) == json.loads(text.removeprefix("\ufeff"))
    for text in (
        "",
        "[",
        "{}",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1]]",
        "[1] x",
        "[NaN]",
        "[nan]",
        '["a]',
        "[tru]",
        "[01]",
    ):
        with pytest.raises(documents.Refused):
            list(documents.elements(io.BytesIO(text.encode())))
    with pytest.raises(documents.Refused, match="not valid UTF-8"):
        list(documents.elements(io.BytesIO(b'["\xff"]')))
    with pytest.raises(documents.Refused, match="nested too deeply"):
        list(documents.elements(io.BytesIO(b"[" * 100_000)))


def test_an_array_is_never_held_whole() -> None:
    content = io.BytesIO(b"[" + b"{}," * 300_000 + b"{}]")
    tracemalloc.start()
    assert sum(element == {} for element in documents.elements(content)) == 300_001
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20
    with pytest.raises(documents.Refused, match="longer than"):
        list(documents.elements(io.BytesIO(b'["' + b"a" * 5_000_000 + b'"]')))


DAY = '{{"id": {0}, "at": "2024-01-0{0}T10:00:00Z"{1}}}\n'
EVENTS = {"id": "id", "at": "at", "kind": "purchase", "amount": "paid.total", "location": "store"}


def test_a_day_of_which_there_is_less_to_say(project: Project) -> None:
    project.write("1.ndjson", DAY.format(1, ', "paid": {"total": 3}, "store": "a"'))
    project.write("2.ndjson", DAY.format(2, ""))
    project.source(files="*.ndjson", load="append", interaction=EVENTS)
    told = ("2.ndjson: no record has `paid.total`", "2.ndjson: no record has `store`")
    assert project.run().sources[0].notes[:2] == told
    project.write("3.ndjson", "")
    assert "3.ndjson has no rows" in project.run().sources[0].notes
    project.write("4.ndjson", DAY.format(4, ', "store": "b"'))
    assert project.run().sources[0].notes[0] == "4.ndjson: no record has `paid.total`"
    assert project.rows("select interaction_id, amount, location from staging.interactions order by 1") == [
        ("1", 3, "a"), ("2", None, None), ("4", None, "b"),
    ]  # fmt: skip
    assert project.column("select note from raw.files where path = '4.ndjson'") == ["no record has `paid.total`"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (DAY.format(2, ', "stores": "a"'), "for interaction.location, `store`\n  Did you mean `stores`?"),
        ('{"id": 2, "store": "a"}', "for interaction.at, `at`"),
        ('{"at": "2024-01-02T10:00:00Z", "store": "a"}', "for interaction.id, `id`"),
        ('{"other": 1}', "none of the 4 columns"),
    ],
)
def test_a_day_of_which_too_little_is_said(project: Project, line: str, said: str) -> None:
    project.write("1.ndjson", DAY.format(1, ', "paid": {"total": 3}, "store": "a"'))
    project.write("2.ndjson", line)
    project.source(files="*.ndjson", load="append", interaction=EVENTS)
    assert said in project.refused()


def test_before_the_first_day_there_is_nothing(project: Project) -> None:
    project.write("0.ndjson", "\n")
    project.source(files="*.ndjson", load="append", interaction=EVENTS)
    assert "0.ndjson has no records, nor has any file before it" in project.refused()
    project.write("1.ndjson", DAY.format(1, ', "paid": {"total": 3}, "store": "a"'))
    assert project.run().sources[0].loaded == 1
    project.write("0.ndjson", " \n")
    project.source(files="0.ndjson")
    assert "0.ndjson is empty" in project.refused()


@pytest.mark.parametrize("value", ["NaN", "[NaN]", "-Infinity", '{"a": [1, nan]}'])
def test_what_is_no_number_is_rejected_and_a_text_that_says_so_is_not(project: Project, value: str) -> None:
    project.write("s.ndjson", f'{{"id": "1", "n": "NaN"}}\n{{"id": "2", "n": {value}}}\n{{"id": "3", "n": "[NaN]"}}\n')
    project.source(files="s.ndjson", person={"id": "id", "attributes": {"n": "n"}})
    found = project.run().sources[0]
    assert (found.loaded, found.rejected) == (2, 1)
    assert project.column("select n from raw.s order by id") == ["NaN", "[NaN]"]
