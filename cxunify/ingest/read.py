"""file -> raw.<source>: every column as text, every record numbered; strictly first, and with care where that fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cxunify.config import Source
from cxunify.errors import InputError
from cxunify.ingest import documents, streams
from cxunify.ingest.dialect import fold, unique
from cxunify.ingest.find import Extract
from cxunify.ingest.probe import Layout, as_pattern, copied, elements_keys
from cxunify.ingest.salvage import Reject, Salvaged, salvage
from cxunify.warehouse import Warehouse, literal, quote

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Reading:
    """What came of a file."""

    records: int
    rejects: list[Reject]
    layout: Layout
    notes: tuple[str, ...]


def read(warehouse: Warehouse, extract: Extract, layout: Layout, table: str, file_id: int, scratch: Path) -> Reading:
    """Add a file's records to `table`, which gets the columns it lacks. Raises InputError; the table is then not to be used."""
    notes = list(layout.notes)
    encoding = layout.encoding
    work = extract
    if encoding and not encoding.startswith("utf-8") and encoding != "ascii":
        work = copied(extract, streams.as_utf8(extract, encoding, scratch))
        if layout.format != "csv":
            layout = _with_keys(work, layout)
    names = _columns(warehouse, table, layout.headers)
    if layout.format == "parquet":
        failed = warehouse.attempt(_insert(table, names, _parquet(work, layout), file_id))
        if failed:
            raise InputError(f"source {extract.source}: {extract.name} cannot be read to its end", "Copy or export it again.")
        return _done(warehouse, table, file_id, layout, [], notes)
    if _fast(warehouse, table, names, work, layout, file_id):
        return _done(warehouse, table, file_id, layout, [], notes)
    if encoding == "utf-8" and streams.judge(work) == "cp1252":
        # not a line of it is UTF-8 beyond ASCII: what Windows programs write
        notes.append("not UTF-8: read as cp1252")
        layout = replace(layout, encoding="cp1252")
        try:
            work = copied(work, streams.as_utf8(work, "cp1252", scratch))
        except InputError:
            notes[-1] = "not UTF-8, nor cp1252 throughout: lines that are not UTF-8 are rejected"
        else:
            if _fast(warehouse, table, names, work, layout, file_id):
                return _done(warehouse, table, file_id, layout, [], notes)
    salvaged = _salvage(work, layout, scratch)
    own = _csv(salvaged.path, [f"c{place}" for place in range(len(names) + 1)], *_marks(layout))
    columns = ", ".join([f"{file_id} as file_id", "cast(c0 as bigint) as source_row", *_aliased(names, start=1)])
    failed = warehouse.attempt(f"insert into {table} by name select {columns} from {own}")
    salvaged.path.unlink()
    if failed:
        raise InputError(
            f"source {extract.source}: {extract.name} cannot be read ({failed})", "Check its delimiter and quotes (`csv:`)."
        )
    return _done(warehouse, table, file_id, layout, salvaged.rejects, notes, salvaged.records)


def frame(rejects: Sequence[Reject], source: str, file_id: int) -> pl.DataFrame:
    """Rejects as rows of raw.rejects."""
    import polars

    return polars.DataFrame(
        {
            "source": [source] * len(rejects),
            "file_id": [file_id] * len(rejects),
            "source_row": [reject.source_row for reject in rejects],
            "line": [reject.line for reject in rejects],
            "byte_offset": [reject.byte_offset for reject in rejects],
            "stage": ["read"] * len(rejects),
            "reason": [reject.reason for reject in rejects],
            "text": [reject.text for reject in rejects],
        }
    )


def _columns(warehouse: Warehouse, table: str, headers: Sequence[str]) -> list[str]:
    """The table's column for each header; those it lacks are added. Names that differ in marks or capitals only are one."""
    present = [name for name in warehouse.columns(table) if name not in {"file_id", "source_row"}]
    free = {fold(name): name for name in present}
    names = [free.pop(fold(name), name) for name in unique(headers)]
    if not present:
        columns = "".join(f", {quote(name)} varchar" for name in names)
        warehouse.execute(f"create table {table} (file_id integer, source_row bigint{columns})")
        return names
    for name in names:
        if name not in present:
            warehouse.execute(f"alter table {table} add column {quote(name)} varchar")
    return names


