"""Counts of customers who went from one state to another -> a picture of the flow, as SVG: what Vega-Lite cannot draw.

Two columns, one block per state, as high as it has customers; between them a band per way, as wide as customers went it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cxunify.publish.report_markup import Markup, element, joined

_ORDER = ("new", "active", "slipping", "overdue", "gone", "never bought")
_COLOURS = {
    "new": "var(--good)",
    "active": "var(--h4)",
    "slipping": "var(--h3)",
    "overdue": "var(--rest)",
    "gone": "var(--h1)",
}
_WIDTH, _HEIGHT, _GAP, _BLOCK, _LABEL = 620, 300, 14, 14, 150


def flow(rows: Sequence[dict[str, Any]], caption: str) -> Markup:
    """The picture. `rows`: from_rhythm, to_rhythm, customers."""
    left, right = (_stack(rows, side) for side in ("from_rhythm", "to_rhythm"))
    total = sum(row["customers"] for row in rows)
    scale = _HEIGHT / total
    used: dict[tuple[int, str], float] = {}
    bands = []
    for row in sorted(rows, key=lambda row: (_place(row["from_rhythm"]), _place(row["to_rhythm"]))):
        thick = row["customers"] * scale
        ends = []
        for side, (tops, name) in enumerate(((left, row["from_rhythm"]), (right, row["to_rhythm"]))):
            at = tops[name][0] * scale + tops[name][2] + used.get((side, name), 0)
            used[side, name] = used.get((side, name), 0) + thick
            ends.append(at)
        bands.append(_band(ends[0], ends[1], thick, row["from_rhythm"]))
    blocks = [*_blocks(left, scale, _LABEL - _BLOCK, "end"), *_blocks(right, scale, _WIDTH - _LABEL, "start")]
    height = _HEIGHT + _GAP * max(len(left), len(right))
    return element(
        "svg", *bands, *blocks, width=_WIDTH, height=height, viewBox=f"0 0 {_WIDTH} {height}", role="img", aria_label=caption
    )  # fmt: skip


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _stack(rows: Iterable[dict[str, Any]], side: str) -> dict[str, tuple[int, int, int]]:
    """State -> customers above it, its own, and the gaps above it."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row[side]] = counts.get(row[side], 0) + row["customers"]
    stacked, above = {}, 0
    for place, name in enumerate(sorted(counts, key=_place)):
        stacked[name] = (above, counts[name], _GAP // 2 + place * _GAP)
        above += counts[name]
    return stacked


def _band(top: float, end: float, thick: float, state: str) -> Markup:
    """One way: a band that begins and ends level."""
    start, stop = _LABEL, _WIDTH - _LABEL
    middle = (start + stop) / 2
    shape = (
        f"M{start},{top:.2f} C{middle},{top:.2f} {middle},{end:.2f} {stop},{end:.2f} L{stop},{end + thick:.2f}"
        f" C{middle},{end + thick:.2f} {middle},{top + thick:.2f} {start},{top + thick:.2f} Z"
    )
    return element("path", d=shape, fill=_COLOURS.get(state, "var(--soft)"), fill_opacity="0.45")


def _blocks(stack: dict[str, tuple[int, int, int]], scale: float, x: int, anchor: str) -> list[Markup]:
    parts = []
    for name, (above, customers, gap) in stack.items():
        top, tall = above * scale + gap, max(customers * scale, 1)
        beside = x - 6 if anchor == "end" else x + _BLOCK + 6
        parts.append(
            joined(
                element(
                    "rect",
                    x=x,
                    y=f"{top:.2f}",
                    width=_BLOCK,
                    height=f"{tall:.2f}",
                    fill=_COLOURS.get(name, "var(--soft)"),
                ),
                element(
                    "text",
                    f"{name} {customers:,}",
                    x=beside,
                    y=f"{top + tall / 2 + 4:.2f}",
                    text_anchor=anchor,
                    fill="var(--ink)",
                    font_size="12",
                ),
            )
        )
    return parts
