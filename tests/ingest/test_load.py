"""What is read when: each content once, all or nothing, and everything accounted for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cxunify import ingest
from cxunify.errors import LookupFailed
from cxunify.warehouse import Warehouse
from tests.ingest.conftest import Project


def test_the_same_content_is_read_once_whatever_its_name(project: Project) -> None:
    project.write("a.csv", "id\n1\n")
    project.write("b.csv", "id\n1\n")
    project.source(files="*.csv", load="append")
    first = project.run()
    assert first.sources[0].records == 1
    assert project.rows("select path, status, note from raw.files order by path") == [
        ("a.csv", "loaded", ""), ("b.csv", "already ingested", "same content as a.csv"),
    ]  # fmt: skip
    (project.root / "a.csv").rename(project.root / "z.csv")
    os.utime(project.root / "z.csv")
    second = project.run()
    assert not second.changed
    assert second.fingerprint == first.fingerprint
    assert (second.sources[0].new, second.sources[0].known) == (0, 2)
    assert project.column("select count(*) from raw.s") == [1]
    project.run()
    assert project.column("select count(*) from raw.files") == [3]


def test_files_add_up(project: Project) -> None:
    project.write("1.csv", "id,n\n1,a\n")
    project.source(
        files="*.csv",
        load="append",
        person={"id": "id", "full_name": "N", "email": {"column": "mail", "optional": True}},
    )
    project.run()
    project.write("2.csv", "ID , mail,n\n2,b@x.org,b\n")
    summary = project.run()
    assert summary.changed
    assert (summary.sources[0].new, summary.sources[0].known, summary.sources[0].records) == (1, 1, 2)
    assert project.rows("select record_id, file_id, full_name, emails from staging.records order by 1") == [
        ("1", 1, "a", []), ("2", 2, "b", ["b@x.org"]),
    ]  # fmt: skip
    assert list(project.warehouse.columns("raw.s")) == ["file_id", "source_row", "id", "n", "mail"]
    (project.root / "1.csv").unlink()
    (project.root / "2.csv").unlink()
    assert "what was loaded before stands" in project.run().sources[0].notes[0]


def test_a_snapshot_gives_way_to_the_next(project: Project) -> None:
    project.write("s.csv", "id,n\n1,a\n2\n")
    project.source()
    project.run()
    project.write("s.csv", "id,m\n3,b\n")
    project.run()
    assert project.rows("select * from raw.s") == [(2, 1, "3", "b")]
    assert project.column("select record_id from staging.records") == ["3"]
    assert project.rows("select status, records, loaded, rejected from raw.files order by file_id") == [
        ("superseded", 2, 1, 1), ("loaded", 1, 1, 0),
    ]  # fmt: skip
    assert project.column("select count(*) from raw.rejects") == [0]
    project.write("s.csv", "id,n\n1,a\n2\n")
    assert project.run().sources[0].new == 1
    assert project.column("select id from raw.s") == ["1"]


def test_an_empty_snapshot_replaces_nothing(project: Project) -> None:
    project.write("s.csv", "id,n\n")
    project.source()
    assert "s.csv has a header and no rows" in project.run().sources[0].notes
    project.write("s.csv", "id,n\n1,a\n")
    project.run()
    project.write("s.csv", "id,n\n2\n")
    assert "would replace 1 row" in project.refused()
    assert project.column("select id from raw.s") == ["1"]


def test_nothing_is_half_loaded(project: Project) -> None:
    project.write("good.csv", "id\n1\n")
    project.write("lost.csv", "key,E-Mail\n1,a\n")
    project.write("when.csv", "id,d\n1,01/02/2024\n")
    project.source("good", "good.csv")
    project.source("lost", "lost.csv", person={"id": "id", "email": "Email", "phone": "Email"})
    project.source("gone", "gone.csv")
    says = project.refused()
    assert "lost.csv has no column for person.id, `id`" in says
    assert "lost.csv has no column for person.email, `Email`\n  Did you mean `E-Mail`?" in says
    assert "there is no file gone.csv" in says
    assert says.count("`Email`") == 1
    del project.settings["sources"]["lost"], project.settings["sources"]["gone"]
    project.source("when", "when.csv", person={"id": "id", "birth_date": "d"})
    assert "person.birth_date, d: the values can be read as" in project.refused()
    for table in ("raw.files", "raw.rejects", "staging.records"):
        assert project.column(f"select count(*) from {table}") == [0]
    assert not project.warehouse.exists("raw.good")
    assert not project.warehouse.exists("raw.good (incoming)")


def test_a_changed_mapping_needs_no_file(project: Project) -> None:
    path = project.write("s.csv", "id,a,b\n1,x,y\n")
    project.source(files="s*.csv", load="append", person={"id": "id", "full_name": "a"})
    first = project.run()
    path.unlink()
    project.source(files="s*.csv", load="append", person={"id": "id", "full_name": "b"})
    second = project.run()
    assert second.changed
    assert second.fingerprint != first.fingerprint
    assert project.column("select full_name from staging.records") == ["y"]


def test_changed_reading_reads_again(project: Project) -> None:
    project.write("s.csv", "id;n\n1;a,b\n")
    project.source(load="append", csv={"delimiter": ";"})
    project.run()
    project.source(load="append", csv={"delimiter": ";", "quote": "'"})
    assert project.run().sources[0].new == 1
    assert project.rows("select * from raw.s") == [(2, 1, "1", "a,b")]


def test_only_the_sources_that_are_asked_for(project: Project) -> None:
    project.write("s.csv", "id\n1\n")
    project.source("a")
    project.source("b")
    assert [source.source for source in project.run("b").sources] == ["b"]
    assert project.column("select source from raw.files") == ["b"]
    with pytest.raises(LookupFailed, match="there is no source c"):
        project.run("c")


def test_a_source_that_is_gone_leaves_nothing(project: Project) -> None:
    project.write("s.csv", "id,at\n1,2024-01-31\n2,\n")
    project.source("a", interaction={"id": "id", "at": "at", "kind": "visit"})
    project.source("b")
    project.run()
    del project.settings["sources"]["a"]
    project.run()
    assert not project.warehouse.exists("raw.a")
    for table in ("staging.interactions", "raw.rejects"):
        assert project.column(f"select count(*) from {table} where source = 'a'") == [0]


def test_order_and_company_change_nothing(project: Project, tmp_path: Path) -> None:
    project.write("s.csv", "id\n1\n")
    project.write("t.csv", "id\n1\n")
    project.source("a", "s.csv")
    project.source("b", "t.csv")
    one = project.run().fingerprint
    project.settings["sources"] = dict(reversed(project.settings["sources"].items()))
    with Warehouse.open(directories=[tmp_path]) as other:
        assert ingest.ingest(other, project.config()).fingerprint == one


def test_check_writes_nothing_and_finds_everything(project: Project) -> None:
    project.write("s.csv", "id,d\n1,2024-01-31\n")
    project.source(person={"id": "id", "birth_date": "d"})
    before = sorted(path.name for path in project.root.iterdir())
    findings = ingest.check(project.config())
    assert findings.problems == ()
    assert findings.summary is not None
    assert findings.summary.sources[0].loaded == 1
    project.source(person={"id": "key", "birth_date": "d"})
    findings = ingest.check(project.config())
    assert [problem.what for problem in findings.problems] == ["source s: s.csv has no column for person.id, `key`"]
    assert sorted(path.name for path in project.root.iterdir()) == sorted({*before, "cxunify.yaml"})


def test_files_of_the_moment_are_private_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path)
    project.write("s.csv", "id,n\n1,Zoé\n2\n".encode("cp1252"))
    project.source()
    config = project.config()
    seen: list[int] = []
    original = os.fdopen
    monkeypatch.setattr(
        os, "fdopen", lambda file, *rest: seen.append(os.fstat(file).st_mode & 0o777) or original(file, *rest)
    )
    with Warehouse.open(tmp_path / "w.db", directories=[tmp_path]) as warehouse:
        ingest.ingest(warehouse, config)
        assert warehouse.scalar("select n from raw.s") == "Zoé"
    assert seen == [0o600, 0o600]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cxunify.yaml", "s.csv", "w.db"]
    project.warehouse.close()


def test_no_message_carries_a_cell(project: Project) -> None:
    project.write("s.csv", 'id,d,v\nSECRET1,03/04/2024,"1,234"\nSECRET2,05/06/2024,"2,345"\nSECRET3\n')
    project.source(interaction={"id": "id", "at": "d", "kind": {"column": "id"}, "amount": "v"})
    says = project.refused()
    assert "SECRET" not in says
    assert "1,234" not in says
    assert "03/04" not in says


def test_parts_are_one_snapshot_together(project: Project) -> None:
    project.write("p1.csv", "id\n1\n2\n")
    second = project.write("p2.csv", "id\n3\n")
    project.source(files="p*.csv", load="snapshot")
    assert [
        note for note in project.run().sources[0].notes if "1 more file matches" in note and "`load: parts`" in note
    ]
    project.source(files="p*.csv", load="parts")
    project.run()
    stand = "select record_id from staging.records order by 1"
    assert project.column(stand) == ["1", "2", "3"]
    assert project.run().sources[0].new == 0
    project.write("p1.csv", "id\n1\n")
    project.run()
    assert project.column(stand) == ["1", "3"]
    second.unlink()
    project.run()
    assert project.column(stand) == ["1"]


@pytest.mark.parametrize(
    ("header", "key", "column", "meant"),
    [
        ("id,state,dated", "at", "date", "dated"),
        ("id,amount,paid_date,at_all", "at", "amount_at", "paid_date"),
        ("id,created", "at", "when", "created"),
        ("id,total_date,total_eur", "amount", "total", "total_eur"),
        ("id,amounts_date", "amount", "amount", ""),
        ("id,email_date,e_mail", "email", "email", "e_mail"),
    ],
)
def test_the_name_that_is_meant_is_of_the_same_kind(
    project: Project, header: str, key: str, column: str, meant: str
) -> None:
    project.write("s.csv", f"{header}\n{','.join('1' * (header.count(',') + 1))}\n")
    if key == "email":
        project.source(person={"id": "id", key: column})
    else:
        at = column if key == "at" else "id"
        project.source(interaction={"id": "id", "at": at, "kind": "purchase", **({} if key == "at" else {key: column})})
    said = project.refused()
    assert (f"Did you mean `{meant}`?" if meant else "Did you mean") in said or not meant
    assert ("Did you mean" in said) is bool(meant)
