"""spark of the configuration -> a session of Spark, with the settings that our SELECTs are written for."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from cxunify.errors import ConfigError, CxunifyError, InputError, Problem, StorageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from cxunify.config import Spark

_SETTINGS = {
    "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC", "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true", "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000", "spark.sql.parquet.compression.codec": "zstd",
}  # fmt: skip
"""What our SELECTs mean by a time, a cast and a sum: these hold whatever the cluster or the configuration says."""


def problems() -> tuple[Problem, ...]:
    """What this machine lacks for Spark."""
    lacking = [name for name in ("pyspark", "sqlglot") if find_spec(name) is None]
    found = []
    if lacking:
        found.append(
            Problem(
                f"`engine: spark` needs {' and '.join(lacking)}, which {'is' if len(lacking) == 1 else 'are'} not installed",
                "Install what it needs, `pip install 'cxunify[spark]'`, or leave `engine` out.",
            )
        )
    if _java() is None:
        found.append(
            Problem(
                "`engine: spark` needs Java, and there is none on the PATH nor in JAVA_HOME",
                "Install Java 17 or newer (such as OpenJDK, without a screen: `headless`), or leave `engine` out.",
            )
        )
    return tuple(found)


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


def started(settings: Spark, folder: Path) -> SparkSession:
    """A session: the one that is there (`spark-submit`, a notebook), else a new one; what it spills lies in `folder`."""
    from pyspark.sql import SparkSession

    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)  # it would quote rows
    running = SparkSession.getActiveSession()
    if running is not None:
        session = running.newSession()
    else:
        quiet = f"-Dlog4j2.configurationFile={(Path(__file__).parent / 'log4j2.properties').as_uri()}"
        ours = {
            "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.warehouse.dir": str(folder / "spark"),
            "spark.driver.extraJavaOptions": quiet,
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
        builder = SparkSession.builder.master(settings.master).appName("cxunify")
        for name, value in {**ours, **settings.conf}.items():
            builder = builder.config(name, str(value))
        try:
            session = builder.getOrCreate()
        except Exception as error:  # whatever keeps Spark from starting
            raise ConfigError(
                f"Spark does not start ({type(error).__name__}) with the master {settings.master}",
                "Check `spark.master` and `spark.conf`, that Java is 17 or newer, and that the master can be reached.",
            ) from error
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)
    return session


_THEIRS = ("pyspark", "py4j")
"""Whose exceptions are Spark's: its own, and those of the bridge to Java."""


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
    if any(sign in words for sign in ("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "CAST_OVERFLOW")):
        return InputError(
            "a number in the extracts, or a sum of them, is too large for its column",
            "Amounts hold 16 digits before the point: look for one that is no amount. Nothing was published.",
        )
    if "OutOfMemoryError" in words:
        return StorageError(
            "the memory of a task of Spark is not enough",
            "Raise `spark.driver.memory` or `spark.executor.memory` in `spark.conf`.",
        )
    if "No space left" in words or "Disk quota" in words:
        return StorageError("Spark has no disk left", "Free some where the warehouse lies, and where Spark spills.")
    condition = getattr(error, "getCondition", lambda: None)() or type(error).__name__
    if any(
        sign in words
        for sign in ("TASK_WRITE_FAILED", "FAILED_READ_FILE", "aborted due to stage failure", "SparkContext was shut")
    ):
        return StorageError(
            f"a task of Spark failed more often than it may ({condition})",
            "Nothing was published; run it again. If it happens again, look into the logs of Spark's workers.",
        )
    return SparkFault(f"Spark refused what cxunify asked of it: {condition}")
