"""Decisions of people, merge pointers of sources -> identity.settled, identity.parted: what is not for the model to say."""

from __future__ import annotations

import csv

import polars as pl

from cxunify.config import Config
from cxunify.errors import InputError
from cxunify.schema import Table
from cxunify.warehouse import Loop, Stage, Step, statement

COLUMNS = ("source_a", "record_id_a", "source_b", "record_id_b", "decision")


def decisions(config: Config) -> list[tuple[str, ...]]:
    """The decisions of people: rows of `source_a, record_id_a, source_b, record_id_b, decision` (same or different).

    Raises InputError for a file that is not of that shape, or that names another warehouse. No file, no decisions.
    """
    path = config.root / config.identity.decisions
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"{path.name} is not CSV in UTF-8", "Save it as `CSV UTF-8`.") from None
    missing = [name for name in COLUMNS if rows and name not in rows[0]]
    if missing:
        raise InputError(f"{path.name} has no column {', '.join(missing)}", f"Its columns are: {', '.join(COLUMNS)}.")
    others = {row.get("warehouse") or config.warehouse_path.name for row in rows} - {config.warehouse_path.name}
    if others:
        raise InputError(
            f"{path.name} holds decisions on the records of another warehouse, {', '.join(sorted(others))}",
            "Give this project a file of its own (`identity: {decisions: NAME.csv}`), or correct the column `warehouse` where the"
            " warehouse was renamed.",
        )
    odd = [number for number, row in enumerate(rows, 2) if row["decision"] not in {"same", "different", ""}]
    if odd:
        raise InputError(
            f"{path.name}:{odd[0]}: the decision is neither same nor different", "Write same, different or nothing."
        )
    return [tuple(row[name] for name in COLUMNS) for row in rows if row["decision"]]


def steps(rows: list[tuple[str, ...]]) -> tuple[Step, ...]:
    """The steps of identity.decisions, identity.settled (pairs that are one person) and identity.parted (pairs that are not)."""
    return (
        Loop(Table("identity.decisions", "One row per decision of a person."), decided, {}, {"rows": rows}),
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
