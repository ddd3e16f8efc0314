"""What `run` refuses, `check` has said before: the same problems, and the same code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

import cxunify
from cxunify.cli import app

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "refused.yaml").read_text(encoding="utf-8"))


def _project(folder: Path, case: dict[str, Any]) -> None:
    name = case.get("file", "s.csv")
    (folder / name).write_text(case["extract"], encoding="utf-8")
    event = {"id": "id", "at": "at", "kind": "purchase", **case.get("interaction", {})}
    source = {"channel": "pos", "files": name, "skip": case.get("skip", {}), "interaction": event}
    settings = {"version": 1, "region": "DE", "currency": "EUR", "timezone": "Europe/Berlin", "sources": {"s": source}}
    (folder / "cxunify.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def _said(*arguments: str) -> tuple[int, list[str], str]:
    """The code of a command, its problems, and what it printed on stdout."""
    found = CliRunner().invoke(app, [*arguments, "--log-format", "json"])
    talk = [json.loads(line) for line in found.stderr.splitlines() if line.startswith("{")]
    problems = [problem["problem"] for entry in talk for problem in entry.get("problems", ())]
    return found.exit_code, problems, found.stdout


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_check_says_what_run_refuses(folder: Path, case: dict[str, Any]) -> None:
    _project(folder, case)
    code, problems, _ = _said("check")
    assert code == case["code"], problems
    assert case.get("says", "") in " ".join(problems) + _fixes(problems)
    assert _said("run")[:2] == (code, problems)


def _fixes(problems: list[str]) -> str:
    """What `check` proposes, where it has found problems."""
    return CliRunner().invoke(app, ["check"]).stderr if problems else ""


def test_a_gate_says_on_stdout_too_why_nothing_was_published(folder: Path) -> None:
    _project(folder, next(case for case in CASES if case["code"] == 3))
    code, problems, shown = _said("run")
    assert code == 3
    assert "Nothing was published" in shown
    assert problems[0].split(",")[0] in " ".join(shown.split())
    found = json.loads(_said("run", "--json")[2])
    assert [problem["what"] for problem in found["refused"]] == problems


def test_a_path_to_a_place_in_a_list_is_read(folder: Path) -> None:
    _project(folder, CASES[-1])
    assert _said("run")[0] == 0
    rows = cxunify.open(folder / "out").interactions.select("product", "page").collect().rows()
    assert rows == [("mug", "cup")]
