"""Which files there are: names before patterns, natural order, and clear words for what is wrong."""

from __future__ import annotations

import os

import pytest

from cxunify.warehouse import Warehouse
from tests.ingest.conftest import Project


@pytest.mark.parametrize(
    "name", ["a[1].csv", "x*.csv", "q?.csv", "{a,b}.csv", "'; drop table files; --.csv", "ü ñ.csv", "-.csv"]
)
def test_a_name_is_a_name_whatever_its_signs(project: Project, name: str) -> None:
    for other in ("a1.csv", "xx.csv", "qq.csv", "a.csv", "b.csv"):
        project.write(other, "id\nother\n")
    project.write(name, "id\nright\n")
    project.source(files=name)
    assert project.run().sources[0].found == 1
    assert project.column("select id from raw.s") == ["right"]
    assert project.column("select path from raw.files") == [name]


def test_patterns(project: Project) -> None:
    for name in ("in/a1.csv", "in/a2.csv", "in/b1.csv", "in/deep/er/a3.csv", "in/.a9.csv", "in[x]/a4.csv"):
        project.write(name, f"id\n{name}\n")
    for pattern, count in (("in/a*.csv", 2), ("in/a?.csv", 2), ("in/**/a*.csv", 3), ("in[x]/a*.csv", 1)):
        project.source(pattern.translate({ord(sign): "_" for sign in "/*?.[]"}), pattern, load="append")
        assert len(project.run().sources) == len(project.settings["sources"])
        assert project.run().sources[-1].found == count


def test_overlapping_patterns_name_a_file_once(project: Project) -> None:
    project.write("a.csv", "id\n1\n")
    project.source(files=["a.csv", "*.csv"], load="append")
    summary = project.run().sources[0]
    assert (summary.found, summary.records) == (1, 1)


def test_the_newest_of_a_snapshot_is_the_last_in_natural_order(project: Project) -> None:
    for name in ("part2.csv", "part10.csv", "part9.csv"):
        project.write(name, f"id\n{name}\n")
    os.utime(project.root / "part9.csv", (2e9, 2e9))
    project.source(files="part*.csv", load="snapshot")
    summary = project.run().sources[0]
    assert project.column("select id from raw.s") == ["part10.csv"]
    assert (summary.found, summary.new, summary.superseded) == (3, 1, 2)
    assert project.rows("select path, status, records from raw.files order by path") == [
        ("part10.csv", "loaded", 1), ("part2.csv", "superseded", 0), ("part9.csv", "superseded", 0),
    ]  # fmt: skip
    assert any("though part9.csv was written later" in note for note in summary.notes)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ("contact.csv", "Did you mean contacts.csv?"),
        ("nowhere/x.csv", "there is no file nowhere/x.csv"),
        ("x*.csv", "no file matches x*.csv"),
        ("folder", "folder is a folder"),
        ("folder/", "such as folder/*.csv"),
        ("notes.pdf", "says nothing about its format"),
        ("empty.csv", "empty.csv is empty"),
    ],
)
def test_what_can_be_wrong(project: Project, files: str, says: str) -> None:
    for name, content in (
        ("contacts.csv", "id\n1\n"),
        ("folder/x.csv", "id\n1\n"),
        ("notes.pdf", "id\n1\n"),
        ("empty.csv", ""),
    ):
        project.write(name, content)
    project.source(files=files)
    assert says in project.refused()


def test_what_cannot_be_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("in/a.csv", "id\n1\n")
    allowed = os.access
    project.source("file", "in/a.csv")
    project.source("folder", "in/*.csv")
    monkeypatch.setattr(os, "access", lambda path, mode: allowed(path, mode) and "/in" not in str(path))
    says = project.refused()
    assert "source file: in/a.csv cannot be read" in says
    assert "source folder: the folder" in says


def test_a_name_that_tables_of_ours_have(project: Project) -> None:
    project.write("s.csv", "id\n1\n")
    project.source("files")
    assert "the name is taken" in project.refused()


def test_the_ending_may_be_overruled(project: Project) -> None:
    project.write("export.dat", "id\n1\n")
    project.source(files="export.dat", format="csv")
    assert project.run().sources[0].loaded == 1


def test_a_file_is_called_as_it_is_written_wherever_links_lead(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.csv").write_text("id\n1\n")
    project.warehouse.close()
    project.warehouse = Warehouse.open(directories=[project.root, elsewhere])
    (project.root / "data").symlink_to(elsewhere, target_is_directory=True)
    (project.root / "b.csv").symlink_to(elsewhere / "a.csv")
    (project.root / "c.csv").write_text("id\n2\n")
    written = {
        "data/a.csv": "data/a.csv", "data/*.csv": "data/a.csv", "b.csv": "b.csv", "./c.csv": "c.csv",
        str(project.root / "c.csv"): "c.csv",
    }  # fmt: skip
    for number, entry in enumerate(written):
        project.source(f"s{number}", entry)
    project.run()
    assert project.column("select path from raw.files order by source") == [*written.values()]
