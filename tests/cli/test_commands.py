"""The real command in a real process: what it prints, what it leaves behind, and its exit codes."""

from __future__ import annotations

import json
import os
import random
import re
import stat
import subprocess
import time
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from tests.cli.project import ENVIRONMENT, Project


def _people(project: Project) -> dict[str, frozenset[str]]:
    """Each customer and its records."""
    frame = pl.read_parquet(project.current / "identity_map.parquet")
    grouped = frame.with_columns(key=pl.format("{}:{}", "source", "record_id")).group_by("customer_id").agg("key")
    return {customer: frozenset(keys) for customer, keys in grouped.iter_rows()}


def test_a_second_run_with_nothing_new_changes_no_byte(own: Project) -> None:
    before = own.digests()
    assert "customers.parquet" in before
    pointer = own.folder / "out" / "current.json"
    said = pointer.read_text(encoding="utf-8")
    pointer.unlink()  # as where a run is killed between the link and the file
    own.run("run")
    assert own.digests() == before and pointer.read_text(encoding="utf-8") == said


def test_building_everything_again_changes_no_byte(own: Project) -> None:
    before = own.digests()
    own.run("run", "--force")
    assert own.digests() == before


def test_where_it_runs_changes_no_byte(own: Project) -> None:
    before = own.digests()
    own.config.write_text(own.config.read_text(encoding="utf-8") + "\nlimits: {threads: 1}\n", encoding="utf-8")
    elsewhere = {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "7",
        "OPENBLAS_NUM_THREADS": "2",
    }
    subprocess.run(own.command("run", "--force"), cwd=own.folder, env={**ENVIRONMENT, **elsewhere}, check=True)
    assert own.digests() == before


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
    assert "Stale: act" in fresh.run("status").stdout
    fresh.run("act")
    assert "Everything is up to date" in fresh.run("status").stdout


def test_nothing_is_counted_after_the_instant_that_is_named(own: Project) -> None:
    own.run("profile", "--as-of", "2024-12-31", "--force", "--config", str(own.config))
    customers = pl.read_parquet(own.current / "customers.parquet")
    assert customers["as_of"].unique().to_list() == [datetime(2024, 12, 31)]
    assert customers["last_seen_at"].max() <= datetime(2024, 12, 31)
    document = json.loads(own.run("quality", "--as-of", "2024-12-31", "--force", "--json").stdout)["document"]
    assert document["as_of"].startswith("2024-12-3")


def test_json_is_one_document_and_quiet_says_nothing(own: Project) -> None:
    document = json.loads(own.run("run", "--json").stdout)
    assert {source["source"] for source in document["results"]["ingest"]["sources"]} >= {
        "contacts",
        "receipts",
        "web_events",
    }
    assert document["document"]["totals"]["customers"] > 100
    quiet = own.run("run", "--quiet")
    assert quiet.stdout == "" and quiet.stderr == ""


def test_no_terminal_no_progress_and_no_colour(own: Project) -> None:
    output = own.run("run", "--force", "--no-color")
    assert "\x1b" not in output.stdout + output.stderr
    assert all(len(line) <= 80 for line in output.stdout.splitlines())


def test_json_logs_are_one_object_a_line(own: Project) -> None:
    lines = own.run("run", "--force", "--log-format", "json", "-v").stderr.splitlines()
    events = [json.loads(line) for line in lines]
    assert {"ingest", "resolve", "profile", "quality", "publish"} <= {event.get("step") for event in events}
    assert any(event["event"] == "table" and event["rows"] >= 0 for event in events)


