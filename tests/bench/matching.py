"""A resolved project -> what its records cost from keys to clusters: the part of `resolve` that corresponds to what Splink does.

python matching.py FOLDER
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from cxunify import identity
from cxunify.cli.session import open_warehouse
from cxunify.config import load

FIRST, LAST = "temp.keys", "identity.clusters"


def main(folder: Path) -> None:
    """Make the tables from the keys of records to their clusters once more, undo it, and print what that took."""
    config = load(folder / "cxunify.yaml")
    with open_warehouse(config) as warehouse:
        steps = identity.current(warehouse, config)
        names = [step.table.name for step in steps]
        part = steps[names.index(FIRST) : names.index(LAST) + 1]
        with warehouse.rehearsal():
            began, spent = time.perf_counter(), _cpu()
            warehouse.build(part, identity.params(config))
            json.dump({"seconds": time.perf_counter() - began, "cpu_seconds": _cpu() - spent}, sys.stdout)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(Path(sys.argv[1]))
