"""A generated world, cut in two: what a project knows today, and what the extracts of the next morning bring.

Sources of events append: their latest hundredth comes as a file of its own. Sources of people are exported whole each time; a
hundredth of their rows is new the next morning.
"""

from __future__ import annotations

import csv
import random
import re
import shutil
from pathlib import Path

from tests.bench.projects import Data

SHARE = 0.01
PEOPLE = frozenset({"crm_contacts", "pos_customers", "web_accounts"})
"""Extracts that are exported whole."""
_TOGETHER = {"pos_receipts": "Transaction ID"}
"""Lines that are one event share this column: they come together."""


def cut(data: Data, folder: Path) -> tuple[str, Path]:
    """Write today's extracts into `folder/data`; return the configuration and the folder of tomorrow's, to be copied over them."""
    today, tomorrow = folder / "data", folder / "tomorrow"
    today.mkdir()
    tomorrow.mkdir()
    for extract in sorted(data.extracts.iterdir()):
        if extract.stem in PEOPLE:
            _without_some(extract, today / extract.name)
            shutil.copyfile(extract, tomorrow / extract.name)
        else:
            _first_part(extract, today / extract.name, tomorrow / f"{extract.stem}_2{extract.suffix}")
    files = re.compile(r"^( +)files: data/(\w+)(\.\w+)$", re.MULTILINE)
    config = re.sub(r"^ +load: append.*\n", "", data.config, flags=re.MULTILINE)
    return files.sub(_appended, config), tomorrow


def events_of(tomorrow: Path) -> list[Path]:
    """Of tomorrow's extracts those of events, which add to what is there."""
    return [extract for extract in sorted(tomorrow.iterdir()) if extract.stem not in PEOPLE]


def _appended(line: re.Match[str]) -> str:
    """The line of a source's files, where it is one of events: every file adds."""
    indent, stem, suffix = line.groups()
    return line[0] if stem in PEOPLE else f"{indent}files: data/{stem}*{suffix}\n{indent}load: append"


def _without_some(extract: Path, out: Path) -> None:
    """A table without a hundredth of its rows."""
    chance = random.Random(extract.stem)
    with extract.open(newline="", encoding="utf-8") as lines, out.open("w", newline="", encoding="utf-8") as kept:
        rows, writer = csv.reader(lines), csv.writer(kept)
        writer.writerow(next(rows))
        writer.writerows(row for row in rows if chance.random() >= SHARE)


def _first_part(extract: Path, first: Path, rest: Path) -> None:
    """All but the last hundredth of the lines, and these; extracts of events are in the order of their time."""
    lines = extract.read_text(encoding="utf-8").splitlines(keepends=True)
    header = lines.pop(0) if extract.suffix == ".csv" else ""
    at = int(len(lines) * (1 - SHARE))
    if extract.stem in _TOGETHER:
        column = next(csv.reader([header])).index(_TOGETHER[extract.stem])
        ids = [row[column] for row in csv.reader(lines[at - 100 : at + 100])]
        at += next(step for step in range(100) if ids[100 + step] != ids[99 + step])
    first.write_text(header + "".join(lines[:at]), encoding="utf-8")
    rest.write_text(header + "".join(lines[at:]), encoding="utf-8")
