"""The command line: parse, call one function, print."""

from __future__ import annotations

import os

from cxunify.cli import upkeep
from cxunify.cli.commands import app

upkeep.register(app)


def main() -> None:
    """The `cxunify` command."""
    # What is fitted has two to four parameters: threads that wait for such matrices cost a second, and bring nothing.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app()


__all__ = ["app", "main"]
