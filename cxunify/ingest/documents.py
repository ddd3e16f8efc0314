"""JSON, strictly -> a clean delimited copy of its records, and every other record with a reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any

from cxunify.ingest.find import Extract
from cxunify.ingest.salvage import LONGEST, Reject, Salvaged, shown
from cxunify.ingest.streams import open_bytes, open_private

PLACES = 2000
"""Lines that the keys of a large file are taken from."""


class _Refused(Exception):
    """A document that strict JSON does not allow, or that is no object."""


class _Number(float):
    """A fraction that remembers how it was written."""

    text: str


def _fraction(text: str) -> float:
    number = _Number(text)
    number.text = text
    return number


def _constant(_: str) -> Any:
    raise _Refused("NaN and Infinity are not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("a key is there twice")
    return found


def parse(text: str | bytes) -> Any:
    """A JSON document, by the letter of the standard. Raises _Refused."""
    try:
        return json.loads(text, parse_float=_fraction, parse_constant=_constant, object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise _Refused("not valid UTF-8") from None
    except (ValueError, RecursionError):
        raise _Refused("not valid JSON") from None


def keys(lines: Iterable[bytes]) -> dict[str, None]:
    """The keys of the objects on lines, in order of their appearance."""
    found: dict[str, None] = {}
    for line in lines:
        with suppress(_Refused):
            record = parse(line) if line.strip() else None
            if isinstance(record, dict):
                found |= dict.fromkeys(record)
    return found


def sampled_keys(extract: Extract) -> dict[str, None]:
    """The keys on the first lines of a large file and, where it is not compressed, at places all over it."""
    with open_bytes(extract) as stream:
        found = keys(islice(stream, PLACES))
        for place in range(1, PLACES if extract.compression is None else 1):
            stream.seek(place * extract.bytes // PLACES)
            stream.readline()
            found |= keys([stream.readline()])
    return found


def salvage_lines(stream: IO[bytes], path: Path, names: list[str]) -> Salvaged:
    """Copy the objects on the lines of a stream to the new file `path`, one column per key in `names`."""

    def records() -> Iterator[tuple[int, int, bytes]]:
        offset = 0
        for number, line in enumerate(stream, 1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                yield number, offset, text
            offset += len(line)

    return _copy(records(), path, names)


def array(stream: IO[bytes]) -> list[Any] | None:
    """The elements of a JSON array; None when the text is no array, strictly."""
    try:
        document = parse(stream.read().removeprefix(b"\xef\xbb\xbf"))
    except _Refused:
        return None
    return document if isinstance(document, list) else None


def salvage_array(elements: list[Any], path: Path, names: list[str]) -> Salvaged:
    """Copy the objects of an array to the new file `path`, one column per key in `names`."""
    return _copy(((place, 0, element) for place, element in enumerate(elements, 1)), path, names)


def _copy(records: Iterable[tuple[int, int, Any]], path: Path, names: list[str]) -> Salvaged:
    rejects = []
    row = 0
    with open_private(path) as out:
        for row, (line, offset, item) in enumerate(records, 1):
            try:
                written = _line(row, parse(item) if isinstance(item, bytes) else item, names)
            except (_Refused, UnicodeEncodeError) as error:
                reason = str(error) if isinstance(error, _Refused) else "half of a surrogate pair"
                raw = item if isinstance(item, bytes) else json.dumps(item).encode()
                rejects.append(Reject(row, line, offset, reason, shown(raw.rstrip(b"\r\n"))))
                continue
            out.write(written)
    return Salvaged(path, row, rejects)


def _line(row: int, record: Any, names: list[str]) -> bytes:
    if not isinstance(record, dict):
        raise _Refused("not an object")
    text = ",".join([str(row), *(_cell(record.get(name)) for name in names)]) + "\n"
    if len(text) > LONGEST // 4:
        raise _Refused(f"longer than {LONGEST // 4} characters")
    return text.encode("utf-8")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Number):
        return value.text
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = str(value)
    return '"' + text.replace('"', '""') + '"'
