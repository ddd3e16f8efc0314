"""`make bench`: speed on a generated world, or accuracy on the labelled data in a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.bench import speed
from tests.bench.projects import recognise


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--people", type=int, default=440_000, help="people in the generated world (default 440000)")
    parser.add_argument("--seed", type=int, default=7, help="another number is another world (default 7)")
    parser.add_argument("--data", type=Path, help="a folder of labelled data instead: its extracts and their truth")
    given = parser.parse_args()
    if given.data is None:
        speed.report(given.people, given.seed)
        return
    from tests.bench import accuracy, retail  # not above: a child's peak memory is never less than its parent's

    data = recognise(given.data)
    (accuracy if data.truth else retail).report(data)


if __name__ == "__main__":
    main()
