"""`cxunify forget WHO`: erase a person, after asking, and print a receipt of what was reached and what is out of reach."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

from cxunify.cli.options import Options
from cxunify.cli.output import result
from cxunify.cli.parts import count, indented, next_step, table, text
from cxunify.cli.session import Talk, new_run_id
from cxunify.config import load
from cxunify.errors import LookupFailed
from cxunify.lock import hold
from cxunify.schema.words import counted
from cxunify.subject.erase import Receipt, erase, open_for, resume
from cxunify.subject.person import customer_of, person

_SHOWN = 5
"""Files that are named."""


def forget(options: Options, who: str, *, sure: bool, dry: bool) -> None:
    """Erase whoever `who` stands for. Raises LookupFailed for nobody, for several, and where nobody confirms it."""
    config = load(options.config)
    with hold(config.warehouse_path), Talk(options, 4) as talk:
        if not dry and resume(config):
            talk.note("a person was being forgotten when the machine stopped: that is done now")
        customer_id = customer_of(config, who)
        with open_for(config, dry=True) as warehouse:
            found = person(warehouse, config, customer_id)
        if not dry and not sure:
            talk.pause()
            _confirm(customer_id, len(found.records), len(found.interactions))
        receipt = erase(config, found, new_run_id(), dry=dry, begin=talk.begin)
    result(options, receipt, pieces)


def _confirm(customer_id: str, records: int, interactions: int) -> None:
    what = f"{customer_id}: {count(records, 'record')}, {count(interactions, 'interaction')}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise LookupFailed(
            "forgetting cannot be undone, and there is no terminal to ask on",
            "Add --yes where this is meant; --dry-run shows what would go.",
        )
    if not typer.confirm(f"Forget {what}, for ever?", err=True):
        raise typer.Abort


def pieces(receipt: Receipt) -> Iterator[Any]:
    """The receipt as a page."""
    verb = "Would be forgotten" if receipt.dry_run else "Forgotten"
    yield text(f"{verb}: {count(receipt.records, 'record')}, {count(receipt.interactions, 'interaction')}", "bold")
    shown = table("Where", "What", "Count", right={2}, fold=True)
    for source, rows in receipt.rows.items():
        shown.add_row(text("loaded rows"), text(source), text(f"{rows:,}"))
    for name, rows in receipt.ledger.items():
        shown.add_row(text("ledger"), text(name), text(f"{rows:,}"))
    for run_id, tables in receipt.runs.items():
        shown.add_row(text("published"), text(run_id), text(f"{sum(tables.values()):,}"))
    if receipt.decisions:
        shown.add_row(text("decisions"), text("lines"), text(f"{receipt.decisions:,}"))
    if receipt.removed:
        shown.add_row(text("files"), text("removed whole"), text(f"{len(receipt.removed):,}"))
    yield indented(shown)
    if not receipt.dry_run:
        yield text(
            f"{count(receipt.tombstones, 'keyed mark')} will keep the next extract from bringing the person back; warehouse and"
            " ledger were written anew, without the bytes of what was deleted."
        )
    yield text("Out of reach, and yours to see to:", "bold")
    if receipt.extracts:
        named = ", ".join(receipt.extracts[:_SHOWN]) + (" …" if len(receipt.extracts) > _SHOWN else "")
        yield indented(
            text(f"{counted(len(receipt.extracts), 'extract that is', 'extracts that are')} still there: {named}")
        )
    if receipt.catalog:
        yield indented(
            text(
                f"tables of the catalog, in {receipt.catalog}: the next `cxunify run` writes them anew and drops the old ones"
            )
        )
    yield indented(
        text("copies and backups of any of this; files that `review --out` and `export` wrote; whoever read the output")
    )
    yield indented(text("values that others share with the person (a household's number) stay with these others"))
    yield next_step(
        "cxunify forget WHO --yes" if receipt.dry_run else "cxunify run: figures that counted the person follow then"
    )
