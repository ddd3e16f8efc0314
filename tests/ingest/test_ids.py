"""Ids that are unique, ids that are not, and that no row goes without a word."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxunify.config import document
from cxunify.errors import ContractError, InputError
from cxunify.ingest import account, check
from cxunify.schema import REPEATED
from tests.ingest.conftest import Project

CASES: list[dict[str, Any]] = document((Path(__file__).parent / "cases" / "ids.yaml").read_text(encoding="utf-8"))
EVENT = {"id": "no", "at": "at", "kind": "purchase", "location": "shop", "identifiers": {"loyalty_id": "card"}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_id_is_what_its_rows_say_it_is(project: Project, case: dict[str, Any]) -> None:
    for name, text in case["files"].items():
        project.write(name, text)
    project.source(files=list(case["files"]), **case["source"])
    if "people" in case:
        project.write("people.csv", case["people"])
        project.source("people", "people.csv", person=case["as"])
    if "refused" in case:
        said = project.refused()
        assert [text for text in case["refused"] if text not in said] == [], said
        assert [problem.what in said for problem in check(project.config()).problems] == [True]
        return
    said = "\n".join(project.run().sources[0].notes)
    assert [text for text in case.get("notes", []) if text not in said] == [], said
    for query, rows in case["gives"].items():
        found = [[None if cell is None else str(cell) for cell in row] for row in project.rows(query)]
        assert found == rows, query


def test_a_few_damaged_ids_are_told_and_taken_as_none(project: Project) -> None:
    rows = [f"{number},2024-03-01,{number}" for number in range(1000, 1200)]
    project.write("s.csv", "\n".join(["no,at,amt", *rows, "1.00012E+14,2024-03-01,3", "1.00012E+14,2024-03-02,4"]))
    project.source(interaction={"id": "no", "at": "at", "kind": "purchase", "amount": "amt"})
    summary = project.run().sources[0]
    assert (summary.loaded, summary.interactions) == (202, 202)
    assert project.rows("select source_row, field, reason from staging.invalid order by 1") == [
        (201, "id", "rounded by a spreadsheet"),
        (202, "id", "rounded by a spreadsheet"),
    ]
    assert [note for note in summary.notes if "2 values are in scientific notation" in note]


def test_a_row_that_is_not_accounted_for_is_a_fault(project: Project) -> None:
    project.write("s.csv", "no,at\n1,2024-03-01\n2,2024-03-01\n")
    project.source(interaction={"id": "no", "at": "at", "kind": "visit"})
    project.run()
    project.warehouse.execute("delete from staging.interactions where interaction_id = '2'")
    with pytest.raises(ContractError, match="of 2 rows, 1 stand as interactions and 0 gave way"):
        account.balance(project.warehouse, "s", project.config().sources["s"])


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "1", "2", "3"]),
        st.sampled_from(["2024-03-01 09:00", "2024-03-01 09:03", "2024-03-01 17:00", "2024-03-02 09:00", ""]),
        st.sampled_from(["S1", "s1", "S2", ""]),
        st.sampled_from(["A", "B", "", ""]),
        st.sampled_from(["1", "2", "4"]),
    ),
    max_size=6,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(ROWS, min_size=1, max_size=3), load=st.sampled_from(["append", "snapshot"]), spare=st.booleans())
def test_every_row_stands_or_is_named_with_its_reason_and_money_adds_up(
    projects: Callable[[], Project], files: list[list[tuple[str, ...]]], load: str, *, spare: bool
) -> None:
    project = projects()
    if load == "snapshot":
        files = files[:1]
    if spare:  # so many ids of their own that a few shared ones are no proof against the column
        files = [
            [*rows, *((f"{place}/{n}", "2024-03-05 12:00", "S1", "", "8") for n in range(99))]
            for place, rows in enumerate(files)
        ]
    for place, rows in enumerate(files):
        project.write(f"s{place}.csv", "\n".join(["no,at,shop,card,amt", *map(",".join, rows)]))
    project.source(files="s*.csv", load=load, interaction=EVENT | {"amount": {"column": "amt", "per": "line"}})
    with contextlib.suppress(InputError):
        project.run()
    if not project.warehouse.exists("raw.s"):
        assert "the number is not unique" in project.refused()
        return
    summary = project.run().sources[0]
    loaded, stand = summary.loaded, project.rows("select coalesce(sum(lines), 0) from staging.interactions")[0][0]
    assert loaded == stand + summary.gave_way == stand + sum(gone.rows for gone in summary.gone)
    lost = {(file, row) for file, row in project.rows("select file_id, source_row from raw.rejects")}
    money = Counter(
        {
            table: project.rows(f"select coalesce(sum(amount), 0) from staging.{table}")[0][0]
            for table in ("interactions", "gave_way")
        }
    )
    raw = project.rows("select * from raw.s")
    assert sum(money.values()) == sum(Decimal(row[-1]) for row in raw if row[:2] not in lost)
    gone = {row[:2]: row[2] for row in project.rows("select file_id, source_row, reason from staging.gave_way")}
    kept = {row[2:] for row in raw if row[:2] not in gone}  # what stands, or was rejected with its reason
    assert all(row[2:] in kept for row in raw if gone.get(row[:2]) == REPEATED)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["", "1", "2"]), st.sampled_from(["", "Ann", "Bob"]), st.sampled_from(["", "a@x.org", "b@x.org"]),
            st.sampled_from(["", "2024-01-31"]),
        ),
        min_size=1,
        max_size=8,
    )
)  # fmt: skip
def test_every_row_about_people_stands_or_is_named_with_its_reason(
    projects: Callable[[], Project], rows: list[tuple[str, ...]]
) -> None:
    project = projects()
    project.write("s.csv", "\n".join(["no,n,mail,u", *map(",".join, rows)]))
    project.source(person={"id": "no", "full_name": "n", "email": "mail", "updated_at": "u"})
    summary = project.run().sources[0]
    assert summary.loaded == summary.persons + summary.gave_way
    twice = Counter(row[0] or row[1:3] for row in rows)
    assert summary.persons == len([key for key in twice if any(key)])
    told = project.rows(
        "select count(*) from staging.gave_way as g join staging.records as r on r.record_id = g.id"
        " join raw.s as old on old.source_row = g.source_row join raw.s as new on new.source_row = r.source_row"
        " where old.n <> new.n and old.mail <> new.mail and not starts_with(g.reason, 'another')"
    )
    assert told == [(0,)]
