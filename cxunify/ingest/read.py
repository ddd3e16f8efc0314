"""file -> raw.<source>: every column as text, every record numbered; strictly first, and with care where that fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

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


def read(
    warehouse: Warehouse,
    extract: Extract,
    layout: Layout,
    table: str,
    file_id: int,
    scratch: Path,
    known: Sequence[str] = (),
) -> Reading:
    """Add a file's records to `table`, which gets the columns it lacks; those that are `known` keep their names.

    Raises InputError; nothing of the file is then in the table.
    """
    work, layout = _in_utf8(extract, layout, scratch)
    names = _columns(warehouse, table, layout.headers, known)
    if _fast(warehouse, table, names, work, layout, file_id):
        return Reading(_count(warehouse, table, file_id), [], layout)
    if layout.format == "parquet":
        raise InputError(
            f"source {extract.source}: {extract.name} cannot be read to its end", "Copy or export it again."
        )
    if layout.encoding == "utf-8" and work is extract and streams.judge(extract) == "cp1252":
        # its beginning was plain ASCII; what comes later is what Windows programs write
        work, layout = _in_utf8(extract, replace(layout, encoding="cp1252", judged=True), scratch)
        if work is not extract and _fast(warehouse, table, names, work, layout, file_id):
            return Reading(_count(warehouse, table, file_id), [], layout)
    return _carefully(warehouse, table, names, work, layout, file_id, scratch)


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


def _columns(warehouse: Warehouse, table: str, headers: Sequence[str], known: Sequence[str]) -> list[str]:
    """The table's column for each header; those it lacks are added. Names that differ in marks or capitals only are one."""
    present = [name for name in warehouse.columns(table.replace('"', "")) if name not in {"file_id", "source_row"}]
    free = {fold(name): name for name in (*known, *present)}
    names = [free.pop(fold(name), name) for name in unique(headers)]
    if not present:
        columns = "".join(f", {quote(name)} varchar" for name in names)
        warehouse.execute(f"create table {table} (file_id integer, source_row bigint{columns})")
        return names
    for name in names:
        if name not in present:
            warehouse.execute(f"alter table {table} add column {quote(name)} varchar")
    return names


def _in_utf8(extract: Extract, layout: Layout, scratch: Path) -> tuple[Extract, Layout]:
    """The extract in UTF-8: itself, or a private copy. One that was only judged to be cp1252 may turn out not to be."""
    if layout.encoding.startswith("utf-8") or layout.encoding in {"", "ascii"}:
        return extract, layout
    try:
        work = copied(extract, streams.as_utf8(extract, layout.encoding, scratch))
    except InputError:
        if not layout.judged:
            raise
        note = "not UTF-8, nor cp1252 throughout: lines that are not UTF-8 are rejected"
        return extract, replace(layout, encoding="utf-8", notes=(*layout.notes, note))
    if layout.judged:
        layout = replace(layout, notes=(*layout.notes, f"not UTF-8: read as {layout.encoding}"))
    return work, _with_keys(work, layout) if layout.format != "csv" and not layout.headers else layout


def _fast(warehouse: Warehouse, table: str, names: list[str], extract: Extract, layout: Layout, file_id: int) -> bool:
    """Read strictly, in one go; whether that went well. Nothing is in the table when not."""
    own = [f"c{place}" for place in range(len(names))]
    if layout.dialect is not None:
        skip = layout.dialect.skip_lines
        relation = _csv(extract.path, own, *_marks(layout), skip=skip, header=True, compression=extract.compression)
        if len(own) == 1:
            relation += " where c0 is not null"  # a blank line is no record, even of one column
    elif layout.format == "parquet":
        relation = _parquet(extract, layout)
    elif layout.format == "ndjson" and len({name.casefold() for name in layout.headers}) == len(layout.headers) > 0:
        relation = _ndjson(extract, layout)
        own = list(layout.headers)
    else:
        return False
    columns = ", ".join(f"{quote(column)} as {quote(name)}" for column, name in zip(own, names, strict=True))
    numbered = f"{file_id} as file_id, row_number() over () as source_row"
    return warehouse.attempt(f"insert into {table} by name select {numbered}, {columns} from {relation}") is None


def _carefully(
    warehouse: Warehouse, table: str, names: list[str], extract: Extract, layout: Layout, file_id: int, scratch: Path
) -> Reading:
    """Read record by record: each is either loaded or a reject."""
    salvaged = _salvage(extract, layout, scratch)
    # The clean copy ends its rows with \n; what stands in its cells, \r\n too, is text.
    own = _csv(salvaged.path, [f"c{place}" for place in range(len(names) + 1)], *_marks(layout), ends="\\n")
    columns = "".join(f", c{place} as {quote(name)}" for place, name in enumerate(names, 1))
    failed = warehouse.attempt(
        f"insert into {table} by name select {file_id} as file_id, cast(c0 as bigint) as source_row{columns} from {own}"
    )
    salvaged.path.unlink()
    if failed:
        raise InputError(
            f"source {extract.source}: {extract.name} cannot be read ({failed})",
            "Check its delimiter and quotes (`csv:`).",
        )
    return Reading(salvaged.records, salvaged.rejects, layout)


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
    compression: str | None = None, ends: str | None = None,
) -> str:  # fmt: skip
    """DuckDB's reader with nothing left for it to guess."""
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    row_ends = f", new_line = '{ends}'" if ends else ""
    return (
        f"read_csv({as_pattern(path)}, auto_detect = false, strict_mode = true, ignore_errors = false, null_padding = false,"
        f" delim = {literal(delimiter)}, quote = {literal(mark)}, escape = {literal(mark)}, skip = {skip},"
        f" header = {str(header).lower()}, compression = '{compression or 'none'}', columns = {{{types}}}{row_ends})"
    )


def _ndjson(extract: Extract, layout: Layout) -> str:
    fields = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.headers)
    return (
        f"read_json({as_pattern(extract.path)}, format = 'newline_delimited', auto_detect = false, records = true,"
        f" ignore_errors = false, compression = '{extract.compression or 'none'}', columns = {{{fields}}})"
    )


def _parquet(extract: Extract, layout: Layout) -> str:
    columns = ", ".join(
        f"{f'to_json({quote(name)})' if name in layout.nested else quote(name)}::varchar as c{place}"
        for place, name in enumerate(layout.headers)
    )
    return f"(select {columns} from read_parquet({as_pattern(extract.path)}))"


def _count(warehouse: Warehouse, table: str, file_id: int) -> int:
    return int(warehouse.scalar(f"select count(*) from {table} where file_id = {file_id}"))
