"""What cron meets: full disks, damaged files, odd folders, hostile configurations, too little time; and what it is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cxunify.config import load
from tests.cli.project import ENVIRONMENT, Project

CONFIG = """
version: 1
region: GB
currency: GBP
publish: {csv: [customers]}
sources:
  crm:
    channel: crm
    files: "in/crm*.csv"
    person: {id: id, given_name: first, email: mail}
  tills:
    channel: pos
    files: in/tills.csv
    load: append
    interaction: {id: no, at: at, kind: purchase, amount: amount, person: {crm: customer}}
"""


def shop(folder: Path) -> Project:
    """A shop of three customers, not run yet."""
    (folder / "in").mkdir(parents=True)
    (folder / "cxunify.yaml").write_text(CONFIG)
    (folder / "in" / "crm.csv").write_text(
        "id,first,mail\n1,Orla,orla@brook.example\n2,Rufus,ruf@mill.example\n3,Ivo,ivo@x.example\n"
    )
    rows = [f"{n},2024-03-{1 + n % 28:02} 10:00,{n}.50,{1 + n % 3}" for n in range(1, 61)]
    (folder / "in" / "tills.csv").write_text("\n".join(["no,at,amount,customer", *rows, ""]))
    return Project(folder)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A shop, run once."""
    project = shop(tmp_path_factory.mktemp("once") / "project")
    project.run("run", "--quiet")
    return project


@pytest.fixture
def mine(once: Project, tmp_path: Path) -> Project:
    """A copy of it."""
    return once.copy(tmp_path / "project")


@pytest.mark.parametrize("name", ["data [2024]", "a*b]", "{1,2} it's", '50% "off"; $HOME'])
def test_the_folder_may_be_called_anything(tmp_path: Path, name: str) -> None:
    project = shop(tmp_path / name)
    assert project.run("run", "--quiet").stderr == ""
    assert "Orla" in project.run("show", "orla@brook.example").stdout
    project.run("quality", "--force")
    assert project.run("doctor").stdout.count("ok") >= 5


@pytest.mark.parametrize("sign", ["?", "\\"])
def test_a_folder_that_the_database_cannot_open_is_refused_with_the_reason(tmp_path: Path, sign: str) -> None:
    assert f"has a {sign} in its path" in shop(tmp_path / f"a{sign}b").run("run", expect=78).stderr


