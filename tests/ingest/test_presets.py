"""Each shipped preset, on headers as vendors write them (rows made up); and which preset a header is recognised for."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify.config import presets, recognise
from cxunify.config.presets import names
from tests.ingest.conftest import Project

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "presets.yaml").read_text(encoding="utf-8"))
STRANGE: list[list[str]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "headers.yaml").read_text(encoding="utf-8")
)

REAL = yaml.safe_load((Path(__file__).parent / "cases" / "real_exports.yaml").read_text(encoding="utf-8"))
BENCH = os.environ.get("CXUNIFY_BENCH")


def _header(case: dict[str, Any]) -> list[str]:
    if "lines" in case:
        return list(dict.fromkeys(key for line in case["lines"] for key in json.loads(line)))
    return next(csv.reader([case["header"]]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_preset(project: Project, case: dict[str, Any]) -> None:
    if "lines" in case:
        file = "s.ndjson"
        project.write(file, "\n".join(case["lines"]))
    elif "text" in case:
        file = "s.log"
        project.write(file, case["text"])
    else:
        file = "s.csv"
        header = _header(case)
        out = io.StringIO()
        rows = [dict.fromkeys(header, "") | row for row in case["rows"]]
        assert all(set(row) == set(header) for row in rows)
        writer = csv.DictWriter(out, header)
        writer.writeheader()
        writer.writerows(rows)
        project.write(file, out.getvalue())
    for beside, content in case.get("beside", {}).items():
        project.write(beside, content)
    project.source(files=file, preset=case["preset"], **case.get("settings", {}))
    project.run()
    for sql, expected in case["found"].items():
        assert [list(row) for row in project.rows(sql)] == expected, sql


def test_every_preset_is_tried() -> None:
    assert {case["preset"] for case in CASES} == set(presets())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_its_header_is_recognised_and_taken_for_no_other(case: dict[str, Any]) -> None:
    header = _header(case)
    found = recognise(header)
    assert [of.name for of in found] == [case["preset"]]
    assert 0 < found[0].may <= 1
    spoilt = [
        f"\ufeff{header[0]}",
        *(f" {name.upper().replace(' ', '  ')} " for name in header[1:]),
        "A column of ours",
    ]
    assert recognise(spoilt) == found


@pytest.mark.parametrize("name", names())
def test_a_signature_needs_each_of_its_columns(name: str) -> None:
    signature = presets()[name].recognise
    whole = [*signature.all, *signature.any]
    assert [(of.must, of.may) for of in recognise(whole) if of.name == name] == [(len(signature.all), 1.0)]
    for missing in signature.all:
        assert name not in {of.name for of in recognise([column for column in whole if column != missing])}
    if signature.any:
        assert name not in {of.name for of in recognise(signature.all)}
    for sister in signature.none:
        assert name not in {of.name for of in recognise([*whole, sister])}


@pytest.mark.parametrize("header", STRANGE, ids=" ".join)
def test_a_header_of_nobody_is_recognised_for_nothing(header: list[str]) -> None:
    assert recognise(header) == []


@pytest.mark.parametrize("case", REAL, ids=lambda case: case["file"])
def test_a_real_file_is_recognised_and_loads_whole(project: Project, case: dict[str, Any]) -> None:
    path = Path(BENCH or "").parent / "real" / case["file"]
    if not BENCH or not path.exists():
        pytest.skip("CXUNIFY_BENCH names no folder beside the real files")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert [of.name for of in recognise(next(csv.reader(stream)))] == ([case["preset"]] if case["preset"] else [])
    if case["preset"]:
        project.write("s.csv", path.read_bytes())
        project.source(preset=case["preset"], timezone="UTC")
        found = project.run().sources[0]
        assert [found.loaded, found.rejected, found.skipped] == case["rows"]
