"""csv.names: {file: …} -> the names of columns that stand in a file of their own, as Adobe's data feeds have them."""

from __future__ import annotations

import csv

from cxunify.config import Config, NamesFile, Source
from cxunify.errors import Problem

_DELIMITERS = "\t;,|"


def named(config: Config, name: str) -> tuple[Source, list[Problem]]:
    """A source with the names of its columns, wherever they stand; what is wrong with the file of them."""
    source = config.sources[name]
    if not isinstance(source.csv.names, NamesFile):
        return source, []
    shown = source.csv.names.file
    try:
        text = (config.root / shown).read_text(encoding=source.csv.encoding or "utf-8-sig")
    except (OSError, UnicodeError, LookupError) as error:
        what = f"source {name}: the file {shown}, which has the names of its columns, cannot be read"
        return source, [Problem(f"{what} ({type(error).__name__})", "Paths start at the configuration file.")]
    names = listed(text)
    known = source.csv.model_copy(update={"names": names})
    empty = (
        []
        if names
        else [Problem(f"source {name}: {shown} names no columns", "It is to have them in one line, or one in each.")]
    )
    return source.model_copy(update={"csv": known}), empty


def listed(text: str) -> tuple[str, ...]:
    """The names in a text: those of its first line, or one in each line."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return ()
    delimiter = max(_DELIMITERS, key=lines[0].count)
    cells = next(csv.reader([lines[0]], delimiter=delimiter))
    return tuple(cell.strip() for cell in (cells if len(cells) > 1 else lines))
