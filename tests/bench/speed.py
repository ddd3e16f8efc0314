"""Seconds and peak memory of each command, as ratios to the floor, which is measured in the same run; `resolve` beside Splink."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.finding import found_out
from tests.bench.measure import CXUNIFY, Cost, cost, table
from tests.bench.projects import ROOT, SCRATCH, Data, generated, project, recognise
from tests.bench.refresh import cut, events_of

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
    costs |= _refreshed(data)
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


def _refreshed(data: Data) -> dict[str, Cost]:
    """A run over all but a hundredth of the records and events, and the next one: with that of the events alone, and with all."""
    with TemporaryDirectory(dir=SCRATCH, prefix="project-") as name:
        folder, beside = Path(name) / "project", Path(name) / "beside"
        folder.mkdir()
        config, tomorrow = cut(data, folder)
        (folder / "cxunify.yaml").write_text(config, encoding="utf-8")
        costs = {"run, 99 %": cost((*CXUNIFY, "run"), folder)}
        shutil.copytree(folder, beside, symlinks=True)
        for what, where, new in (
            ("1 % new events", beside, events_of(tomorrow)),
            ("1 % new", folder, tomorrow.iterdir()),
        ):
            for extract in new:
                shutil.copyfile(extract, where / "data" / extract.name)
            costs[f"run, {what}"] = cost((*CXUNIFY, "run"), where)
        return costs


def _beside(splink: str | None, folder: Path, resolve: Cost) -> str:
    """What Splink takes to train, predict and cluster on the records that `resolve` has just normalised."""
    if splink is None:
        return "Splink: not installed"
    records = folder / "records.parquet"
    if cost(
        (sys.executable, Path(__file__).with_name("normalised.py"), folder / "warehouse.duckdb", records), folder
    ).exit_code:
        return "Splink: nothing to give it"
    part = _said(sys.executable, "-m", "tests.bench.matching", folder)
    lines = [f"keys to clusters, of resolve: {part['seconds']:.1f} s, {part['cpu_seconds']:.1f} CPU s"]
    for name, arguments in {"lean": ("--lean", "0.99"), "careful": (THRESHOLD,)}.items():
        said = _said(splink, RIVAL, records, folder / "splink.parquet", *arguments)
        parts = ", ".join(f"{step} {said[step]:.1f}" for step in ("train", "predict", "cluster"))
        times = {
            "its seconds": resolve.seconds / said["seconds"],
            "its CPU seconds": resolve.cpu_seconds / said["cpu_seconds"],
            "its memory": resolve.peak_mb / said["peak_mb"],
            "its CPU seconds from keys to clusters": part["cpu_seconds"] / said["cpu_seconds"],
        }
        lines.append(
            f"Splink {said['version']}, {name}, on the same {said['records']:,} records, normalised, threshold {arguments[-1]}:"
            f" {said['seconds']:.1f} s ({parts}), {said['cpu_seconds']:.1f} CPU s, {said['peak_mb']:,.0f} MB"
        )
        lines.append("    resolve takes " + ", ".join(f"{ratio:.2f} x {of}" for of, ratio in times.items()))
    return "\n".join(lines)


def _said(*command: str | Path) -> dict[str, Any]:
    """What a script prints, as JSON. It runs in the root, and spills there, into what is not committed."""
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


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
