"""`cxunify quality GAP_ID` and `--since`, as the real command in a real process."""

from __future__ import annotations

import csv
import json

from tests.cli.project import Project

GAP = "record_empty.pos_customers.email"


def customers(project: Project) -> list[dict[str, str]]:
    with (project.folder / "extracts" / "pos_customers.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_gap_lists_the_rows_of_the_extract_that_are_behind_it(done: Project) -> None:
    found = json.loads(done.run("quality", GAP, "--limit", "500", "--json").stdout)
    lines = customers(done)
    blank = {line["Square Customer ID"] for line in lines if not line["Email Address"].strip()}
    assert {row["key"] for row in found["rows"]} == blank
    assert found["gap"]["rows"] == len(blank)
    for row in found["rows"]:
        assert row["file"] == "extracts/pos_customers.csv"
        assert lines[row["row"] - 1]["Square Customer ID"] == row["key"]


def test_values_are_shown_only_when_asked_for(own: Project) -> None:
    gap = "record_placeholder.pos_customers.email"
    listed = [row["gap_id"] for row in json.loads(own.run("quality", "--json").stdout)["document"]["gaps"]]
    assert gap in listed
    keys = own.run("quality", gap).stdout
    asked = own.run("quality", gap, "--values", "--json").stdout
    shown = [row["value"] for row in json.loads(asked)["rows"]]
    assert shown and all(shown)
    assert not [value for value in shown if value in keys]
    assert "--values shows what the rows hold" in keys


def test_what_could_not_be_read_is_shown_as_it_was_delivered(done: Project) -> None:
    found = json.loads(done.run("quality", "cell_unparseable.survey.score", "--values", "--json").stdout)
    with (done.folder / "extracts" / "survey_nps.csv").open(encoding="utf-8-sig", newline="") as file:
        delivered = list(csv.reader(file))[1:]
    assert found["rows"]
    for row in found["rows"]:
        assert row["value"] in delivered[row["row"] - 1] and not row["value"].isdigit()


def test_an_unknown_gap_is_answered_with_those_that_are_like_it(done: Project) -> None:
    error = done.run("quality", "record_empty.pos_customers.emial", expect=2).stderr
    assert "there is no gap record_empty.pos_customers.emial in the last report" in error
    assert f"Did you mean {GAP}" in error


def test_one_question_at_a_time(done: Project) -> None:
    error = done.run("quality", GAP, "--since", "last", expect=2).stderr
    assert "different questions" in error


def test_without_a_report_there_are_no_rows(fresh: Project) -> None:
    assert "there is no warehouse" in fresh.run("quality", GAP, expect=2).stderr
    fresh.run("ingest")
    assert "there is no gap report yet" in fresh.run("quality", GAP, expect=2).stderr


def test_runs_are_compared_and_one_that_looks_back_is_no_yardstick(own: Project) -> None:
    assert "no earlier run" in own.run("quality", "--since", "last").stdout
    first = json.loads(own.run("status", "--json").stdout)["published"]
    path = own.folder / "extracts" / "pos_customers.csv"
    lines = customers(own)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows({**line, "Email Address": ""} for line in lines)
    own.run("run", "--as-of", "2024-06-30")
    report = json.loads((own.current / "report.json").read_text(encoding="utf-8"))
    assert report["since"] is None and len(report["tables"]["trend"]) == 1
    screen = own.run("run").stdout
    assert f"Since run {first}:" in screen, "compared with the run before, not with the one that looked back"
    assert "Revenue with a customer, run by run:" in screen
    found = json.loads(own.run("quality", "--since", "last", "--json").stdout)["since"]
    assert found["run_id"] == first and GAP in found["worse"]
    move = next(move for move in found["moves"] if move["gap_id"] == GAP)
    assert move["rows_before"] < move["rows"] == len({line["Square Customer ID"] for line in lines})
    shown = own.run("quality", "--since", first).stdout
    assert "worse" in shown and GAP in shown
    assert f"there is no run {first}0" in own.run("quality", "--since", f"{first}0", expect=2).stderr
    assert "run by run" in (own.current / "report.html").read_text(encoding="utf-8")


def test_a_snapshot_that_was_cut_short_is_not_published(own: Project) -> None:
    before = own.current.resolve()
    path = own.folder / "extracts" / "pos_customers.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:60]), encoding="utf-8")
    assert "pos_customers: 59 rows, and 931 in the file before" in own.run("check", expect=3).stderr
    assert "pos_customers: 59 rows, and 931 in the file before" in own.run("run", expect=3).stderr
    assert own.current.resolve() == before
    found = json.loads(own.run("quality", "snapshot_shrunk.pos_customers.rows", "--json").stdout)
    assert found["gap"]["rows"] == 931 - 59
    assert found["gap"]["cause"] == "59 rows, 931 in the file before."
