"""Texts without a header, with several rows of it, and such as are not delimited at all: rows add up in each."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ingest.conftest import Project

LOG = (
    '192.0.2.1 - - [17/May/2015:10:05:03 +0200] "GET /a?b=%22 HTTP/1.1" 200 203 "-" "Agent \\"x\\" 1.0"\n'
    '192.0.2.2 - ann [17/May/2015:10:05:43 +0000] "POST /c HTTP/1.1" 304 - "http://example.com/" "-"\n'
    '192.0.2.3 - - [17/May/2015:10:06:00 +0000] "GET /d HTTP/1.1" 200 5 "-" "never closed\n'
    '192.0.2.4 - - [17/May/2015:10:07:00 +0000] "-" 400 0\n'
)


def table(project: Project) -> list[tuple[Any, ...]]:
    project.summary = project.run().sources[0]
    return project.rows("select * exclude (file_id, source_row) from raw.s order by source_row")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_without_a_header(project: Project, encoding: str) -> None:
    text = "1\tZoé\tx,y\n2\tBen\t\n3\tone too few\n4\tEve\tz\n"
    project.write("s.tsv", text.encode(encoding))
    project.source(files="s.tsv", csv={"header": False}, person={"id": "column_1", "full_name": "column_2"})
    assert table(project) == [("1", "Zoé", "x,y"), ("2", "Ben", None), ("4", "Eve", "z")]
    assert (project.summary.records, project.summary.rejected) == (4, 1)
    project.source(files="s.tsv", csv={"header": False, "names": ["id", "n", "w"]})
    assert table(project)[0] == ("1", "Zoé", "x,y")
    assert list(project.warehouse.columns("raw.s"))[2:] == ["id", "n", "w"]


def test_a_header_that_is_mapped_and_not_there(project: Project) -> None:
    project.write("s.csv", "1,Ann\n2,Ben\n")
    project.source(person={"id": "id", "full_name": "name"})
    assert "if it has no header, write `csv: {header: false" in project.refused()


def test_headers_of_several_rows(project: Project) -> None:
    surveys = {
        "qualtrics": 'ResponseId,Q1\nResponse ID,"How\nwas it?"\n"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}"\nR_1,9\n',
        "monkey": "Respondent ID,How was it?,,\n,Service,Price,Open-Ended Response\n118,4,5,fine\n",
    }
    project.write("s.csv", surveys["qualtrics"])
    project.source(person={"id": "ResponseId"})
    assert table(project) == [("R_1", "9")]
    assert "s.csv: the header fills 3 rows, of which the first names the columns" in project.summary.notes
    project.write("s.csv", surveys["monkey"])
    project.source(person={"id": "Respondent ID"})
    assert table(project) == [("118", "4", "5", "fine")]
    assert list(project.warehouse.columns("raw.s"))[2:] == [
        "Respondent ID",
        "How was it?",
        "Price",
        "Open-Ended Response",
    ]
    project.write("s.csv", "id,,n\nkey,extra,name\n1,x,a\n2\n")
    project.source(csv={"header_rows": 2})
    assert table(project) == [("1", "x", "a")]
    assert (project.summary.records, project.summary.rejected) == (2, 1)


def test_lines_above_the_header_are_told(project: Project) -> None:
    project.write("s.csv", "Report\nmade today\n\nid,n\n1,a\n")
    project.source()
    assert table(project) == [("1", "a")]
    assert "s.csv: 2 lines above the header are passed over" in project.summary.notes


def test_columns_of_fixed_width_and_columns_parted_by_blanks(project: Project) -> None:
    project.write(
        "s.txt",
        'id   name      day\n0001 Zoë Meyer 20240102\n0002 Ben\n0003 Eve, "E"  20240103 x\n0004 Al        \n'.encode(
            "cp1252"
        ),
    )
    project.source(files="s.txt", csv={"widths": [5, 10, 8]})
    assert table(project) == [("0001", "Zoë Meyer", "20240102"), ("0004", "Al", None)]
    assert (project.summary.records, project.summary.rejected) == (4, 2)
    project.write("s.txt", "  4  1 19970101  2 29.33\n 21  2 19970118  1\n\n  4  1 19970118  2 29.73\n")
    project.source(files="s.txt", csv={"delimiter": "whitespace", "header": False}, person={"id": "column_1"})
    assert [row[4] for row in table(project)] == ["29.33", "29.73"]
    assert project.column("select line from raw.rejects") == [2]


def test_access_logs_are_visits_without_people(project: Project) -> None:
    project.write("access.log", LOG)
    event = {"at": "time", "kind": {"value": "visit"}, "page": "path", "referrer": "referrer"}
    project.source(files="access.log", format="access_log", interaction=event)
    assert table(project) == [
        ("192.0.2.1", None, "2015-05-17T10:05:03+02:00", "GET", "/a?b=%22", "200", "203", None, 'Agent "x" 1.0'),
        ("192.0.2.2", "ann", "2015-05-17T10:05:43+00:00", "POST", "/c", "304", None, "http://example.com/", None),
        ("192.0.2.4", None, "2015-05-17T10:07:00+00:00", None, None, "400", "0", None, None),
    ]
    assert (project.summary.records, project.summary.loaded, project.summary.interactions) == (4, 3, 3)
    assert project.rows("select line, reason from raw.rejects") == [(3, "not a line of a combined access log")]


@pytest.mark.parametrize(
    ("csv", "says"),
    [
        ({"names": ["id"]}, "header: false"),
        ({"header": False, "header_rows": 2}, "files with a header"),
        ({"widths": [1], "delimiter": ","}, "not both"),
    ],
    ids=["names", "rows", "widths"],
)
def test_what_contradicts_itself(project: Project, csv: dict[str, Any], says: str) -> None:
    project.source(csv=csv)
    with pytest.raises(Exception, match=says):
        project.config()


NOTES = ['5" pipe', "a, b", "plain", "C:\\dir", 'two\n"lines"']


def _escaped(cells: list[str]) -> str:
    return ",".join('"' + cell.replace("\\", "\\\\").replace('"', '\\"') + '"' for cell in cells)


@pytest.mark.parametrize("stated", [False, True])
def test_a_backslash_before_quotes_is_found_out_or_stated(project: Project, stated: bool) -> None:
    rows = [_escaped([str(number), NOTES[number % 5]]) for number in range(40)]
    project.write("s.csv", "\n".join(['"id","note"', *rows, '"40","broken" x']))
    settings = {"csv": {"escape": "\\"}} if stated else {}
    project.source(person={"id": "id", "attributes": {"note": "note"}}, **settings)
    found = project.run().sources[0]
    assert (found.records, found.loaded, found.rejected) == (41, 40, 1)
    assert project.column("select note from raw.s order by source_row") == [NOTES[number % 5] for number in range(40)]
    assert any("a backslash before a quote" in note for note in found.notes) != stated


def test_a_backslash_at_the_end_of_a_cell_escapes_nothing_where_quotes_are_doubled(project: Project) -> None:
    rows = [f'"{number}","C:\\dir\\"' for number in range(9)]
    project.write("s.csv", "\n".join(["id,path", *rows, '"9","say ""\\""","x"']))
    project.source(person={"id": "id", "attributes": {"path": "path"}})
    found = project.run().sources[0]
    assert (found.loaded, found.rejected) == (9, 1)
    assert set(project.column("select path from raw.s")) == {"C:\\dir\\"}


