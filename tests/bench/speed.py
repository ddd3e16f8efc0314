"""Seconds and peak memory of each command, as ratios to the floor, which is measured in the same run; `resolve` beside Splink."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.finding import found_out
from tests.bench.measure import CXUNIFY, Cost, cost, table
from tests.bench.projects import generated, project, recognise

STEPS = ("ingest", "resolve", "profile", "quality", "act")
RIVAL = Path(__file__).with_name("splink_rival.py")
THRESHOLD = "0.95"


def report(people: int, seed: int, splink: str | None) -> None:
    """Print the table for the generator's world of `people` people; `splink` is a Python that has it."""
    world = generated(people, seed)
    data = recognise(world)
    assert data is not None
    extracts = sorted(data.extracts.iterdir())
    size = sum(extract.stat().st_size for extract in extracts) / 2**20
    with project(data) as first:
        floors = [_floor(first, extracts)]
        costs = {step: cost((*CXUNIFY, step), first) for step in STEPS[:2]}
        beside = _beside(splink, first, costs["resolve"])
        costs |= {step: cost((*CXUNIFY, step), first) for step in STEPS[2:]}
        copied = _sorted_copy(first)
    with project(data) as second:
        costs["run, all at once"] = cost((*CXUNIFY, "run"), second)
        costs["run, nothing new"] = cost((*CXUNIFY, "run"), second)
        floors.append(_floor(second, extracts))
        found = found_out(second, extracts)
    floor = min(floors, key=lambda one: one.seconds)
    sys.stdout.write(f"world of {people:,} people, {size:,.0f} MB in {len(extracts)} extracts\n\n")
    rows = [_row("floor", floor, floor), *(_row(name, one, floor) for name, one in costs.items())]
    sys.stdout.write(
        table(("", "seconds", "x floor", "CPU seconds", "x floor", "peak MB", "x floor", "exit"), rows) + "\n"
    )
    profile = costs["profile"]
    sys.stdout.write(
        f"\nthe floor, before and after: {floors[0].seconds:.2f} s, {floors[1].seconds:.2f} s\n"
        f"a sorted copy of the timeline alone: {copied.seconds:.2f} s, {copied.cpu_seconds:.2f} CPU s; profile is"
        f" {profile.seconds / copied.seconds:.2f} x its seconds, {profile.cpu_seconds / copied.cpu_seconds:.2f} x its CPU seconds\n"
        f"{beside}\n{found}\n"
    )


def _beside(splink: str | None, folder: Path, resolve: Cost) -> str:
    """What Splink takes to train, predict and cluster on the records that `resolve` has just normalised."""
    if splink is None:
        return "Splink: not installed"
    records = folder / "records.parquet"
    export = Path(__file__).with_name("normalised.py")
    if cost((sys.executable, export, folder / "warehouse.duckdb", records), folder).exit_code:
        return "Splink: nothing to give it"
    done = subprocess.run(
        [splink, RIVAL, records, folder / "splink.parquet", THRESHOLD],
        cwd=folder,  # it spills where it stands
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return f"Splink failed:\n{done.stderr[-2000:]}"
    said = json.loads(done.stdout)
    parts = ", ".join(f"{step} {said[step]:.1f}" for step in ("train", "predict", "cluster"))
    return (
        f"Splink {said['version']} on the same {said['records']:,} records, normalised, threshold {THRESHOLD}:"
        f" {said['seconds']:.1f} s ({parts}), {said['cpu_seconds']:.1f} CPU s, {said['peak_mb']:,.0f} MB\n"
        f"resolve, normalising included, / Splink: {resolve.seconds / said['seconds']:.2f} x its seconds,"
        f" {resolve.cpu_seconds / said['cpu_seconds']:.2f} x its CPU seconds, {resolve.peak_mb / said['peak_mb']:.2f} x its memory"
    )


def _row(name: str, one: Cost, floor: Cost) -> tuple[str, ...]:
    return (
        name, f"{one.seconds:.2f}", f"{one.seconds / floor.seconds:.2f}",
        f"{one.cpu_seconds:.2f}", f"{one.cpu_seconds / floor.cpu_seconds:.2f}",
        f"{one.peak_mb:,.0f}", f"{one.peak_mb / floor.peak_mb:.2f}", str(one.exit_code),
    )  # fmt: skip


def _sorted_copy(folder: Path) -> Cost:
    script = Path(__file__).with_name("sorted_copy.py")
    return cost((sys.executable, script, folder / "out" / "current" / "interactions", "sorted.parquet"), folder)


def _floor(folder: Path, extracts: list[Path]) -> Cost:
    out = folder / "floor"
    out.mkdir()
    return cost((sys.executable, Path(__file__).with_name("floor.py"), out, *extracts), folder)
