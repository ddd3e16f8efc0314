"""Columns that come and go: what `drift` says becomes of new ones; where one that is mapped is gone, its source stands alone."""

from __future__ import annotations

import json

import pytest

from cxunify.ingest import check
from cxunify.ingest.agree import agreed
from tests.ingest.conftest import Project

COLUMNS = "select name, status from raw.columns where source = 's' order by 1"


@pytest.mark.parametrize("load", ["snapshot", "append", "parts"])
def test_a_new_column_is_told_once_and_known_from_then_on(project: Project, load: str) -> None:
    project.write("s1.csv", "id,n\n1,a\n")
    project.source(files="s*.csv", load=load)
    assert project.run().sources[0].notes == ()
    for number, (text, told) in enumerate(
        [("id,n,till\n2,b,A\n", "1 new column, `till`: "), ("id,n\n3,c\n", ""), ("TILL ,id,n\nA,4,d\n", "")]
    ):
        if load == "snapshot":
            project.write("s1.csv", text)
        else:
            project.write(f"s{number + 2}.csv", text)
        notes = [note for note in project.run().sources[0].notes if "new column" in note]
        assert [note[: len(told)] for note in notes] == ([told] if told else [])
    assert (
        project.rows(COLUMNS)
        == [("TILL", "known"), ("id", "known"), ("n", "known"), ("till", "known")][0 if load == "snapshot" else 1 :]
    )


@pytest.mark.parametrize("load", ["snapshot", "append"])
def test_frozen_columns_refuse_the_file_until_somebody_agrees(project: Project, load: str) -> None:
    project.write("s1.csv", "id,n\n1,a\n")
    project.write("other.csv", "id\n1\n")
    project.source(files="s*.csv", load=load, drift="freeze")
    project.source("other", "other.csv")
    project.run()
    project.write("s1.csv" if load == "snapshot" else "s2.csv", "id,n,till,shop\n1,a,A,B\n2,b,A,B\n")
    project.write("other.csv", "id\n1\n2\n")
    for _ in range(2):
        summary = project.run()
        assert "has 2 new columns, `till`, `shop`, and its columns are frozen" in summary.refused[0].what
        assert project.column("select count(*) from raw.s") == [1] and project.column(
            "select count(*) from raw.other"
        ) == [2]
        assert project.column("select source from raw.refusals") == ["s"]
        assert project.column("select count(*) from raw.files where source = 's'") == [1]
    project.settings["sources"]["s"]["drift"] = "evolve"
    assert not project.run().refused
    assert project.column("select count(*) from raw.refusals") == [0]
    project.settings["sources"]["s"]["drift"] = "freeze"
    assert not project.run().changed
    project.write("s1.csv" if load == "snapshot" else "s3.csv", "id,n,till,shop\n3,a,A,B\n")
    assert not project.run().refused


def test_frozen_columns_may_be_mapped(project: Project) -> None:
    project.write("s.csv", "id,n\n1,a\n")
    project.source(drift="freeze", person={"id": "id"})
    project.run()
    project.write("s.csv", "id,n,mail\n1,a,b@x.org\n")
    assert project.run().refused
    project.source(drift="freeze", person={"id": "id", "email": "mail"})
    assert not project.run().refused
    assert project.column("select emails from staging.records") == [["b@x.org"]]


@pytest.mark.parametrize("load", ["snapshot", "append"])
def test_discarded_columns_are_nowhere_but_in_the_list_and_come_back_when_they_are_mapped(
    project: Project, load: str
) -> None:
    project.write("s1.csv", "id,n\n1,a\n")
    project.source(files="s*.csv", load=load, drift="discard", person={"id": "id", "full_name": "n"})
    project.run()
    project.write("s1.csv" if load == "snapshot" else "s2.csv", "id,n,mail,note\n2,b,b@x.org,secret\n")
    first = project.run().sources[0]
    assert "2 new columns, `mail`, `note`: left out" in first.notes[-1]
    assert first.left_out == ("mail", "note")
    assert list(project.warehouse.columns("raw.s")) == ["file_id", "source_row", "id", "n"]
    second = project.run().sources[0]
    assert not second.notes and second.left_out == ("mail", "note") and not second.changed
    mail = {"column": "mail", "optional": True}  # the first file had none
    project.source(files="s*.csv", load=load, drift="discard", person={"id": "id", "full_name": "n", "email": mail})
    third = project.run().sources[0]
    assert third.left_out == ("note",)
    assert project.column("select emails from staging.records where record_id = '2'") == [["b@x.org"]]
    assert project.column("select count(*) from raw.s") == [1 if load == "snapshot" else 2]


