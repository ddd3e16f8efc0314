"""What the pages on a terminal are made of: texts that are only texts, tables without lines, counts in words, what comes next."""

from __future__ import annotations

from collections.abc import Container

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


def printable(content: str) -> str:
    """A text that cannot steer a terminal or forge a log line: control characters are shown, not sent."""
    return "".join(char if char.isprintable() or char == "\n" else repr(char)[1:-1] for char in content)


def text(content: object, style: str = "") -> Text:
    """A value, from outside perhaps, as text only: neither markup nor control characters of it. None is nothing."""
    return Text("" if content is None else printable(str(content)), style)


def table(*headers: str, right: Container[int] = (), fold: bool = False, style: str = "bold") -> Table:
    """A table without lines. The columns at `right` are numbers; cells keep to one line unless they may `fold`."""
    shown = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style=style)
    for at, header in enumerate(headers):
        shown.add_column(
            text(header),
            justify="right" if at in right else "left",
            no_wrap=not fold,
            overflow="fold" if fold else "ellipsis",
        )
    return shown


def grid() -> Table:
    """Rows below each other, without a header: whoever fills it adds what columns need more than their width."""
    return Table.grid(padding=(0, 2, 0, 0))


def marked() -> Table:
    """Rows of a mark, a title and what is to be said of it, which alone may take several lines."""
    shown = grid()
    shown.add_column(no_wrap=True)
    shown.add_column(no_wrap=True)
    shown.add_column(ratio=1)
    return shown


def indented(piece: RenderableType) -> Padding:
    """A piece two columns in, below what it belongs to."""
    return Padding(piece, (0, 0, 0, 2))


def next_step(what: str) -> Text:
    """The last line of a command: what to do next."""
    return text(f"Next: {what}", "dim")


def count(number: int, noun: str) -> str:
    """`1 join`, `2 joins`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def chance(probability: float) -> str:
    """A probability as people say it: never all or nothing."""
    if probability >= 0.9995:
        return "above 99.9%"
    return f"{probability:.1%}" if probability > 0.0005 else "below 0.1%"
