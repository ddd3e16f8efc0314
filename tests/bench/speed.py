"""Seconds and peak memory of each command, as ratios to the floor, which is measured in the same run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.measure import CXUNIFY, Cost, cost, table
from tests.bench.projects import ROOT, SCRATCH, project, recognise

STEPS = ("ingest", "resolve", "profile", "quality")


def report(people: int, seed: int) -> None:
    """Print the table for the generator's world of `people` people."""
    world = _world(people, seed)
    data = recognise(world)
    extracts = sorted(data.extracts.iterdir())
    size = sum(extract.stat().st_size for extract in extracts) / 2**20
    with project(data) as first:
        floors = [_floor(first, extracts)]
        costs = {step: cost((*CXUNIFY, step), first) for step in STEPS}
    with project(data) as second:
        costs["run, all at once"] = cost((*CXUNIFY, "run"), second)
        costs["run, nothing new"] = cost((*CXUNIFY, "run"), second)
        floors.append(_floor(second, extracts))
    floor = min(floors, key=lambda one: one.seconds)
    sys.stdout.write(f"world of {people:,} people, {size:,.0f} MB in {len(extracts)} extracts\n\n")
    rows = [_row("floor", floor, floor), *(_row(name, one, floor) for name, one in costs.items())]
    sys.stdout.write(
        table(("", "seconds", "x floor", "CPU seconds", "x floor", "peak MB", "x floor", "exit"), rows) + "\n"
    )
    sys.stdout.write(f"\nthe floor, before and after: {floors[0].seconds:.2f} s, {floors[1].seconds:.2f} s\n")


def _row(name: str, one: Cost, floor: Cost) -> tuple[str, ...]:
    return (
        name, f"{one.seconds:.2f}", f"{one.seconds / floor.seconds:.2f}",
        f"{one.cpu_seconds:.2f}", f"{one.cpu_seconds / floor.cpu_seconds:.2f}",
        f"{one.peak_mb:,.0f}", f"{one.peak_mb / floor.peak_mb:.2f}", str(one.exit_code),
    )  # fmt: skip


def _floor(folder: Path, extracts: list[Path]) -> Cost:
    out = folder / "floor"
    out.mkdir()
    return cost((sys.executable, Path(__file__).with_name("floor.py"), out, *extracts), folder)


def _world(people: int, seed: int) -> Path:
    """The world, generated where it is not there yet or older than its generator."""
    folder = SCRATCH / f"world-{people}-{seed}"
    made = folder / "truth" / "truth.csv"  # among what is written last
    changed = max(path.stat().st_mtime for path in (ROOT / "sample_data").rglob("*.py"))
    if not made.exists() or made.stat().st_mtime < changed:
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, ROOT / "sample_data" / "generate.py", folder]
        subprocess.run([*command, "--people", str(people), "--seed", str(seed)], check=True)
    return folder
