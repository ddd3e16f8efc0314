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

from cxunify.errors import ConfigError, Problem

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


def said(session: SparkSession, what: str) -> None:
    """Say in Spark's own pages and logs what it works at."""
    if ".connect." in type(session).__module__:
        session.clearTags()
        session.addTag(what)
    else:
        session.sparkContext.setJobDescription(what)


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
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
    }  # fmt: skip
    if settings.catalog is None:  # else its tables would lie there, and go with it
        ours["spark.sql.warehouse.dir"] = str(folder / "spark")
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
            session = builder.getOrCreate()
    except Exception as error:  # whatever keeps Spark from starting
        raise ConfigError(
            f"Spark does not start ({type(error).__name__}) with the master {settings.master}",
            "Check `spark.master` and `spark.conf`, that Java is 17 or newer, and that the master can be reached.",
        ) from error
    if settings.catalog is not None and not _lasts(session, settings.catalog):
        session.stop()
        raise ConfigError(
            f"the catalog of `spark.catalog: {settings.catalog}` would be gone with this command: it is in memory",
            "Name a catalog that lasts in `spark.conf`: `spark.sql.catalogImplementation: hive` with its metastore, or"
            " `spark.sql.catalog.NAME`.",
        )
    return session


def _lasts(session: SparkSession, schema: str) -> bool:
    """Whether the catalog of a schema outlives a session of our own."""
    theirs = "spark_catalog"
    name = schema.rpartition(".")[0] or session.conf.get("spark.sql.defaultCatalog", theirs)
    return (
        name != theirs
        or session.conf.get("spark.sql.catalogImplementation") != "in-memory"
        or session.conf.get(f"spark.sql.catalog.{theirs}", "builtin") != "builtin"
    )


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