BONS = "bon,at,kunde,betrag\n" + "".join(f"B{n},2024-03-{n + 10},K{n % 3},{n}.50\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("ending", "left_out"),
    [
        ("Summe,,,40.00\n", 1),
        ('Gesamt:,,,"1.234,50 €"\n', 1),
        (",,Grand Total,40.00\n", 1),
        ("Total,,,20.00 EUR\nTotal,,,20.00 USD\nGRAND TOTAL,,,40.00\n", 3),
        ("B9,2024-03-21,Total,40.00\n", 0),  # a customer who is called so
        ("Total,2024-03-21,K1,40.00\n", 0),  # a receipt
        ("Summe,,,viel\n", 0),  # adds up nothing
        ("Summe,,,\n", 0),
        ("Sommer,,,40.00\n", 0),
    ],
)
@pytest.mark.parametrize("file", ["s.csv", "s.ndjson", "s.parquet"])
def test_a_line_of_totals_is_told_and_is_no_receipt(project: Project, file: str, ending: str, left_out: int) -> None:
    records = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(io.StringIO(BONS + ending))]
    if file == "s.csv":
        project.write(file, BONS + ending)
    elif file == "s.ndjson":
        project.write(file, "\n".join(map(json.dumps, records)))
    else:
        pq.write_table(pa.Table.from_pylist(records), project.root / file)
    event = {"id": "bon", "at": "at", "kind": "purchase", "amount": {"column": "betrag", "decimal": "."}}
    project.source(files=file, interaction=event | {"identifiers": {"customer_no": "kunde"}})
    found = project.run().sources[0]
    rows = ", ".join(str(9 + place) for place in range(left_out))
    assert (f"{file}, row {rows}: a line of totals behind the records, left out" in found.notes) is bool(left_out)
    assert found.skipped == left_out
    assert found.records == found.loaded + found.rejected + found.skipped


def test_totals_in_the_middle_and_of_people(project: Project) -> None:
    """A sum among the records may be a record; behind people it is nobody."""
    project.write(
        "s.csv", "bon,at,betrag\nB1,2024-03-01,1\nSumme,,1\n" + "".join(f"C{n},2024-03-02,1\n" for n in range(3))
    )
    project.source(interaction={"id": "bon", "at": "at", "kind": "purchase", "amount": "betrag"})
    found = project.run().sources[0]
    assert (found.skipped, found.rejected) == (0, 1)
    project.write("s.csv", "id,name,plz,umsatz\n1,Ann,10115,5\n2,Ben,10117,6\nSumme,,,11\n")
    project.source(person={"id": "id", "full_name": "name", "postal_code": "plz", "attributes": {"sales": "umsatz"}})
    assert (project.run().sources[0].skipped, project.column("select record_id from staging.records")) == (
        1,
        ["1", "2"],
    )


def test_names_of_columns_that_stand_in_another_file(project: Project) -> None:
    project.write("hits.tsv", "h1\t1710000000\tpage\nh2\t1710000060\tpage\n")
    names = {"names": {"file": "column_headers.tsv"}, "header": False}
    event = {"id": "hitid", "at": {"column": "hit_time_gmt", "format": "epoch_s"}, "kind": "page_view"}
    project.source(files="hits.tsv", csv=names, interaction=event)
    assert "the file column_headers.tsv, which has the names of its columns, cannot be read" in project.refused()
    for names_file in ("hitid\thit_time_gmt\tpagename\n", "hitid\nhit_time_gmt\npagename\n"):
        project.write("column_headers.tsv", names_file)
        project.run()
        assert project.column("select interaction_id from staging.interactions order by 1") == ["h1", "h2"]
        assert project.column("select pagename from raw.s") == ["page", "page"]
    project.write("column_headers.tsv", "pagename\thit_time_gmt\thitid\n")
    project.run()
    assert project.column("select pagename from raw.s") == ["h1", "h2"], "other names are another reading"
    project.write("column_headers.tsv", "\n")
    assert "names no columns" in project.refused()
