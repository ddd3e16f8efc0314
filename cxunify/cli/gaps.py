"""`cxunify quality GAP_ID` and `cxunify quality --since RUN`: the rows behind a number, and what has moved between two runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from cxunify import quality
from cxunify.cli.options import Options
from cxunify.cli.parts import printable, table, text
from cxunify.cli.report import moved, place
from cxunify.cli.session import reading
from cxunify.schema.figures import Past
from cxunify.schema.report import Gap, Since
from cxunify.schema.words import percent

_CHANGES = {"new": "red", "worse": "red", "better": "green", "closed": "green"}


@dataclass(frozen=True)
class Offenders:
    """A gap and the rows behind it."""

    gap: Gap
    rows: list[dict[str, Any]]
    """As quality.offenders finds them."""


def rows(options: Options, gap_id: str, limit: int, *, values: bool) -> Offenders:
    """A gap of the last report and the rows behind it; with `values`, what they hold too."""
    with reading(options) as (config, warehouse):
        gap = quality.reported(quality.saved(warehouse), gap_id)
        return Offenders(gap, quality.offenders(warehouse, config, gap_id, limit, values=values))


def page(found: Offenders) -> Iterator[Any]:
    """The gap in words and its rows as a table."""
    gap, offending = found.gap, found.rows
    yield text(gap.title, "bold")
    yield text(place(gap), "dim")
    yield text(f"{gap.size} of {gap.population:,} ({percent(gap.share)}). {gap.cause}".rstrip())
    yield text(gap.fix)
    yield Text()
    yield from _listed(offending)
    if len(offending) < gap.keys:
        yield Text(f"{len(offending):,} of {gap.keys:,}; --limit {gap.keys} lists all", "dim")
    if gap.check == "shared_value" and offending and "value" in offending[0]:
        words = [f"    - {json.dumps(row['field'] + ':' + row['value'], ensure_ascii=False)}" for row in offending]
        yield text("\n".join(["\nWhere they mean nothing at all:", "identity:", "  placeholders:", *words]))
    if offending and "value" not in offending[0]:
        yield Text("Keys only: --values shows what the rows hold, personal data included", "dim")


def _listed(offending: list[dict[str, Any]]) -> Iterator[Any]:
    """A table of the rows, with a line above it for what is the same in all of them."""
    columns = {
        "key": [row["key"] for row in offending],
        "value": [row.get("value") for row in offending],
        "day": [f"{row['occurred_at']:%Y-%m-%d}" if row["occurred_at"] else None for row in offending],
        "place": [row["location"] for row in offending],
        "customer": [row["customer_id"] for row in offending],
        "source": [row["source"] for row in offending],
        "file": [row["file"] for row in offending],
        "row": [f"{row['row']:,}" if row["row"] else None for row in offending],
    }
    said = {name: cells for name, cells in columns.items() if any(cells)}
    alike = {name: said.pop(name)[0] for name in ("source", "file") if len(set(said.get(name, ()))) == 1}
    if "file" in alike:
        yield text(f"In {alike['file']}:", "dim")
    shown = table(*said, right=[at for at, name in enumerate(said) if name == "row"], fold=True)
    for cells in zip(*said.values(), strict=True):
        shown.add_row(*map(text, cells))
    yield shown


@dataclass(frozen=True)
class Compared:
    """The last report against an earlier run."""

    since: Since | None
    """None where there is no earlier run."""
    trend: tuple[Past, ...]
    gaps: tuple[Gap, ...]


def compared(options: Options, other: str) -> Compared:
    """The last report against an earlier run."""
    with reading(options) as (_, warehouse):
        report = quality.saved(warehouse)
        return Compared(quality.since(warehouse, other, is_published=True), report.tables.trend, report.gaps)


def changes(found: Compared) -> Iterator[Any]:
    """What is new, worse, better and closed, each with its rows then and now."""
    since = found.since
    if since is None:
        yield Text("There is no earlier run to compare with.")
        return
    yield Text(moved(since), "bold")
    titles = {gap.gap_id: gap.title for gap in found.gaps}
    shown = table("", "gap", "rows then", "now", right=(2, 3), fold=True)
    for move in since.moves:
        what = text(titles.get(move.gap_id, ""), "bold")
        what.append(f"\n{printable(move.gap_id)}" if what.plain else printable(move.gap_id), "dim")
        shown.add_row(Text(move.change, _CHANGES[move.change]), what, f"{move.rows_before:,}", f"{move.rows:,}")
    if since.moves:
        yield Text()
        yield shown
