"""Workbooks: one sheet of them is a table, its cells are as people see them, and what does harm is refused."""

from __future__ import annotations

import resource
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from cxunify.ingest.workbook import said
from tests.ingest.conftest import Project
from tests.ingest.workbooks import MAIN, XLS, Raw, ods, packed, xlsx

PERSON = {"id": "id", "full_name": "name", "created_at": "since"}


def read(project: Project, content: bytes, name: str = "s.xlsx", **keys: Any) -> list[tuple[Any, ...]]:
    project.write(name, content)
    project.source(files=name, **keys)
    project.summary = project.run().sources[0]
    return project.rows("select * exclude (file_id, source_row) from raw.s order by source_row")


@pytest.mark.parametrize("since_1904", [False, True])
def test_cells_are_as_people_see_them(project: Project, since_1904: bool) -> None:
    rows = [
        ["id", "name", "since", "at", "flag", "amount", "share", "zip"],
        [
            17850,
            "Zoé",
            date(2024, 1, 2),
            datetime(2024, 3, 1, 17, 5, 9),
            True,
            0.1 + 0.2,
            (0.125, "share"),
            (1234, "zip"),
        ],
        ["007", "  x ", None, None, False, 4.35 * 100, 1e-7, (90210, "zip")],
        [1234567890123456, 'say "hi",\nall', None, None, None, 1.5e17, -19.9, "K1A 0B1"],
    ]
    assert read(project, xlsx({"Kunden": rows}, since_1904=since_1904)) == [
        ("17850", "Zoé", "2024-01-02", "2024-03-01 17:05:09", "true", "0.3", "0.125", "01234"),
        ("007", "  x ", None, None, "false", "435", "0.0000001", "90210"),
        ("1234567890123456", 'say "hi",\nall', None, None, None, "1.5e+17", "-19.9", "K1A 0B1"),
    ]
    assert "s.xlsx: the sheet `Kunden` is read" in project.summary.notes


def test_open_and_old_workbooks(projects: Callable[[], Project]) -> None:
    rows = [["id", "since", "n"], [5, date(2024, 1, 2), 1.5], ["é", None, 7]]
    assert read(projects(), ods({"Blatt": rows}), "s.ods") == [("5", "2024-01-02", "1.5"), ("é", None, "7")]
    assert read(projects(), XLS, "s.xls") == [("5", "2024-01-02"), ("1.5", None)]


def test_titles_above_the_header_and_a_table_that_does_not_begin_at_the_corner(project: Project) -> None:
    rows = [
        ["Customers of 2024", None, None, None],
        [],
        [None, "id", "name", "since", "zip"],
        [None, 1, "Ann", date(2024, 1, 2), (815, "zip")],
    ]
    project.write("s.xlsx", xlsx({"S": rows}, merged="A1:D1"))
    project.source(files="s.xlsx", person=PERSON)
    assert project.run().sources[0].loaded == 1
    assert project.rows("select id, name, zip from raw.s") == [("1", "Ann", "00815")]


def test_the_sheet_is_the_only_one_with_a_table_or_is_named(projects: Callable[[], Project]) -> None:
    table, other = [["id", "n"], [1, "a"]], [["id", "n"], [2, "b"]]
    book = xlsx({"Read me": [["Made by us"]], "Data": table, "Empty": []})
    assert read(projects(), book) == [("1", "a")]
    two = xlsx({"Jan": table, "Feb": other})
    project = projects()
    project.write("s.xlsx", two)
    project.source(files="s.xlsx")
    assert "has several sheets with tables: `Jan`, `Feb`" in project.refused()
    assert read(project, two, sheet="feb") == [("2", "b")]
    project.source(files="s.xlsx", sheet="March")
    assert "has no sheet `March`" in (found := project.refused()) and "`Jan`, `Feb`" in found
    project = projects()
    assert read(project, xlsx({"Jan": table, "Old": other}, hidden=["Old"])) == [("1", "a")]
    assert "s.xlsx: the sheet `Old` is hidden and not read" in project.summary.notes
    project.write("s.xlsx", xlsx({"S": []}))
    assert "has no sheet with anything in it" in project.refused()


def test_another_sheet_is_another_content(project: Project) -> None:
    book = xlsx({"Jan": [["id"], [1]], "Feb": [["id"], [2]]})
    assert read(project, book, sheet="Jan") == [("1",)]
    assert read(project, book, sheet="Feb") == [("2",)]


