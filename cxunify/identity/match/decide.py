"""Decisions of people, merge pointers of sources -> identity.settled, identity.parted: what is not for the model to say."""

from __future__ import annotations

import csv

import polars as pl

from cxunify.config import Config
from cxunify.errors import InputError
from cxunify.schema import Table
from cxunify.warehouse import Loop, Stage, Step

COLUMNS = ("source_a", "record_id_a", "source_b", "record_id_b", "decision")


def decisions(config: Config) -> list[tuple[str, ...]]:
    """The decisions of people: rows of `source_a, record_id_a, source_b, record_id_b, decision` (same or different).

    Raises InputError for a file that is not of that shape. No file, no decisions.
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
            _SETTLED,
        ),
        Stage(Table("identity.parted", "One row per pair that is two people by decision.", ("a", "b")), _PARTED),
    )


def decided(rows: list[tuple[str, ...]]) -> pl.DataFrame:
    """Decisions as rows, every column a text."""
    return pl.DataFrame(rows, orient="row", schema=dict.fromkeys(COLUMNS, pl.String))


_SETTLED = """
with
decided as (
    select least(x.node, y.node) as a, greatest(x.node, y.node) as b, d.decision
    from identity.decisions as d
    join identity.features as x on x.source = d.source_a and x.record_id = d.record_id_a
    join identity.features as y on y.source = d.source_b and y.record_id = d.record_id_b
),
pointers as (
    select least(f.node, g.node) as a, greatest(f.node, g.node) as b
    from identity.features as f
    join identity.features as g on g.source = f.source and g.record_id = f.merged_into
)
select a, b, min(cause) as cause
from (
    select a, b, 'decision' as cause from decided where decision = 'same'
    union all
    select a, b, 'merge pointer' from pointers
)
where a < b
group by a, b
"""
_PARTED = """
select distinct least(x.node, y.node) as a, greatest(x.node, y.node) as b
from identity.decisions as d
join identity.features as x on x.source = d.source_a and x.record_id = d.record_id_a
join identity.features as y on y.source = d.source_b and y.record_id = d.record_id_b
where d.decision = 'different' and x.node <> y.node
"""
