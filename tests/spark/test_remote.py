"""All that Spark is asked, asked of a server (Spark Connect): in another process, since each has one kind of session."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxunify.config import Spark
from cxunify.errors import ConfigError
from cxunify.warehouse.spark import session
from tests.spark.conftest import PEOPLE, REMOTE, SMALLEST

pytestmark = pytest.mark.skipif(REMOTE is not None, reason="is what tries a server")
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on this machine."""
    import pyspark

    home = Path(pyspark.__file__).parent
    if not any((home / "jars").glob("spark-connect_*.jar")):
        pytest.skip("this pyspark ships no server of Spark Connect")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    settings = {
        "spark.connect.grpc.binding.port": port, "spark.connect.grpc.binding.address": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.sql.warehouse.dir": folder / "tables",
        "spark.task.maxFailures": 1,
    }  # fmt: skip
    command = [str(home / "bin" / "spark-submit"), "--master", "local[2]"]
    command += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    environment = os.environ | {"SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable}
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 120
        while True:
            assert running.poll() is None and time.monotonic() < deadline, "the server does not start"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"sc://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait()


def test_a_server_is_asked_the_same(server: str, tmp_path: Path) -> None:
    """In the gate its parts; with `make spark`, a whole run of the smallest world too; what needs more than that is left out."""
    tests = [
        "test_meaning.py",
        "test_parts.py",
        "test_ingest.py",
        *(["test_catalog.py", "test_run.py"] if PEOPLE > SMALLEST else []),
    ]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "-k",
        "not online_retail and not a_plan_says",
        f"--basetemp={tmp_path / 'inner'}",
    ]
    outer = ("PYTEST_", "CXUNIFY_SPARK_PEOPLE")
    inner = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
    done = subprocess.run(
        [*command, *(str(HERE / name) for name in tests)], env=inner | {"CXUNIFY_SPARK_REMOTE": server},
        cwd=HERE.parent.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert " skipped" not in done.stdout


def test_a_server_that_is_not_there_has_a_fix(tmp_path: Path) -> None:
    """No token is quoted."""
    said = asked("sc://127.0.0.1:1/;token=secret;user_id=x", tmp_path)
    assert "does not answer" in said and "secret" not in said


def test_a_setting_that_a_server_does_not_take_has_a_fix(server: str, tmp_path: Path) -> None:
    assert "does not take the setting spark.driver.memory" in asked(server, tmp_path)


def asked(remote: str, folder: Path) -> str:
    """What is said where a session of a server is asked for, in another process."""
    script = "import sys; from pathlib import Path; from tests.spark.test_remote import ask; ask(sys.argv[1], Path(sys.argv[2]))"
    done = subprocess.run(
        [sys.executable, "-c", script, remote, str(folder)], cwd=HERE.parent.parent, capture_output=True, text=True, check=True
    )  # fmt: skip
    return done.stdout + done.stderr


def ask(remote: str, folder: Path) -> None:
    """Ask for a session with a setting that only who starts Spark may make."""
    try:
        session.started(Spark(remote=remote, conf={"spark.driver.memory": "3g"}), folder)
    except ConfigError as error:
        print(error)  # noqa: T201
