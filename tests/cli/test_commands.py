"""The real command in a real process: what it prints, what it leaves behind, and its exit codes."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import stat
import subprocess
import time
from pathlib import Path

import polars as pl
import pytest

from tests.cli.project import ENVIRONMENT, Project


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample, run once; tests that use it leave it as it is."""
    project = Project(tmp_path_factory.mktemp("done"))
    project.run("run")
    return project


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """The sample, not run yet."""
    return Project(tmp_path / "project")


def _people(project: Project) -> dict[str, frozenset[str]]:
    """Each customer and its records."""
    frame = pl.read_parquet(project.current / "identity_map.parquet")
    grouped = frame.with_columns(key=pl.format("{}:{}", "source", "record_id")).group_by("customer_id").agg("key")
    return {customer: frozenset(keys) for customer, keys in grouped.iter_rows()}


def test_a_second_run_with_nothing_new_changes_no_byte(done: Project) -> None:
    before = done.digests()
    assert "customers.parquet" in before
    done.run("run")
    assert done.digests() == before


def test_building_everything_again_changes_no_byte(done: Project) -> None:
    before = done.digests()
    done.run("run", "--force")
    assert done.digests() == before


def test_the_order_of_rows_and_sources_changes_no_customer(done: Project, fresh: Project) -> None:
    shuffle = random.Random(5)
    for name in ("crm_contacts.csv", "pos_customers.csv", "web_accounts.csv", "web_events.ndjson"):
        path = fresh.folder / "extracts" / name
        lines = path.read_text(encoding="utf-8").splitlines()
        header = [] if name.endswith("ndjson") else [lines.pop(0)]
        shuffle.shuffle(lines)
        path.write_text("\n".join([*header, *lines]) + "\n", encoding="utf-8")
    text = fresh.config.read_text(encoding="utf-8")
    head, _, sources = text.partition("sources:\n")
    blocks = ("\n" + sources).split("\n  # -- ")[1:]
    fresh.config.write_text(
        f"{head}sources:\n" + "".join(f"  # -- {block}\n" for block in reversed(blocks)), encoding="utf-8"
    )
    fresh.run("run")
    assert _people(fresh) == _people(done)


def test_profile_brings_identity_up_to_date_by_itself(fresh: Project) -> None:
    fresh.run("ingest")
    assert "resolve, profile, quality" in fresh.run("status").stdout
    fresh.run("profile")
    assert (fresh.current / "customers.parquet").exists()
    assert "Stale: quality" in fresh.run("status").stdout
    fresh.run("quality")
    assert "Everything is up to date" in fresh.run("status").stdout


def test_json_is_one_document_and_quiet_says_nothing(done: Project) -> None:
    document = json.loads(done.run("run", "--json").stdout)
    assert {source["source"] for source in document["results"]["ingest"]["sources"]} >= {
        "contacts",
        "receipts",
        "web_events",
    }
    assert document["document"]["totals"]["customers"] > 100
    quiet = done.run("run", "--quiet")
    assert quiet.stdout == "" and quiet.stderr == ""


def test_no_terminal_no_progress_and_no_colour(done: Project) -> None:
    output = done.run("run", "--force", "--no-color")
    assert "\x1b" not in output.stdout + output.stderr
    assert all(len(line) <= 80 for line in output.stdout.splitlines())


def test_json_logs_are_one_object_a_line(done: Project) -> None:
    lines = done.run("run", "--force", "--log-format", "json", "-v").stderr.splitlines()
    events = [json.loads(line) for line in lines]
    assert {"ingest", "resolve", "profile", "quality", "publish"} <= {event.get("step") for event in events}
    assert any(event["event"] == "table" and event["rows"] >= 0 for event in events)


def test_everything_written_is_for_its_owner_alone(fresh: Project) -> None:
    fresh.run("run", umask=0)
    for path in (fresh.folder / "out").rglob("*"):
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    for path in fresh.folder.glob("warehouse*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_nothing_personal_on_stderr(fresh: Project) -> None:
    contacts = pl.read_csv(fresh.folder / "extracts" / "crm_contacts.csv", infer_schema=False)
    mailboxes = {mailbox for mailbox in contacts["Email"].drop_nulls() if "@" in mailbox}
    output = fresh.run("run", "-v").stderr
    assert len(mailboxes) > 100
    assert not [mailbox for mailbox in mailboxes if mailbox in output]


# -- failures ----------------------------------------------------------------------------------------------------------


def test_a_bad_configuration_reports_all_of_its_mistakes(fresh: Project) -> None:
    fresh.replace("region: US ", "region: usa ")
    fresh.replace("currency: USD ", "curency: USD ")
    fresh.replace("family_name: LastName", "famly_name: LastName")
    fresh.replace("person: {contacts: ContactId}", "person: {contact: ContactId}")
    fresh.replace("kind: survey", "kind: surveys")
    output = fresh.run("run", expect=78)
    for part in ("'usa' is not a country", "curency", "`family_name`", "person.contact ", "'surveys' is not a kind"):
        assert part in output.stderr
    assert output.stdout == ""


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda f: (f / "extracts/crm_contacts.csv").unlink(), "crm_contacts.csv"),
        (lambda f: (f / "extracts/crm_contacts.csv").write_text(""), "empty"),
        (lambda f: _rename_column(f, "LastName", "Surname"), "LastName"),
        (lambda f: (f / "extracts/pos_receipts.csv").write_bytes(b"\x00\xff\x00\xff" * 99), "pos_receipts.csv"),
    ],
    ids=["a wrong path", "an empty file", "a renamed column", "not a table at all"],
)
def test_an_extract_that_cannot_be_used(fresh: Project, harm, says: str) -> None:  # type: ignore[no-untyped-def]
    harm(fresh.folder)
    output = fresh.run("run", expect=65)
    assert says in output.stderr
    assert not fresh.current.exists()
    assert fresh.run("check", expect=65).stderr.count("error:") >= 1


