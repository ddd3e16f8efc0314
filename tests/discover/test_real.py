"""Files of real vendors, where they are at hand: what init says of each, counted against what a person says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify.discover import Found, look

BENCH = os.environ.get("CXUNIFY_BENCH")
CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "real.yaml").read_text(encoding="utf-8")
)
LEAST_RIGHT = 0.9


@pytest.mark.parametrize("folder", CASES)
def test_what_is_said_of_a_vendors_files_is_right_or_marked_unsure(folder: str) -> None:
    if not BENCH or not (Path(BENCH).parent / "real" / folder).is_dir():
        pytest.skip(f"CXUNIFY_BENCH names no folder beside one with real/{folder}")
    findings = look([folder], Path(BENCH).parent / "real")
    sources = {found.name: found for found in findings.sources}
    others = {Path(one.file).name: one.role for one in findings.unused}
    right = unsure = 0
    wrong: list[str] = []
    for name, expected in CASES[folder].items():
        if isinstance(expected, str):
            right += others.get(name) == expected
            wrong += [] if others.get(name) == expected else [f"{name}: {others.get(name)}"]
            continue
        found = sources[name]
        assert found.role == expected["role"], name
        for key in expected.get("unsure", []):
            assert not any(one.sure for one in _lines(found, key)), (name, key)
            assert _lines(found, key), (name, key)
        keys = {key: expected[key] for key in ("id", "at") if key in expected} | expected["fields"]
        for key, column in keys.items():
            lines = _lines(found, key)
            if any(one.sure and one.active and column in _read(one) for one in lines):
                right += 1
            elif not lines or not any(one.sure and one.active for one in lines):
                unsure += 1
            else:
                wrong.append(f"{name}.{key}: {[one.columns for one in lines]}")
    assert wrong == []
    assert right >= LEAST_RIGHT * (right + unsure), (right, unsure)


def _read(line: Any) -> list[str]:
    """The columns of a line, and those of other columns that decide before it does."""
    return [*line.columns, *(one["column"] for one in line.options.get("unless", ()))]


def _lines(found: Found, key: str) -> list[Any]:
    return [one for one in found.choices if one.key.split(".", 1)[1] == key]
