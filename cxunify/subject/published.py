"""out/runs/* and a person -> the same runs without them: each file replaced in one step, the manifest last."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cxunify.config import Config
from cxunify.publish import manifest, versions
from cxunify.publish.parquet import ROW_GROUP
from cxunify.subject.person import EVENTS, RECORDS, Person, note, published_table
from cxunify.subject.texts import without_rows, without_words
from cxunify.warehouse import Warehouse, literal, located, pattern, quote

RUN_IDS = "temp.subject_run_ids"
_DRAFT = ".forget"
"""What a file is called until it takes the place of the old one."""


def runs(config: Config) -> list[Path]:
    """The folders of published runs of this project, the oldest first."""
    return [folder for folder, _ in versions.kept(config)]


def remains(config: Config) -> list[Path]:
    """Folders of runs that died before they were published, and files half written by an erasure that was stopped."""
    out = config.output_path / versions.RUNS
    folders = [path for path in out.iterdir() if not (path / versions.MANIFEST).is_file()] if out.is_dir() else []
    return [*folders, *(draft for folder in runs(config) for draft in sorted(folder.rglob(f"*{_DRAFT}")))]


def without(warehouse: Warehouse, folder: Path, person: Person, *, dry: bool) -> dict[str, int]:
    """Take a person out of a run's files; returns the rows (of documents: the places) of each that had any. `dry`: only count.

    Tables are judged by their columns, whatever version wrote them. `person`'s pairs have been `note`d in the warehouse.
    """
    found = versions.read(folder)
    assert found is not None
    described, gone = found[1], {}
    _note_ids(warehouse, folder, person)
    for entry in described["tables"]:
        rows = [_table(warehouse, folder, file, person, dry=dry) for file in entry["files"]]
        if entry.get("csv"):
            rows.append(_sheet(folder, entry["csv"], _ids(warehouse), person, dry=dry))
        if any(rows):
            gone[entry["table"]] = sum(rows[: len(entry["files"])]) or sum(rows)
            entry["rows"] = sum(file["rows"] for file in entry["files"])
            entry["made_from"] = ""  # the next run makes it of what is left
    for entry in described.get("documents", ()):
        if count := _document(folder, entry, person, dry=dry):
            gone[entry["path"]] = count
    if gone and not dry:
        manifest.put(folder, described)
    return gone


def rows_of(warehouse: Warehouse, folder: Path, table: str, person: Person) -> list[dict[str, Any]]:
    """The person's rows of a published table; none of a table of figures. The pairs have been `note`d in the warehouse."""
    _note_ids(warehouse, folder, person)
    source = published_table(folder, table)
    columns = {name: kind for name, kind, *_ in warehouse.rows(f"describe select * from {source}")}
    mine = " or ".join(_conditions(columns))
    return warehouse.dicts(f"select * from {source} where {mine} order by all") if mine else []


def _note_ids(warehouse: Warehouse, folder: Path, person: Person) -> None:
    """Whom a run knew the person as: by records that may have been another customer's then."""
    ids = set(person.customer_ids)
    path = folder / "identity_map.parquet"
    if path.exists():
        sql = f"""
        select distinct customer_id from read_parquet({located(path)}) as t
        semi join {RECORDS} as m on m.source = t.source and m.id = t.record_id"""
        ids |= {key for (key,) in warehouse.rows(sql)}
    note(warehouse, RUN_IDS, (("", key) for key in ids))


def _ids(warehouse: Warehouse) -> set[str]:
    return {key for (key,) in warehouse.rows(f"select id from {RUN_IDS}")}


def _conditions(columns: dict[str, str]) -> Iterator[str]:
    """By which a row of a table with these columns is the person's."""
    for name in ("customer_id", "old_id", "new_id"):
        if name in columns:
            yield f"coalesce({name} in (select id from {RUN_IDS}), false)"
    for source, key, of in (
        ("source", "record_id", RECORDS), ("source_a", "record_id_a", RECORDS), ("source_b", "record_id_b", RECORDS),
        ("source", "interaction_id", EVENTS),
    ):  # fmt: skip
        if source in columns and key in columns:
            yield f"coalesce(({source}, {key}) in (select (source, id) from {of}), false)"