def test_what_formulas_leave_behind_is_told(project: Project) -> None:
    error = Raw('<c @ t="e"><f>A1</f><v>#REF!</v></c>')
    never = Raw("<c @><f>A1</f></c>")
    assert read(project, xlsx({"S": [["id", "n", "m"], [1, error, never], [2, "a", error]]})) == [
        ("1", None, None),
        ("2", "a", None),
    ]
    told = "; ".join(project.summary.notes)
    assert "2 cells hold an error of a formula" in told and "1 formula was never calculated" in told


def test_accounts_add_up(project: Project) -> None:
    rows = [
        ["id", "name", "since"],
        *[[n, f"P {n}", "no day" if n % 5 else date(2024, 1, 1)] for n in range(50)],
        [],
        [],
    ]
    project.write("s.xlsx", xlsx({"S": rows}))
    project.source(files="s.xlsx", interaction={"id": "id", "at": "since", "kind": "visit"})
    summary = project.run().sources[0]
    assert (summary.records, summary.loaded, summary.rejected) == (50, 10, 40)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("s.xlsx", b"id,n\n1,a\n", "is no workbook, though its name says so"),
        ("s.xls", b"<html><table><tr><td>id</td></tr></table></html>", "is no workbook, though its name says so"),
        ("s.xlsx", xlsx({"S": [["id"], [1]]})[:-60], "cannot be read as a workbook"),
        ("s.xlsx", packed({"a.csv": "id\n1\n"}), "cannot be read as a workbook"),
        ("s.csv", xlsx({"S": [["id"], [1]]}), "is an Excel workbook or a ZIP archive, not csv"),
        ("s.csv", XLS, "is an old Excel workbook, not csv"),
    ],
    ids=["text", "web page", "cut off", "other archive", "called text", "old and called text"],
)  # fmt: skip
def test_what_is_no_workbook(project: Project, name: str, content: bytes, says: str) -> None:
    project.write(name, content)
    project.source(files=name)
    assert says in project.refused()


def test_a_protected_workbook(project: Project) -> None:
    # an encrypted workbook is an old kind of archive with these two streams; its names are in UTF-16
    protected = bytearray(XLS)
    at = protected.find("Workbook".encode("utf-16-le"))
    assert at > 0
    name = "EncryptedPackage".encode("utf-16-le") + b"\0\0"
    protected[at : at + len(name)] = name
    protected[at + 64 : at + 66] = len(name).to_bytes(2, "little")
    project.write("s.xlsx", bytes(protected))
    project.source(files="s.xlsx")
    assert "is protected with a password" in project.refused()


def _sheet(data: str, before: str = "") -> bytes:
    import io
    import zipfile

    book = xlsx({"S": [["id"], [1]]})
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = f'{before}<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
    return packed(parts)


def _laughs() -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "lol"><!ENTITY f SYSTEM "file:///etc/hostname">{entities}]>'


HARMFUL = {
    "many": lambda: _sheet(
        ("<row>" + '<c t="inlineStr"><is><t>aaaaaaaaaaaaaaaaaaaa</t></is></c>' * 50 + "</row>") * 30_000
    ),
    "far": lambda: _sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "laughs": lambda: _sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;&f;</t></is></c></row>', _laughs()),
}


@pytest.mark.parametrize("which", HARMFUL)
def test_what_does_harm_is_refused_at_once(project: Project, which: str) -> None:
    project.write("s.xlsx", HARMFUL[which]())
    project.source(files="s.xlsx")
    config = project.config()
    before = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    says = project.refused()
    after = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    assert any(
        part in says for part in ("grows more than 200 times", "far more memory", "cannot be read as a workbook")
    )
    spent = sum(
        new.ru_utime + new.ru_stime - old.ru_utime - old.ru_stime for new, old in zip(after, before, strict=True)
    )
    assert spent < 2 and config


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (19.99, "19.99"),
        (1.0, "1"),
        (-0.0, "0"),
        (2**53, "9.00719925474099e+15"),
        (1e300, "1e+300"),
        (12345.678, "12345.678"),
    ],
)
def test_numbers(cell: float, text: str) -> None:
    assert said(cell) == text
