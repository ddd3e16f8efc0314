"""Several files of a snapshot: what says that they are versions, and what is asked where nothing does."""

from __future__ import annotations

from typing import Any

import pytest

from cxunify.ingest import check
from cxunify.ingest.succession import is_dated
from tests.ingest.conftest import Project

PERSON = {"id": "id", "email": "mail", "full_name": "name"}
EVENT = {"id": "no", "at": "at", "kind": "purchase", "amount": "amt"}


def _people(*ids: int, host: str = "x.example") -> str:
    return "id,mail,name\n" + "".join(f"{one},p{one}@{host},Person {one}\n" for one in ids)


def _receipts(*numbers: int, day: str = "2024-03-05") -> str:
    return "no,at,amt\n" + "".join(f"{one},{day} 10:00:00,5.00\n" for one in numbers)


CASES: dict[str, tuple[dict[str, str], dict[str, Any], str]] = {
    "parts": ({"c_part1.csv": _people(1, 2), "c_part2.csv": _people(3, 4)}, {}, "c_part2.csv has not one of the 2 ids in"),
    "statuses": (
        {"cleaned.csv": _people(1), "subscribed.csv": _people(2, 3, 4), "unsubscribed.csv": _people(5)}, {}, "has not one of the",
    ),
    "hardly any": ({"a.csv": _people(*range(10)), "b.csv": _people(*range(9, 20))}, {}, "b.csv has 1 of the 10 ids in a.csv"),
    "two shops that both count from one": (
        {"east.csv": _people(1, 2, 3), "west.csv": _people(1, 2, 3, host="y.example")}, {},
        "of the 3 ids that east.csv and west.csv share, 3 mean something else in each",
    ),
    "parts of one day": ({"c_2024-03-05_1.csv": _people(1), "c_2024-03-05_2.csv": _people(2)}, {}, "not one of"),
    "one of three is no version": (
        {"a1.csv": _people(1, 2), "a2.csv": _people(1, 2, 3), "b.csv": _people(7, 8)}, {}, "b.csv has not one of the 3 ids",
    ),
    "people without an id": (
        {"a.csv": _people(1, 2), "b.csv": _people(3)}, {"person": {"email": "mail", "full_name": "name"}}, "not one of the 2 ids",
    ),
    "receipts by till": ({"t1.csv": _receipts(1, 2), "t2.csv": _receipts(3, 4)}, {"interaction": EVENT}, "not one of"),
    "receipts of tills that count alike": (
        {"t1.csv": _receipts(1, 2), "t2.csv": _receipts(1, 2, day="2024-03-09")}, {"interaction": EVENT}, "mean something else",
    ),
    "the newest is empty": ({"a.csv": _people(1, 2), "b.csv": _people()}, {}, "not one of the 2 ids"),
    "a preset says no more than the default": (
        {"a.csv": "Record ID,Email\n1,a@x.example\n", "b.csv": "Record ID,Email\n2,b@x.example\n"},
        {"preset": "hubspot.contacts"}, "not one of",
    ),
}  # fmt: skip
VERSIONS: dict[str, tuple[dict[str, str], dict[str, Any], list[str]]] = {
    "most ids in common": ({"a.csv": _people(1, 2, 3), "b.csv": _people(2, 3, 4)}, {}, ["2", "3", "4"]),
    "a few have another address": (
        {"a.csv": _people(1, 2, 3), "b.csv": _people(1, 2, 3).replace("p1@", "new@")}, {}, ["1", "2", "3"],
    ),
    "dates in the names": ({"c_2024-03-05.csv": _people(1), "c_2024-03-06.csv": _people(2)}, {}, ["2"]),
    "dates in the folders": ({"2024/03/c.csv": _people(1), "2024/04/c.csv": _people(2)}, {"files": "**/c.csv"}, ["2"]),
    "said so": ({"a.csv": _people(1), "b.csv": _people(2)}, {"load": "snapshot"}, ["2"]),
    "in parts": ({"a.csv": _people(1), "b.csv": _people(2)}, {"load": "parts"}, ["1", "2"]),
    "an old one without rows": ({"a.csv": _people(), "b.csv": _people(2)}, {}, ["2"]),
    "an old one that cannot be read": ({"a.csv": "\n\n", "b.csv": _people(2)}, {}, ["2"]),
    "each a version of the one before it": (
        {f"v{one}.csv": _people(*range(one, one + 4)) for one in range(1, 6)}, {}, ["5", "6", "7", "8"],
    ),
}  # fmt: skip


