"""What becomes of rows that describe people."""

from __future__ import annotations

from datetime import datetime

from cxunify.schema import OLDER, UNDATED
from tests.ingest.conftest import Project


def test_every_field(project: Project) -> None:
    project.write(
        "s.csv",
        "Id,First, Last ,Mail1,Mail2,Tel,Zip,Loy,OptOut,Sms,Job,Merged,Made,Changed\n"
        "1,  Ann ,O'Neil,a@x.org,,'+31612345678,'01234,LC1,false,y,smith,2,2024-01-31,2024-02-01T00:00:00Z\n"
        "2,,\u00a0Lee\t,,b@x.org,,,,TRUE,maybe,,,,\n",
    )
    project.source(
        person={
            "id": "id", "given_name": "First", "family_name": "last", "email": ["Mail1", "Mail2"], "phone": "Tel",
            "postal_code": "Zip", "identifiers": {"loyalty_id": "Loy"}, "merged_into": "Merged",
            "consent": {"email": {"column": "OptOut", "negate": True}, "sms": "Sms"},
            "attributes": {"job": "Job"}, "created_at": "Made", "updated_at": "Changed",
        }
    )  # fmt: skip
    project.run()
    assert project.rows("select * exclude (row_no) from staging.records order by record_id") == [
        (
            "s", "1", 1, 1, "Ann", None, "O'Neil", None, None, None, None,
            ["a@x.org"], ["+31612345678"], None, None, None, None,
            "01234", None, None, {"loyalty_id": "LC1"}, {"email": True, "sms": True}, {"job": "smith"}, "2", [],
            datetime(2024, 1, 31), datetime(2024, 2, 1),
        ),
        (
            "s", "2", 1, 2, None, None, "Lee", None, None, None, None, ["b@x.org"], [], None, None, None, None,
            None, None, None, {}, {"email": False, "sms": None}, {}, None, [], None, None,
        ),
    ]  # fmt: skip
    assert project.rows("select source_row, field, reason, word from staging.invalid") == [
        (2, "consent.sms", "neither yes nor no", "maybe")
    ]


def test_ids_that_came_as_floats_are_the_ids_people_know(project: Project) -> None:
    project.write("p.csv", "id,n\n17850.0,a\n12346.0,b\n")
    project.write("i.csv", "id,at,who\n1,2024-01-31,17850\n2,2024-01-31,12346.0\n3,2024-01-31,\n")
    project.source("people", "p.csv", person={"id": "id", "full_name": "n"})
    project.source(
        "events", "i.csv", interaction={"id": "id", "at": "at", "kind": "visit", "person": {"people": "who"}}
    )
    notes = project.run().sources[0].notes
    assert project.column("select record_id from staging.records order by 1") == ["12346", "17850"]
    assert project.column("select person_record_id from staging.traces order by 1") == ["12346", "17850"]
    assert "floats" in notes[0]
    assert project.column("select id from raw.people") == ["17850.0", "12346.0"]


def test_ids_that_merely_look_like_floats_stay(project: Project) -> None:
    project.write("s.csv", "id,v\n1.0,a\n1.10,b\n2e5,c\n1_000,d\n")
    project.source()
    project.run()
    assert project.column("select record_id from staging.records order by source_row") == [
        "1.0",
        "1.10",
        "2e5",
        "1_000",
    ]


def test_the_newest_version_of_a_record_counts(project: Project) -> None:
    project.write(
        "s.csv", "id,n,u\n1,old,2024-01-01\n1,new,2024-02-01\n1,older,2023-01-01\n2,a,\n2,last,\n3,x,\n3,y,2020-01-01\n"
    )
    project.source(person={"id": "id", "full_name": "n", "updated_at": "u"})
    summary = project.run().sources[0]
    assert project.column("select full_name from staging.records order by record_id") == ["new", "last", "y"]
    assert (summary.loaded, summary.persons) == (7, 3)
    assert [(gone.subject, gone.rows) for gone in summary.gone] == [("record", 2), ("record", 2)]
    assert project.rows("select id, source_row, reason from staging.gave_way order by source_row") == [
        ("1", 1, OLDER), ("1", 3, OLDER), ("2", 4, UNDATED), ("3", 6, UNDATED),
    ]  # fmt: skip