def test_everything_written_is_for_its_owner_alone(done: Project) -> None:
    written = [path for path in (done.folder / "out").rglob("*") if not path.is_symlink()]
    assert done.current.resolve() / "customers.parquet" in written
    for path in written:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    for path in done.folder.glob("warehouse*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_nothing_personal_on_stderr(done: Project) -> None:
    contacts = pl.read_csv(done.folder / "extracts" / "crm_contacts.csv", infer_schema=False)
    mailboxes = {mailbox for mailbox in contacts["Email"].drop_nulls() if "@" in mailbox}
    output = done.first.stderr
    assert "table=identity.features" in output
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


def test_nothing_is_half_loaded(own: Project) -> None:
    def of(source: str) -> int:
        records = pl.read_parquet(own.current / "identity_map.parquet")
        return records.filter(pl.col("source") == source).height

    before = of("contacts")
    contacts = own.folder / "extracts" / "crm_contacts.csv"
    whole = contacts.read_bytes()
    contacts.write_bytes(b"")
    with (own.folder / "extracts" / "survey_nps.csv").open("a", encoding="utf-8") as survey:
        survey.write("NPS-9999999,someone@example.org,3,,2024-03-03T10:00:00Z\n")
    own.run("run", expect=65)
    assert of("contacts") == before
    surveys = pl.scan_parquet(own.current / "interactions/**/*.parquet").filter(pl.col("source") == "survey").collect()
    assert "NPS-9999999" in surveys["interaction_id"].to_list()
    contacts.write_bytes(whole)
    own.run("run")
    assert of("contacts") == before


def test_a_failed_gate_leaves_the_old_output(own: Project) -> None:
    before = own.current.resolve()
    with own.config.open("a", encoding="utf-8") as config:
        config.write("\nquality: {min_identified_revenue: 0.99}\n")
    output = own.run("run", expect=3)
    assert "less than 99.0%" in output.stderr
    assert own.current.resolve() == before


def test_one_run_at_a_time(own: Project) -> None:
    first, *_ = own.start("run", "--force")
    try:
        lock = own.folder / "warehouse.duckdb.lock"
        deadline = time.monotonic() + 60
        while lock.read_text().strip() != str(first.pid):
            assert time.monotonic() < deadline and first.is_alive()
            time.sleep(0.01)
        output = own.run("run", expect=75)
        assert f"process {first.pid}" in output.stderr
        status = own.run("status").stdout
        assert "Another run is at work" in status and "up to date" not in status
    finally:
        first.join(120)
        assert first.exitcode == 0
    assert lock.read_bytes() == b"", "who comes next is not told of a process that is gone"


ANSWER = "NPS-9999999,someone@example.org,3,,2024-03-03T10:00:00Z\n"


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a run from nothing publishes where the survey has one answer more."""
    project = Project(tmp_path_factory.mktemp("answered") / "project")
    _answer(project)
    project.run("run")
    return _comparable(project)


def _answer(project: Project) -> None:
    with (project.folder / "extracts" / "survey_nps.csv").open("a", encoding="utf-8") as survey:
        survey.write(ANSWER)


def _comparable(project: Project) -> dict[str, str]:
    """The digests of what is published, whenever and by whichever run: changes of ids name the run that made them."""
    told = {"identity_changes.parquet", "assignments.parquet"}
    return {name: digest for name, digest in project.digests().items() if name not in told}


@pytest.mark.parametrize("step", ["ingest", "resolve", "profile", "quality", "publish"])
def test_kill_9_leaves_the_old_output_and_the_next_run_publishes_what_a_run_from_nothing_would(
    own: Project, answered: dict[str, str], step: str
) -> None:
    before = own.digests()
    _answer(own)
    victim, _, talk = own.start("run", "-v", "--log-format", "json")
    deadline = time.monotonic() + 60
    while f'"step": "{step}"' not in talk.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline and victim.is_alive()
        time.sleep(0.002)
    victim.kill()
    victim.join()
    assert re.search(r"^\S+Z +run +\S+ \S+ +killed *$", own.run("status").stdout, re.MULTILINE)
    assert own.digests() == before or (step == "publish" and _comparable(own) == answered)
    own.run("run")
    assert _comparable(own) == answered != {name: digest for name, digest in before.items() if name in answered}
    assert all((run / "manifest.json").exists() for run in (own.folder / "out" / "runs").iterdir())


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
