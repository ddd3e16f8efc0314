"""spark of the configuration -> a session of Spark, with the settings that our SELECTs are written for."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from cxunify.errors import ConfigError, CxunifyError, InputError, Problem, StorageError
from cxunify.warehouse.spark.answers import OTHERWISE

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from cxunify.config import Spark

_SETTINGS = {
    "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC", "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true", "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000", "spark.sql.parquet.compression.codec": "zstd",
}  # fmt: skip
"""What our SELECTs mean by a time, a cast and a sum: these hold whatever the cluster or the configuration says."""
_QUOTING = ("SQLQueryContextLogger", "pyspark.sql.connect.logging", "pyspark.sql.connect.client.logging")
"""Logs that would quote rows."""
_TRIES = 5
"""To find a server: some twenty seconds."""
_OPTIONS = "spark.driver.extraJavaOptions"


def problems(settings: Spark) -> tuple[Problem, ...]:
    """What this machine lacks for Spark. With `remote` Java is the server's business; what speaks with it is ours."""
    lacking = [name for name in ("pyspark", "sqlglot") if find_spec(name) is None]
    if settings.remote is not None:
        lacking += [name for name in ("grpc", "grpc_status", "pandas") if find_spec(name) is None]
    found = []
    if lacking:
        found.append(
            Problem(
                f"`engine: spark` needs {' and '.join(lacking)}, which {'is' if len(lacking) == 1 else 'are'} not installed",
                "Install what it needs, `pip install 'cxunify[spark]'`, or leave `engine` out.",
            )
        )
    if settings.remote is None and _java() is None:
        found.append(
            Problem(
                "`engine: spark` needs Java, and there is none on the PATH nor in JAVA_HOME",
                "Install Java 17 or newer (such as OpenJDK, without a screen: `headless`), name a server in `spark.remote`,"
                " or leave `engine` out.",
            )
        )
    return tuple(found)


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


def started(settings: Spark, folder: Path) -> SparkSession:
    """A session: one beside what is there (`spark-submit`, a notebook), else a new one; what it spills lies in `folder`."""
    from pyspark.sql import SparkSession

    for name in _QUOTING:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    running = SparkSession.getActiveSession()
    if running is not None:
        session = running.newSession()
    elif settings.remote is not None:
        session = _connected(settings.remote)
        for name, value in settings.conf.items():
            _set(session, name, str(value))
    else:
        session = _launched(settings, folder)
    for name, value in _SETTINGS.items():
        _set(session, name, value)
    return session


def _set(session: SparkSession, name: str, value: str) -> None:
    try:
        session.conf.set(name, value)
    except Exception as error:
        raise ConfigError(
            f"Spark, which is running already, does not take the setting {name} ({type(error).__name__})",
            "Set it where Spark is started, and leave it out of `spark.conf`; what cxunify itself needs is of Spark 4.",
        ) from error


def _connected(remote: str) -> SparkSession:
    """A session of a Spark Connect server."""
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.client.retries import DefaultPolicy

    try:
        session = SparkSession.builder.remote(remote).create()
        client = session.client
        patient = client.get_retry_policies()  # for ten minutes: right for a server that was there before
        client.set_retry_policies([DefaultPolicy(max_retries=_TRIES)])
        session.version  # noqa: B018 - asks the server, which is not looked for before
        client.set_retry_policies(patient)
    except Exception as error:
        raise ConfigError(
            f"the Spark Connect server of `spark.remote` does not answer ({type(error).__name__})",
            "Check the address and its token, and that a server of Spark 4 is running there.",
        ) from error
    return session


def _launched(settings: Spark, folder: Path) -> SparkSession:
    """A Spark of our own."""
    from pyspark.sql import SparkSession

    ours = {
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.warehouse.dir": str(folder / "spark"),
    }  # fmt: skip
    if settings.master.startswith("local"):
        # All of it is on this machine: nothing listens for others, and what is spilled lies where we clear away
        ours |= {
            "spark.local.dir": str(folder),
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
        }
        ours |= {"spark.driver.memory": "2g", "spark.sql.shuffle.partitions": "8"}
        # Tasks need what we need, and the Python that the PATH leads to may have none of it.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    ours |= {name: str(value) for name, value in settings.conf.items()}
    quiet = f"-Dlog4j2.configurationFile={(Path(__file__).parent / 'log4j2.properties').as_uri()}"
    ours[_OPTIONS] = f"{quiet} {ours.get(_OPTIONS, '')}".strip()
    builder = SparkSession.builder.master(settings.master).appName("cxunify")
    for name, value in ours.items():
        builder = builder.config(name, value)
    try:
        with _hushed():
            return builder.getOrCreate()
    except Exception as error:  # whatever keeps Spark from starting
        raise ConfigError(
            f"Spark does not start ({type(error).__name__}) with the master {settings.master}",
            "Check `spark.master` and `spark.conf`, that Java is 17 or newer, and that the master can be reached.",
        ) from error


@contextmanager
def _hushed() -> Iterator[None]:
    """What is started within says nothing, for as long as it lives: Java's warnings, and rows that Spark would quote."""
    with Path(os.devnull).open("w", encoding="utf-8") as nothing:
        ours = {number: os.dup(number) for number in (1, 2)}
        try:
            for number in ours:
                os.dup2(nothing.fileno(), number)
            yield
        finally:
            for number, copy in ours.items():
                os.dup2(copy, number)
                os.close(copy)


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
    condition = getattr(error, "getCondition", lambda: None)() or type(error).__name__
    if any(sign in words for sign in _FAILED):
        return StorageError(
            f"a task of Spark failed more often than it may ({condition})",
            "Nothing was published; run it again. If it happens again, look into the logs of Spark's workers.",
        )
    return SparkFault(f"Spark refused what cxunify asked of it: {condition}")


_OTHER = re.compile(rf"{OTHERWISE} ([\w., ]+);")
_KNOWN: tuple[tuple[tuple[str, ...], Callable[[], CxunifyError]], ...] = (
    (
        ("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "CAST_OVERFLOW"),
        lambda: InputError(
            "a number in the extracts, or a sum of them, is too large for its column",
            "Amounts hold 16 digits before the point: look for one that is no amount. Nothing was published.",
        ),
    ),
    (
        ("OutOfMemoryError",),
        lambda: StorageError(
            "the memory of a task of Spark is not enough",
            "Raise `spark.driver.memory` or `spark.executor.memory` in `spark.conf`.",
        ),
    ),
    (
        ("No space left", "Disk quota"),
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
        ),
        lambda: StorageError(
            "Spark cannot write or read where the warehouse lies",
            "Its workers must reach that folder under the same path, and may write there: see docs/spark.md.",
        ),
    ),
)
"""What Spark's words hold, and what we say instead."""
_FAILED = ("TASK_WRITE_FAILED", "FAILED_READ_FILE", "aborted due to stage failure", "SparkContext was shut")
