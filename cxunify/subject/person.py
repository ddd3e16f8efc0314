"""A customer -> everything by which the person is known: ids, records, interactions, and the values that are nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from cxunify.config import Config
from cxunify.errors import LookupFailed
from cxunify.ingest.forgotten import DIGITS, LEAST_DIGITS, interaction, of, record
from cxunify.publish import versions
from cxunify.publish.lookup import find
from cxunify.schema import Table
from cxunify.warehouse import Warehouse, literal, pattern

Pairs = tuple[tuple[str, str], ...]
IDS, RECORDS, EVENTS, VALUES = (f"temp.subject_{name}" for name in ("ids", "records", "events", "values"))
_NUMBERED = re.compile(r"([0-9a-f]{24})-[0-9]+")
"""The id of an interaction whose row states none, where several rows say the same: made of their content, and numbered."""


@dataclass(frozen=True)
class Person:
    """What is known of one person, and of nobody else."""

    customer_ids: tuple[str, ...]
    """The id as it is, and those that were merged into it."""
    records: Pairs
    """source, record_id."""
    keys: Pairs
    """source, id: how others refer to these records, where they write their ids otherwise."""
    interactions: Pairs
    """source, interaction_id."""
    values: Pairs
    """type, value: identifiers as they are compared, without those that others carry too."""
    written: Pairs
    """Likewise, as extracts write mailboxes and numbers."""
    shared: tuple[tuple[str, str, str, str | None, int], ...] = ()
    """type, value, status, rule, people: what the person's records share with others, and what it is worth to all of them."""
    rows: tuple[tuple[str, int, int], ...] = ()
    """source, file_id, source_row: where extracts that are loaded speak of them."""

    @property
    def marks(self) -> list[str]:
        """What a tombstone is made of: each value by which the person would be known again."""
        found = [of(record(source), key) for source, key in (*self.records, *self.keys)]
        found += [of(interaction(source), base_id(key)) for source, key in self.interactions]
        found += [of(kind, value) for kind, value in self.values]
        digits = (re.sub("[^0-9]", "", value) for kind, value in (*self.values, *self.written) if kind == "phone")
        found += [of(DIGITS, number) for number in digits if len(number) >= LEAST_DIGITS]
        return list(dict.fromkeys(found))

    @property
    def texts(self) -> list[str]:
        """What names the person wherever it stands, the longest first."""
        values = (value for _, value in (*self.values, *self.written) if len(value) >= LEAST_DIGITS)
        return sorted({*self.customer_ids, *values}, key=lambda text: (-len(text), text))

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """A person as `asdict` and JSON have it."""
        parts: dict[str, Any] = {
            field.name: tuple(tuple(item) if isinstance(item, list) else item for item in document.get(field.name, ()))
            for field in fields(cls)
        }
        return cls(**parts)

    def document(self) -> dict[str, Any]:
        """As plain values, to be written down."""
        return asdict(self)


def customer_of(config: Config, who: str) -> str:
    """The id of the one customer that `who` stands for. Raises LookupFailed where it is nobody, or several."""
    found = find(config, who)
    if isinstance(found, tuple):
        ids = ", ".join(choice.customer_id for choice in found)
        raise LookupFailed(
            "several customers answer to that", f"Name one by its id (`cxunify show` tells who they are): {ids}"
        )
    return str(found.customer["customer_id"])


def person(warehouse: Warehouse, config: Config, customer_id: str) -> Person:
    """Everything by which a customer is known, by the warehouse, the ledger and what is published.

    What the warehouse does not hold, since it is not resolved or was removed, is taken from what is published.
    """
    published = versions.own(config)
    folder = published[0] if published else None
    ids = _ids(warehouse, folder, customer_id)
    note(warehouse, IDS, (("", one) for one in ids))
    resolved = warehouse.exists("identity.assignments") and warehouse.exists("profile.interactions")
    records = _mine(warehouse, "ledger.records", "record_id")
    interactions: set[tuple[str, str]] = set()
    if resolved:
        records |= _mine(warehouse, "identity.assignments", "record_id")
        interactions |= _mine(warehouse, "profile.interactions", "interaction_id")
    if folder:
        records |= _mine(warehouse, published_table(folder, "identity_map"), "record_id")
        interactions |= _mine(warehouse, published_table(folder, "interactions"), "interaction_id")
    note(warehouse, RECORDS, records)
    note(warehouse, EVENTS, interactions)
    shared = _pairs(warehouse, _SHARED_IDS) if warehouse.exists("staging.reused") else set()
    values: set[tuple[str, str]] = set()
    written, keys, rows, others = set(values), set(values), [], []
    if resolved:
        values = _pairs(warehouse, _VALUES.format(table="identity.identifiers"))
        note(warehouse, VALUES, values)
        written, keys, rows = _pairs(warehouse, _WRITTEN), _pairs(warehouse, _KEYS), warehouse.rows(_ROWS)
        others = warehouse.rows(_SHARED)
    elif folder and config.publish.personal_data == "full":
        values = _pairs(warehouse, _VALUES.format(table=published_table(folder, "identifiers")))
    return Person(
        tuple(sorted(ids)), tuple(sorted(records)), tuple(sorted(keys)), tuple(sorted(interactions - shared)),
        tuple(sorted(values)), tuple(sorted(written)), tuple(others),
        tuple(rows),
    )  # fmt: skip


