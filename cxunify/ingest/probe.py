"""extract -> Layout: format, encoding, dialect and header, from its beginning; what can be said without reading all of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cxunify.config import Csv, Source
from cxunify.errors import InputError
from cxunify.ingest import consent, documents, signature, streams
from cxunify.ingest.bind import Columns, elements, head, wanted
from cxunify.ingest.codepage import is_markup, is_twice, judge
from cxunify.ingest.dialect import Dialect, detect
from cxunify.ingest.find import Extract
from cxunify.ingest.unpack import unpack
from cxunify.schema.words import counted
from cxunify.vocabulary.headers import fold
from cxunify.warehouse import Warehouse, located

SMALL = 32 * 2**20
"""Bytes of an NDJSON file up to which every line is asked for its keys; beyond it, some thousand lines are."""
SAMPLED = f"keys were looked for on {documents.PLACES} lines: a key that is not mapped and rarer than that is not kept"


@dataclass(frozen=True)
class Layout:
    """How an extract is written."""

    format: str
    encoding: str
    headers: tuple[str, ...]
    dialect: Dialect | None = None
    nested: frozenset[str] = frozenset()
    """Parquet columns that hold lists or structures."""
    typed: bool = False
    """The extract itself tells numbers from text."""
    stated: bool = False
    """The configuration says the encoding."""
    judged: bool = False
    """The encoding is what the bytes look like; nobody said it."""
    notes: tuple[str, ...] = ()
    sampled: bool = False
    """The keys were taken from a sample."""
    copy: Extract | None = None
    """Where it is read from, if not from where it lies: a private copy that lasts as long as the warehouse's scratch folder."""


def probe(warehouse: Warehouse, extract: Extract, source: Source) -> Layout:
    """How an extract is written; changes nothing in the warehouse. Raises InputError when it cannot be used at all.

    Who will read it keeps the warehouse's scratch folder open from here on.
    """
    with warehouse.scratch() as scratch:
        plain, told = unpack(extract, source, scratch)
        layout = _probe(warehouse, plain, source)
    if plain is not extract:
        layout = replace(layout, copy=plain, notes=(*told, *layout.notes), typed=extract.format != "csv")
    return layout


def _probe(warehouse: Warehouse, extract: Extract, source: Source) -> Layout:
    if extract.format == "parquet":
        return _parquet(extract)
    signature.check_compression(extract)
    streams.check_ratio(
        extract, whole=extract.format != "csv"
    )  # whose keys are looked for now; cells are counted later
    beginning = streams.head(extract)
    csv = extract.written or source.csv
    stated = csv.encoding
    encoding = _known(extract, stated) if stated else streams.encoding_of(beginning)
    signature.check_text(extract, beginning, wide=encoding.startswith(("utf-16", "utf-32")))
    found = judge(extract) if encoding == "utf-8" and not stated and not streams.is_utf8(beginning) else encoding
    judged, encoding = found != encoding, found
    notes: tuple[str, ...] = () if stated or judged or encoding.startswith("utf-8") else (f"read as {encoding}",)
    text = beginning.decode(encoding, "replace" if encoding != "utf-8" else "backslashreplace").lstrip("\ufeff")
    if encoding.startswith("utf-8") and is_twice(text):
        notes += ("its letters were made UTF-8 twice over, and are not those that were typed: export it anew",)
    if is_markup(text):
        notes += (
            "its letters are written as pages of the web write them (&eacute;), and are not those that were typed",
        )
    if not encoding.startswith("utf-8") and text.count("\0") * 20 > len(text):
        raise InputError(
            f"source {extract.source}: {extract.name} is not the {encoding} that its first bytes say",
            "State its encoding (`csv: {encoding: utf-32-le}` or the like), or export it as UTF-8.",
        )
    if not text.strip() and extract.format == "ndjson" and source.load == "append":
        return Layout("ndjson", encoding, (), typed=True)  # on this day, nothing happened
    if not text.strip():
        raise InputError(
            f"source {extract.source}: {extract.name} is empty, not even a header", "Export it again, or remove it."
        )
    if extract.format == "csv":
        tabs = bool({".tsv", ".tab"} & set(Path(extract.name).suffixes))
        dialect = detect(text, wanted(source), csv, tabs=tabs)
        if dialect is None:
            raise InputError(
                f"source {extract.source}: no header was found in {extract.name}",
                "State `csv: {skip_lines: …, delimiter: …}` if lines stand above it.",
            )
        dialect = replace(dialect, escape=csv.escape or "")
        check_width(extract, dialect.header)
        notes += _above(text, dialect, csv)
        notes += (dialect.note,) if dialect.note else ()
        asked = {fold(name) for name in wanted(source)}
        twice = [name for name, count in Counter(map(fold, dialect.header)).items() if count > 1 and name in asked]
        notes += tuple(f"`{name}` stands in the header more than once: the first one is used" for name in twice)
        said = bool(stated)
        return Layout("csv", encoding, dialect.header, dialect, stated=said, judged=judged, notes=notes)
    format_ = "json" if text.lstrip().startswith("[") else "ndjson"
    layout = _json(warehouse, extract, source, Layout(format_, encoding, (), typed=True, judged=judged, notes=notes))
    check_width(extract, layout.headers)
    return layout


