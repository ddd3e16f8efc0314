"""A run is killed at any write, the disk fills at any byte, many start at once, files are damaged: nothing is torn, nothing lost.

`CXUNIFY_FAULTS=300 pytest tests/cli/test_faults.py` (`make soak`) kills as many runs, and does a tenth of the disks and a sixth of
the damages; the gate has short versions (test_upkeep.py, tests/test_doctor.py) and tries one of each here. A case is its number.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.cli.project import ENVIRONMENT, FORKS, Project, _command
from tests.cli.test_upkeep import shop

FAULTS = int(os.environ.get("CXUNIFY_FAULTS", "1"))
SOURCE = Path(__file__).with_name("fault.c")
COMPILER = shutil.which("cc")
OWN_TO_A_RUN = {"identity_changes.parquet", "assignments.parquet"}
"""They name the run that changed an id, or drew an arm."""
needs_compiler = pytest.mark.skipif(COMPILER is None or sys.platform != "linux", reason="no C compiler")


class World:
    """A project before a change and what a run makes of the change, undisturbed."""

    def __init__(self, folder: Path) -> None:
        self.preloaded = folder / "fault.so"
        if COMPILER:
            subprocess.run(
                [COMPILER, "-shared", "-fPIC", "-O1", "-o", str(self.preloaded), str(SOURCE), "-ldl"], check=True
            )
        self.before = shop(folder / "before")
        self.before.run("run", "--quiet")
        (self.before.folder / "decisions.csv").write_text(
            "source_a,record_id_a,source_b,record_id_b,decision\ncrm,1,crm,2,different\n"
        )
        self.before.run("run", "--quiet")
        self.old = told(self.before)
        self.before.replace("3,Ivo,ivo@x.example", "3,Ivo,ivo@x.example\n4,Una,una@hill.example", "in/crm.csv")
        done = self.before.copy(folder / "after")
        counts = folder / "counts"
        started = time.monotonic()
        assert self.disturbed(done, FAULT_COUNT=str(counts))[0] == 0
        self.seconds = time.monotonic() - started
        self.calls, self.bytes = map(int, counts.read_text().split())
        self.new, self.ids = told(done), ids(done)

    def disturbed(self, project: Project, after: float | None = None, **fault: str) -> tuple[int, str]:
        """A run that meets a fault, or is killed so many seconds after it began: its exit code, and what it said."""
        environment = {**ENVIRONMENT, "LD_PRELOAD": str(self.preloaded), **fault}
        process = subprocess.Popen(
            project.command("run", "--quiet"), cwd=project.folder, env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            _, said = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
        return process.returncode, said

    def recovers(self, project: Project) -> None:
        """What is published is whole, old or new; the next run needs nobody, loses no id or decision, ends as if undisturbed."""
        assert told(project) in (self.old, self.new)
        project.run("run", "--quiet")
        assert told(project) == self.new
        assert ids(project) == self.ids
        assert (project.folder / "decisions.csv").read_bytes() == (self.before.folder / "decisions.csv").read_bytes()
        assert not [path for path in project.folder.rglob("*") if path.name.endswith((".new", ".tmp", ".part"))]


def told(project: Project) -> dict[str, str]:
    """What is published, which must be as its manifest says, to the byte."""
    manifest = json.loads((project.current / "manifest.json").read_text())
    for entry in (*manifest["tables"], *manifest["documents"]):
        for one in entry.get("files", [entry]):
            content = (project.current / one["path"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == one["sha256"], one["path"]
    return {name: digest for name, digest in project.digests().items() if name not in OWN_TO_A_RUN}


def ids(project: Project) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The customer of each record, and the arm of each customer."""
    records = pl.read_parquet(project.current / "identity_map.parquet").select("source", "record_id", "customer_id")
    arms = pl.read_parquet(project.current / "assignments.parquet").drop("run_id")
    return sorted(records.rows()), sorted(arms.rows())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("faults"))


@pytest.fixture
def mine(world: World, tmp_path: Path) -> Iterator[Project]:
    yield world.before.copy(tmp_path / "project")
    shutil.rmtree(tmp_path, ignore_errors=True)


@needs_compiler
@pytest.mark.parametrize("case", range(FAULTS))
def test_a_killed_run_is_as_if_it_had_not_been_or_as_if_it_had_ended(world: World, mine: Project, case: int) -> None:
    dice = random.Random(case)
    if case % 3 == 2:
        world.disturbed(mine, after=dice.uniform(0, world.seconds))
    else:  # spread over all calls, before and after each
        at = 1 + (case * 7919 + dice.randrange(world.calls)) % world.calls
        code, _ = world.disturbed(mine, FAULT_AT=str(at if case % 3 else -at))
        assert code in {-9, 0}  # runs do not write equally often
    world.recovers(mine)


@needs_compiler
@pytest.mark.parametrize("case", range(max(1, FAULTS // 10)))
def test_a_disk_that_fills_at_any_byte_is_told(world: World, mine: Project, case: int) -> None:
    most = random.Random(case).randrange(world.bytes)
    code, said = world.disturbed(mine, FAULT_BYTES=str(most))
    assert (code, "disk" in said) in {(74, True), (0, False)}, (most, code, said)
    if code:
        assert told(mine) in (world.old, world.new)
    world.recovers(mine)


@pytest.mark.parametrize("case", range(max(1, FAULTS // 100)))
def test_of_twenty_starts_one_works_and_the_others_say_so(world: World, mine: Project, case: int) -> None:
    files = [(mine.folder / f"out-{number}", mine.folder / f"err-{number}") for number in range(20)]
    for pair in files:
        for path in pair:
            path.write_text("")
    processes = [
        FORKS.Process(target=_command, args=(str(mine.folder), ("run", "--quiet"), *map(str, pair))) for pair in files
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    codes = sorted(process.exitcode or 0 for process in processes)
    assert codes == [0, *[75] * 19]
    for process, (_, said) in zip(processes, files, strict=True):
        assert process.exitcode == 0 or "another run is at work" in said.read_text()
    world.recovers(mine)


def harm(path: Path, dice: random.Random) -> str:
    """Do something to a file that no program would."""
    content = bytearray(path.read_bytes())
    how = dice.choice(["cut", "flip", "zeros", "noise", "longer", "empty"])
    at = dice.randrange(len(content))
    if how == "cut":
        del content[at:]
    elif how == "flip":
        for _ in range(dice.choice([1, 10, 1000])):
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    elif how in {"zeros", "noise"}:
        size = min(dice.choice([1, 512, 4096, 262_144]), len(content) - at)
        content[at : at + size] = bytes(size) if how == "zeros" else dice.randbytes(size)
    elif how == "longer":
        content += dice.randbytes(dice.choice([1, 4096, 300_000]))
    else:
        content.clear()
    path.write_bytes(content)
    return how


@pytest.mark.parametrize("case", range(max(1, FAULTS // 6)))
def test_what_is_damaged_is_opened_or_restored(world: World, mine: Project, case: int) -> None:
    dice = random.Random(case)
    names = ("warehouse.duckdb", "warehouse.ledger", "warehouse.memory", "warehouse.key", "identity_model.json")
    there = [name for name in names if (mine.folder / name).exists() and (mine.folder / name).stat().st_size]
    name = there[case % len(there)]
    how = harm(mine.folder / name, dice)
    found = json.loads(mine.run("doctor", "--json").stdout)
    assert {one["state"] for one in found} <= {"fine", "mended"}, (name, how, found)
    world.recovers(mine)
