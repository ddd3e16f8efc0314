"""Files that cannot be used: their source stands as it was, the others go on; what a first load makes of them."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

import pytest

from tests.ingest.conftest import Project

GOOD = b"id,mail,at,eur\n1,ada@x.example,2024-03-25,1.50\n"
PEOPLE: dict[str, Any] = {"person": {"id": "id", "email": "mail"}}
SALES: dict[str, Any] = {"interaction": {"id": "id", "at": "at", "kind": "purchase", "amount": "eur"}}


def _zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return packed.getvalue()


CASES: dict[str, tuple[str, bytes | None, str]] = {
    # name of the file, its new content (none: it is gone), what is told
    "no text at all": ("s.csv", b"\x00\x01\x02\xff\xfe" * 50, "s.csv"),
    "another encoding than Western": (
        "s.csv",
        "id,mail\n1,Łódź\n2,Zażółć gęślą\n3,Jaźń\n".encode("cp1250"),
        "not UTF-8",
    ),
    "an archive cut short": ("s.csv.gz", gzip.compress(GOOD * 200)[:-20], "s.csv.gz"),
    "named as an archive and none": ("s.csv.gz", GOOD * 2, "s.csv.gz"),
    "no header": ("s.csv", b"", "is empty, not even a header"),
    "a header and no rows": ("s.csv", b"id,mail,at,eur\n", "would replace 1 row"),
    "gone": ("s.csv", None, "there is no file s.csv"),
    "a page of an error": ("s.csv", b"<!DOCTYPE html><html><body>503</body></html>", "s.csv"),
    "a workbook cut short": ("s.xlsx", _zip("xl/workbook.xml")[:-30], "cannot be read as a workbook"),
    "two members where one is meant": ("s.zip", b"PK\x03\x04 and no more", "s.zip"),
    "Parquet cut short": ("s.parquet", b"PAR1 and no more", "s.parquet"),
    "JSON cut short": ("s.json", b'[{"id": "1", "mail": "ada@x.exa', "s.json"),
}


def _first(project: Project, name: str, mapping: dict[str, Any], **keys: Any) -> None:
    """A source that is loaded once under a name that stays, and another one beside it."""
    project.write("first.csv", GOOD)
    project.write("other.csv", "id\n1\n")
    project.source("s", "first.csv", **mapping, **keys)
    project.source("other", "other.csv")
    project.run()
    (project.root / "first.csv").unlink()
    project.source("s", name, **mapping, **keys)
    project.write("other.csv", "id\n1\n2\n")


@pytest.mark.parametrize("load", ["snapshot", "append", "parts"])
@pytest.mark.parametrize("case", CASES)
def test_a_file_that_cannot_be_used_refuses_its_source_only(project: Project, case: str, load: str) -> None:
    name, content, told = CASES[case]
    if case == "a header and no rows" and load == "append":
        pytest.skip("a day without anything is none to refuse")
    _first(project, name, PEOPLE, load=load)
    if content is not None:
        project.write(name, content)
    before = project.rows("select * exclude (loaded_at) from raw.files where source = 's'")
    for _ in range(2):
        summary = project.run()
        assert told in summary.refused[0].what and summary.refused[0].fix
        assert project.column("select emails from staging.records where source = 's'") == [["ada@x.example"]]
        assert project.rows("select * exclude (loaded_at) from raw.files where source = 's'") == before
        assert project.column("select record_id from staging.records where source = 'other' order by 1") == ["1", "2"]
        assert project.column("select source from raw.refusals") == ["s"]
    project.write("mended.csv", GOOD.replace(b"ada", b"bea"))
    project.source("s", "mended.csv", **PEOPLE, load=load)
    assert not project.run().refused
    assert ["bea@x.example"] in project.column("select emails from staging.records where source = 's'")
    assert project.column("select count(*) from raw.refusals") == [0]


ROWS: dict[str, tuple[bytes, str]] = {
    "dates that could be read in two ways": (b"id,at,eur\n1,03/04/2024,1.50\n2,05/06/2024,2.50\n", "interaction.at"),
    "times of no known zone": (b"id,at,eur\n1,2024-03-25 10:00 XYZT,1.50\n", "interaction.at"),
}


@pytest.mark.parametrize("case", ROWS)
def test_rows_that_cannot_be_conformed_refuse_their_source_only(project: Project, case: str) -> None:
    content, told = ROWS[case]
    _first(project, "s.csv", SALES)
    project.write("s.csv", content)
    for _ in range(2):
        summary = project.run()
        assert told in summary.refused[0].what
        assert project.column("select amount::varchar from staging.interactions") == ["1.50"]
        assert project.column("select count(*) from raw.s") == [1]
        assert project.column("select count(*) from staging.records where source = 'other'") == [2]
    notes = [note for source in summary.sources for note in source.notes]
    assert len(notes) == len(set(notes))
    project.write("s.csv", content.replace(b"/04/", b"/14/").replace(b" XYZT", b""))
    assert not project.run().refused
    assert project.column("select count(*) from raw.refusals") == [0]


def test_of_a_source_that_is_refused_what_stands_follows_the_mapping(project: Project) -> None:
    """Another mapping and a broken file in one night: the rows that are in are read by the mapping as it is now."""
    _first(project, "s.csv", PEOPLE)
    project.write("s.csv", b"\x00\x01\x02\xff\xfe" * 50)
    project.source("s", "s.csv", person={"id": "id", "identifiers": {"card": "eur"}})
    assert project.run().refused
    assert project.column("select emails from staging.records where source = 's'") == [[]]


def test_nothing_stands_for_a_source_that_is_new(project: Project) -> None:
    project.write("other.csv", "id\n1\n")
    project.source("other", "other.csv")
    project.run()
    project.write("other.csv", "id\n1\n2\n")
    project.source("s", "nowhere.csv")
    told = project.refused()
    assert "there is no file nowhere.csv" in told
    assert "no source was loaded: s would be new, and nothing of it is there that could stand" in told
    assert project.column("select count(*) from raw.other") == [1]
    assert str(project.root) not in told