def note(warehouse: Warehouse, table: str, rows: Iterable[tuple[str, str]]) -> None:
    """Put pairs into a temporary table with the columns `source` and `id`, to be joined."""
    import polars

    frame = polars.DataFrame(list(rows), orient="row", schema={"source": polars.String, "id": polars.String})
    warehouse.write(Table(table, "One row per value of one person."), frame)


def published_table(folder: Path, table: str) -> str:
    """A published table, as what follows FROM."""
    path = folder / f"{table}.parquet"
    files = pattern(path) if path.exists() else f"{pattern(folder / table)}/**/*.parquet"
    return f"read_parquet({literal(files)}, hive_partitioning = false)"


def _ids(warehouse: Warehouse, folder: Path | None, customer_id: str) -> set[str]:
    """The id of a customer and those that were merged into it, whenever that was, but for those that are somebody again."""
    merged = warehouse.rows("select old_id, new_id from ledger.changes where kind = 'merged'")
    alive: set[str] = set()
    if folder:
        changes, customers = published_table(folder, "identity_changes"), published_table(folder, "customers")
        merged += warehouse.rows(f"select old_id, new_id from {changes} where kind = 'merged'")
        alive = {key for (key,) in warehouse.rows(f"select customer_id from {customers}")}
    ids, more = {customer_id}, {customer_id}
    while more:
        more = {old for old, new in merged if new in more and old not in alive} - ids
        ids |= more
    return ids


def _mine(warehouse: Warehouse, table: str, column: str) -> set[tuple[str, str]]:
    """The rows of a table that are the person's, by source and id."""
    return _pairs(warehouse, f"select source, {column} from {table} where customer_id in (select id from {IDS})")


def _pairs(warehouse: Warehouse, sql: str) -> set[tuple[str, str]]:
    return {(first, second) for first, second in warehouse.rows(sql)}


def base_id(interaction_id: str) -> str:
    """The id that a row states, or that is made of its content."""
    found = _NUMBERED.fullmatch(interaction_id)
    return found[1] if found else interaction_id


# Whoever has the same number by another counting is somebody else.
_SHARED_IDS = """
select source, interaction_id from staging.reused
union
select source, stated_id from staging.reused"""

_VALUES = f"""
select type, value from {{table}} where status = 'valid'
group by type, value having bool_and(customer_id in (select id from {IDS}))"""

_WRITTEN = f"""
select 'email', written from identity.mailboxes where value in (select id from {VALUES} where source = 'email')
union
select 'phone', written from identity.numbers where value in (select id from {VALUES} where source = 'phone')"""

_SHARED = f"""
with
mine as (
    select r.key, r.type, r.value from identity.record_values as r join identity.owners as o using (node)
    where o.customer_id in (select id from {IDS})
    union
    select t.key, t.type, t.value from identity.trace_values as t join identity.owners as o using (node)
    where o.customer_id in (select id from {IDS})
)
select m.type, m.value, coalesce(v.status, 'valid'), v.rule, coalesce(v.people, 1)
from mine as m
anti join {VALUES} as own on own.source = m.type and own.id = m.value
left join identity.value_status as v on v.key = m.key
where coalesce(v.status, 'valid') in ('valid', 'shared')
order by all"""

_KEYS = f"""
select k.source, k.record_id from identity.foreign_keys as k
semi join {RECORDS} as r on r.source = k.source and r.id = k.points_to"""

_ROWS = f"""
select t.source, t.file_id, t.source_row from staging.records as t
semi join {RECORDS} as m on m.source = t.source and m.id = t.record_id
union
select t.source, t.file_id, t.source_row from (select * from staging.gave_way where subject = 'record') as t
semi join {RECORDS} as m on m.source = t.source and m.id = t.id
union
select t.source, t.file_id, t.source_row from staging.interactions as t
semi join {EVENTS} as m on m.source = t.source and m.id = t.interaction_id
union
select t.source, t.file_id, t.source_row from (select * from staging.gave_way where subject = 'interaction') as t
semi join {EVENTS} as m on m.source = t.source and m.id = t.id
order by all"""
