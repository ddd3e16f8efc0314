"""`cxunify doctor`: what is the matter with a project, what was mended, and what is left for people to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from cxunify.cli.options import Exit, Options
from cxunify.cli.output import result
from cxunify.cli.parts import count, marked, next_step, text
from cxunify.cli.session import Talk
from cxunify.config import load
from cxunify.doctor import FINE, MENDED, OPEN, Finding
from cxunify.doctor import doctor as examine
from cxunify.lock import hold

_MARKS = {FINE: ("ok", "green"), MENDED: ("mended", "yellow"), OPEN: ("open", "red")}


def doctor(options: Options) -> None:
    """Examine the project, mend it, and say so; leaves with a code of its own where something is left open."""
    config = load(options.config)
    with hold(config.warehouse_path), Talk(options, 10) as talk:
        found = examine(config, talk.begin)
    result(options, found, pieces)
    if any(finding.state == OPEN for finding in found):
        raise typer.Exit(Exit.DAMAGED)


def pieces(found: tuple[Finding, ...]) -> Iterator[Any]:
    """The findings as a page."""
    shown = marked()
    for finding in found:
        word, style = _MARKS[finding.state]
        shown.add_row(text(word, style), text(finding.what), text(finding.told))
    yield shown
    mended = sum(finding.state == MENDED for finding in found)
    left = sum(finding.state == OPEN for finding in found)
    yield text(f"{count(len(found), 'check')}: {mended} mended, {left} left open")
    if mended or left:
        yield next_step("cxunify run: makes anew what is missing, and publishes")
