"""What fields are mapped to: several columns, or the same for all rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cxunify.config import document
from cxunify.errors import ConfigError
from tests.ingest.conftest import Project

CASES: list[dict[str, Any]] = document((Path(__file__).parent / "cases" / "fields.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_field_is_what_it_is_mapped_to(project: Project, case: dict[str, Any]) -> None:
    for name, text in case["files"].items():
        project.write(name, text)
    project.source(files=list(case["files"]), **case["source"])
    if "invalid" in case:
        with pytest.raises(ConfigError) as caught:
            project.config()
        assert [text for text in case["invalid"] if text not in str(caught.value)] == [], str(caught.value)
        return
    if "refused" in case:
        said = project.refused()
        assert [text for text in case["refused"] if text not in said] == [], said
        return
    project.run()
    for query, rows in case["gives"].items():
        found = [[None if cell is None else str(cell) for cell in row] for row in project.rows(query)]
        assert found == rows, query
