"""The commands that explain, as people run them: why, review, evaluate, and resolve's what-if."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import pty
import stat
import subprocess
from pathlib import Path

import pytest

from cxunify.warehouse import Warehouse
from tests.cli.project import ENVIRONMENT, Project

LINKED = "select source_a || ':' || record_id_a, source_b || ':' || record_id_b, weight from identity.links"


def _rows(project: Project, sql: str) -> list[tuple[str, ...]]:
    with Warehouse.open(project.folder / "warehouse.duckdb", read_only=True) as warehouse:
        return warehouse.rows(sql)  # type: ignore[return-value]


def _bytes(project: Project) -> str:
    return hashlib.sha256((project.folder / "warehouse.duckdb").read_bytes()).hexdigest()


def test_why_prints_a_join_and_a_refusal_within_80_columns(done: Project) -> None:
    before = _bytes(done)
    a, b, weight = _rows(done, f"{LINKED} where rule = 'model' order by weight limit 1")[0]
    joined = done.run("why", a, b)
    assert "are the same customer" in " ".join(joined.stdout.split())
    assert f"{weight:+.1f}" in joined.stdout
    refused = """
        select x.source || ':' || x.record_id, y.source || ':' || y.record_id
        from identity.comparisons as c
        join identity.weights as w using (pattern)
        join identity.features as x on x.node = c.a
        join identity.features as y on y.node = c.b
        join identity.clusters as k on k.node = c.a
        join identity.clusters as l on l.node = c.b
        where w.weight > 0 and k.cluster <> l.cluster
        order by 1, 2 limit 1"""
    apart = done.run("why", *_rows(done, refused)[0])
    assert "are different customers" in " ".join(apart.stdout.split())
    for answer in (joined, apart):
        assert answer.stderr == ""
        assert max(map(len, answer.stdout.splitlines())) <= 80
    assert _bytes(done) == before


def test_why_as_json_says_the_same(done: Project) -> None:
    a, b, weight = _rows(done, f"{LINKED} where rule = 'model' order by weight desc, 1, 2 limit 1")[0]
    document = json.loads(done.run("why", a, b, "--json").stdout)
    assert document["is_same"] and document["cause"] is None
    assert document["comparison"]["total"] == pytest.approx(weight)
    assert [join["rule"] for join in document["path"]][:1] == ["model"]
    hidden = done.run("why", a, b, "--json", "--no-values").stdout
    assert json.loads(hidden)["a"]["cells"] == {} != document["a"]["cells"]


@pytest.mark.parametrize("records", [("contacts:nobody", "contacts:1"), ("nobody", "contacts:1"), ("shop:1", "shop:2")])
def test_why_of_records_that_are_not_there_is_wrong_usage(done: Project, records: tuple[str, str]) -> None:
    answer = done.run("why", *records, expect=2)
    assert answer.stdout == "" and "fix:" in answer.stderr


def test_nothing_can_be_explained_before_it_is_resolved(fresh: Project) -> None:
    for arguments in (
        ("why", "contacts:1", "contacts:2"),
        ("review", "--out", "p.csv"),
        ("resolve", "--threshold", "0.9"),
    ):
        assert "cxunify resolve" in fresh.run(*arguments, expect=2).stderr
    assert not (fresh.folder / "p.csv").exists()


def test_customers_out_of_date_are_said_to_be(own: Project) -> None:
    pair = _rows(own, f"{LINKED} limit 1")[0][:2]
    assert own.run("why", *pair).stderr == ""
    (own.folder / "decisions.csv").write_text(
        "source_a,record_id_a,source_b,record_id_b,decision\ncontacts,1,contacts,2,different\n", encoding="utf-8"
    )
    assert "older than their records or settings" in " ".join(own.run("why", *pair).stderr.split())


def test_reviewed_pairs_go_out_and_come_back_and_bind(own: Project) -> None:
    own.run("review", "--out", "pairs.csv", "--limit", "6")
    path = own.folder / "pairs.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    assert not {"probability", "standing", "weight"} & rows[0].keys()
    assert all(row["why"].startswith("alike in ") for row in rows)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))]
    answers = ["same", "different", "", "D", "s", ""]
    for row, answer in zip(rows, answers, strict=True):
        row["decision"] = answer
    with path.open("w", newline="", encoding="utf-8-sig") as file:  # as a spreadsheet saves it
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    assert "4 decisions added" in own.run("review", "--in", "pairs.csv").stdout
    assert "4 known before" in own.run("review", "--in", "pairs.csv").stdout
    kept = (own.folder / "decisions.csv").read_bytes()
    own.run("resolve")
    own.run("resolve", "--force")
    assert (own.folder / "decisions.csv").read_bytes() == kept
    of = dict(_rows(own, "select source || ':' || record_id, customer_id from identity.assignments"))
    for row, answer in zip(rows, answers, strict=True):
        if answer:
            assert (of[row["record_a"]] == of[row["record_b"]]) == (answer in {"same", "s"})


def test_every_problem_of_a_reviewed_file_is_reported_at_once(own: Project) -> None:
    own.run("review", "--out", "pairs.csv", "--limit", "3")
    path = own.folder / "pairs.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    first, second, third = (line.split(",", 3) for line in lines[1:])
    lines[1:] = [
        ",".join([first[0], first[1], "maybe", first[3]]),
        ",".join(["7.21E+12", second[1], "same", second[3]]),
        ",".join([third[0], third[0], "same", third[3]]),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    stderr = own.run("review", "--in", "pairs.csv", expect=65).stderr
    assert "pairs.csv:2" in stderr and "pairs.csv:3" in stderr and "pairs.csv:4" in stderr and "3 problems" in stderr
    assert "maybe" not in stderr and "7.21E" not in stderr
    assert not (own.folder / "decisions.csv").exists()
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "no column record_a, record_b, decision" in own.run("review", "--in", "pairs.csv", expect=65).stderr
    assert "no file" in own.run("review", "--in", "none.csv", expect=65).stderr


def test_scores_are_shown_on_request_only(done: Project) -> None:
    blind = json.loads(done.run("review", "--json", "--limit", "3").stdout)
    seen = json.loads(done.run("review", "--json", "--limit", "3", "--scores").stdout)
    assert [pair["a"]["key"] for pair in blind] == [pair["a"]["key"] for pair in seen]
    assert all("probability" not in pair for pair in blind) and all("probability" in pair for pair in seen)


def test_without_a_terminal_nobody_is_asked(done: Project) -> None:
    assert "no terminal" in done.run("review", expect=2).stderr


def test_on_a_terminal_pairs_are_asked_one_by_one(own: Project) -> None:
    mine, theirs = pty.openpty()
    process = subprocess.Popen(
        own.command("review", "--limit", "4"),
        cwd=own.folder,
        env=ENVIRONMENT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(mine, b"s\nnonsense\nd\n\nq\n")
    shown = b""
    while True:
        try:
            chunk = os.read(mine, 4096)
        except OSError:  # Linux says so when the other side has closed
            break
        if not chunk:
            break
        shown += chunk
    os.close(mine)
    assert process.wait(timeout=60) == 0
    text = shown.decode()
    assert "1 of 4" in text and "4 of 4" in text
    assert "1 pair the same, 1 different" in text
    assert "probability" not in text
    lines = (own.folder / "decisions.csv").read_text(encoding="utf-8").splitlines()
    assert sorted(line.split(",")[4] for line in lines[1:]) == ["different", "same"]


def test_evaluate_prints_measures_thresholds_calibration_and_errors(done: Project, root: Path) -> None:
    labels = str(root / "sample_data" / "truth" / "truth.csv")
    answer = done.run("evaluate", labels)
    for part in ("pairwise", "B-cubed", "joined from", "promised", "wrong merges", "missed pairs"):
        assert part in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 80
    document = json.loads(done.run("evaluate", labels, "--json").stdout)
    assert f"{document['clusters']['bcubed_f1']:.4f}" in answer.stdout
    assert done.run("evaluate", "nowhere.csv", expect=65).stdout == ""


def test_what_if_writes_nothing(done: Project) -> None:
    before = _bytes(done)
    files = sorted(path.name for path in done.folder.iterdir())
    document = json.loads(done.run("resolve", "--threshold", "0.99", "--json").stdout)
    assert document["splits"] > 0
    said = done.run("resolve", "--threshold", "0.99").stdout
    assert f"{document['splits']:,} would split" in said and "nothing was written" in said
    (phone,) = _rows(done, "select value from identity.record_values where type = 'phone' order by value limit 1")[0]
    assert "records are affected" in done.run("resolve", "--without-value", f"phone:{phone}").stdout
    assert "Types are" in done.run("resolve", "--without-value", "fone:1", expect=2).stderr
    assert _bytes(done) == before
    assert sorted(path.name for path in done.folder.iterdir()) == files


def test_resolve_tells_the_health_of_its_customers(own: Project) -> None:
    stdout = own.run("resolve", "--force").stdout
    for sign in ("several given names", "several birth dates", "nothing to match on", "Largest customers"):
        assert sign in stdout