DRIFTS = {
    "a csv": ("csv", "id,n\n1,a\n", "id,m\n1,a\n"),
    "lines of json": ("ndjson", '{"id": 1, "n": "a"}\n', '{"id": 2, "m": "a"}\n'),
    "an array": ("json", '[{"id": 1, "n": "a"}]', '[{"id": 2, "m": "a"}]'),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_a_mapped_column_that_is_gone_refuses_its_source_only(project: Project, drift: str) -> None:
    ending, before, after = DRIFTS[drift]
    project.write(f"s.{ending}", before)
    project.write("other.csv", "id\n1\n")
    project.source(files=f"s.{ending}", person={"id": "id", "full_name": "n"})
    project.source("other", "other.csv")
    first = project.run()
    held = project.rows("from staging.records where source = 's'")
    project.write(f"s.{ending}", after)
    project.write("other.csv", "id\n2\n")
    summary = project.run()
    assert f"s.{ending} has no column for person.full_name, `n`" in summary.refused[0].what
    assert project.rows("from staging.records where source = 's'") == held
    assert project.column("select record_id from staging.records where source = 'other'") == ["2"]
    assert summary.fingerprint != first.fingerprint
    assert not project.warehouse.exists("raw.s (incoming)")
    project.write(f"s.{ending}", before)
    assert not project.run().refused and project.column("select count(*) from raw.refusals") == [0]


def test_a_source_that_never_loaded_stops_all_and_all_that_is_wrong_is_told_at_once(project: Project) -> None:
    project.write("s.csv", "id\n1\n")
    project.write("other.csv", "id\n1\n")
    project.source(person={"id": "id", "full_name": "n"})
    project.source("other", "other.csv")
    assert "no column for person.full_name" in project.refused()
    project.write("s.csv", "id,n\n1,a\n")
    project.run()
    project.write("s.csv", "id,m\n1,a\n")
    project.write("other.csv", "")
    told = project.refused()
    assert "no column for person.full_name" in told and "other.csv is empty" in told


def test_a_mapping_that_names_what_is_not_loaded_is_refused_too(project: Project) -> None:
    project.write("s.csv", "id,n\n1,a\n")
    project.source(person={"id": "id", "full_name": "n"})
    project.run()
    project.source(person={"id": "id", "full_name": "m"})
    assert "what is loaded has no column for person.full_name, `m`" in project.run().refused[0].what
    assert project.column("select full_name from staging.records") == ["a"]


def test_a_select_whose_files_changed_is_refused_by_itself(project: Project) -> None:
    project.write("o.csv", "id,n\n1,a\n")
    project.write("other.csv", "id\n1\n")
    project.settings["sources"]["s"] = {
        "channel": "crm", "from": {"sql": "select id, n from o", "files": {"o": "o.csv"}}, "person": {"id": "id", "full_name": "n"},
    }  # fmt: skip
    project.source("other", "other.csv")
    project.run()
    project.write("o.csv", "id,m\n1,a\n")
    project.write("other.csv", "id\n2\n")
    assert "source s: from.sql" in project.run().refused[0].what
    assert project.column("select record_id from staging.records order by source") == ["2", "1"]


def test_what_a_project_of_an_older_version_has_loaded_is_agreed(project: Project) -> None:
    project.write("s.csv", "id,n\n1,a\n")
    project.source(drift="freeze")
    project.run()
    project.warehouse.execute("drop table raw.columns")
    assert agreed(project.warehouse, "s") == {"id": "known", "n": "known"}
    project.write("s.csv", "id,n,m\n1,a,b\n")
    assert project.run().refused


@pytest.mark.parametrize("drift", ["evolve", "freeze", "discard"])
def test_a_check_says_what_a_run_does(project: Project, drift: str) -> None:
    project.write("s.csv", "id,n\n1,a\n")
    project.source(drift=drift)
    project.run()
    for text in ("id,n\n2,a\n", "id,n,m\n1,a,b\n", "n,m\na,b\n"):
        project.write("s.csv", text)
        there = {"s": agreed(project.warehouse, "s")}
        found = check(project.config(), ["s"], there).summary
        done = project.run()
        assert found is not None
        said, did = found.sources[0], done.sources[0]
        assert (said.refused, said.left_out) == (did.refused, did.left_out)
        assert [note for note in said.notes if "new column" in note] == [
            note for note in did.notes if "new column" in note
        ]


def test_a_source_that_is_no_more_is_forgotten(project: Project) -> None:
    project.write("s.csv", "id,n\n1,a\n")
    project.source()
    project.source("other", "s.csv")
    project.run()
    del project.settings["sources"]["s"]
    project.run()
    assert project.column("select distinct source from raw.columns") == ["other"]


def test_no_message_carries_a_cell(project: Project) -> None:
    project.write("s.csv", "id,n\n1,a\n")
    project.source(drift="freeze", person={"id": "id", "full_name": "n"})
    project.run()
    project.write("s.csv", "orla@brook.example,0170 1234567\n2,b\n")  # an export without a header
    told = json.dumps([problem.what + problem.fix for problem in project.run().refused])
    assert "has none of the 2 columns" in told and "orla" not in told
