"""Each shipped preset, on headers as vendors write them (rows made up)."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify.config import presets
from tests.ingest.conftest import Project

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "presets.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_preset(project: Project, case: dict[str, Any]) -> None:
    if "lines" in case:
        file = "s.ndjson"
        project.write(file, "\n".join(case["lines"]))
    else:
        file = "s.csv"
        header = next(csv.reader([case["header"]]))
        out = io.StringIO()
        rows = [dict.fromkeys(header, "") | row for row in case["rows"]]
        assert all(set(row) == set(header) for row in rows)
        writer = csv.DictWriter(out, header)
        writer.writeheader()
        writer.writerows(rows)
        project.write(file, out.getvalue())
    project.source(files=file, preset=case["preset"], **case.get("settings", {}))
    project.run()
    for sql, expected in case["found"].items():
        assert [list(row) for row in project.rows(sql)] == expected, sql


def test_every_preset_is_tried() -> None:
    assert {case["preset"] for case in CASES} == set(presets())
