"""Extracts that come file by file: however they are cut, staging is what it is when all come at once.

`CXUNIFY_SEQUENCES=500` (`make soak`) cuts them in as many ways; the gate in a few.
"""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cxunify.config import Config, load
from cxunify.ingest import ingest
from cxunify.schema import FILES, REJECTS, STAGING
from cxunify.warehouse import Warehouse
from tests import world

CUTS = int(os.environ.get("CXUNIFY_SEQUENCES", "5"))
LINES = {"pos_receipts.csv": 150, "web_events.ndjson": 150, "crm_cases.csv": 40, "mail_events.csv": 80}
"""The extracts that come file by file, and how many of their lines do."""
FIRST = 0.3
"""A first file of less has not enough to tell how columns are written."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The smallest world, the beginnings of whose events are to be cut into files."""
    config = world.small(tmp_path_factory.mktemp("sample"))
    text = yaml.safe_load((config.root / "cxunify.yaml").read_text(encoding="utf-8"))
    for source in text["sources"].values():
        stem, _, suffix = Path(source["files"].replace("*", "")).name.partition(".")
        if f"{stem}.{suffix}" in LINES:
            source.update(files=f"in/{stem}_*.{suffix}", load="append")
    text["sources"].pop("survey")
    (config.root / "cxunify.yaml").write_text(yaml.safe_dump(text, sort_keys=False), encoding="utf-8")
    return load(config.root / "cxunify.yaml")


@st.composite
def _cuts(draw: st.DrawFn) -> dict[str, list[float]]:
    """Where each extract is cut; each of the second files may bring some lines of the first once more, or other than they were."""
    part = st.floats(FIRST, 1)
    return {name: sorted(draw(st.lists(part, min_size=0, max_size=2))) for name in LINES}


def _files(config: Config, cuts: dict[str, list[float]], again: int, *, other: bool) -> list[dict[str, str]]:
    """The files of each day, by name."""
    days: list[dict[str, str]] = [{}, {}, {}]
    for name, most in LINES.items():
        header, *lines = (config.root / "extracts" / name).read_text(encoding="utf-8").splitlines(keepends=True)
        if name.endswith("json"):
            header, lines = "", [header, *lines]
        lines = lines[:most]
        places = [0, *(int(len(lines) * cut) for cut in cuts[name]), len(lines)]
        stem, _, suffix = name.partition(".")
        for day, (start, end) in enumerate(pairwise(places)):
            repeated = lines[:again] if day == 1 else []
            if other:
                repeated = [line.replace("2", "3", 1) for line in repeated]
            if lines[start:end] or not day:
                days[day][f"{stem}_{day}.{suffix}"] = header + "".join([*repeated, *lines[start:end]])
    return days


def _held(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """What is known of all rows, files by their names: their numbers follow the order in which sources are read."""
    found = {}
    for table in (*STAGING, REJECTS):
        rest = "* exclude (file_id)" if "file_id" in table.types else "*"
        if table is REJECTS:
            rest += """ replace (regexp_replace(text, '"file_id":[0-9]+', '') as text)"""
        path = f", (select path from {FILES.name} as f where f.file_id = t.file_id)" if "file_id" in table.types else ""
        found[table.name] = warehouse.rows(f"select {rest}{path} from {table.name} as t order by all")
    return found


@settings(max_examples=CUTS)
@given(cuts=_cuts(), again=st.sampled_from((0, 0, 3)), other=st.booleans())
def test_extracts_that_come_in_files_are_what_they_are_at_once(
    sample: Config, cuts: dict[str, list[float]], again: int, other: bool
) -> None:
    folder = sample.root / "in"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    with Warehouse.open(directories=[sample.root]) as grown, Warehouse.open(directories=[sample.root]) as whole:
        for day in _files(sample, cuts, again, other=other):
            for name, text in day.items():
                (folder / name).write_text(text, encoding="utf-8")
            ingest(grown, sample)
        ingest(whole, sample)
        assert _held(grown) == _held(whole)
        ingest(grown, sample, afresh=True)
        assert _held(grown) == _held(whole)