def _set_up(project: Project, files: dict[str, str], settings: dict[str, Any]) -> None:
    for name, content in files.items():
        project.write(name, content)
    mapping = {} if settings.keys() & {"person", "interaction", "preset"} else {"person": PERSON}
    project.source(**{"files": "*.csv", **mapping, **settings})


@pytest.mark.parametrize(("files", "settings", "says"), CASES.values(), ids=list(CASES))
def test_files_that_do_not_supersede_each_other_are_asked_about(
    project: Project, files: dict[str, str], settings: dict[str, Any], says: str
) -> None:
    _set_up(project, files, settings)
    (foreseen,) = check(project.config()).problems
    refused = project.refused()
    for told in (f"{foreseen.what}\n{foreseen.fix}", refused):
        assert says in told
        assert "`load: parts`" in told
        assert "`load: snapshot`" in told
    assert not project.warehouse.exists("raw.s")
    assert not project.warehouse.exists("raw.s (unread)")


@pytest.mark.parametrize(("files", "settings", "ids"), VERSIONS.values(), ids=list(VERSIONS))
def test_what_is_a_version_or_was_said_to_be_one_is_not_asked_about(
    project: Project, files: dict[str, str], settings: dict[str, Any], ids: list[str]
) -> None:
    _set_up(project, files, settings)
    project.run()
    assert project.column("select record_id from staging.records order by 1") == ids
    assert not project.warehouse.exists("raw.s (unread)")


def test_a_later_file_is_asked_about_when_it_comes(project: Project) -> None:
    _set_up(project, {"c1.csv": _people(1, 2, 3)}, {})
    project.run()
    project.write("c2.csv", _people(4, 5))
    assert "c2.csv has not one of the 3 ids in c1.csv" in project.refused()
    assert project.column("select count(*) from staging.records") == [3]
    project.write("c2.csv", _people(1, 2, 3, 4))
    project.run()
    assert project.column("select count(*) from staging.records") == [4]


@pytest.mark.parametrize(
    ("names", "dated"),
    [
        (["c-2023-12-31.csv", "c-2024-01-01.csv"], True),
        (["c_20240105.csv", "c_20240106T0930.csv"], True),
        (["c_202401051200.csv", "c_202401051201.csv"], True),
        (["c 2024-01-05 09.30.csv", "c 2024-01-05 10.30.csv"], True),
        (["2024/01/c.csv", "2024/02/c.csv"], True),
        (["2024-Q1.csv", "2024-Q2.csv"], True),
        (["c_2024W05.csv", "c_2024W06.csv"], True),
        (["c_1706659200.csv", "c_1706745600.csv"], True),
        (["c-2024-01-01.csv", "c-2024-01-01 (1).csv"], False),
        (["c-2024-01-02.csv", "c-2024-01-01.csv"], False),
        (["c.csv", "c-2024-01-01.csv"], False),
        (["c1.csv", "c2.csv"], False),
        (["c-1.csv", "c-2.csv", "c-3.csv"], False),
        (["till_4711.csv", "till_4712.csv"], False),
        (["c_20249901.csv", "c_20249902.csv"], False),
    ],
)
def test_dates_in_names(names: list[str], dated: bool) -> None:
    assert is_dated(names) == dated