def _rename_column(folder: Path, old: str, new: str) -> None:
    path = folder / "extracts" / "crm_contacts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def test_nothing_is_half_loaded(fresh: Project) -> None:
    fresh.run("run")
    before = fresh.digests()
    _rename_column(fresh.folder, "LastName", "Surname")
    with (fresh.folder / "extracts" / "survey_nps.csv").open("a", encoding="utf-8") as survey:
        survey.write("NPS-9999999,someone@example.org,3,,2024-03-03T10:00:00Z\n")
    fresh.run("run", expect=65)
    assert fresh.digests() == before
    fresh.run("ingest", "survey")
    _rename_column(fresh.folder, "Surname", "LastName")
    fresh.run("run")
    surveys = (
        pl.scan_parquet(fresh.current / "interactions/**/*.parquet").filter(pl.col("source") == "survey").collect()
    )
    assert "NPS-9999999" in surveys["interaction_id"].to_list()


def test_a_failed_gate_leaves_the_old_output(fresh: Project) -> None:
    fresh.run("run")
    before = fresh.current.resolve()
    with fresh.config.open("a", encoding="utf-8") as config:
        config.write("\nquality: {min_identified_revenue: 0.99}\n")
    output = fresh.run("run", expect=3)
    assert "less than 99.0%" in output.stderr
    assert fresh.current.resolve() == before


def test_one_run_at_a_time(fresh: Project) -> None:
    fresh.run("ingest")
    first = subprocess.Popen(
        fresh.command("run", "--force"),
        cwd=fresh.folder,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        lock = fresh.folder / "warehouse.duckdb.lock"
        deadline = time.monotonic() + 60
        while lock.read_text().strip() != str(first.pid):
            assert time.monotonic() < deadline and first.poll() is None
            time.sleep(0.01)
        output = fresh.run("run", expect=75)
        assert f"process {first.pid}" in output.stderr
        status = fresh.run("status").stdout
        assert "Another run is at work" in status and "up to date" not in status
    finally:
        assert first.wait(timeout=120) == 0


@pytest.mark.parametrize("step", ["ingest", "resolve", "profile", "quality", "publish"])
def test_kill_9_leaves_the_old_output_and_the_next_run_works(done: Project, tmp_path: Path, step: str) -> None:
    project = Project(tmp_path / "project")
    project.run("run")
    before = project.digests()
    with (project.folder / "extracts" / "survey_nps.csv").open("a", encoding="utf-8") as survey:
        survey.write("NPS-9999999,someone@example.org,3,,2024-03-03T10:00:00Z\n")
    victim = subprocess.Popen(
        project.command("run", "-v", "--log-format", "json"),
        cwd=project.folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert victim.stderr is not None
    for line in victim.stderr:
        if json.loads(line).get("step") == step:
            break
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    victim.stderr.close()
    assert re.search(r"^\S+Z +run +\S+ \S+ +killed *$", project.run("status").stdout, re.MULTILINE)
    assert project.digests() in (before, _with_survey(project, done))
    project.run("run")
    surveys = (
        pl.scan_parquet(project.current / "interactions/**/*.parquet").filter(pl.col("source") == "survey").collect()
    )
    assert "NPS-9999999" in surveys["interaction_id"].to_list()
    runs = sorted(path.name for path in (project.folder / "out" / "runs").iterdir())
    assert all((project.folder / "out" / "runs" / run / "manifest.json").exists() for run in runs)


def _with_survey(project: Project, _: Project) -> dict[str, str]:
    """What is published, if the killed run had come as far as publishing."""
    manifest = json.loads((project.current / "manifest.json").read_text(encoding="utf-8"))
    return {file["path"]: file["sha256"] for table in manifest["tables"] for file in table["files"]}


def test_a_reader_that_has_seen_enough_is_no_fault(done: Project) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    for arguments in (("status",), ("status", "--json"), ("show", "nobody")):
        ended = subprocess.run(
            done.command(*arguments),
            cwd=done.folder, env=ENVIRONMENT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == (2 if "nobody" in arguments else 0), ended.stderr
        assert "Traceback" not in ended.stderr and "Broken" not in ended.stderr
    os.close(writer)


def test_wrong_usage(fresh: Project) -> None:
    fresh.run("rum", expect=2)
    fresh.run("run", "--nonsense", expect=2)
    assert "there is no source nobody" in fresh.run("ingest", "nobody", expect=2).stderr


def test_version_and_help() -> None:
    version = subprocess.run([*Project.command(None, "--version")], capture_output=True, text=True, check=True)  # type: ignore[arg-type]
    assert version.stdout.startswith("cxunify 0.")
