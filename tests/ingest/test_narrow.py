"""New files of a source that appends: their rows are looked at alone, or all are; what stands in staging is the same either way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxunify.config import document
from cxunify.ingest import conform
from cxunify.ingest.counts import Counts
from cxunify.ingest.rows import Rows
from cxunify.ingest.survey import Surveyed, survey
from cxunify.schema import FILES, REJECTS, STAGING
from tests.ingest.conftest import Project

KINDS: dict[str, Any] = document((Path(__file__).parent / "cases" / "narrow.yaml").read_text(encoding="utf-8"))
CASES = [
    {**kind, **case, "map": {**kind["map"], **case.get("map", {})}} for kind in KINDS.values() for case in kind["cases"]
]


class Looked(list[int]):
    """How many rows each look at a source's columns was at."""

    def __call__(self, counts: Counts, rows: Rows) -> Surveyed:
        """Look at the columns, and count."""
        self.append(counts.warehouse.scalar(f"select count(*) from {rows.table}"))
        return survey(counts, rows)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    """What is looked at."""
    found = Looked()
    monkeypatch.setattr(conform, "survey", found)
    return found


def _write(project: Project, case: dict[str, Any], *days: str) -> None:
    for number, day in enumerate(("today", "tomorrow")):
        if day in days:
            header = case.get(f"header_{day}", case["header"])
            project.write(f"in/{number}-{day}.csv", f"{header}\n{case[day]}")
    project.write("people.csv", "id\np1\np2\n")
    project.source("people", files="people.csv")
    project.source("s", files="in/*.csv", load="append", **case["map"], **case.get(f"map_{days[-1]}", {}))
    project.settings["timezone"] = "UTC"


def _places(project: Project) -> set[tuple[Any, ...]]:
    """Where the engine has each record and interaction: what is written again is elsewhere."""
    tables = ("staging.records", "staging.interactions")
    return {
        row
        for table in tables
        for row in project.rows(f"select '{table}', row_no, rowid from {table} where source = 's'")
    }


def _held(project: Project) -> dict[str, list[tuple[Any, ...]]]:
    """What is known of a project's rows."""
    tables = {table.name: "*" for table in (*STAGING, REJECTS)} | {
        FILES.name: "* exclude (loaded_at, modified_at, run_id)"
    }
    return {name: project.rows(f"select {columns} from {name} order by all") for name, columns in tables.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_what_comes_tomorrow_is_added_as_if_it_had_been_there_today(
    case: dict[str, Any], projects: Callable[[], Project], looked: Looked
) -> None:
    grown, whole = projects(), projects()
    _write(grown, case, "today")
    grown.run()
    stood = _places(grown)
    _write(grown, case, "today", "tomorrow")
    looked.clear()
    notes = grown.run().sources[1].notes
    at = looked[-1]
    _write(whole, case, "today", "tomorrow")
    assert [*whole.run().sources[1].notes] == [
        *notes
    ] or "header_tomorrow" in case  # which says that it has another column
    assert _held(grown) == _held(whole)
    stands = _places(grown)
    if "new" in case:
        assert at == case["new"]
        assert stood <= stands, "what stands was written again"
    else:
        assert at == looked[-1]
        assert not stood & stands
