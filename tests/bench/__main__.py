"""`make bench`: speed on a generated world, or accuracy on the labelled data in a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.bench import speed
from tests.bench.projects import recognise


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--people", type=int, default=440_000, help="people in the generated world (default 440000)")
    parser.add_argument("--seed", type=int, default=7, help="another number is another world (default 7)")
    parser.add_argument("--data", type=Path, help="a folder of labelled data instead: one set of extracts, or many")
    parser.add_argument("--sets", default="", help="names from tests/bench/sets.yaml, with commas between; none: all")
    parser.add_argument("--splink", help="a Python that has splink 5, to measure it on the same records")
    parser.add_argument("--labels", action="store_true", help="measure what labels teach on the labelled data instead")
    given = parser.parse_args()
    if given.data is None:
        speed.report(given.people, given.seed, given.splink)
        return
    # Not above: a child's peak memory is never less than its parent's.
    from tests.bench import accuracy, beside, retail, sets

    if given.labels:
        from tests.bench import labels

        labels.report(list(sets.found(given.data, [name for name in given.sets.split(",") if name])))
        return
    wanted = [name for name in given.sets.split(",") if name]
    known = list(sets.found(given.data, wanted))
    data = None if wanted else recognise(given.data)
    if data is not None:
        (accuracy if data.truth else retail).report(data)
        known = known or list(sets.of_generator(given.data.name, data))
    if known:
        beside.report(known, given.splink)
    elif data is None:
        sys.exit(
            f"{given.data} holds no data that is known here: see tests/bench/sets.yaml and tests/bench/projects.py"
        )


if __name__ == "__main__":
    main()
