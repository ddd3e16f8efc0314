"""The command line: parse, call one function, print."""

from __future__ import annotations

from cxunify.cli import upkeep
from cxunify.cli.commands import app

upkeep.register(app)


def main() -> None:
    """The `cxunify` command."""
    app()


__all__ = ["app", "main"]
