"""file -> raw.<source>: every column as text, every record numbered; strictly first, and with care where that fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cxunify.errors import InputError
from cxunify.ingest import documents, streams, vet
from cxunify.ingest.careful import carefully, marks, ways
from cxunify.ingest.codepage import judge
from cxunify.ingest.dialect import unique
from cxunify.ingest.find import Extract
from cxunify.ingest.lines import LONGEST
from cxunify.ingest.probe import Layout, check_width, copied, elements_keys
from cxunify.ingest.salvage import MOST_REJECTS, Reject
from cxunify.vocabulary.headers import fold
from cxunify.warehouse import Warehouse, literal, located, quote

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
    extract = layout.copy or extract
    work, layout = _in_utf8(extract, layout, scratch)
    names = columns_for(warehouse, table, layout.headers, known)
    for way in ways(layout):
        if _fast(warehouse, table, names, work, way, file_id):
            return Reading(_count(warehouse, table, file_id), [], way)
    if layout.format == "parquet":
        raise InputError(
            f"source {extract.source}: {extract.name} cannot be read to its end", "Copy or export it again."
        )
    unsaid = layout.encoding == "utf-8" and work is extract and not layout.stated
    if unsaid and (found := judge(extract)) != "utf-8":
        # its beginning was plain ASCII; what comes later is what Windows programs write
        work, layout = _in_utf8(extract, replace(layout, encoding=found, judged=True), scratch)
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


def columns_for(warehouse: Warehouse, table: str, headers: Sequence[str], known: Sequence[str]) -> list[str]:
    """The table's column for each header; those it lacks are added. Names that differ in marks or capitals only are one."""
    there = warehouse.columns(table.replace('"', ""))
    present = [name for name in there if name not in {"file_id", "source_row"}]
    free = {fold(name): name for name in (*known, *present)}
    names = [free.pop(fold(name), name) for name in unique(headers)]
    if not there:
        columns = "".join(f", {quote(name)} varchar" for name in names)
        warehouse.execute(f"create table {table} (file_id integer, source_row bigint{columns})")
        return names
    for name in names:
        if name not in present:
            warehouse.execute(f"alter table {table} add column {quote(name)} varchar")
    return names


def _in_utf8(extract: Extract, layout: Layout, scratch: Path) -> tuple[Extract, Layout]:
    """The extract in UTF-8: itself, or a private copy. One that was only judged by some lines may turn out not to be."""
    marked = layout.encoding == "utf-8-sig" and layout.dialect is not None and not layout.dialect.header_lines
    if (layout.encoding.startswith("utf-8") and not marked) or layout.encoding in {"", "ascii"}:
        return extract, layout
    try:
        work = copied(extract, streams.as_utf8(extract, layout.encoding, scratch))
    except InputError:
        if not layout.judged:
            raise
        note = f"not UTF-8, nor {layout.encoding} throughout: lines that are not UTF-8 are rejected"
        return extract, replace(layout, encoding="utf-8", notes=(*layout.notes, note))
    if layout.judged:
        layout = replace(layout, notes=(*layout.notes, f"not UTF-8: read as {layout.encoding}"))
    return work, _with_keys(work, layout) if layout.format != "csv" and not layout.headers else layout


def _fast(warehouse: Warehouse, table: str, names: list[str], extract: Extract, layout: Layout, file_id: int) -> bool:
    """Read strictly, in one go; whether that went well. Nothing of the file is in the table when not."""
    counted = None
    if layout.dialect is not None and layout.dialect.escape:
        return False  # it knows doubled quotes or escaped ones, and such a text may have both
    own = [f"c{place}" for place in range(len(names))]
    if layout.dialect is not None:
        counted = vet.count(extract, layout.dialect)
        single = layout.dialect.header_lines > 0 and layout.dialect.header_rows == 1 and not layout.dialect.note
        skip = layout.dialect.skip_lines + (0 if single else layout.dialect.header_lines)
        relation = _csv(extract.path, own, *marks(layout), skip=skip, header=single, compression=extract.compression)
        if len(own) == 1:
            relation += " where c0 is not null"  # a blank line is no record, even of one column
    elif layout.format == "parquet":
        relation = _parquet(extract, layout)
    elif layout.format == "ndjson" and _names_columns(layout.headers) and vet.is_json(extract, words=False):
        relation = _ndjson(extract, layout)
        own = list(layout.headers)
    else:
        return False
    columns = ", ".join(f"{quote(column)} as {quote(name)}" for column, name in zip(own, names, strict=True))
    numbered = f"{file_id} as file_id, row_number() over () as source_row"
    if warehouse.attempt(f"insert into {table} by name select {numbered}, {columns} from {relation}") is not None:
        return False
    if layout.format == "ndjson" and _may_be_no_number(warehouse, table, names, file_id) and not vet.is_json(extract):
        warehouse.execute(f"delete from {table} where file_id = {file_id}")
        return False
    if counted is None or _as_counted(warehouse, table, names, layout, file_id, counted):
        return True
    warehouse.execute(f"delete from {table} where file_id = {file_id}")
    return False


def _names_columns(keys: Sequence[str]) -> bool:
    """Whether the keys of documents can be columns as they are: SQL knows no capitals, no empty name and no NUL in one."""
    return len({key.casefold() for key in keys}) == len(keys) > 0 and all(key and "\0" not in key for key in keys)


