"""A project on either engine, run; and what is published of it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxunify import pipeline
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import Config, load
from tests import world
from tests.cli.project import ENVIRONMENT

SETTINGS = """
engine: spark
spark:
  master: local[2]
  conf: {spark.sql.shuffle.partitions: 2, spark.task.maxFailures: 1}
"""
QUICK = """
engine: spark
spark:
  master: local[2]
  conf:
    spark.sql.shuffle.partitions: 2
    spark.task.maxFailures: 1
    spark.sql.codegen.wholeStage: "false"
    spark.sql.codegen.factoryMode: NO_CODEGEN
    spark.driver.extraJavaOptions: -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m
"""
"""For worlds in which Spark has hardly begun when it is done: to compile what it will do costs it more than to do it."""
LOGGED = """    spark.eventLog.enabled: "true"
    spark.eventLog.rolling.enabled: "false"
    spark.eventLog.compress: "false"
    spark.eventLog.dir: {}
"""
"""Beside the settings of QUICK: what each task has done is written into a folder."""
REMOTELY = """
engine: spark
spark:
  remote: {}
  conf: {{spark.sql.shuffle.partitions: 2}}
"""
CROWD = 24
"""Of one name: more than are compared with one another."""


@dataclass(frozen=True)
class Made:
    """What both engines made of one world."""

    here: Config
    there: Config
    counts: list[int]
    """The rows of each collection."""
    frames: dict[str, int]
    """What loops saw on the driver: the rows of each frame, by name."""
    written: list[str]
    """The files of what is published that tasks wrote."""
    killed: int
    """The exit code of a first run on Spark, which was killed."""
    published: list[str]
    """What it had published."""
    beside: tuple[int, str]
    """The exit code of a second one beside it, and what that said."""
    survived: bool
    """Whether the first one was at work still, with all its files."""
    shuffled: dict[str, int]
    """Step -> bytes that Spark shuffled for it; empty where that was not written down."""


def run(config: Config, until: str = "act") -> None:
    """All layers, as far as one."""
    with open_warehouse(config) as warehouse:
        pipeline.run(warehouse, config, pipeline.Request(new_run_id(), until), lambda _: None)


def on_spark(config: Config, folder: Path, settings: str = SETTINGS) -> Config:
    """A copy of a project whose engine is Spark."""
    shutil.copytree(config.root, folder, symlinks=True)
    path = folder / "cxunify.yaml"
    path.write_text(path.read_text(encoding="utf-8") + settings, encoding="utf-8")
    return load(path)


def crowd(config: Config) -> None:
    """Namesakes whom nobody compares with one another, and two whose names are near in a way that engines may differ about."""
    people = [("Ada", "Crowd") for _ in range(CROWD)] + [("Mike", "Ouzel"), ("Michel", "Ouzel")]
    path = config.root / "extracts" / "crm_contacts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        for number, (given, family) in enumerate(people):
            row = {"Id": f"crowd-{number}", "FirstName": given, "LastName": family, "MailingPostalCode": "90210"}
            csv.DictWriter(file, header, restval="").writerow(row)


def tables(config: Config) -> dict[str, list[tuple[Any, ...]]]:
    """Every published table, its rows in order; of runs, only that they differ."""
    plain = {name: frame.drop("run_id", strict=False) for name, frame in world.frames(config)}
    return {name: [tuple(frame.schema.items()), *sorted(frame.rows(), key=repr)] for name, frame in plain.items()}


def files(config: Config) -> dict[str, str]:
    """Every published file and its hash, but those in which a run is named."""
    current = config.output_path / "current"
    manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
    plain = [name for name, frame in world.frames(config) if "run_id" not in frame.columns]
    return {
        file["path"]: file["sha256"]
        for entry in manifest["tables"]
        if entry["table"] in plain
        for file in entry["files"]
    }


def report(config: Config) -> str:
    """The gap report as JSON, its runs named by their order."""
    text = (config.output_path / "current" / "report.json").read_text(encoding="utf-8")
    runs = sorted(path.name for path in (config.output_path / "runs").iterdir())
    for place, name in enumerate(runs):
        text = text.replace(name, f"run {place}")
    return text


def shuffled(folder: Path) -> dict[str, int]:
    """What the last session that came to its end shuffled for each step, by Spark's own log."""
    logs = [path for path in folder.iterdir() if not path.name.endswith(".inprogress")]
    steps, found = dict[int, str](), dict[str, int]()
    with max(logs, key=lambda path: path.stat().st_mtime).open(encoding="utf-8") as log:
        for event in map(json.loads, log):
            if event["Event"] == "SparkListenerStageSubmitted":
                steps[event["Stage Info"]["Stage ID"]] = event["Properties"].get("spark.job.description", "")
            elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                step = steps[event["Stage ID"]]
                written = event["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                found[step] = found.get(step, 0) + written
    return found


def killed_and_beside(config: Config) -> dict[str, Any]:
    """Start a run, a second one beside it, and kill the first: what came of them."""

    def started() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "cxunify", "run", "--quiet"]
        environment = {**ENVIRONMENT, "JAVA_HOME": os.environ.get("JAVA_HOME", "")}
        return subprocess.Popen(command, cwd=config.root, env=environment, stderr=subprocess.PIPE, text=True)

    def done() -> list[Path]:
        return list(config.root.glob("*.scratch/spark/*/_SUCCESS"))

    first = started()
    while len(done()) < 3 and first.poll() is None:
        time.sleep(0.1)
    before = done()
    second = started()
    _, said = second.communicate()
    survived = first.poll() is None and before != [] and set(before) <= set(done())
    first.kill()
    first.communicate()
    published = [path.name for path in config.output_path.iterdir()]
    return {
        "killed": first.returncode,
        "published": published,
        "beside": (second.returncode, said),
        "survived": survived,
    }
