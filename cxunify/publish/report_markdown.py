"""The document of the gap report -> Markdown, for a ticket or an e-mail."""

from __future__ import annotations

import re
import shlex
from itertools import groupby
from typing import Any

from cxunify.publish.report_markup import visible

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")
_GAPS = 20
_MOVES = ("new", "worse", "better", "closed")
_MARK = {"pass": "yes", "gap": "**no**", "none": "no data"}


def markdown(document: dict[str, Any]) -> str:
    """The headline, the costliest gaps with their fixes, and readiness."""
    totals = document["totals"]
    lines = ["# Gap report", "", f"As of {document['as_of'][:10]}.", ""]
    lines += [f"- {escape(sentence)}" for sentence in document["headline"]]
    if since := document["since"]:
        moved = [f"{name}: {', '.join(map(escape, since[name]))}" for name in _MOVES if since[name]]
        lines += ["", f"Since run {escape(since['run_id'])}: {'; '.join(moved) or 'no gap has moved'}."]
    lines += ["", "## Gaps, the costliest first", ""]
    lines.append(f"| # | gap | where | rows | customers | out of reach, {escape(totals['currency'])} | fix |")
    lines.append("|--:|---|---|--:|--:|--:|---|")
    for rank, gap in enumerate(document["gaps"][:_GAPS], start=1):
        where = " · ".join(escape(str(part)) for part in (gap["source"], gap["location"], gap["period"]) if part)
        lines.append(
            f"| {rank} | {escape(gap['title'])} | {where} | {gap['rows']:,} | {gap['customers']:,} | {gap['cost']:,.2f}"
            f" | {escape(gap['fix'])} |"
        )
    if not document["gaps"]:
        lines.append("| – | none | | | | | |")
    else:
        first = shlex.quote(document["gaps"][0]["gap_id"])
        lines += ["", f"The rows behind the first one: cxunify quality {escape(first)}; every id is in gaps.parquet."]
    if len(document["gaps"]) > _GAPS:
        lines += ["", f"{len(document['gaps']) - _GAPS} more are in gaps.parquet."]
    lines += ["", "## What the data is ready for", ""]
    lines += ["| capability | requirement | required | measured | met |", "|---|---|--:|--:|---|"]
    for _, needs in groupby(document["readiness"], lambda need: need["capability"]):
        for at, need in enumerate(needs):
            measured = "–" if need["measured"] is None else f"{need['measured']:,.2f}"
            title = escape(need["title"]) if at == 0 else ""
            lines.append(
                f"| {title} | {escape(need['text'])} | {need['required']:,.2f} | {measured} | {_MARK[need['status']]} |"
            )
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """A text that no Markdown reader takes for markup: one line, every special sign behind a backslash or spelt out."""
    plain = _SPECIAL.sub(r"\\\1", visible(" ".join(text.split())))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
