"""`cxunify diff`: what became of customers between two runs, and by what; the same of a run that only shows what it would do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cxunify.cli.options import Options
from cxunify.cli.output import result
from cxunify.cli.parts import count, indented, next_step, table, text
from cxunify.config import load
from cxunify.difference import SHOWN, Difference, between

_WORDS = {
    "new": "new", "merged": "merged into another", "split": "split off another", "erased": "gone", "returned": "back",
}  # fmt: skip
_CAUSES = 12
"""Causes that are named."""


def diff(options: Options, old: str | None, new: str | None) -> None:
    """Print what differs between two kept runs."""
    config = load(options.config)
    result(options, between(config, old, new), pieces)


def pieces(found: Difference) -> Iterator[Any]:
    """The difference as a page."""
    yield text(f"From run {found.old} to {found.new or 'what a run would publish'}", "bold")
    if found.after is not None:
        before, after = found.before, found.after
        shown = table("", "before", "after", right={1, 2})
        shown.add_row(text("customers"), text(f"{before.customers:,}"), text(f"{after.customers:,}"))
        shown.add_row(text("repeat rate"), text(_share(before.repeat_rate)), text(_share(after.repeat_rate)))
        shown.add_row(
            text("revenue with a customer"), text(_share(before.identified_share)), text(_share(after.identified_share))
        )
        yield indented(shown)
    if not found.counts and not found.moved:
        yield text("No customer is new, merged, split or gone, and no record has moved.")
    for kind, number in found.counts.items():
        yield text(f"{count(number, 'customer')} {_WORDS.get(kind, kind)}", "bold")
        for change in (change for change in found.changes if change.kind == kind):
            ids = " to ".join(filter(None, (change.old_id, change.new_id)))
            why = f"{change.cause}, linked by {', '.join(change.rules)}" if change.rules else change.cause
            yield indented(text(f"{ids}: {why}"))
        if number > SHOWN:
            yield indented(text(f"… and {number - SHOWN:,} more"))
    if found.moved:
        yield text(f"{count(found.moved, 'record')} moved to another customer")
    if found.fields:
        yield text("Golden values that differ, in so many customers:")
        yield indented(text(", ".join(f"{name} {number:,}" for name, number in found.fields.items())))
    if found.causes:
        yield text("What the runs were made from differs:")
        yield from (indented(text(cause)) for cause in found.causes[:_CAUSES])
        if len(found.causes) > _CAUSES:
            yield indented(text(f"… and {len(found.causes) - _CAUSES:,} more"))
    else:
        yield text("Both were made from the same files and settings.")
    yield next_step(
        "cxunify why A B: why two records are, or are not, one" if found.new else "cxunify run: publishes this"
    )


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
