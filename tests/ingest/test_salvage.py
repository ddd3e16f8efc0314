"""The careful reader by itself: agrees with an independent reader on good text, and never loses a byte of bad text."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxunify.ingest import salvage as module
from cxunify.ingest.lines import LONGEST, lines
from cxunify.ingest.salvage import Marks, salvage

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=8)
MANY = settings(max_examples=300, suppress_health_check=list(HealthCheck))


def _salvaged(
    tmp_path: Path, content: bytes, columns: int, escape: str = ""
) -> tuple[list[list[str]], list[tuple[int, int, str]], int]:
    path = tmp_path / "clean"
    path.unlink(missing_ok=True)
    result = salvage(io.BytesIO(content), path, Marks(",", '"', escape=escape), columns, 0)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    return rows, [(reject.source_row, reject.line, reject.reason) for reject in result.rejects], result.records


@MANY
@given(rows=st.lists(st.tuples(st.text("abc", min_size=1, max_size=3), TEXT, TEXT), min_size=1, max_size=8))
def test_good_text_is_read_as_everybody_reads_it(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    found, rejects, records = _salvaged(tmp_path, out.getvalue().encode(), 3)
    assert found == [[str(n), *row] for n, row in enumerate(rows, 1)]
    assert (rejects, records) == ([], len(rows))


@MANY
@given(rows=st.lists(st.tuples(TEXT, st.text('ab\\"\n,'), TEXT), min_size=1, max_size=8))
def test_quotes_behind_a_backslash_are_read_as_everybody_reads_them(
    tmp_path: Path, rows: list[tuple[str, str, str]]
) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", escapechar="\\", doublequote=False, quoting=csv.QUOTE_ALL).writerows(rows)
    found, rejects, _ = _salvaged(tmp_path, out.getvalue().encode(), 3, "\\")
    assert found == [[str(n), *row] for n, row in enumerate(rows, 1)]
    assert rejects == []


@MANY
@given(content=st.binary(max_size=60) | st.text('a1,"\n\r ', max_size=60).map(str.encode))
def test_every_record_is_loaded_or_rejected_once(tmp_path: Path, content: bytes) -> None:
    found, rejects, records = _salvaged(tmp_path, content, 2)
    assert sorted([int(row[0]) for row in found] + [row for row, _, _ in rejects]) == list(range(1, records + 1))
    assert all(len(row) == 3 for row in found)
    assert all(1 <= line <= content.count(b"\n") + content.count(b"\r") + 1 for _, line, _ in rejects)


@MANY
@given(
    before=st.integers(0, 5),
    after=st.integers(0, 30),
    bad=st.sampled_from(['x,"y', '"', 'x,"y"z', 'x,"y",,z', "x", "x,,y", "x,y,"]),
)
def test_a_bad_line_takes_nothing_else_with_it(tmp_path: Path, before: int, after: int, bad: str) -> None:
    text = [f"{n},b" for n in range(before)] + [bad] + [f"{n},c" for n in range(after)]
    found, rejects, records = _salvaged(tmp_path, "\n".join(text).encode(), 2)
    assert records == len(text)
    assert [line for _, line, _ in rejects] == [before + 1]
    assert len(found) == before + after


def test_the_copy_is_private(tmp_path: Path) -> None:
    salvage(io.BytesIO(b"a,b\n"), tmp_path / "clean", Marks(",", '"'), 2, 0)
    assert (tmp_path / "clean").stat().st_mode & 0o777 == 0o600


def _unclosed(rows: int, every: int) -> bytes:
    """A text in which a quote is opened now and then, and never closed."""
    return b"".join(b'%d,"b\n' % n if n % every == 1 else b"%d,some text\n" % n for n in range(rows))


@pytest.mark.parametrize("every", [7, 500, 5000])
def test_quotes_that_are_never_closed_cost_no_more_than_the_text_is_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    seen = 0
    closing = module._Splitter._closing

    def counting(self: module._Splitter, text: bytes, at: int) -> int:
        nonlocal seen
        seen += len(text) - at
        return closing(self, text, at)

    monkeypatch.setattr(module._Splitter, "_closing", counting)
    costs = []
    for rows in (4_000, 16_000):
        seen = 0
        content = _unclosed(rows, every)
        _, rejects, records = _salvaged(tmp_path, content, 2)
        assert (records, len(rejects)) == (rows, -(-(rows - 1) // every))
        assert seen <= 2 * len(content)
        costs.append(seen)
    assert costs[1] <= 5 * costs[0]


class _Endless(io.RawIOBase):
    """A line that goes on for so many bytes, and a record after it."""

    def __init__(self, size: int, sign: bytes, end: bytes) -> None:
        self._left, self._sign, self._end = size, sign, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        block = self._sign * min(len(buffer), self._left)
        if not block:
            block, self._end = self._end[: len(buffer)], self._end[len(buffer) :]
        self._left = max(self._left - len(block), 0)
        buffer[: len(block)] = block
        return len(block)


@pytest.mark.parametrize(
    ("sign", "end"), [(b",", b"\n1,a\n"), (b"a", b"\n1,a\n"), (b"a", b'\n"1","a"'), (b'"', b"\n1,a\n")]
)
def test_a_line_without_end_is_not_held(tmp_path: Path, sign: bytes, end: bytes) -> None:
    size = 15 * LONGEST
    tracemalloc.start()
    result = salvage(io.BufferedReader(_Endless(size, sign, end)), tmp_path / "clean", Marks(",", '"'), 2, 0)  # type: ignore[type-var]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(reject.line, reject.reason) for reject in result.rejects] == [(1, f"longer than {LONGEST} bytes")]
    assert (tmp_path / "clean").read_bytes() == b"2,1,a\n"
    assert peak < 6 * LONGEST


@settings(max_examples=200)
@given(
    texts=st.lists(st.text("ab,", max_size=5), max_size=8),
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    last=st.booleans(),
)
def test_lines_are_those_of_the_text(texts: list[str], end: bytes, last: bool) -> None:
    content = end.join(text.encode() for text in texts) + (end if last else b"")
    found = list(lines(io.BytesIO(content)))
    assert [line.text for line in found] == content.splitlines(keepends=True)
    assert all(content[line.offset :].startswith(line.text) for line in found)
    assert [line.number for line in found] == list(range(1, len(found) + 1))


def test_lines_of_an_old_mac_are_not_held_either() -> None:
    content = b"id\r" + b"a" * (3 * LONGEST) + b"\rb\r" + b"c" * 10
    found = list(lines(io.BytesIO(content)))
    assert [(line.number, line.offset, line.text[:4], line.overlong) for line in found] == [
        (1, 0, b"id\r", False), (2, 3, b"aaaa", True), (3, 3 * LONGEST + 4, b"b\r", False), (4, 3 * LONGEST + 6, b"cccc", False),
    ]  # fmt: skip
