"""The careful reader by itself: agrees with an independent reader on good text, and never loses a byte of bad text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxunify.ingest.salvage import salvage

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=8)
MANY = settings(max_examples=300, suppress_health_check=list(HealthCheck))


def _salvaged(tmp_path: Path, content: bytes, columns: int) -> tuple[list[list[str]], list[tuple[int, int, str]], int]:
    path = tmp_path / "clean"
    path.unlink(missing_ok=True)
    result = salvage(io.BytesIO(content), path, ",", '"', columns, 0)
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
@given(content=st.binary(max_size=60) | st.text('a1,"\n\r ', max_size=60).map(str.encode))
def test_every_record_is_loaded_or_rejected_once(tmp_path: Path, content: bytes) -> None:
    found, rejects, records = _salvaged(tmp_path, content, 2)
    assert sorted([int(row[0]) for row in found] + [row for row, _, _ in rejects]) == list(range(1, records + 1))
    assert all(len(row) == 3 for row in found)
    assert all(1 <= line <= content.count(b"\n") + content.count(b"\r") + 1 for _, line, _ in rejects)


@MANY
@given(
    before=st.integers(0, 5), after=st.integers(0, 30), bad=st.sampled_from(['x,"y', '"', 'x,"y"z', 'x,"y",,z', "x"])
)
def test_a_bad_line_takes_nothing_else_with_it(tmp_path: Path, before: int, after: int, bad: str) -> None:
    lines = [f"{n},b" for n in range(before)] + [bad] + [f"{n},c" for n in range(after)]
    found, rejects, records = _salvaged(tmp_path, "\n".join(lines).encode(), 2)
    assert records == len(lines)
    assert [line for _, line, _ in rejects] == [before + 1]
    assert len(found) == before + after


def test_the_copy_is_private(tmp_path: Path) -> None:
    salvage(io.BytesIO(b"a,b\n"), tmp_path / "clean", ",", '"', 2, 0)
    assert (tmp_path / "clean").stat().st_mode & 0o777 == 0o600
