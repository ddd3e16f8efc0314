"""A project on disk and the real command in a process of its own.

The process is forked from one that has imported what the command needs: to start Python and import it all again, a hundred
times over, took longer than what the tests are about. What the command does from its first line on is the same.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import subprocess
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

from cxunify.cli.demonstration import unpack

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "COLUMNS": "80", "NO_COLOR": "1", "LANG": "C.UTF-8"}
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "cxunify.cli.session",
        "cxunify.cli.render",
        "pyarrow.parquet",
        "scipy.sparse.csgraph",
        "scipy.special",
        "vl_convert",
    ]
)


def _command(folder: str, arguments: tuple[str, ...], out: str, talk: str) -> None:
    """What a fork does: the command line of cxunify, as if a shell had started it in `folder`."""
    for path, number in ((out, 1), (talk, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.chdir(folder)
    os.umask(0)  # it hides nothing: what is private is made so
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    sys.argv = ["cxunify", *arguments]
    sys.dont_write_bytecode = False  # what only this command imports should be compiled once
    from cxunify.cli import main

    main()


class Project:
    """The sample in a folder of its own."""

    first: subprocess.CompletedProcess[str]
    """What the run that made it said, where there was one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "cxunify.yaml"
        if not self.config.exists():
            unpack(folder)

    def copy(self, folder: Path) -> Self:
        """A project of one's own that is as far as this one."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return type(self)(folder)

    def command(self, *arguments: str) -> list[str]:
        """The command line of cxunify with these arguments."""
        return [sys.executable, "-m", "cxunify", *arguments]

    def start(self, *arguments: str) -> tuple[BaseProcess, Path, Path]:
        """Start cxunify in the project's folder; its process, and the files that get what it writes to stdout and stderr."""
        out, talk = (self.folder.with_name(f"{self.folder.name}.{name}") for name in ("out", "err"))
        for path in (out, talk):
            path.write_text("")
        process = FORKS.Process(target=_command, args=(str(self.folder), arguments, str(out), str(talk)))
        process.start()
        return process, out, talk

    def run(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        """Run cxunify to its end and hold it to its exit code."""
        process, *files = self.start(*arguments)
        process.join()
        code = process.exitcode
        process.close()
        out, talk = (path.read_text(encoding="utf-8") for path in files)
        assert code == expect, f"exit {code}\n{out}\n{talk}"
        return subprocess.CompletedProcess(arguments, expect, out, talk)

    @property
    def current(self) -> Path:
        """What is published."""
        return self.folder / "out" / "current"

    def replace(self, old: str, new: str, path: str = "cxunify.yaml") -> None:
        """Change a text that must be there."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def digests(self) -> dict[str, str]:
        """Every published Parquet file and the hash of its bytes."""
        files = sorted(self.current.resolve().rglob("*.parquet"))
        root = self.current.resolve()
        return {str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
