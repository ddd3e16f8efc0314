"""A project on disk and the real command in a real process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from cxunify.cli.demonstration import unpack

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "COLUMNS": "80", "NO_COLOR": "1", "LANG": "C.UTF-8"}


class Project:
    """The sample in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = unpack(folder)

    def command(self, *arguments: str) -> list[str]:
        """The command line of cxunify with these arguments."""
        return [sys.executable, "-m", "cxunify", *arguments]

    def run(self, *arguments: str, expect: int = 0, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
        """Run cxunify in the project's folder and hold it to its exit code."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, umask=umask,
        )  # fmt: skip
        assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

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
