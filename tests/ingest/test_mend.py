"""Records that are not as they should be: those that can be read in one way only are read so, and told; no other is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxunify.ingest.salvage import Marks, salvage
from cxunify.ingest.stray import Signs, apart
from tests.ingest.conftest import Project

CELLS = ["a", "bc", "d e", "x, y", 'say "hi"', "two\nlines", "", '5" pipe', "O'Hara"]
SIGNS = Signs(b",", b'"')


@pytest.mark.parametrize(
    ("line", "behind", "cells"),
    [
        ('1,"b,2', ["2,c,3"], ["1", '"b', "2"]),
        ('1,"5" pipe",2', [], ["1", '5" pipe', "2"]),
        ('"1,"a, b",2', [], ['"1', "a, b", "2"]),
        ('""1","a, b","2"', [], ['"1', "a, b", "2"]),
        ('1,"says "hi", and left",2', [], None),  # a cell ends behind `hi"`, or none does
        ('1,c"d, e"', [], None),  # a delimiter may be missing before `"d, e"`
        ('1,2,"two', ['lines" more",', "3,4,5"], ["1", "2", '"two']),  # the next line ends no such cell of three
        ('1,2,"two', ['li"nes"', "3,4,5"], None),  # it may be the rest of this one
        ('1,"b', [], None),
    ],
)
def test_a_line_is_taken_apart_where_there_is_one_way(line: str, behind: list[str], cells: list[str] | None) -> None:
    found = apart(line.encode(), [text.encode() for text in behind], SIGNS, 3)
    assert found == (None if cells is None else [cell.encode() for cell in cells])


def test_of_two_columns_nothing_is_known() -> None:
    assert apart(b'1,"two', [b"3,4"], SIGNS, 2) is None


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.tuples(*[st.sampled_from(CELLS)] * 3), min_size=60, max_size=90),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    sign=st.sampled_from(['"', ","]),
    data=st.data(),
)
def test_one_sign_too_many_makes_no_record_wrong_that_is_mended(
    tmp_path: Path, rows: list[tuple[str, ...]], quoting: int, sign: str, data: st.DataObject
) -> None:
    table = [(f"{at:04}", *row, f"2024-01-{at % 28 + 1:02}") for at, row in enumerate(rows)]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=quoting).writerows(table)  # type: ignore[arg-type]
    text = out.getvalue()
    at = data.draw(st.integers(0, len(text)))
    copy = tmp_path / "clean"
    copy.unlink(missing_ok=True)
    made = salvage(
        io.BytesIO((text[:at] + sign + text[at:]).encode()), copy, Marks(",", '"', quoting=True), len(table[0]), 0
    )
    mended = {str(row) for listed in made.mended.values() for row in listed}
    with copy.open(encoding="utf-8", newline="") as stream:
        for number, *cells in csv.reader(stream):
            if number in mended:
                assert any(_same(tuple(cells), row) for row in table), (number, cells)


def _same(cells: tuple[str, ...], row: tuple[str, ...]) -> bool:
    """Whether cells are those of a row, one of them perhaps with a quote more."""
    differ = [(cell, truth) for cell, truth in zip(cells, row, strict=True) if cell != truth]
    return len(differ) <= 1 and all(
        truth in {cell[:place] + cell[place + 1 :] for place, sign in enumerate(cell) if sign == '"'}
        for cell, truth in differ
    )


def test_what_is_mended_is_told_with_its_rows(project: Project) -> None:
    rows = [f"{number:04},Ann,2024-01-{number % 28 + 1:02},{number}.50" for number in range(60)]
    rows[7] = rows[7].replace(",Ann", ',"Ann')
    rows[9] = rows[9].replace("Ann", "Ann,")
    rows[12] = rows[12].replace(",", ";")
    project.write("s.csv", "\n".join(["id,name,at,amount", *rows]))
    project.source()
    found = project.run().sources[0]
    assert (found.loaded, found.rejected) == (60, 0)
    assert [note.removeprefix("s.csv: ") for note in found.notes] == [
        "a quote that strays in 1 record (row 8) is read as a sign of its cell",
        "a delimiter too many is left out of 1 record (row 10): the other columns show which",
        "1 record (row 13) with other delimiters than all others read",
    ]
    assert project.column("select name from raw.s where source_row in (8, 10, 13) order by source_row") == [
        '"Ann', "Ann", "Ann",
    ]  # fmt: skip


def test_a_header_with_a_sign_too_many(project: Project) -> None:
    rows = "".join(f"{number},Ann,2024-01-01\n" for number in range(9))
    for header, note in {
        "id,,name,at": "an empty name more",
        'id,"name,at': "a quote that strays in the header",
    }.items():
        project.write("s.csv", f"{header}\n{rows}")
        project.source()
        found = project.run().sources[0]
        assert (found.loaded, found.rejected) == (9, 0)
        assert any(note in told for told in found.notes)
        assert list(project.warehouse.columns("raw.s"))[2:] == ["id", "name", "at"]


def test_blanks_behind_delimiters_belong_to_these_where_all_rows_have_them(project: Project) -> None:
    project.write("s.csv", 'id, name, at\n1, "Lee, Ann", 2024-01-01\n2, , 2024-01-02\n')
    project.source()
    assert project.run().sources[0].loaded == 2
    assert project.rows('select name, "at" from raw.s order by source_row') == [
        ("Lee, Ann", "2024-01-01"), (None, "2024-01-02"),
    ]  # fmt: skip
    project.write("s.csv", "id, name, at\n" + "1, a, b\n" * 70 + "2,c,d\n")
    assert project.run().sources[0].loaded == 71
    assert project.column("select count(*) from raw.s") == [71]
