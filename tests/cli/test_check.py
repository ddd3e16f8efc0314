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
    rows = {"from": {"sql": case["sql"], "files": {"t": name}}} if "sql" in case else {"files": name}
    source = {"channel": "pos", **rows, "skip": case.get("skip", {}), "interaction": event}
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


def _shop(folder: Path) -> None:
    """Five people, one of whom wrote nothing, and eight receipts, four of them without a time."""
    people = ["id,name,mail,note"]
    people += [f"{n},Ann Lee {n},{'n/a' if n < 3 else f'p{n}@mail.example'},{'x' * (n == 1)}" for n in range(5)]
    bons = ["bon,at,customer,total"]
    bons += [f"B{n},{'soon' if n % 2 else f'2024-01-0{n + 1}'},{n or ''},{n}.50" for n in range(8)]
    (folder / "people.csv").write_text("\n".join(people), encoding="utf-8")
    (folder / "bons.csv").write_text("\n".join(bons), encoding="utf-8")
    person = {"id": "id", "full_name": "name", "email": "mail"}
    event = {"id": "bon", "at": "at", "kind": "purchase", "amount": "total", "person": {"people": "customer"}}
    sources = {
        "people": {"channel": "crm", "files": "people.csv", "person": person},
        "bons": {"channel": "pos", "files": "bons.csv", "interaction": event},
    }
    settings = {"version": 1, "region": "DE", "currency": "EUR", "sources": sources, "quality": {"max_reject_share": 1}}
    (folder / "cxunify.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def test_check_tells_of_each_source_what_is_in_its_columns(folder: Path) -> None:
    _shop(folder)
    bons, people = json.loads(_said("check", "--json")[2])["examined"]
    assert (people["files"], people["rows"]) == (["people.csv"], 5)
    assert people["columns"] == [
        {"name": "id", "fields": ["person.id"], "filled": 5},
        {"name": "name", "fields": ["person.full_name"], "filled": 5},
        {"name": "mail", "fields": ["person.email"], "filled": 5},
        {"name": "note", "fields": [], "filled": 1},
    ]
    assert people["placeholders"] == {"email": 3}
    [rejected] = bons["rejected"]
    assert (rejected["rows"], rejected["examples"]) == (4, [["bons.csv", 2], ["bons.csv", 4], ["bons.csv", 6]])
    assert bons["leads"] == [{"source": "people", "ids": 3, "found": 2, "interactions": 3, "found_interactions": 2}], (
        "customers 2, 4 and 6 of the receipts with a time; there is no 6"
    )


def test_check_is_short_unless_a_source_is_named(folder: Path) -> None:
    _shop(folder)
    short = " ".join(_said("check")[2].split())
    assert "mapped: 4 columns, filled but for customer 88%" in short
    assert "not mapped: note 20%" in short
    assert "rejected: 4 rows: no valid time in column at (bons.csv, row 2, 4, 6)" in short
    assert "person.people: 2 of 3 ids found there, 67% of 3 interactions" in short
    assert "placeholders, which mean nobody: email 3" in short
    assert "p3@" not in short and "soon" not in short, "no cell is ever told"
    whole = _said("check", "people")[2]
    assert "bons" not in whole
    assert [line.split() for line in whole.splitlines() if line.strip().startswith("note ")] == [["note", "20%", "–"]]
    assert _said("check", "peeple")[0] == 2