def _table(warehouse: Warehouse, folder: Path, entry: dict[str, Any], person: Person, *, dry: bool) -> int:
    """Take the person's rows out of one Parquet file, and out of tables of figures the words that name them."""
    path = folder / entry["path"]
    source = f"read_parquet({located(path)}, hive_partitioning = false)"
    columns = {name: kind for name, kind, *_ in warehouse.rows(f"describe select * from {source}")}
    terms = {name: quote(name) for name in columns}
    if mine := " or ".join(_conditions(columns)):
        count = warehouse.scalar(f"select count(*) from {source} where {mine}")
        where = f"where not ({mine})"
    else:
        texts = [name for name, kind in columns.items() if kind == "VARCHAR"]
        named = " or ".join(f"contains(t.{quote(name)}, w.word)" for name in texts) or "false"
        words = "(select unnest($words) as word) as w"
        sql = f"select distinct w.word from {source} as t join {words} on {named}"
        there = [word for (word,) in warehouse.rows(sql, {"words": person.texts})]
        count, where = len(there), ""
        for word in there:
            terms |= {name: f"replace({terms[name]}, {literal(word)}, 'forgotten')" for name in texts}
    if count and not dry:
        # The CASE hides from the engine that no row of the day is null: it would write another schema.
        select = ", ".join(
            f"case when {term} is not null then {term} end as {quote(name)}" for name, term in terms.items()
        )
        draft = path.with_name(path.name + _DRAFT)
        pairs = warehouse.rows(f"select decode(key), decode(value) from parquet_kv_metadata({located(path)})")
        kept = ", ".join(f"{literal(key)}: {literal(value)}" for key, value in pairs)
        options = (f"row_group_size {ROW_GROUP}", f"kv_metadata {{{kept}}}")
        warehouse.export(f"select {select} from {source} {where}", draft, options)
        rows = int(
            warehouse.scalar("select sum(num_rows)::bigint from parquet_file_metadata($path)", {"path": pattern(draft)})
        )
        _replace(draft, path)
        entry |= manifest.describe(folder, path, rows)
        entry.pop("made_from", None)  # it was of other rows
    return int(count)


def _sheet(folder: Path, entry: dict[str, Any], ids: set[str], person: Person, *, dry: bool) -> int:
    """Take the person's rows out of a CSV."""
    path, pairs = folder / entry["path"], {*person.records, *person.interactions}

    def is_meant(row: dict[str, str]) -> bool:
        keys = {(row.get(f"source{side}", ""), row.get(f"record_id{side}", "")) for side in ("", "_a", "_b")}
        keys.add((row.get("source", ""), row.get("interaction_id", "")))
        return bool(ids & {row.get(name, "") for name in ("customer_id", "old_id", "new_id")} or pairs & keys)

    text, count = without_rows(path.read_text(encoding="utf-8"), is_meant)
    if count and not dry:
        _rewrite(path, text)
        entry |= manifest.describe(folder, path, None if "rows" not in entry else entry["rows"] - count)
    return count


def _document(folder: Path, entry: dict[str, Any], person: Person, *, dry: bool) -> int:
    """Take the words that name the person out of a page or a JSON document."""
    path = folder / entry["path"]
    text, count = without_words(path.read_text(encoding="utf-8"), person.texts)
    if count and not dry:
        _rewrite(path, text)
        entry |= manifest.describe(folder, path, entry.get("rows"))
    return count


def _rewrite(path: Path, text: str) -> None:
    draft = path.with_name(path.name + _DRAFT)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        file.write(text)
    _replace(draft, path)


def _replace(draft: Path, path: Path) -> None:
    draft.chmod(0o600)
    versions.sync(draft)
    draft.replace(path)
    versions.sync(path.parent)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it."""
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
