"""Decisions of people, merge pointers of sources -> identity.settled, identity.parted: what is not for the model to say."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

import polars as pl

from cxunify.config import Config
from cxunify.errors import InputError, Problem
from cxunify.schema import Table
from cxunify.schema.identity import DECISIONS
from cxunify.warehouse import Loop, Stage, Step, statement

COLUMNS = ("source_a", "record_id_a", "source_b", "record_id_b", "decision")


Pair = tuple[str, str, str, str]
"""source_a, record_id_a, source_b, record_id_b: the smaller record first."""
Record = tuple[str, str]
"""Source and record_id."""
_MOST = 20
"""Problems of one file that are told."""


def decisions(config: Config) -> list[tuple[str, ...]]:
    """The decisions of people: rows of `source_a, record_id_a, source_b, record_id_b, decision` (same or different).

    Raises InputError for a file that is not of that shape, that names another warehouse, or whose decisions contradict each
    other. No file, no decisions.
    """
    _, rows = read(config)
    said = [(pair_in(row), row["decision"], line) for line, row in rows]
    path = config.root / config.identity.decisions
    if problems := contradicted(said, {line: f"{path.name}:{line}" for _, _, line in said}):
        raise InputError(problems[:_MOST])
    return [tuple(row[name] for name in COLUMNS) for _, row in rows]


def read(config: Config) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The columns of the file of decisions, whatever people added included, and its rows that decide, each with its line.

    Raises InputError as `decisions` does, but for contradictions. No file, no columns.
    """
    path = config.root / config.identity.decisions
    if not path.exists():
        return [], []
    columns, rows = _cells(path)
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise InputError(f"{path.name} has no column {', '.join(missing)}", f"Its columns are: {', '.join(COLUMNS)}.")
    others = {row.get("warehouse") or config.warehouse_path.name for _, row in rows} - {config.warehouse_path.name}
    if others:
        raise InputError(
            f"{path.name} holds decisions on the records of another warehouse, {', '.join(sorted(others))}",
            "Give this project a file of its own (`identity: {decisions: NAME.csv}`), or correct the column `warehouse` where the"
            " warehouse was renamed.",
        )
    odd = [line for line, row in rows if row["decision"] not in {"same", "different", ""}]
    if odd:
        raise InputError(
            Problem(
                f"{path.name}:{line}: the decision is neither same nor different", "Write same, different or nothing."
            )
            for line in odd[:_MOST]
        )
    return columns, [(line, row) for line, row in rows if row["decision"]]


def strangers(config: Config, known: Callable[[list[str]], Collection[str]]) -> list[int]:
    """The lines of decisions on a record that is not there, now or ever; `known` tells which of some `source:record_id` are."""
    _, rows = read(config)
    keys = {line: [f"{row[f'source_{side}']}:{row[f'record_id_{side}']}" for side in "ab"] for line, row in rows}
    there = set(known(sorted({key for both in keys.values() for key in both}))) if keys else set()
    return [line for line, both in keys.items() if not there.issuperset(both)]


def contradicted(said: Sequence[tuple[Pair, str, int]], places: Mapping[int, str]) -> list[Problem]:
    """What is wrong with decisions, each a pair, `same` or `different`, and a number whose place is named in messages.

    Two records may not be decided to be different and, at once or by way of others, the same.
    """
    group: dict[Record, Record] = {}
    same: dict[Record, list[tuple[Record, int]]] = {}

    def root(record: Record) -> Record:
        while (above := group.get(record, record)) != record:
            record = above
        return record

    for (a, id_a, b, id_b), decision, number in said:
        if decision == "same":
            one, other = sorted((root((a, id_a)), root((b, id_b))))
            group[other] = one
            same.setdefault((a, id_a), []).append(((b, id_b), number))
            same.setdefault((b, id_b), []).append(((a, id_a), number))
    problems = []
    for pair, decision, number in said:
        one, other = pair[:2], pair[2:]
        if decision == "different" and root(one) == root(other):
            by = ", ".join(dict.fromkeys(places[step] for step in _way(same, one, other)))
            why = f"{by} makes them the same" if by else "both are one record"
            problems.append(
                Problem(
                    f"{places[number]}: two records are decided to be different, and {why}", "Take one of these back."
                )
            )
    return problems


def _way(same: Mapping[Record, list[tuple[Record, int]]], start: Record, end: Record) -> list[int]:
    """The shortest chain of decisions that makes two records one; empty where they are one record."""
    reached: dict[Record, list[int]] = {start: []}
    waiting = deque([start])
    while end not in reached:
        here = waiting.popleft()
        for other, number in same[here]:
            if other not in reached:
                reached[other] = [*reached[here], number]
                waiting.append(other)
    return reached[end]


def pair_in(row: Mapping[str, str]) -> Pair:
    """The pair of records that a row of the file speaks of."""
    (a, id_a), (b, id_b) = sorted((row[f"source_{side}"], row[f"record_id_{side}"]) for side in "ab")
    return a, id_a, b, id_b


def _cells(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The columns of a CSV file and its rows, each with its line; a file that is none is refused."""
    lost = "Restore it from a copy; where there were no decisions, remove it."
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not CSV in UTF-8", "Save it as `CSV UTF-8`.") from None
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}", "Check its permissions.") from None
    if not text.strip():
        raise InputError(f"{path.name} is empty: it lacks even the names of its columns", lost)
    if "\0" in text:
        raise InputError(f"{path.name} is damaged: it holds characters that no text has", lost)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    odd: list[int] = []
    try:
        columns = [name.strip() for name in next(lines)]
        for cells in lines:
            if len(cells) > len(columns) or (cells and len(cells) < min(len(columns), len(COLUMNS))):
                odd.append(lines.line_num)
            elif any(cells):
                rows.append((lines.line_num, dict(zip_longest(columns, cells, fillvalue=""))))
    except csv.Error:
        raise InputError(f"{path.name}:{lines.line_num}: the line is not CSV", lost) from None
    if odd:
        raise InputError(
            Problem(f"{path.name}:{line}: the line has too few cells, or too many", "Correct it or remove it.")
            for line in odd[:_MOST]
        )
    return columns, rows


def steps(rows: list[tuple[str, ...]]) -> tuple[Step, ...]:
    """The steps of identity.decisions, identity.settled (pairs that are one person) and identity.parted (pairs that are not)."""
    return (
        Loop(DECISIONS, decided, {}, {"rows": rows}),
        Stage(
            Table(
                "identity.settled", "One row per pair that is one person by decision or by merge pointer.", ("a", "b")
            ),
            statement("cxunify.identity", "match", "settled"),
        ),
        Stage(
            Table(
                "temp.akin",
                "One row per pair that is one person by what is settled, of the two or of each with a third.",
                ("a", "b"),
            ),
            statement("cxunify.identity", "match", "akin"),
        ),
        Stage(
            Table("identity.parted", "One row per pair that is two people by decision.", ("a", "b")),
            statement("cxunify.identity", "match", "parted"),
        ),
    )


def decided(rows: list[tuple[str, ...]]) -> pl.DataFrame:
    """Decisions as rows, every column a text."""
    return pl.DataFrame(rows, orient="row", schema=dict.fromkeys(COLUMNS, pl.String))
