"""A command's result -> stdout: one JSON document, or the pieces of a page."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType

from cxunify.cli.options import Options
from cxunify.schema.part import Part


def result(options: Options, found: Any, render: Callable[[Any], Iterable[RenderableType]]) -> None:
    """Print what a command found: as one JSON document, or as what `render` makes of it."""
    if options.json:
        write_json(found)
    elif not options.quiet:
        out = console(options)
        for piece in render(found):
            out.print(piece)


def write_json(found: Any) -> None:
    """Print a result as one JSON document."""
    sys.stdout.write(json.dumps(as_json(found), ensure_ascii=False) + "\n")


def as_json(value: Any) -> Any:
    """A result as plain JSON values: dataclasses become objects, times ISO 8601, money text; a report as in report.json."""
    if isinstance(value, Part):
        return value.document()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [as_json(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | Path) else value


class _Stdout(Console):
    """Leaves a pipe that was closed to whoever called us: `cxunify show WHO | head` is no fault."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        raise BrokenPipeError


def console(options: Options) -> Console:
    """stdout, with colours on a terminal unless they are not wanted."""
    return _Stdout(no_color=options.no_color or None, highlight=False, markup=False, soft_wrap=False)
