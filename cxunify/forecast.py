"""configuration + the tables that stand, or the extracts -> what Spark would shuffle, step by step, before it is asked to.

Without Spark and without Java: rows are those of the tables, bytes those of their columns, and keys stand in the SELECTs. Of a
table that does not stand yet, the SELECT that makes it says how many rows it has at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from math import ceil
from typing import TYPE_CHECKING

from cxunify.config import Config
from cxunify.errors import ConfigError, InputError
from cxunify.identity import steps as identity
from cxunify.ingest import check
from cxunify.profile import steps as profile
from cxunify.warehouse import Step, Warehouse
from cxunify.warehouse.sizes import Size, sizes

if TYPE_CHECKING:
    from cxunify.warehouse.spark.shuffles import Shuffle

PARTITION = 128 * 2**20
"""Bytes that one task should read of a shuffle."""
PYTHON = 300 * 2**20
"""Bytes that a task's Python takes beside, for what DuckDB answers and for loops."""
_SORTED = 2
"""A task that puts rows in order holds them and the place of each."""
_OF_INTERACTIONS = ("staging.interactions", "profile.moments", "profile.visits")
_PAIRS = {"temp.candidate_pairs": 1.0, "temp.given_pairs": 0.25, "temp.family_pairs": 0.25}
"""Table -> rows for each pair that is compared: of all, of unlike given names, of unlike family names."""
_A_RECORD = {
    "temp.candidate_pairs": 2.5, "temp.given_pairs": 0.6, "temp.family_pairs": 0.6, "temp.names": 0.6, "temp.latin_names": 0.05,
    "temp.stated": 1.2, "temp.contacts": 1.2, "temp.plain_mailboxes": 0.4, "temp.plain_numbers": 0.6, "temp.odd_mailboxes": 0.05,
    "temp.odd_numbers": 0.05, "temp.customer_ids": 1.0, "temp.unmet": 0.1, "temp.inner_given_pairs": 0.05,
    "temp.inner_family_pairs": 0.05, "temp.devices": 0.2,
}  # fmt: skip
"""Table that never stands, and of which no SELECT says how many rows it has -> at most so many for each record and each trace of
interactions: half as many again as the generator's worlds have of 44,000 people (104,000 records, 112,000 traces)."""
_VALUES = 4
"""Rows for each record and each trace, and one for each interaction, beyond which no other table goes: people have few values."""
_HEAVIEST = {
    "trace_id": "select max(interactions) from staging.traces",
    "visitor_no, own": "select max(n) from (select sum(interactions) as n from staging.traces"
    " where identifiers['device_id'] is not null group by identifiers['device_id'])",
    "customer_no": "select max(interactions) from profile.behaviour",
}
"""Key -> the most interactions that have the same: of one who did nothing but that, of a kiosk's device, of a shop's own number."""


@dataclass(frozen=True)
class Dealt:
    """Rows that a step deals out anew, by a key: how many at most, and what that asks for."""

    step: str
    kind: str
    """join, group, distinct, window, order, or parts: what is connected, of a loop."""
    key: str
    rows: int
    bytes: int
    """Packed, as they are shuffled."""
    partitions: int
    """So many that each has 128 MB."""
    heaviest: int | None
    """Rows that have one and the same key, and come into one task whatever is done; none: not known, or even."""
    task_bytes: int
    """Memory of a task of it, its Python included."""


@dataclass(frozen=True)
class Forecast:
    """What Spark would be given to do."""

    rows_from: str
    """`warehouse`, where tables of customers stand, else `extracts`."""
    records: int
    interactions: int
    shuffles: tuple[Dealt, ...]
    """The largest first."""
    bytes: int
    partitions: int
    """For all of it: what the largest shuffle asks for."""
    task_bytes: int
    """Memory of a task of the largest."""
    python_bytes: int
    """Of which its Python, outside of Java."""
    handed_over: int
    """Bytes of the tables that this machine hands to Spark."""
    taken_in: int
    """Bytes of the tables that it takes in again."""


