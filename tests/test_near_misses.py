"""Keys and cards in another spelling than a record's: told with the line to paste, joined when that is pasted, and never before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from cxunify.config import load
from cxunify.errors import ConfigError
from tests.cli.project import Project

CRM = """Record ID,first,last,mail,card,Merged contact IDs
101,Orla,Quimby,orla@q.example,0012345,
102,Rufus,Marchetti,ruf@m.example,12346,
00103,Petra,Lindqvist,petra@l.example,'0012347,55;77:1700000000000;78
104,Ivo,Santangelo,ivo@s.example,LC-0012348,
105,Ada,Ferris,ada@f.example,778,
106,Ben,Gorse,ben@g.example,0778,
"""
TILL = """no,at,amt,card,who
1,2024-07-01 10:00:00,10.00,12345,
2,2024-07-05 12:00:00,20.00,12346.0,
3,2024-07-09 15:00:00,30.00,0012347,
4,2024-07-10 15:00:00,40.00,LC 0012348,
5,2024-07-11 15:00:00,50.00,00778,
6,2024-07-12 15:00:00,60.00,,103
7,2024-07-13 15:00:00,70.00,,77
8,2024-07-14 15:00:00,80.00,,900
"""
SETTINGS: dict[str, Any] = {
    "version": 1, "region": "US", "currency": "USD", "timezone": "UTC",
    "sources": {
        "crm": {"channel": "crm", "files": "crm.csv", "person": {
            "id": "Record ID", "given_name": "first", "family_name": "last", "email": "mail", "identifiers": {"loyalty_id": "card"},
            "merged_ids": "Merged contact IDs",
        }},
        "tills": {"channel": "pos", "files": "till.csv", "load": "append", "interaction": {
            "id": "no", "at": "at", "kind": "purchase", "amount": "amt", "identifiers": {"loyalty_id": "card"},
            "person": {"crm": "who"},
        }},
    },
}  # fmt: skip


def project(folder: Path) -> Project:
    """The project's files."""
    (folder / "crm.csv").write_text(CRM, encoding="utf-8")
    (folder / "till.csv").write_text(TILL, encoding="utf-8")
    (folder / "cxunify.yaml").write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    return Project(folder)


def _gaps(made: Project) -> dict[str, dict[str, Any]]:
    return {gap["gap_id"]: gap for gap in json.loads(made.run("quality", "--json").stdout)["document"]["gaps"]}


def _buyers(made: Project) -> list[str]:
    customers = pl.read_parquet(made.current / "customers.parquet").filter(
        pl.col("purchases") > 0, pl.col("records") > 0
    )
    return sorted(customers["given_name"].to_list())


def test_near_misses_are_told_and_join_when_the_lines_are_pasted(tmp_path: Path) -> None:
    made = project(tmp_path)
    made.run("run")
    assert _buyers(made) == ["Petra", "Rufus"]
    gaps = _gaps(made)
    cards, keys = gaps["key_nearly.tills.identifiers.loyalty_id"], gaps["key_nearly.tills.person.crm"]
    assert (cards["rows"], cards["cost"]) == (2, 40.0)
    assert "leading zeros (1), blanks (1), hyphens and the like (1)" in cards["cause"]
    assert (keys["rows"], gaps["key_to_nobody.tills.person.crm"]["rows"]) == (1, 1)
    shown = made.run("quality", "key_nearly.tills.identifiers.loyalty_id", "--values").stdout
    assert "LC 0012348" in shown and "00778" not in shown
    lines = yaml.safe_load(cards["paste"])
    assert lines == {"identity": {"ignore": {"loyalty_id": ["zeros", "blanks", "hyphens"]}}}
    lines["identity"]["ignore"] |= yaml.safe_load(keys["paste"])["identity"]["ignore"]
    made.config.write_text(yaml.safe_dump({**SETTINGS, **lines}), encoding="utf-8")
    made.run("run")
    assert _buyers(made) == ["Ivo", "Orla", "Petra", "Rufus"]
    assert [gap for gap in _gaps(made) if gap.startswith("key_nearly")] == []


def test_an_identifier_that_nobody_maps_is_refused(tmp_path: Path) -> None:
    made = project(tmp_path)
    made.config.write_text(
        yaml.safe_dump({**SETTINGS, "identity": {"ignore": {"loyalty": ["zeros"]}}}), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="no identifier of any source") as refused:
        load(made.config)
    assert "loyalty_id, person.crm" in str(refused.value)
