"""The gap report on a terminal: the headline, the ten costliest gaps, readiness as a compact grid; 80 columns are enough."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cxunify.cli.parts import marked, printable, text
from cxunify.schema.figures import Past
from cxunify.schema.report import CATEGORIES, Gap, Report, Requirement, Since
from cxunify.schema.words import against, percent

GAPS = 10
"""As many gaps as a first screen bears."""
_RUNS = 8
_MARK = {"pass": ("✓", "green"), "gap": ("✗", "red"), "none": ("·", "dim")}


def pieces(report: Report) -> Iterator[Any]:
    """What to print, in order."""
    lead, *more = report.headline
    yield Text()
    yield text(lead, "bold")
    for sentence in more:
        yield text(sentence, "bold" if sentence.startswith("Fix first") else "")
    if report.since:
        yield text(moved(report.since), "dim")
    if len(runs := report.tables.trend) > 1:
        yield text(_trend(runs, report.totals.yardstick), "dim")
    yield Text()
    yield _gaps(report)
    if report.gaps:
        yield text(report.verdict, "dim")
        yield text("The rows behind the first: cxunify quality " + shlex.quote(report.gaps[0].gap_id), "dim")
    yield from _readiness(report.readiness)


def _gaps(report: Report) -> Any:
    gaps = report.gaps
    if not gaps:
        return text(report.verdict, "" if report.unmeasured else "green")
    table = Table(box=None, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column(f"The costliest of {len(gaps)} gaps" if len(gaps) > GAPS else "Gaps, the costliest first", ratio=1)
    table.add_column("rows", justify="right", no_wrap=True)
    table.add_column(f"out of reach, {report.totals.currency}", justify="right", max_width=14)
    for number, gap in enumerate(gaps[:GAPS], start=1):
        what = text(gap.title, "bold")
        what.append(f"\n{printable(place(gap))}", "dim")
        what.append(f"\n{printable(gap.fix)}")
        rows = Text(f"{gap.size}\n{percent(gap.share)}")
        table.add_row(Text(f"{number:>2}", "bold"), what, rows, Text(_price(gap)))
    return table


def moved(since: Since) -> str:
    """What has changed since an earlier run, as `Since run 20250101T…: 2 new, 1 closed.`."""
    counts = ", ".join(f"{len(ids)} {change}" for change, ids in since.changes.items())
    return f"Since run {since.run_id}: {counts or 'no gap has moved'}."


def _trend(runs: Sequence[Past], of: str) -> str:
    """How the headline went over the last runs, as `Revenue with a customer, run by run: 71.2%, 73.0%, 76.3%.`."""
    shares = ", ".join(percent(run.identified(of)) for run in runs[-_RUNS:])
    return f"{of.capitalize()} with a customer, run by run: {shares}."


def place(gap: Gap) -> str:
    """Where a gap is, in words: `receipts · S07 · Saturday · no_customer.receipts.customer_id`."""
    return " · ".join(str(part) for part in (gap.source, gap.location, gap.period, gap.gap_id) if part)


def _price(gap: Gap) -> str:
    """What is out of reach, and, where that is a part by a rule of thumb, of how much."""
    if not gap.cost:
        return "–"
    if gap.confidence == "assumed":
        return f"{gap.cost:,.0f}\nof {gap.revenue:,.0f}"
    return f"{gap.cost:,.0f}" + ("\nestimated" if gap.confidence == "estimated" else "")


def _readiness(needs: Iterable[Requirement]) -> Iterator[Any]:
    yield Text()
    yield text("What the data is ready for", "bold")
    shown = marked()
    ordered = sorted(needs, key=lambda need: list(CATEGORIES).index(need.category))
    for category, group in groupby(ordered, lambda need: need.category):
        shown.add_row(Text(), text(CATEGORIES[category], "dim"), Text())
        for _, items in groupby(group, lambda need: need.capability):
            requirements = list(items)
            marks = Text()
            for need in requirements:
                marks.append(*_MARK[need.status])
            shown.add_row(marks, text(requirements[0].title), text(_short(requirements), "dim"))
    yield Padding(shown, (0, 0, 0, 1))
    yield text("✓ met   ✗ not met   · nothing in the data to measure it by", "dim")


def _short(requirements: Sequence[Requirement]) -> str:
    """The first unmet requirement of a capability, in a few words."""
    unmet = [need for need in requirements if need.status == "gap"]
    if unmet:
        need, measured = unmet[0], unmet[0].measured or 0.0
        bound = "needs" if measured < need.required else "at most"
        shown, required = against(measured, need.required, need.unit)
        return f"{need.text}: {shown}, {bound} {required}"
    absent = [need for need in requirements if need.status == "none"]
    return f"no data: {absent[0].text}" if absent else "ready"
