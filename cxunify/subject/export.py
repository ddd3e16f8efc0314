"""A person -> everything that is held on them, as one document: what is published, what extracts delivered, what is remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxunify.config import Config
from cxunify.ingest.erase import rows_of
from cxunify.ingest.forgotten import interaction, record, said
from cxunify.publish import versions
from cxunify.schema import PUBLISHED, REJECTS
from cxunify.subject import published
from cxunify.subject.erase import REMEMBERED, noted_ids
from cxunify.subject.person import IDS, Person, base_id, note, published_table
from cxunify.warehouse import Warehouse, quote

MARKS = "temp.subject_marks"


def export(warehouse: Warehouse, config: Config, person: Person) -> dict[str, Any]:
    """Everything that is held on a person.

    `published`: by table, the rows of the last run; `delivered`: by source, the rows of extracts with file and number; `rejected`:
    rows that could not be used and name the person; `remembered`: what outlives runs; `decisions`: what people decided;
    `kept_runs`: rows in each run that is kept; `meanings`: what tables and columns say.
    """
    found = versions.own(config)
    assert found is not None
    folder, described = found
    noted_ids(warehouse, person)
    there = [table.name for table in PUBLISHED if list(folder.glob(f"{table.name}*"))]
    shown = {name: rows for name in there if (rows := published.rows_of(warehouse, folder, name, person))}
    return {
        "customer_id": _living(warehouse, folder),
        "also_known_as": list(person.customer_ids),
        "run_id": described["run_id"],
        "as_of": described["as_of"],
        "personal_data": described["personal_data"],
        "published": shown,
        "delivered": _delivered(warehouse, config, person),
        "rejected": _rejected(warehouse, person),
        "remembered": {
            name.partition(".")[2]: rows
            for name, where in REMEMBERED.items()
            if (rows := warehouse.dicts(f"select * from {name} where {where} order by all"))
        },
        "decisions": _decisions(config, person),
        "kept_runs": {
            run.name: published.without(warehouse, run, person, dry=True) for run in published.runs(config)
        },
        "meanings": {
            table.name: {"": table.meaning, **{column.name: column.meaning for column in table.columns}}
            for table in PUBLISHED
            if table.name in shown
        },
    }  # fmt: skip


def _living(warehouse: Warehouse, folder: Path) -> str | None:
    """The id of the customer as it is."""
    there = (
        f"select customer_id from {published_table(folder, 'customers')} where customer_id in (select id from {IDS})"
    )
    return next((customer_id for (customer_id,) in warehouse.rows(there)), None)


def _delivered(warehouse: Warehouse, config: Config, person: Person) -> dict[str, list[dict[str, Any]]]:
    """The rows of extracts that speak of the person, as they were delivered."""
    marks = {(record(source), key) for source, key in (*person.records, *person.keys)}
    marks |= {(interaction(source), base_id(key)) for source, key in person.interactions}
    note(warehouse, MARKS, marks)
    found: dict[str, list[dict[str, Any]]] = {}
    for name in config.sources:
        if not warehouse.exists(f"raw.{name}"):
            continue
        named = [f"({file_id}, {row})" for source, file_id, row in person.rows if source == name]
        more = f"union select * from (values {', '.join(named)})" if named else ""
        spoken = f"""
        select s.file_id, s.source_row from ({said(rows_of(warehouse, config, name))}) as s
        semi join {MARKS} as m on m.source = s.kind and m.id = s.written {more}"""
        rows = warehouse.dicts(
            f"select f.path as file, r.source_row as row, r.* exclude (file_id, source_row) from raw.{quote(name)} as r"
            f" semi join ({spoken}) as s using (file_id, source_row) join raw.files as f using (file_id)"
            " order by file_id, source_row"
        )
        if rows:
            found[name] = rows
    return found


def _rejected(warehouse: Warehouse, person: Person) -> list[dict[str, Any]]:
    """Rows that could not be used, and in whose text the person is named."""
    if not warehouse.exists(REJECTS.name):
        return []
    return warehouse.dicts(
        f"select source, source_row as row, reason, text from {REJECTS.name}"
        " where len(list_filter($words, lambda word: contains(lower(text), lower(word)))) > 0 order by source, file_id, source_row",
        {"words": person.texts},
    )


def _decisions(config: Config, person: Person) -> list[dict[str, str]]:
    """What people decided on the person's records."""
    from cxunify.identity.match.decide import read

    records = set(person.records)
    return [
        row
        for _, row in read(config)[1]
        if any((row[f"source_{side}"], row[f"record_id_{side}"]) in records for side in "ab")
    ]