def _above(text: str, dialect: Dialect, stated: Csv) -> tuple[str, ...]:
    """What is to be told of lines that were found above the header, and of a header of several rows; what is stated is known."""
    above = text.splitlines()[: dialect.skip_lines] if not stated.skip_lines else []
    lines = sum(1 for line in above if line.strip("\t ,;|") and not line.lower().startswith("sep="))
    told = (f"{counted(lines, 'line above the header is', 'lines above the header are')} passed over",) if lines else ()
    rows = dialect.header_rows if dialect.header_rows > 1 and stated.header_rows is None else 0
    return (*told, f"the header fills {counted(rows, 'row')}, of which the first names the columns") if rows else told


def _json(warehouse: Warehouse, extract: Extract, source: Source, layout: Layout) -> Layout:
    if not layout.encoding.startswith("utf-8"):
        # keys are found in the copy in UTF-8 that reading makes
        return layout
    if layout.format == "json":
        return replace(layout, headers=tuple(elements_keys(extract)))
    if extract.bytes > SMALL:
        found = documents.sampled_keys(extract)
        columns = Columns(tuple(found)).with_elements(source)
        asked = [head(name) for name in wanted(source) if columns.sql(name) is None]
        return replace(
            layout, headers=tuple({**found, **dict.fromkeys(asked)}), sampled=True, notes=(*layout.notes, SAMPLED)
        )
    options = f"format = 'newline_delimited', compression = '{extract.compression or 'none'}'"
    lines = f"read_json_objects({located(extract.path)}, {options})"
    listed = f"select unnest(keys) as key, generate_subscripts(keys, 1) as place from (select json_keys(json) as keys from {lines})"
    most = documents.MOST_KEYS + 1
    answer = warehouse.try_rows(f"select key from ({listed}) group by key order by min(place), key limit {most}")
    if not isinstance(answer, str):
        return replace(layout, headers=tuple(key for (key,) in answer))
    with streams.open_bytes(extract) as stream:
        return replace(layout, headers=tuple(documents.all_keys(stream)))


def elements_keys(extract: Extract) -> dict[str, None]:
    """The keys of an array's objects. Raises InputError when it is no array."""
    try:
        with streams.open_bytes(extract) as stream:
            return documents.elements_keys(stream)
    except documents.Refused as error:
        raise InputError(
            f"source {extract.source}: {extract.name} is not one JSON array, to the letter: {error}",
            "Check that it ends; NaN, Infinity, comments and anything after the last bracket are not JSON.",
        ) from None


def check_width(extract: Extract, headers: Sequence[str]) -> None:
    """Raise InputError for an extract that is wider than any table."""
    if len(headers) > documents.MOST_KEYS:
        raise InputError(
            f"source {extract.source}: {extract.name} has more than {documents.MOST_KEYS} columns or keys",
            "Check its delimiter (`csv: {delimiter: …}`); where ids are used as keys, export them as values.",
        )


def _parquet(extract: Extract) -> Layout:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(extract.path) as file:
            schema, metadata = file.schema_arrow, file.metadata
            codecs = {
                metadata.row_group(group).column(column).compression
                for group in range(metadata.num_row_groups)
                for column in range(metadata.num_columns)
            }
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(
            f"source {extract.source}: {extract.name} is not a Parquet file that can be read",
            "Copy or export it again.",
        ) from error
    if "BROTLI" in codecs:
        raise InputError(
            f"source {extract.source}: {extract.name} is compressed with Brotli, whose decoder has an unfixed hole"
            " (CVE-2026-111497)",
            "Export it with zstd or snappy.",
        )
    nested = frozenset(field.name for field in schema if pyarrow.types.is_nested(field.type))
    return Layout("parquet", "", tuple(schema.names), nested=nested, typed=True)


def _known(extract: Extract, encoding: str) -> str:
    import codecs

    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise InputError(
            f"source {extract.source}: there is no encoding `{encoding}`",
            "Use a name such as utf-8, cp1252, latin-1, utf-16.",
        ) from error


def reading(source: Source, extract: Extract) -> str:
    """What a file was read with: equal for equal settings. Where its name says something of its rows, that is part of it.

    So are the lists of which rows or columns are made.
    """
    means = consent.of_file(source, extract.name)
    part = [extract.member, source.sheet] if extract.member or source.sheet else None
    lists = {"elements": names} if (names := [element.name for element in elements(source)]) else None
    return json.dumps([extract.format, source.csv.model_dump(), *filter(None, (means, part, lists))], sort_keys=True)


def copied(extract: Extract, path: Path) -> Extract:
    """The same extract, its content being in another file, in plain UTF-8."""
    return replace(extract, path=path, compression=None, bytes=path.stat().st_size)
