"""quality.readiness, quality.gaps -> actions.roadmap: what to mend first, and which capabilities that opens.

A capability opens when the last of its requirements is met. The next step is always the one that opens most of them; where none
opens any by itself, one that the capability needs which lacks least.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from cxunify.actions.stages import of_layer
from cxunify.config.requirements import catalogue
from cxunify.schema.progress import ROADMAP
from cxunify.warehouse import Loop
from cxunify.warehouse.frames import types

_BY_NATURE = {"spend_frequency_correlation"}
"""What is so or is not: no step of a road."""


@dataclass(frozen=True)
class _Need:
    """One requirement that some capabilities fail."""

    requirement: str
    rows: tuple[dict[str, Any], ...]
    """Of readiness: one per capability that fails it."""

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset(row["capability"] for row in self.rows)

    @property
    def revenue(self) -> Decimal:
        return max(Decimal(row["revenue"] or 0) for row in self.rows)

    @property
    def customers(self) -> int:
        return max(int(row["customers"] or 0) for row in self.rows)

    @property
    def is_mended(self) -> bool:
        """Whether anything mends it: how customers are, nobody can change."""
        return self.requirement not in _BY_NATURE

    @property
    def is_measured(self) -> bool:
        """What the data has something of is mended sooner than what it has nothing of."""
        return any(row["measured"] is not None for row in self.rows)


def step() -> Loop:
    """The step of `actions.roadmap`."""
    catalogued = catalogue()
    mend = {name: said["mend"] for name, said in catalogued["measures"].items()}
    most = sorted(
        {name for spec in catalogued["capabilities"].values() for name, need in spec["needs"].items() if "most" in need}
    )
    return Loop(
        of_layer(ROADMAP),
        roadmap,
        {"readiness": "select * from quality.readiness", "gaps": 'select gap_id, fix, "rank" from quality.gaps'},
        {"mend": mend, "most": most},
    )


def roadmap(readiness: pl.DataFrame, gaps: pl.DataFrame, mend: dict[str, str], most: list[str]) -> pl.DataFrame:
    """The requirements that are not met, in the order in which to meet them.

    `mend`: measure -> what brings it up; `most`: the measures of which less is better.
    """
    judged = readiness.sort("capability", "requirement").to_dicts()
    everything = {row["capability"] for row in judged}
    left = {
        of: {row["requirement"] for row in judged if row["capability"] == of and row["status"] != "pass"}
        for of in everything
    }
    costliest = {row["gap_id"]: (row["rank"], row["fix"]) for row in gaps.to_dicts()}
    rows = []
    for rank, (need, opens) in enumerate(_ordered(_needs(judged), left), 1):
        due = sorted(
            {gap for row in need.rows for gap in _split(row["gaps"])},
            key=lambda gap: (costliest.get(gap, (math.inf,))[0], gap),
        )
        hardest = min if need.requirement in most else max
        rows.append({
            "rank": rank, "requirement": need.requirement,
            **{name: need.rows[0][name] for name in ("text", "unit", "measured")},
            "required": hardest(row["required"] for row in need.rows),
            "opens": ", ".join(sorted(opens)) or None,
            "advances": ", ".join(sorted(need.capabilities - opens)) or None,
            "open_after": sum(not of for of in left.values()),
            "customers": need.customers, "revenue": need.revenue, "gaps": ", ".join(due) or None,
            "fix": _fix(mend.get(need.requirement), next((costliest[gap][1] for gap in due if gap in costliest), None)),
        })  # fmt: skip
    return pl.DataFrame(rows, schema=types(ROADMAP))


def _needs(judged: list[dict[str, Any]]) -> list[_Need]:
    failed = [row for row in judged if row["status"] != "pass"]
    names = sorted({row["requirement"] for row in failed})
    return [_Need(name, tuple(row for row in failed if row["requirement"] == name)) for name in names]


def _ordered(needs: list[_Need], left: dict[str, set[str]]) -> Iterator[tuple[_Need, frozenset[str]]]:
    """Each need once, with the capabilities that it opens; what is met is taken out of `left` as it goes."""
    remaining = list(needs)
    while remaining:
        opens = {
            need.requirement: {of for of, lacks in left.items() if lacks == {need.requirement}} for need in remaining
        }
        fewest = min(len(lacks) for lacks in left.values() if lacks)
        nearest = set().union(*(lacks for lacks in left.values() if len(lacks) == fewest))
        possible = [need for need in remaining if need.is_mended]
        best = min(
            possible or remaining,
            key=lambda need: (
                need.requirement not in nearest, -len(opens[need.requirement]), not need.is_measured,
                -need.revenue, -need.customers, need.requirement,
            ),
        )  # fmt: skip
        remaining.remove(best)
        for lacks in left.values():
            lacks.discard(best.requirement)
        yield best, frozenset(opens[best.requirement])


def _split(gaps: str | None) -> list[str]:
    return [gap.strip() for gap in (gaps or "").split(",") if gap.strip()]


def _fix(*sentences: str | None) -> str | None:
    return " ".join(f"{sentence.rstrip('.')}." for sentence in sentences if sentence) or None
