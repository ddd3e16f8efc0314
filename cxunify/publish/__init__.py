"""profile.*, identity.*, quality.* -> out/runs/<run id>/, then out/current: documented Parquet for anyone's tools."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxunify import ledger
from cxunify.config import Config
from cxunify.errors import StorageError
from cxunify.publish import manifest, parquet, sheets, versions
from cxunify.publish.actions_page import actions_files
from cxunify.publish.catalog import show, shown_in
from cxunify.publish.outputs import OUTPUTS, Output
from cxunify.publish.privacy import Privacy
from cxunify.publish.report import report_files
from cxunify.schema import SCHEMA_VERSION
from cxunify.warehouse import Export, Warehouse, pattern
from cxunify.warehouse.code import code_of
from cxunify.warehouse.fingerprint import UNKNOWN, fingerprint

__all__ = ["OUTPUTS", "Output", "Published", "actions_files", "publish", "report_files", "show", "shown_in"]


@dataclass(frozen=True)
class Published:
    """What was published: the run's folder, and the rows of each table."""

    run_id: str
    folder: Path
    current: Path
    rows: dict[str, int]
    carried: tuple[str, ...]
    """Tables and documents taken over from the last run, unchanged."""


def publish(
    warehouse: Warehouse,
    config: Config,
    run_id: str,
    *,
    complete: bool = True,
    afresh: bool = False,
    documents: Mapping[str, str] | None = None,
    gates: Iterable[Any] = (),
    remembering: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> Published:
    """Publish the warehouse as run `run_id` and swap `current` to it. Raises StorageError with the old run left standing.

    A table that would be made from what it was made from in the last run is taken over from it, so is a file of a partitioned one
    whose rows are the same, and so are `documents` (file name to text) that are not given. Unless `complete`, the gap report is
    taken over as it is, stale or not. Where nothing at all has changed, the last run stands and is returned. `afresh`: nothing is
    taken over. With the swap of `current`, the ledger is given what is to be remembered of the run; should the process die between
    the two, the next one to open the ledger sees to it.
    `remembering` is entered around these steps, by those whose tables were made from what the ledger held before.
    """
    out = config.output_path
    with versions.trouble(out):
        last = versions.own(config)
        if (out / versions.RUNS / run_id / versions.MANIFEST).exists():
            raise StorageError(f"run {run_id} is already published", "Choose another run id.")
        ledger.prepare(warehouse)
        made_from = {output.table.name: _made_from(warehouse, output, run_id) for output in OUTPUTS}
        privacy = Privacy.of(config)
        if not afresh:
            _is_the_key_of(last, privacy, config)
        old = {} if afresh else _reusable(last, privacy, config.currency)
        kept = {
            output.table.name: _reported(output, last)
            if output.is_report and not complete
            else _fresh(output, old, made_from)
            for output in OUTPUTS
        }
        if last is not None and _stands(old, config, kept, documents or {}):
            versions.point(out)  # a run that was killed in the last moment has not
            with remembering():
                return _published(*last, out)
        folder = versions.begin(out, run_id)
        planned = {
            output.table.name: parquet.plan(
                warehouse, output, folder, privacy, run_id, config.currency,
                _taking_over(output, old, last, folder) if old else None,
            )
            for output in OUTPUTS if kept[output.table.name] is None
        }  # fmt: skip
        _write(warehouse, [export for plan in planned.values() for export in plan.exports], folder)
        tables, carried = [], []
        for output in OUTPUTS:
            entry = kept[output.table.name]
            if entry is None:
                parts = planned[output.table.name].made_from
                entry = _described(warehouse, output, folder, made_from[output.table.name], parts)
            else:
                _carry(last, folder, entry["files"])
                carried.append(output.table.name)
            tables.append(_with_sheet(warehouse, config, output, entry, folder, last))
        written = _documents(folder, documents or {}, last)
        carried += [entry["path"] for entry in written if entry["path"] not in (documents or {})]
        versions.settle(folder)
        manifest.write(
            folder, run_id=run_id, warehouse=warehouse, config=config, tables=tables, documents=written,
            gates=gates, key_mark=privacy.mark,
        )  # fmt: skip
        versions.sync(folder.parent)
        with remembering():
            ledger.propose(warehouse, run_id, with_gaps=complete)
            versions.swap(out, folder)
            ledger.confirm(warehouse, run_id)
    with versions.trouble(out, "the run is published, and only the removal of older ones failed."):
        versions.prune(out, config.publish.keep)
    rows = {entry["table"]: entry["rows"] for entry in tables}
    return Published(run_id, folder, out / versions.CURRENT, rows, tuple(carried))


def _is_the_key_of(last: tuple[Path, dict[str, Any]] | None, privacy: Privacy, config: Config) -> None:
    """Raise StorageError where the last run was hashed with another key: no hash would be what it was, and nobody would see why."""
    before = last[1].get("key_mark", "") if last else ""
    if before and privacy.mark and before != privacy.mark:
        raise StorageError(
            f"the last run was published with another key than that in {config.key_path.name}: every hash would be another one",
            f"Restore {config.key_path.name} from a copy. To go on with this key, and hash everything anew: cxunify run --force.",
        )


def _stands(
    old: dict[str, Any], config: Config, kept: Mapping[str, dict[str, Any] | None], documents: Mapping[str, str]
) -> bool:
    """Whether the last run is what this one would be: runs with nothing new must not push older ones out of what is kept."""
    if {entry["table"] for entry in old.get("tables", ()) if "csv" in entry} != set(config.publish.csv):
        return False
    written = {entry["path"] for entry in old.get("documents", ())}
    return bool(old) and all(kept.values()) and written >= set(documents)


def _published(folder: Path, described: dict[str, Any], out: Path) -> Published:
    rows = {entry["table"]: entry["rows"] for entry in described["tables"]}
    return Published(described["run_id"], folder, out / versions.CURRENT, rows, tuple(rows))


def _reusable(last: tuple[Path, dict[str, Any]] | None, privacy: Privacy, currency: str) -> dict[str, Any]:
    """The last run's manifest, unless another version, another setting of privacy, another key or another currency wrote it."""
    if last is None:
        return {}
    from cxunify import __version__

    same = (SCHEMA_VERSION, __version__, privacy.mode, privacy.mark, currency)
    manifest = last[1]
    written = (
        manifest["schema_version"], manifest["versions"]["cxunify"], manifest["personal_data"], manifest.get("key_mark", ""),
        manifest["currency"],
    )  # fmt: skip
    return last[1] if same == written else {}


def _fresh(output: Output, old: dict[str, Any], made_from: Mapping[str, str]) -> dict[str, Any] | None:
    """The last run's entry of a table that is still right, else None."""
    entry, wanted = _entry(output, old), made_from[output.table.name]
    return entry if entry and wanted and entry.get("made_from") == wanted else None


def _reported(output: Output, last: tuple[Path, dict[str, Any]] | None) -> dict[str, Any] | None:
    """The last run's entry of a table of its gap report, which is taken over whole, whatever the warehouse holds since.

    That may be the report of a run that a gate refused. It names nobody: no setting of privacy changes it.
    """
    return _entry(output, last[1]) if last and last[1]["schema_version"] == SCHEMA_VERSION else None


def _entry(output: Output, described: Mapping[str, Any]) -> dict[str, Any] | None:
    return next((entry for entry in described.get("tables", ()) if entry["table"] == output.table.name), None)


def _made_from(warehouse: Warehouse, output: Output, run_id: str) -> str:
    """What a table would be made from now, as a fingerprint; empty where nobody knows. What is not there yet is published empty."""
    if not all(warehouse.exists(table) for table in output.needs or (output.source,)):
        rows = "nothing"
    elif output.by_content:
        rows = _own(warehouse, output, run_id)
    else:
        rows = warehouse.made_from(f"select {', '.join(output.order)} from {output.source}")
    return _written_from(output, rows) if rows else rows


def _own(warehouse: Warehouse, output: Output, run_id: str) -> str:
    """A fingerprint of the rows of a table of which they alone are the content.

    It is noted for the next run where the rows are the same in any, and looked up while what they are made from stands: what a run
    proposes to remember bears its name.
    """
    name, read = f"publish.{output.table.name}", warehouse.made_from(output.source)
    noted, rows = warehouse.noted(name)
    if read == UNKNOWN or noted != read:
        rows = warehouse.hash_of(output.source, {"run_id": run_id})
        in_any = rows == warehouse.hash_of(output.source, {"run_id": ""})
        warehouse.note(name, read if in_any else UNKNOWN, rows)
    return rows


def _written_from(output: Output, rows: str) -> str:
    """What a file is written from: its rows, its contract and the code that writes it."""
    return fingerprint(rows, repr(output), code_of(Path(parquet.__file__).parent))


def _taking_over(
    output: Output, old: Mapping[str, Any], last: tuple[Path, dict[str, Any]] | None, folder: Path
) -> Callable[[str, str], bool]:
    """Who takes a file over from the last run where its rows are those of a fingerprint."""
    there = {file["path"]: file for file in (_entry(output, old) or {"files": ()})["files"]}

    def take_over(path: str, rows: str) -> bool:
        file = there.get(path)
        if file is None or file.get("made_from") != _written_from(output, rows):
            return False
        _carry(last, folder, [file])
        return True

    return take_over


def _carry(last: tuple[Path, dict[str, Any]] | None, folder: Path, files: Iterable[Mapping[str, Any]]) -> None:
    assert last is not None
    for file in files:
        versions.carry(last[0] / file["path"], folder / file["path"])


def _write(warehouse: Warehouse, exports: Sequence[Export], folder: Path) -> None:
    """Write the files of a version."""
    for export in exports:
        export.path.parent.mkdir(parents=True, exist_ok=True)
    warehouse.export_all(exports, folder)


def _described(
    warehouse: Warehouse, output: Output, folder: Path, made_from: str, parts: Mapping[str, str]
) -> dict[str, Any]:
    """A table's entry in the manifest; `parts`: fingerprints of the rows of its files, where they were taken."""
    path = folder / output.path
    files = []
    for file in sorted(path.rglob("*.parquet")) if output.partition else [path]:
        rows = warehouse.scalar(
            "select sum(num_rows)::bigint from parquet_file_metadata($path)", {"path": pattern(file)}
        )
        described = manifest.describe(folder, file, rows)
        part = parts.get(described["path"])
        files.append({**described, "made_from": _written_from(output, part)} if part else described)
    rows = sum(file["rows"] for file in files)
    return {
        "table": output.table.name, "path": output.path, "made_from": made_from, "rows": rows, "files": files,
    }  # fmt: skip


def _with_sheet(
    warehouse: Warehouse,
    config: Config,
    output: Output,
    entry: dict[str, Any],
    folder: Path,
    last: tuple[Path, dict[str, Any]] | None,
) -> dict[str, Any]:
    """A table's entry, with its CSV where one is asked for: taken over where the table was, else written."""
    sheet = entry.get("csv")
    entry = {name: value for name, value in entry.items() if name != "csv"}
    if output.table.name not in config.publish.csv:
        return entry
    if sheet is not None:
        _carry(last, folder, [sheet])
    else:
        sheet = manifest.describe(folder, sheets.write(warehouse, output, folder), entry["rows"])
    return {**entry, "csv": sheet}


def _documents(
    folder: Path, documents: Mapping[str, str], last: tuple[Path, dict[str, Any]] | None
) -> list[dict[str, Any]]:
    """Write the given documents, take over the others of the last run."""
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")
    if last is not None:
        for entry in last[1].get("documents", ()):
            if entry["path"] not in documents:
                versions.carry(last[0] / entry["path"], folder / entry["path"])
    return [
        manifest.describe(folder, path, None)
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix != ".parquet"
    ]
