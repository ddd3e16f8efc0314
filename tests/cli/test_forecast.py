"""`cxunify check --plan`: what Spark would shuffle, told without one, from the extracts or from the tables that stand."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from cxunify.cli.forecast import page
from cxunify.cli.options import LogFormat, Options
from cxunify.cli.output import result
from cxunify.forecast import Dealt, Forecast
from tests.cli.project import Project

GOLDEN = Path(__file__).parent / "cases" / "forecast.txt"
pytestmark = pytest.mark.skipif(find_spec("sqlglot") is None, reason="needs the extra `spark`")


def test_the_page_of_a_plan(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shuffles = (
        Dealt("profile.visits", "window", "visitor_no, own", 2_900_000, 150 * 2**20, 2, 36_000, 500 * 2**20),
        Dealt(
            "profile.days", "group", "customer_no, channel, occurred_date", 2_900_000, 120 * 2**20, 1, None, 400 * 2**20
        ),
        Dealt("profile.visits", "join", "trace_id", 1_000_000, 40 * 2**20, 1, None, 350 * 2**20),
        *(Dealt(f"identity.s{place:02}", "join", "key", 10, 480, 1, None, 300 * 2**20) for place in range(15)),
    )
    told = Forecast("warehouse", 1_037_120, 2_900_000, shuffles, 310 * 2**20, 2, 500 * 2**20, 300 * 2**20, 2**30, 2**31)
    options = Options(
        Path("cxunify.yaml"), quiet=False, verbose=False, json=False, log_format=LogFormat.TEXT, no_color=True
    )
    result(options, told, page)
    assert capsys.readouterr().out == GOLDEN.read_text(encoding="utf-8")
    result(options, replace(told, shuffles=(), rows_from="extracts"), page)
    assert "Nothing is shuffled" in capsys.readouterr().out


def test_a_plan_writes_nothing(fresh: Project) -> None:
    before = sorted(fresh.folder.rglob("*"))
    said = fresh.run("check", "--plan").stdout
    assert "2,865 records, 9,084 interactions\nEstimated from the rows of the extracts" in said
    assert "in 50 rows of the 9,084 of \nprofile.visits" in said
    assert sorted(fresh.folder.rglob("*")) == before


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
        forecast.forecast(load(done.config), None)