def _as_counted(
    warehouse: Warehouse, table: str, names: list[str], layout: Layout, file_id: int, counted: vet.Counted
) -> bool:
    """Whether the rows that the fast reader made of a text have all of its delimiters, and no quotes that cells share.

    The reader passes over an empty cell too many at the end of a row. That is well where all rows have one, since then none
    of their cells have moved. A quote that begins within a cell is a sign like others to it.
    """
    delimiter, mark = marks(layout)
    inside = 0
    if counted.quotes:  # only a cell in quotes can hold a delimiter
        cells = [quote(name) for name in names]
        signs = (delimiter, mark) if counted.quoting else (delimiter,)
        some = " or ".join(f"contains(said, {literal(sign)})" for sign in signs)
        # To count signs is dear, and few rows have one in a cell: these are found first, and all of their cells seen at once.
        all_ = f"(select concat({', '.join(cells)}) as said, * from {table} where file_id = {file_id})"
        few = f"(select * from {all_} where {some})"
        held, marked = warehouse.rows(
            f"select sum({_held('said', delimiter)}), count_if(contains(said, {literal(mark)})) from {few}"
        )[0]
        inside = int(held or 0)
        if marked and counted.quoting:
            odd = ", ".join(f"{_held(cell, mark)} % 2" for cell in cells)
            if warehouse.scalar(f"select count(*) from {few} where list_sum([{odd}]) > 1"):
                return False
    rows = _count(warehouse, table, file_id)
    return counted.delimiters - inside - rows * (len(names) - 1) in {0, rows}


def _may_be_no_number(warehouse: Warehouse, table: str, names: list[str], file_id: int) -> bool:
    """Whether a cell says NaN or Infinity, or is a list or an object that may: as text that is well, as a number it is no JSON."""
    looks = [
        f"bool_or({cell} between '[' and '\\' or {cell} between '{{' and '|' or"
        f" case when strlen({cell}) < 10 then lower({cell}) in ('nan', '-nan', 'inf', '-inf', 'infinity', '-infinity')"
        f" else false end)"
        for cell in map(quote, names)
    ]
    return any(warehouse.rows(f"select {', '.join(looks)} from {table} where file_id = {file_id}")[0])


def _held(text: str, sign: str) -> str:
    """How often a sign stands in a text, as SQL."""
    return f"(length({text}) - length(replace({text}, {literal(sign)}, ''))) // {len(sign)}"


def _carefully(
    warehouse: Warehouse, table: str, names: list[str], extract: Extract, layout: Layout, file_id: int, scratch: Path
) -> Reading:
    """Read record by record: each is either loaded or a reject."""
    salvaged, layout = carefully(extract, layout, scratch)
    if len(salvaged.rejects) > MOST_REJECTS:
        reasons = Counter(reject.reason for reject in salvaged.rejects)
        raise InputError(
            f"source {extract.source}: more than {MOST_REJECTS} records of {extract.name} cannot be used:"
            f" {reasons.most_common(1)[0][0]}",
            "Check its delimiter and quotes (`csv:`), and that it is the right file.",
        )
    # The clean copy ends its rows with \n; what stands in its cells, \r\n too, is text.
    own = _csv(salvaged.path, [f"c{place}" for place in range(len(names) + 1)], *marks(layout), ends="\\n")
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
    return Reading(salvaged.records, salvaged.rejects, replace(layout, notes=(*layout.notes, *salvaged.notes)))


def _with_keys(extract: Extract, layout: Layout) -> Layout:
    if layout.format == "json":
        return replace(layout, headers=tuple(elements_keys(extract)))
    with streams.open_bytes(extract) as stream:
        layout = replace(layout, headers=tuple(documents.all_keys(stream)))
    check_width(extract, layout.headers)
    return layout


def _csv(
    path: Path, columns: Sequence[str], delimiter: str, mark: str, *, skip: int = 0, header: bool = False,
    compression: str | None = None, ends: str | None = None,
) -> str:  # fmt: skip
    """DuckDB's reader with nothing left for it to guess."""
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    row_ends = f", new_line = '{ends}'" if ends else ""
    return (
        f"read_csv({located(path)}, auto_detect = false, strict_mode = true, ignore_errors = false, null_padding = false,"
        f" delim = {literal(delimiter)}, quote = {literal(mark)}, escape = {literal(mark)}, skip = {skip},"
        f" header = {str(header).lower()}, compression = '{compression or 'none'}', columns = {{{types}}}{row_ends})"
    )


def _ndjson(extract: Extract, layout: Layout) -> str:
    fields = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.headers)
    return (
        f"read_json({located(extract.path)}, format = 'newline_delimited', auto_detect = false, records = true,"
        f" ignore_errors = false, compression = '{extract.compression or 'none'}', columns = {{{fields}}},"
        f" maximum_object_size = {LONGEST})"
    )


def _parquet(extract: Extract, layout: Layout) -> str:
    columns = ", ".join(
        f"{f'to_json({quote(name)})' if name in layout.nested else quote(name)}::varchar as c{place}"
        for place, name in enumerate(layout.headers)
    )
    return f"(select {columns} from read_parquet({located(extract.path)}))"


def _count(warehouse: Warehouse, table: str, file_id: int) -> int:
    return int(warehouse.scalar(f"select count(*) from {table} where file_id = {file_id}"))
