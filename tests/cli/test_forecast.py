"""`cxunify check --plan`: what Spark would shuffle, told without one, from the extracts or from the tables that stand."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.project import Project

GOLDEN = Path(__file__).parent / "cases" / "forecast.txt"
pytestmark = pytest.mark.skipif(find_spec("sqlglot") is None, reason="needs the extra `spark`")


def test_the_plan_of_the_sample(fresh: Project) -> None:
    before = sorted(fresh.folder.rglob("*"))
    assert fresh.run("check", "--plan").stdout == GOLDEN.read_text(encoding="utf-8")
    assert sorted(fresh.folder.rglob("*")) == before, "it writes nothing"


def test_tables_that_stand_say_more_than_extracts(done: Project, fresh: Project) -> None:
    standing, extracts = (json.loads(project.run("check", "--plan", "--json").stdout) for project in (done, fresh))
    assert (standing["rows_from"], extracts["rows_from"]) == ("warehouse", "extracts")
    assert [standing[name] for name in ("records", "interactions")] == [
        extracts[name] for name in ("records", "interactions")
    ]
    assert 0 < standing["bytes"] < extracts["bytes"]
    assert standing["bytes"] == sum(one["bytes"] for one in standing["shuffles"])
    sizes = [one["bytes"] for one in standing["shuffles"]]
    assert sizes == sorted(sizes, reverse=True)
    [visits] = [one for one in standing["shuffles"] if one["step"] == "profile.visits" and one["kind"] == "window"]
    assert visits["key"] == "visitor_no, own" and 0 < visits["heaviest"] < visits["rows"]


def test_partitions_and_memory_follow_from_what_is_shuffled(own: Project) -> None:
    """Where nothing may go to every task, more is shuffled."""
    own.replace("version: 1\n", "version: 1\nspark: {conf: {spark.sql.autoBroadcastJoinThreshold: -1}}\n")
    most = json.loads(own.run("check", "--plan", "--json").stdout)
    joins = [one for one in most["shuffles"] if one["kind"] == "join"]
    assert sum(one["bytes"] for one in joins) > most["bytes"] / 3
    assert most["partitions"] == max(one["partitions"] for one in most["shuffles"]) == 1
    assert most["task_bytes"] == max(one["task_bytes"] for one in most["shuffles"]) > most["python_bytes"]


def test_the_plan_is_of_the_whole_project(done: Project) -> None:
    assert "leave out the sources" in done.run("check", "contacts", "--plan", expect=2).stderr


def test_without_sqlglot_there_is_a_fix(done: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from cxunify import forecast
    from cxunify.config import load
    from cxunify.errors import ConfigError

    monkeypatch.setattr(forecast, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'cxunify\[spark\]'"):
        forecast.forecast(load(done.config))
