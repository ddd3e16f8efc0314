"""Amounts with letters that are no currency: the gap says the line that gives them their meaning, as far as it is usual."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cxunify import ingest
from cxunify.config import load
from cxunify.quality.catalogue import checks
from cxunify.quality.marks import marked
from cxunify.quality.paste import paste
from cxunify.warehouse import Warehouse

LINES = next(check.paste for check in checks() if check.id == "cell_unparseable")


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        (["100.00 DR", "40.00 CR", "7.50"], {"CR": -1, "DR": 1}),
        (["1.2k", "3M", "7"], {"K": 1000, "M": 1_000_000}),
        (["12 crates", "YY-1196", "7"], {}),
    ],
)
def test_usual_letters_are_named_with_their_meaning(tmp_path: Path, cells: list[str], marks: dict[str, int]) -> None:
    rows = "".join(f"{n},2024-01-31,{cell}\n" for n, cell in enumerate(cells))
    (tmp_path / "s.csv").write_text(f"id,at,amt\n{rows}", encoding="utf-8")
    event = {"id": "id", "at": "at", "kind": "purchase", "amount": "amt"}
    settings = {"version": 1, "region": "US", "currency": "USD"}
    sources = {"s": {"channel": "pos", "files": "s.csv", "interaction": event}}
    (tmp_path / "cxunify.yaml").write_text(yaml.safe_dump({**settings, "sources": sources}), encoding="utf-8")
    config = load(tmp_path / "cxunify.yaml")
    with Warehouse.open(directories=[tmp_path]) as warehouse:
        ingest.ingest(warehouse, config)
        lines = paste(marked(warehouse, config, "s", "amount", LINES), config, "s", "amount")
    if not marks:
        assert lines == ""
        return
    assert yaml.safe_load(lines) == {"sources": {"s": {"interaction": {"amount": {"column": "amt", "marks": marks}}}}}
