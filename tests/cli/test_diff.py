"""What differs between two runs: customers, golden values, figures, and what caused it; and what a run would change."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from tests.cli.project import Project
from tests.cli.test_upkeep import shop


@pytest.fixture
def grown(tmp_path: Path) -> Project:
    """A shop that was run twice: somebody is new, somebody has moved house, two are one by decision."""
    project = shop(tmp_path / "project")
    project.run("run", "--quiet")
    project.replace("3,Ivo,ivo@x.example", "3,Ivo,ivo@elsewhere.example\n4,Una,una@hill.example", "in/crm.csv")
    decided = "source_a,record_id_a,source_b,record_id_b,decision\ncrm,1,crm,2,same\n"
    (project.folder / "decisions.csv").write_text(decided)
    project.run("run", "--quiet")
    return project


def ids(project: Project) -> dict[str, str]:
    """The customer of each record, as published."""
    rows = pl.read_parquet(project.current / "identity_map.parquet")
    return dict(rows.select("record_id", "customer_id").rows())


def test_what_became_of_customers_and_why(grown: Project) -> None:
    found = json.loads(grown.run("diff", "--json").stdout)
    assert found["counts"] == {"merged": 1, "new": 1}
    merged, new = found["changes"]
    assert merged["new_id"] == ids(grown)["1"] and merged["rules"] == ["decision"]
    assert new["new_id"] == ids(grown)["4"]
    assert (found["before"]["customers"], found["after"]["customers"]) == (3, 3)
    assert found["fields"]["email"] >= 1 and found["moved"] == 0
    assert [cause for cause in found["causes"] if "crm.csv is new or another" in cause]
    assert (found["before"]["repeat_rate"], found["after"]["identified_share"]) == (1, 1)


def test_the_page_fits_a_terminal_and_names_two_runs(grown: Project) -> None:
    runs = sorted(path.name for path in (grown.folder / "out" / "runs").iterdir())
    told = grown.run("diff", runs[0], runs[1]).stdout
    assert f"From run {runs[0]} to {runs[1]}" in told and "1 customer merged into another" in told
    assert max(map(len, told.splitlines())) <= 80
    assert not re.search(r"Orla|@", told)
    assert grown.run("diff", runs[0][:-3]).stdout == told
    assert "No customer is new" in grown.run("diff", runs[1], runs[1]).stdout


def test_runs_that_there_are_not_are_told(grown: Project, tmp_path: Path) -> None:
    assert "there is no such run" in grown.run("diff", "1999", expect=2).stderr
    fresh = shop(tmp_path / "fresh")
    assert "nothing is published yet" in fresh.run("diff", expect=2).stderr
    fresh.run("run", "--quiet")
    assert "there is no run before that one" in fresh.run("diff", expect=2).stderr


@pytest.mark.parametrize("command", [("run", "--dry-run"), ("resolve", "--dry-run")], ids=["run", "resolve"])
def test_what_a_run_would_change_is_shown_and_nothing_is_published(grown: Project, command: tuple[str, str]) -> None:
    before, owners = grown.digests(), ids(grown)
    (grown.folder / "decisions.csv").unlink()
    grown.replace("4,Una,una@hill.example\n", "", "in/crm.csv")
    found = json.loads(grown.run(*command, "--json").stdout)
    assert found["counts"] == {"erased": 1, "split": 1} and found["new"] == ""
    assert grown.digests() == before
    assert "1 customer split off another" in grown.run(*command).stdout
    assert grown.digests() == before
    grown.run("run", "--quiet")
    assert ids(grown)["1"] != ids(grown)["2"] and set(ids(grown)) == set(owners) - {"4"}