BOMBS = {
    "growing": "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "\n".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "itself": "version: 1\nsources: &s {crm: *s}",
    "brackets": "version: " + "[" * 50_000,
    "levels": "\n".join(f"{' ' * level}a:" for level in range(2000)),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_configuration_that_explodes_is_refused_at_once(tmp_path: Path, bomb: str) -> None:
    project = shop(tmp_path / "project")
    (project.folder / "cxunify.yaml").write_text(BOMBS[bomb])
    started = time.process_time()
    told = project.run("check", expect=78).stderr
    assert "cxunify.yaml:" in told and time.process_time() - started < 1


def test_aliases_that_mean_something_are_read(tmp_path: Path) -> None:
    project = shop(tmp_path / "project")
    project.replace(
        "person: {id: id, given_name: first, email: mail}", "person: &who {id: id, given_name: first, email: mail}"
    )
    project.replace("  tills:", "  other:\n    channel: web\n    files: in/crm.csv\n    person: *who\n  tills:")
    project.run("check")
    sources = load(project.config).sources
    assert sources["other"].person is not None and sources["other"].person == sources["crm"].person


LIMITED = """
import resource, sys
sys.dont_write_bytecode = True
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["cxunify", "run", "--force", "--quiet"]
from cxunify.cli import main
main()
"""


@pytest.mark.parametrize("most", [1_000, 20_000, 300_000])
def test_a_full_disk_is_told_and_the_next_run_succeeds(mine: Project, most: int) -> None:
    before = mine.digests()
    mine.replace("3,Ivo,ivo@x.example", "3,Ivo,ivo@x.example\n4,Una,una@hill.example", "in/crm.csv")
    command = [sys.executable, "-c", LIMITED, str(most)]
    done = subprocess.run(command, cwd=mine.folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 74, done.stderr
    assert "the disk is full" in done.stderr and "Free some space" in done.stderr
    assert mine.digests() == before
    mine.run("run", "--quiet")
    assert mine.digests() != before


def test_what_does_not_fit_into_memory_takes_no_more_disk_than_it_may(mine: Project) -> None:
    before = mine.digests()
    rows = [f"{n},2024-03-{1 + n % 28:02} 10:00,{n % 90}.50,{1 + n % 3}" for n in range(100, 200_000)]
    (mine.folder / "in" / "tills.csv").write_text("\n".join(["no,at,amount,customer", *rows, ""]))
    mine.replace("publish:", "limits: {memory: 90MB, threads: 1, disk: 1MB}\npublish:")
    told = mine.run("run", "--quiet", expect=74).stderr
    assert "Raise `limits." in told and mine.digests() == before
    assert not list(mine.folder.glob("*.tmp"))


def test_a_damaged_warehouse_is_told_with_its_own_code_and_mended(mine: Project) -> None:
    path = mine.folder / "warehouse.duckdb"
    path.write_bytes(path.read_bytes()[:5000])
    told = mine.run("run", expect=76).stderr
    assert "damaged" in told and "cxunify doctor" in told and "Check the path" not in told
    found = json.loads(mine.run("doctor", "--json").stdout)
    assert {one["what"]: one["state"] for one in found if one["state"] != "fine"} == {"warehouse": "mended"}
    assert mine.run("run", "--quiet").stderr == ""


def test_a_run_stops_between_steps_when_its_time_is_up_and_the_next_one_goes_on(mine: Project) -> None:
    before = mine.digests()
    mine.replace("3,Ivo,ivo@x.example", "3,Ivo,ivo@x.example\n4,Una,una@hill.example", "in/crm.csv")
    told = mine.run("run", "--max-minutes", "0", expect=75)
    assert "minutes are over before the step resolve" in told.stderr and mine.digests() == before
    assert "its time was up" in mine.run("status").stdout
    mine.run("run", "--max-minutes", "60")
    assert mine.digests() != before


def test_what_cron_and_systemd_are_given_runs_whatever_the_folder_is_called(tmp_path: Path) -> None:
    project = shop(tmp_path / '50% "off" & more')
    found = json.loads(project.run("schedule", "--at", "06:30", "--max-minutes", "45", "--json").stdout)
    minute, hour, *_, command = found["crontab"].split(" ", 5)
    assert (minute, hour) == ("30", "6")
    # what cron does with a line: a percent sign that is not escaped ends it
    line = command.replace("\\%", "%")
    done = subprocess.run(
        ["sh", "-c", line], env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (project.folder / "out" / "current" / "customers.parquet").exists()
    assert "OnCalendar=*-*-* 06:30:00" in found["timer"] and "50%% " in found["service"]
    shown = project.run("schedule").stdout
    assert shown.startswith("# crontab -e") and "0 4 * * * cd " in shown
    project.run("schedule", "--at", "noon", expect=2)


def test_pages_are_the_same_wherever_the_machine_stands(tmp_path: Path) -> None:
    pages = []
    for zone in ("Pacific/Apia", "America/New_York"):
        project = shop(tmp_path / zone.replace("/", "-"))
        subprocess.run(
            project.command("run", "--quiet"), cwd=project.folder, env={**ENVIRONMENT, "TZ": zone}, check=True
        )
        text = "".join((project.current / name).read_text() for name in ("report.html", "report.json", "actions.html"))
        assert "GBP per week" in text
        pages.append(re.sub(r"[0-9]{8}T[0-9]+Z", "RUN", text))
    assert pages[0] == pages[1]


def test_copying_a_project_copies_what_it_remembers(mine: Project, tmp_path: Path) -> None:
    shutil.copytree(mine.folder, tmp_path / "copy", symlinks=True)
    for name in ("warehouse.duckdb", "warehouse.ledger"):
        (tmp_path / "copy" / name).unlink()
    copy = Project(tmp_path / "copy")
    assert "is restored from warehouse.memory: ledger" in copy.run("run").stderr


def test_status_tells_of_no_day_that_was_yet_to_come(tmp_path: Path) -> None:
    project = shop(tmp_path / "project")
    with (project.folder / "in" / "tills.csv").open("a", encoding="utf-8") as file:
        file.write("61,2999-03-01 10:00,5.00,1\n")
    project.run("run", "--quiet")
    standing = json.loads(project.run("status", "--json").stdout)
    latest = {source["source"]: source["latest_at"] for source in standing["sources"]}
    assert latest["tills"].startswith("2024-03-28")