def _fast(warehouse: Warehouse, table: str, names: list[str], extract: Extract, layout: Layout, file_id: int) -> bool:
    """Read strictly, in one go; whether that went well. Nothing is in the table when not."""
    if layout.format == "csv":
        assert layout.dialect is not None
        own = [f"c{place}" for place in range(len(names))]
        skip = layout.dialect.skip_lines
        relation = _csv(extract.path, own, *_marks(layout), skip=skip, header=True, compression=extract.compression)
    elif layout.format == "ndjson" and len({name.casefold() for name in layout.headers}) == len(layout.headers) > 0:
        fields = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.headers)
        relation = (
            f"read_json({as_pattern(extract.path)}, format = 'newline_delimited', auto_detect = false, records = true,"
            f" ignore_errors = false, compression = '{extract.compression or 'none'}', columns = {{{fields}}})"
        )
        own = list(layout.headers)
    else:
        return False
    columns = ", ".join(f"{quote(column)} as {quote(name)}" for column, name in zip(own, names, strict=True))
    filled = " where c0 is not null" if own == ["c0"] else ""  # a blank line is no record, even of one column
    insert = f"insert into {table} by name select {file_id} as file_id, row_number() over () as source_row, {columns} from {relation}{filled}"
    return warehouse.attempt(insert) is None


def _salvage(extract: Extract, layout: Layout, scratch: Path) -> Salvaged:
    """Read with care: every record is either in the clean copy or a reject."""
    copy = scratch / f"clean-{extract.source}"
    copy.unlink(missing_ok=True)
    with streams.open_bytes(extract) as stream:
        if layout.format == "csv":
            assert layout.dialect is not None
            skip = layout.dialect.skip_lines + layout.dialect.header_lines
            return salvage(stream, copy, *_marks(layout), len(layout.headers), skip)
        if layout.format == "ndjson":
            return documents.salvage_lines(stream, copy, list(layout.headers))
        return documents.salvage_array(documents.array(stream) or [], copy, list(layout.headers))


def _with_keys(extract: Extract, layout: Layout) -> Layout:
    with streams.open_bytes(extract) as stream:
        if layout.format == "json":
            return replace(layout, headers=tuple(elements_keys(extract, documents.array(stream))))
        return replace(layout, headers=tuple(documents.keys(stream)))


def _marks(layout: Layout) -> tuple[str, str]:
    return (layout.dialect.delimiter, layout.dialect.quote) if layout.dialect else (",", '"')


def _csv(
    path: Path, columns: Sequence[str], delimiter: str, mark: str, *, skip: int = 0, header: bool = False,
    compression: str | None = None,
) -> str:  # fmt: skip
    """DuckDB's reader with nothing left for it to guess."""
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    return (
        f"read_csv({as_pattern(path)}, auto_detect = false, strict_mode = true, ignore_errors = false, null_padding = false,"
        f" delim = {literal(delimiter)}, quote = {literal(mark)}, escape = {literal(mark)}, skip = {skip},"
        f" header = {str(header).lower()}, compression = '{compression or 'none'}', columns = {{{types}}})"
    )


def _parquet(extract: Extract, layout: Layout) -> str:
    columns = ", ".join(
        f"{f'to_json({quote(name)})' if name in layout.nested else quote(name)}::varchar as c{place}"
        for place, name in enumerate(layout.headers)
    )
    return f"(select {columns} from read_parquet({as_pattern(extract.path)}))"


def _insert(table: str, names: list[str], relation: str, file_id: int) -> str:
    columns = ", ".join([f"{file_id} as file_id", "row_number() over () as source_row", *_aliased(names)])
    return f"insert into {table} by name select {columns} from {relation}"


def _aliased(names: list[str], start: int = 0) -> list[str]:
    return [f"c{place} as {quote(name)}" for place, name in enumerate(names, start)]


def _done(
    warehouse: Warehouse, table: str, file_id: int, layout: Layout, rejects: list[Reject], notes: list[str], records: int | None = None
) -> Reading:  # fmt: skip
    if records is None:
        records = int(warehouse.scalar(f"select count(*) from {table} where file_id = {file_id}"))
    return Reading(records, rejects, layout, tuple(notes))
