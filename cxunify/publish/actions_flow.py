"""Counts of what went from one state to another -> a picture of the flow, as SVG: what Vega-Lite cannot draw.

Two columns, one block per state, as high as its count; between them a band per way, as wide as it was gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cxunify.publish.report_markup import Markup, element, joined

_ORDER = ("new", "active", "slipping", "overdue", "gone", "never bought")
_COLOURS = {
    "new": "var(--good)",
    "active": "var(--h4)",
    "slipping": "var(--h3)",
    "overdue": "var(--rest)",
    "gone": "var(--h1)",
}
_OTHERS = ("var(--bar)", "var(--good)", "var(--rest)", "var(--h1)", "var(--h3)", "var(--soft)")
"""Of states that are no rhythm, by their place in the order of names."""
Ways = Sequence[tuple[str, str, int]]
"""From, to, how many."""
_WIDTH, _HEIGHT, _GAP, _BLOCK, _LABEL = 620, 300, 14, 14, 150


def flow(ways: Ways, caption: str) -> Markup:
    """The picture."""
    left, right = _stack((start, many) for start, _, many in ways), _stack((end, many) for _, end, many in ways)
    colours = _colours({*left, *right})
    total = sum(many for _, _, many in ways)
    scale = _HEIGHT / total
    used: dict[tuple[int, str], float] = {}
    bands = []
    for start, end, many in sorted(ways, key=lambda way: (_place(way[0]), _place(way[1]))):
        thick = many * scale
        ends = []
        for side, (tops, name) in enumerate(((left, start), (right, end))):
            at = tops[name][0] * scale + tops[name][2] + used.get((side, name), 0)
            used[side, name] = used.get((side, name), 0) + thick
            ends.append(at)
        bands.append(_band(ends[0], ends[1], thick, colours[start]))
    blocks = [
        *_blocks(left, colours, scale, _LABEL - _BLOCK, "end"),
        *_blocks(right, colours, scale, _WIDTH - _LABEL, "start"),
    ]
    height = _HEIGHT + _GAP * max(len(left), len(right))
    return element(
        "svg", *bands, *blocks, width=_WIDTH, height=height, viewBox=f"0 0 {_WIDTH} {height}", role="img", aria_label=caption
    )  # fmt: skip


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _colours(names: Iterable[str]) -> dict[str, str]:
    """State -> its colour."""
    others = sorted({name for name in names if name not in _ORDER})
    return {
        **dict.fromkeys(_ORDER, "var(--soft)"),
        **_COLOURS,
        **{name: _OTHERS[place % len(_OTHERS)] for place, name in enumerate(others)},
    }


def _stack(ends: Iterable[tuple[str, int]]) -> dict[str, tuple[int, int, int]]:
    """State -> what is above it, its own, and the gaps above it."""
    counts: dict[str, int] = {}
    for name, many in ends:
        counts[name] = counts.get(name, 0) + many
    stacked, above = {}, 0
    for place, name in enumerate(sorted(counts, key=_place)):
        stacked[name] = (above, counts[name], _GAP // 2 + place * _GAP)
        above += counts[name]
    return stacked


def _band(top: float, end: float, thick: float, colour: str) -> Markup:
    """One way: a band that begins and ends level."""
    start, stop = _LABEL, _WIDTH - _LABEL
    middle = (start + stop) / 2
    shape = (
        f"M{start},{top:.2f} C{middle},{top:.2f} {middle},{end:.2f} {stop},{end:.2f} L{stop},{end + thick:.2f}"
        f" C{middle},{end + thick:.2f} {middle},{top + thick:.2f} {start},{top + thick:.2f} Z"
    )
    return element("path", d=shape, fill=colour, fill_opacity="0.45")


def _blocks(
    stack: dict[str, tuple[int, int, int]], colours: dict[str, str], scale: float, x: int, anchor: str
) -> list[Markup]:
    parts = []
    for name, (above, many, gap) in stack.items():
        top, tall = above * scale + gap, max(many * scale, 1)
        beside = x - 6 if anchor == "end" else x + _BLOCK + 6
        parts.append(
            joined(
                element(
                    "rect",
                    x=x,
                    y=f"{top:.2f}",
                    width=_BLOCK,
                    height=f"{tall:.2f}",
                    fill=colours[name],
                ),
                element(
                    "text",
                    f"{name} {many:,}",
                    x=beside,
                    y=f"{top + tall / 2 + 4:.2f}",
                    text_anchor=anchor,
                    fill="var(--ink)",
                    font_size="12",
                ),
            )
        )
    return parts
