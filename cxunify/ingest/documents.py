"""JSON, strictly -> a clean delimited copy of its records, and every other record with a reason."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, Any

from cxunify.ingest.find import Extract
from cxunify.ingest.lines import LONGEST, Line, lines
from cxunify.ingest.salvage import MOST_REJECTS, Reject, Salvaged, shown
from cxunify.ingest.streams import open_bytes, open_private

PLACES = 2000
"""Lines that the keys of a large file are taken from."""
MOST_KEYS = 5_000
"""Different keys, or columns, that an extract may have: a table is no wider, and ids that are used as keys are no columns."""
DEEPEST = 200
"""Levels of nesting in a cell that is read with care."""
_BLOCK = 2**20
_BLANKS = re.compile(r"[ \t\r\n]*")
_NUMBER = "0123456789+-.eE"
"""What a number may go on with; nothing at all, too, where the text that is held ends."""


class Refused(Exception):
    """A document that strict JSON does not allow, or that is not what it should be."""


class _Number(float):
    """A number that remembers how it was written."""

    text: str


def _number(text: str) -> float:
    number = _Number(text)
    number.text = text
    return number


def _whole(text: str) -> int | float:
    return int(text) if len(text) < 1000 else _number(text)  # beyond some thousand digits, int() refuses


def _constant(_: str) -> Any:
    raise Refused("NaN and Infinity are not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("a key is there twice")
    return found


_DECODER = json.JSONDecoder(parse_float=_number, parse_int=_whole, parse_constant=_constant, object_pairs_hook=_object)


def parse(text: bytes) -> Any:
    """A JSON document, by the letter of the standard (RFC 8259). Raises Refused."""
    try:
        return _DECODER.decode(text.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused("not valid UTF-8") from None
    except RecursionError:
        raise Refused("nested too deeply") from None
    except ValueError:
        raise Refused("not valid JSON") from None


def is_object(text: bytes) -> bool:
    """Whether a text is one JSON object, by the letter of the standard."""
    try:
        return isinstance(parse(text), dict)
    except Refused:
        return False


def keys(texts: Iterable[bytes]) -> dict[str, None]:
    """The keys of the objects on lines, in order of their appearance: one more than there may be, at most."""
    return _keys(map(_tried, texts))


def elements_keys(stream: IO[bytes]) -> dict[str, None]:
    """Likewise of the elements of an array, which is read to its end. Raises Refused like `elements`."""
    found = elements(stream)
    keys = _keys(found)
    for _ in found:
        pass
    return keys


def all_keys(stream: IO[bytes]) -> dict[str, None]:
    """The keys of the objects on the lines of a stream."""
    return keys(line.text for line in _lines(stream) if not line.overlong)


def sampled_keys(extract: Extract) -> dict[str, None]:
    """The keys on the first lines of a large file and, where it is not compressed, at places all over it."""
    return keys(_sampled(extract))


def _sampled(extract: Extract) -> Iterator[bytes]:
    with open_bytes(extract) as stream:
        yield from (line.text for line in islice(_lines(stream), PLACES) if not line.overlong)
        for place in range(1, PLACES if extract.compression is None else 1):
            stream.seek(place * extract.bytes // PLACES)
            stream.readline(LONGEST)
            yield stream.readline(LONGEST)


def salvage_lines(stream: IO[bytes], path: Path, names: list[str]) -> Salvaged:
    """Copy the objects on the lines of a stream to the new file `path`, one column per key in `names`."""
    return _copy(((line.number, line.offset, line.text) for line in _lines(stream) if line.text.strip()), path, names)


def elements(stream: IO[bytes]) -> Iterator[Any]:
    """The elements of a text that is one JSON array, one after the other. Raises Refused where it is none, strictly."""
    text = _Text(stream)
    if text.sign() != "[":
        raise Refused("not an array")
    if text.sign(take=False) == "]":
        text.sign()
    else:
        yield text.value()
        while (sign := text.sign()) == ",":
            yield text.value()
        if sign != "]":
            raise Refused("not valid JSON")
    if text.sign():
        raise Refused("something follows the array")


class _Text:
    """A text in UTF-8 of which no more is held than one element needs."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._decoder = stream, codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._ended = "", 0, False

    def sign(self, *, take: bool = True) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            match = _BLANKS.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or self._ended:
                break
            self._fill()
        sign = self._text[self._at : self._at + 1]
        self._at += take
        return sign

    def value(self) -> Any:
        """The document that comes next. What is cut off where the text that is held ends, is tried again with more of it."""
        self.sign(take=False)
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise Refused("nested too deeply") from None
            except ValueError:
                value, end = None, -1
            if end >= 0 and (self._ended or self._text[end : end + 1] not in _NUMBER):
                self._at = end
                return value
            if self._ended:
                raise Refused("not valid JSON")
            if len(self._text) - self._at > LONGEST:
                raise Refused(f"an element is not valid JSON, or longer than {LONGEST} bytes")
            self._fill()

    def _fill(self) -> None:
        block = self._stream.read(_BLOCK)
        self._ended = not block
        try:
            self._text = self._text[self._at :] + self._decoder.decode(block, final=self._ended)
        except UnicodeDecodeError:
            raise Refused("not valid UTF-8") from None
        self._at = 0


