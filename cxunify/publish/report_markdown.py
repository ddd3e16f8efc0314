"""The gap report -> Markdown, for a ticket or an e-mail."""

from __future__ import annotations

import re
import shlex
from itertools import groupby

from cxunify.publish.report_markup import visible
from cxunify.schema.report import Report

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")
_GAPS = 20
_MARK = {"pass": "yes", "gap": "**no**", "none": "no data"}


def markdown(report: Report) -> str:
    """The headline, the costliest gaps with their fixes, and readiness."""
    lines = ["# Gap report", "", f"{report.speaks_of.capitalize()}.", ""]
    lines += [f"- {escape(sentence)}" for sentence in report.headline]
    if since := report.since:
        moved = [f"{change}: {', '.join(map(escape, ids))}" for change, ids in since.changes.items()]
        lines += ["", f"Since run {escape(since.run_id)}: {'; '.join(moved) or 'no gap has moved'}."]
    lines += ["", "## Gaps, the costliest first", ""]
    lines.append(f"| # | gap | where | rows | customers | out of reach, {escape(report.totals.currency)} | fix |")
    lines.append("|--:|---|---|--:|--:|--:|---|")
    for rank, gap in enumerate(report.gaps[:_GAPS], start=1):
        where = " · ".join(escape(str(part)) for part in (gap.source, gap.location, gap.period) if part)
        lines.append(
            f"| {rank} | {escape(gap.title)} | {where} | {gap.size} | {gap.customers:,} | {gap.cost:,.2f}"
            f" | {escape(gap.fix)} |"
        )
    if not report.gaps:
        lines.append("| – | none | | | | | |")
    lines += ["", escape(report.verdict)]
    if report.gaps:
        first = shlex.quote(report.gaps[0].gap_id)
        lines += ["", f"The rows behind the first one: cxunify quality {escape(first)}; every id is in gaps.parquet."]
    if len(report.gaps) > _GAPS:
        lines += ["", f"{len(report.gaps) - _GAPS} more are in gaps.parquet."]
    lines += ["", "## What the data is ready for", ""]
    lines += ["| capability | requirement | required | measured | met |", "|---|---|--:|--:|---|"]
    for _, needs in groupby(report.readiness, lambda need: need.capability):
        for at, need in enumerate(needs):
            measured = "–" if need.measured is None else f"{need.measured:,.2f}"
            title = escape(need.title) if at == 0 else ""
            lines.append(
                f"| {title} | {escape(need.text)} | {need.required:,.2f} | {measured} | {_MARK[need.status]} |"
            )
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """A text that no Markdown reader takes for markup: one line, every special sign behind a backslash or spelt out."""
    plain = _SPECIAL.sub(r"\\\1", visible(" ".join(text.split())))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