def forecast(config: Config, warehouse: Warehouse | None) -> Forecast:
    """What Spark would shuffle for this project, with the warehouse that it has, if any. Changes nothing.

    Raises InputError where extracts cannot be used.
    """
    if find_spec("sqlglot") is None:
        raise ConfigError(
            "`--plan` needs sqlglot, which is not installed",
            "Install what Spark needs, `pip install 'cxunify[spark]'`.",
        )
    if warehouse is not None and warehouse.exists("identity.assignments"):
        return _told(config, "warehouse", *_held(warehouse, config))
    findings = check(config, look=lambda warehouse: _held(warehouse, config))
    if findings.problems or findings.seen is None:
        raise InputError(findings.problems)
    return _told(config, "extracts", *findings.seen)


Held = tuple[dict[str, Size], dict[str, int]]
"""How large the tables are that stand, and of keys that are heavy, how many rows have the heaviest."""


def _held(warehouse: Warehouse, config: Config) -> Held:
    steps = _steps(config)
    names = dict.fromkeys(table for step in steps for table in (*step.reads, step.table.name))
    there = sizes(warehouse, names)
    known = {column: select for column, select in _HEAVIEST.items() if select.split(" from ")[-1].split()[0] in there}
    return there, {column: int(warehouse.scalar(select) or 0) for column, select in known.items()}


def _steps(config: Config) -> tuple[Step, ...]:
    """The steps that Spark makes: those of tables that grow with the data."""
    every = (*identity.steps(config, None, []), *profile.first(), *profile.steps(config))
    return tuple(step for step in every if step.reads)


def _told(config: Config, rows_from: str, there: Mapping[str, Size], heavy: Mapping[str, int]) -> Forecast:
    from cxunify.warehouse.spark.expected import expected

    rows = {name: size.rows for name, size in there.items()}
    events = rows.get("staging.interactions", 0.0)
    moved, tables = expected(_steps(config), there, _most(config, there), config.spark)
    found = [
        _dealt(step, shuffle, _heaviest(shuffle, heavy, events)) for step, dealt in moved.items() for shuffle in dealt
    ]
    made = {table for table in moved if not table.startswith("temp.")}
    handed = {table for step in _steps(config) if step.table.name in moved for table in step.reads} - set(moved)
    return Forecast(
        rows_from,
        int(rows.get("staging.records", 0)),
        int(events),
        tuple(sorted((one for one in found if one.rows), key=lambda one: (-one.bytes, one.step, one.kind, one.key))),
        sum(one.bytes for one in found),
        max((one.partitions for one in found), default=1),
        max((one.task_bytes for one in found), default=PYTHON),
        PYTHON,
        _bytes(there, handed),
        _bytes(tables, made),
    )


def _most(config: Config, there: Mapping[str, Size]) -> dict[str, float]:
    """How many rows tables have at most that do not stand."""
    records, traces, events = (
        there[table].rows if table in there else 0.0
        for table in ("staging.records", "staging.traces", "staging.interactions")
    )
    people = records + traces
    of = {
        ("node",): records, ("source", "record_id"): records, ("trace_id",): traces, ("row_no",): events,
        ("customer_no",): people, ("customer_id",): people,
    }  # fmt: skip
    found = {step.table.name: of.get(step.table.grain, _VALUES * people + events) for step in _steps(config)}
    found |= {table: times * people for table, times in _A_RECORD.items()}
    if "identity.comparisons" in there:
        found |= {table: times * there["identity.comparisons"].rows for table, times in _PAIRS.items()}
    return found


def _bytes(there: Mapping[str, Size], names: set[str]) -> int:
    return sum(int(there[name].rows * there[name].width) for name in names if name in there)


def _heaviest(shuffle: Shuffle, heavy: Mapping[str, int], events: float) -> int | None:
    """Of interactions that are dealt out by a key of which it is known: how many have the heaviest."""
    if shuffle.per not in _OF_INTERACTIONS or not events:
        return None
    return heavy.get(shuffle.key)


def _dealt(step: str, shuffle: Shuffle, heaviest: int | None) -> Dealt:
    partitions = max(1, ceil(shuffle.bytes / PARTITION))
    alone = max(shuffle.rows / partitions, heaviest or 0)
    return Dealt(
        step, shuffle.kind, shuffle.key, int(shuffle.rows), int(shuffle.bytes), partitions, heaviest,
        int(PYTHON + _SORTED * alone * shuffle.width),
    )  # fmt: skip
