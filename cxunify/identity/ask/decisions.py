"""What people decided -> the project's decisions file: one line per pair, in order of the keys, so that a diff tells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cxunify import private
from cxunify.config import Config
from cxunify.errors import InputError
from cxunify.identity.match.decide import COLUMNS, Pair, contradicted, decisions, pair_in, read

ANSWERS = {"same": "same", "s": "same", "different": "different", "d": "different", "": ""}


@dataclass(frozen=True)
class Saved:
    """What became of the decisions handed over."""

    added: int
    changed: int
    unchanged: int
    path: Path


def pair_of(first: str, second: str) -> Pair:
    """The pair of two records named `source:record_id`, the smaller one first."""
    (a, _, id_a), (b, _, id_b) = sorted((first.partition(":"), second.partition(":")))
    return a, id_a, b, id_b


def save(config: Config, decided: Mapping[Pair, str], day: date, places: Mapping[Pair, str] | None = None) -> Saved:
    """Add decisions (`same` or `different`) to the project's file; a new word on a pair replaces the old one.

    `places` says where a decision was read, for messages: they name lines, never records.
    Raises InputError, with nothing written, when decisions contradict each other: two records both the same, by way of others,
    and different.
    """
    path = config.root / config.identity.decisions
    decisions(config)  # refuses a file that is not of its shape, or contradicts itself, before anything is added to it
    columns, known = _known(config)
    before = {pair: row["decision"] for pair, row in known.items()}
    for pair, decision in decided.items():
        if before.get(pair) != decision:
            row = dict(zip(COLUMNS, (*pair, decision), strict=True)) | {
                "date": day.isoformat(),
                "warehouse": config.warehouse_path.name,
            }
            known[pair] = known.get(pair, {}) | row
    stands = {pair: f"{path.name}:{line}" for line, pair in enumerate(before, 2)} | dict(places or {})
    said = [(pair, row["decision"], number) for number, (pair, row) in enumerate(known.items())]
    if problems := contradicted(said, {number: stands.get(pair, "a new decision") for pair, _, number in said}):
        raise InputError(problems)
    added = sum(1 for pair in decided if pair not in before)
    changed = sum(1 for pair, decision in decided.items() if before.get(pair, decision) != decision)
    if added or changed:
        _write(path, columns, known)
    return Saved(added, changed, len(decided) - added - changed, path)


def _known(config: Config) -> tuple[list[str], dict[Pair, dict[str, str]]]:
    """The columns of the file, its own ones and whatever people added, and its rows by pair: the last word on each."""
    there, rows = read(config)
    columns = [*COLUMNS, "date", "warehouse"]
    columns += [name for name in there if name not in columns]
    known: dict[Pair, dict[str, str]] = {}
    for _, row in rows:
        said = pair_in(row)
        known[said] = row | dict(zip(COLUMNS, (*said, row["decision"]), strict=True))
    return columns, known


def _write(path: Path, columns: Iterable[str], known: Mapping[Pair, dict[str, str]]) -> None:
    """Replace the file in one step: a reader sees the old one or the new one."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(known[pair] for pair in sorted(known))
    private.write(path, text.getvalue())