def test_a_newer_version_that_is_silent_takes_no_refusal_back(project: Project) -> None:
    project.write(
        "s.csv",
        "id,mail,sms,u\n1,no,yes,2024-01-01\n1,,,2024-02-01\n2,bounced,no,2024-01-01\n2,,yes,2024-02-01\n"
        "3,no,,2024-01-01\n3,yes,,2024-02-01\n3,,,2024-03-01\n4,no,yes,2024-01-01\n4,yes,no,2024-02-01\n5,yes,,2024-01-01\n",
    )
    project.source(person={"id": "id", "consent": {"email": "mail", "sms": "sms"}, "updated_at": "u"})
    project.run()
    assert project.rows("select record_id, consent from staging.records order by record_id") == [
        ("1", {"email": False}),
        ("2", {"email": None, "sms": True}),
        ("3", {}),
        ("4", {"email": True, "sms": False}),
        ("5", {"email": True}),
    ]


def test_ids_of_merged_records_are_read_out_of_any_list(project: Project) -> None:
    project.write(
        "s.csv", 'id,a,b\n1,"55; 77:1700000000000;78",\n2,"[""55"", ""77""]",78.0\n3,55|77,55\n4,,\n5,003A-1,\n'
    )
    project.source(person={"id": "id", "merged_ids": ["a", "b"]})
    project.run()
    assert project.column("select merged_ids from staging.records order by record_id") == [
        ["55", "77", "78"], ["55", "77", "78"], ["55", "77", "55"], [], ["003A-1"],
    ]  # fmt: skip


def test_a_later_file_is_newer(project: Project) -> None:
    project.write("s2.csv", "id,n\n1,second\n")
    project.write("s10.csv", "id,n\n1,tenth\n")
    project.source(files="s*.csv", load="append", person={"id": "id", "full_name": "n"})
    project.run()
    assert project.column("select full_name from staging.records") == ["tenth"]


def test_records_without_an_id_get_one_from_what_they_say(project: Project) -> None:
    project.write("s.csv", "n,mail,order\nAnn,a@x.org,1\nAnn,a@x.org,2\nBob,,3\n,,4\n")
    project.source(person={"full_name": "n", "email": "mail"})
    summary = project.run().sources[0]
    ids = project.rows("select full_name, record_id from staging.records order by 1")
    assert [name for name, _ in ids] == ["Ann", "Bob"]
    assert all(len(record_id) == 24 for _, record_id in ids)
    assert "1 row describes nobody: neither an id nor any mapped column is filled" in summary.notes
    project.write("s.csv", "n,mail,order\nBob,,3\nAnn,a@x.org,9\n")
    project.run()
    assert project.rows("select full_name, record_id from staging.records order by 1") == ids


def test_texts_that_mean_nothing_here(project: Project) -> None:
    project.write("s.csv", "id,n\n1,NULL\n2,-\n3,Null\n")
    project.source(person={"id": "id", "family_name": "n"}, null_values=["-"])
    project.run()
    assert project.column("select family_name from staging.records order by record_id") == ["NULL", None, "Null"]


def test_the_character_nul_is_left_out_and_said(project: Project) -> None:
    project.write("s.csv", "id,n,w\n1,A\0da,x\n2,\0 Bob \0,y\n3,\0,z\n4,Cem,w\n")
    project.source(person={"id": "id", "given_name": "n", "family_name": "w"})
    summary = project.run().sources[0]
    assert project.column("select given_name from staging.records order by record_id") == ["Ada", "Bob", None, "Cem"]
    assert [note for note in summary.notes if "NUL" in note] == ["n: the character NUL, found in 3 cells, is left out"]
    project.write("s.ndjson", '{"id": "1", "n": "A\\u0000da"}\n')
    project.source(files="s.ndjson", person={"id": "id", "given_name": "n"})
    project.run()
    assert project.column("select given_name from staging.records") == ["Ada"]