def salvage_array(found: Iterable[Any], path: Path, names: list[str]) -> Salvaged:
    """Copy the objects of an array to the new file `path`, one column per key in `names`."""
    return _copy(((place, 0, element) for place, element in enumerate(found, 1)), path, names)


def _copy(records: Iterable[tuple[int, int, Any]], path: Path, names: list[str]) -> Salvaged:
    rejects = []
    row = 0
    with open_private(path) as out:
        for row, (line, offset, item) in enumerate(records, 1):
            try:
                out.write(_line(row, item, names))
            except (Refused, UnicodeEncodeError) as error:
                reason = str(error) if isinstance(error, Refused) else "half of a surrogate pair"
                raw = item if isinstance(item, bytes) else _spelled(item)
                rejects.append(Reject(row, line, offset, reason, shown(raw.rstrip(b"\r\n"))))
                if len(rejects) > MOST_REJECTS:
                    break
    return Salvaged(path, row, rejects)


def _line(row: int, item: Any, names: list[str]) -> bytes:
    if isinstance(item, bytes) and len(item) > LONGEST:
        raise Refused(f"longer than {LONGEST} bytes")
    record = parse(item) if isinstance(item, bytes) else item
    if not isinstance(record, dict):
        raise Refused("not an object")
    "".join(record).encode("utf-8")  # a key that is no text is in no column: the record has to go, not the key alone
    text = (",".join([str(row), *(_cell(record.get(name)) for name in names)]) + "\n").encode("utf-8")
    if len(text) > LONGEST:
        raise Refused(f"longer than {LONGEST} bytes")
    return text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else _written(value)
    return '"' + text.replace('"', '""') + '"' if isinstance(value, str | dict | list) else text


def _written(value: Any, depth: int = 0) -> str:
    """A value as JSON; numbers as they were written."""
    if depth > DEEPEST:
        raise Refused("nested too deeply")
    if isinstance(value, _Number):
        return value.text
    if isinstance(value, dict):
        pairs = [f"{_written(key)}:{_written(item, depth + 1)}" for key, item in value.items()]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join([_written(item, depth + 1) for item in value]) + "]"
    return json.dumps(value, ensure_ascii=False)


def _spelled(element: Any) -> bytes:
    """An element that is rejected, as far as it can be spelled."""
    try:
        return _written(element).encode("utf-8", "backslashreplace")
    except Refused:
        return b""


def _tried(text: bytes) -> Any:
    with suppress(Refused):
        return parse(text)
    return None


def _keys(records: Iterable[Any]) -> dict[str, None]:
    """The keys that can be names: not those with half of a surrogate pair."""
    found: dict[str, None] = {}
    for record in records:
        if isinstance(record, dict) and not record.keys() <= found.keys():
            for key in record:
                with suppress(UnicodeEncodeError):
                    key.encode("utf-8")
                    found[key] = None
        if len(found) > MOST_KEYS:
            break
    return found


def _lines(stream: IO[bytes]) -> Iterator[Line]:
    """The lines of a stream, the first one without the mark that some put before a text in UTF-8."""
    for line in lines(stream, macintosh=False):
        yield line if line.number > 1 else replace(line, text=line.text.removeprefix(codecs.BOM_UTF8))
