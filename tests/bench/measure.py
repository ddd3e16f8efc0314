"""Run a command in a process of its own and say what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

CXUNIFY = (sys.executable, "-m", "cxunify")


@dataclass(frozen=True)
class Cost:
    """What a process took, and how it ended."""

    seconds: float
    cpu_seconds: float
    """Of all its threads: what it took from the machine, whoever else was at work on it."""
    peak_mb: float
    exit_code: int


def cost(command: Sequence[str | Path], folder: Path) -> Cost:
    """Run `command` in `folder`: wall-clock seconds and the largest resident size of the process, whose threads it includes.

    What it prints is kept from the table, and shown when it fails.
    """
    with (folder / "bench.log").open("w+b") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            sys.stderr.write(f"{' '.join(map(str, command))} ended with {process.returncode}:\n")
            sys.stderr.write("\n".join(log.read().decode(errors="replace").splitlines()[-20:]) + "\n")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows in columns: the first to the left, the others to the right."""
    lines = [tuple(head), *map(tuple, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
