"""What Spark complains of -> the trouble in our words, without the rows that its own may quote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cxunify import trouble
from cxunify.errors import ConfigError, CxunifyError, StorageError
from cxunify.warehouse.spark.answers import OTHERWISE

_THEIRS = ("pyspark", "py4j", "grpc")
"""Whose exceptions are Spark's: its own, and those of the bridges to Java and to a server."""


class SparkFault(Exception):
    """Spark failed at something that is no trouble of the user's; its own words would quote the data."""


@contextmanager
def telling() -> Iterator[None]:
    """Turn the trouble of Spark into ours, without the rows that its own words may quote."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _THEIRS:
            raise
        raise _told(error) from None


def _told(error: Exception) -> CxunifyError | SparkFault:
    words = str(error)
    if other := _OTHER.search(words):
        return ConfigError(
            f"Spark's workers compute with {other[1]}, and this machine with another version: results would differ",
            "Install the same versions on both sides (`requirements.lock` pins them); nothing was published.",
        )
    for signs, made in _KNOWN:
        if any(sign in words for sign in signs):
            return made()
    if _ENDED.search(f"{type(error).__name__} {words}"):
        return StorageError(
            "Spark ended while it was at work",
            "Whoever ended it (a machine short of memory, an administrator) can say why. Nothing was published; run it again.",
        )
    condition = getattr(error, "getCondition", lambda: None)() or type(error).__name__
    if any(sign in words for sign in _FAILED):
        return StorageError(
            f"a task of Spark failed more often than it may ({condition})",
            "Nothing was published; run it again. If it happens again, look into the logs of Spark's workers.",
        )
    return SparkFault(f"Spark refused what cxunify asked of it: {condition}")


_OTHER = re.compile(rf"{OTHERWISE} ([\w., ]+);")
_ENDED = re.compile(r"Py4JNetworkError|Py4JError An error occurred while calling \S+$|StatusCode.UNAVAILABLE")
"""What the bridges say where nobody answers."""
_KNOWN: tuple[tuple[tuple[str, ...], Callable[[], CxunifyError]], ...] = (
    (
        ("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "CAST_OVERFLOW"),
        trouble.too_large,
    ),
    (
        ("OutOfMemoryError",),
        lambda: StorageError(
            "the memory of a task of Spark is not enough",
            "Raise `spark.driver.memory` or `spark.executor.memory` in `spark.conf`.",
        ),
    ),
    (
        ("No space left", "Disk quota", "the disk is full"),
        lambda: StorageError("Spark has no disk left", "Free some where the warehouse lies, and where Spark spills."),
    ),
    (
        ("No module named", "PackageNotFoundError", "PYTHON_VERSION_MISMATCH"),
        lambda: ConfigError(
            "the Python of Spark's workers has no cxunify, or is of another version than this one",
            "Install the same `cxunify[spark]` there, and name that Python in PYSPARK_PYTHON or `spark.pyspark.python`.",
        ),
    ),
    (
        (
            "Mkdirs failed",
            "ParentNotDirectory",
            "Permission denied",
            "Read-only file system",
            "AccessControl",
            "PATH_NOT_FOUND",
            "FileNotFoundError",
        ),
        lambda: StorageError(
            "Spark cannot write or read where the warehouse lies",
            "Its workers must reach that folder, and `output`, under the same path, and may write there: see docs/spark.md.",
        ),
    ),
    (
        ("NoSuchFileException", "FileNotFoundException", "FILE_NOT_EXIST", "Cannot run program"),
        lambda: StorageError(
            "files that Spark works with went away while it worked",
            "Leave its temporary files, those beside the warehouse and the Python of its workers where they are until it is done."
            " Nothing was published; run it again.",
        ),
    ),
)
"""What Spark's words hold, and what we say instead."""
_FAILED = ("TASK_WRITE_FAILED", "FAILED_READ_FILE", "aborted due to stage failure", "SparkContext was shut")
