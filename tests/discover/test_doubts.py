"""What init may not decide in silence: files that look clear and are not, each with the line that must be marked, or may not be."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify.discover import look
from cxunify.discover.verify import verified

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "doubts.yaml").read_text(encoding="utf-8"))
ROWS = 60


def _written(columns: dict[str, list[str]], path: Path) -> None:
    """A file of so many rows: each column's values in turn, with the number of the row."""
    with path.open("w", encoding="utf-8", newline="") as out:
        told = csv.writer(out)
        told.writerow(columns)
        for n in range(ROWS):
            told.writerow(
                [str(turn[n % len(turn)]).format(n=n, d=n % 28 + 1, m=n % 9 + 1) for turn in columns.values()]
            )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_doubts(case: dict[str, Any], tmp_path: Path) -> None:
    for name, columns in case["files"].items():
        _written(columns, tmp_path / name)
    findings = verified(look(sorted(case["files"]), tmp_path))
    there = {place.key: place.value for place in findings.places}
    assert there.items() >= case.get("places", {}).items()
    for name, expected in case.get("settings", {}).items():
        found = next(one for one in findings.sources if one.name == name)
        assert {one.key: one.options["value"] for one in found.settings} == expected
    found = next(one for one in findings.sources if one.name == case.get("source", one.name))
    for key, expected in case.get("expect", {}).items():
        choice = found.choice(key)
        if expected is None:
            assert choice is None, choice
            continue
        assert choice is not None, (key, found)
        assert choice.sure == expected.get("sure", True), choice
        assert expected.get("why", "") in choice.why
        if "columns" in expected:
            assert list(choice.columns) == expected["columns"]
        for option in ("value", "map", "unit", "unless"):
            assert option not in expected or choice.options.get(option) == expected[option], choice
