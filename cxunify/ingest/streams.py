"""path -> bytes: extracts opened and decompressed in Python, archive bombs refused, text made UTF-8."""

from __future__ import annotations

import codecs
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import IO, Any

from cxunify.errors import InputError
from cxunify.ingest.find import Extract
from cxunify.schema.words import counted

HEAD = 256 * 1024
"""Bytes of the beginning that dialect and encoding are read from."""
MAX_RATIO = 200
"""No honest extract shrinks further than this."""
CHECKED = 64 * 2**20
"""Decompressed bytes from which on the ratio counts."""
_BLOCK = 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class _Guarded(io.RawIOBase):
    """A decompressed stream that refuses to become absurdly larger than its file."""

    def __init__(self, stream: IO[bytes], extract: Extract) -> None:
        self._stream, self._extract, self._read = stream, extract, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            block = self._stream.read(len(buffer))
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            if isinstance(error, OSError) and error.errno:
                raise  # the disk, and not what is on it
            raise _broken(self._extract) from error
        self._read += len(block)
        check_growth(self._extract, self._read)
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._stream.close()
        super().close()


def open_bytes(extract: Extract) -> IO[bytes]:
    """The content of an extract, decompressed. Raises InputError while reading when the archive is broken or a bomb."""
    if extract.compression is None:
        return extract.path.open("rb")
    if extract.compression == "gzip":
        import gzip

        stream: Any = gzip.open(extract.path, "rb")  # noqa: SIM115 - closed by what wraps it
    else:
        import pyarrow

        stream = pyarrow.CompressedInputStream(pyarrow.OSFile(str(extract.path)), "zstd")
    return guarded(stream, extract)


def guarded(stream: IO[bytes], extract: Extract) -> IO[bytes]:
    """A decompressed stream that raises InputError when it turns out broken, or a bomb."""
    return io.BufferedReader(_Guarded(stream, extract), _BLOCK)  # type: ignore[type-var]


def check_growth(extract: Extract, size: int) -> None:
    """Raise InputError for an archive that holds so many more bytes than it has."""
    if size > CHECKED and size > MAX_RATIO * extract.bytes:
        raise InputError(
            f"source {extract.source}: {extract.name} grows more than {MAX_RATIO} times when it is decompressed",
            "That is what an archive bomb does; decompress it yourself if it is honest.",
        )


def head(extract: Extract, size: int = HEAD) -> bytes:
    """The first bytes of an extract, decompressed. Raises InputError."""
    with open_bytes(extract) as stream:
        return stream.read(size)


def check_ratio(extract: Extract, *, whole: bool = False) -> None:
    """Raise InputError for an archive that is broken from the start, or a bomb; with `whole`, wherever in it that shows."""
    if extract.compression:
        with open_bytes(extract) as stream:
            for _ in count() if whole else range(CHECKED // _BLOCK + 1):
                if not stream.read(_BLOCK):
                    break


def encoding_of(beginning: bytes) -> str:
    """The encoding that the first bytes of a text speak for; `utf-8` where they say nothing."""
    for mark, name in _MARKS:
        if beginning.startswith(mark):
            return name
    sample = beginning[: 4096 - 4096 % 4]
    if len(sample) >= 8 and sample.count(0) * 3 >= len(sample):
        zeros = [sample[place::4].count(0) * 4 / len(sample) for place in range(4)]
        wide = [zero > 0.6 for zero in zeros]
        if wide == [False, True, True, True]:
            return "utf-32-le"
        if wide == [True, True, True, False]:
            return "utf-32-be"
        if wide[1] and wide[3]:
            return "utf-16-le"
        if wide[0] and wide[2]:
            return "utf-16-be"
    return "utf-8"


def is_utf8(beginning: bytes) -> bool:
    """Whether the first bytes of a text are UTF-8, but for a sign that the cut went through."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return False
    return True


def as_utf8(extract: Extract, encoding: str, folder: Path) -> Path:
    """A private copy of an extract in UTF-8, without a mark, in `folder`. Raises InputError where it is not in `encoding`."""
    copy = folder / f"utf8-{os.urandom(8).hex()}"
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    written = 0
    try:
        with open_bytes(extract) as stream, open_private(copy) as out:
            for block in blocks(stream):
                text = decoder.decode(block, final=not block)
                out.write((text.removeprefix("\ufeff") if not written else text).encode("utf-8"))
                written += len(text)
    except UnicodeError as error:
        copy.unlink(missing_ok=True)
        raise InputError(
            f"source {extract.source}: {extract.name} is not {encoding} after {counted(written, 'character')}",
            "State its encoding (`csv: {encoding: …}`), or export it as UTF-8.",
        ) from error
    return copy


def open_private(path: Path) -> IO[bytes]:
    """A new file that nobody else may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", _BLOCK)


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The blocks of a stream and, at the end, an empty one."""
    while block := stream.read(_BLOCK):
        yield block
    yield b""


def _broken(extract: Extract) -> InputError:
    return InputError(
        f"source {extract.source}: {extract.name} cannot be decompressed to its end",
        "Copy or export it again: it is cut off.",
    )
