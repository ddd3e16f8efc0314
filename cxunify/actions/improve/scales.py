"""The least and the greatest score that a survey ever gave -> its scale: the shortest usual one that holds both."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Between which scores answers lie, and what they mean."""

    least: float
    greatest: float
    low: float | None = None
    """The highest of the low scores; None: nobody knows which are."""
    measure: str = "mean"
    """By what answers are summed up, as is usual: mean, top_two (the share of the two best), nps."""


USUAL = (
    Scale(0, 1), Scale(1, 5, 2.5, "top_two"), Scale(0, 5, 2.5, "top_two"), Scale(1, 7, 4, "top_two"), Scale(0, 10, 6, "nps"),
    Scale(0, 100),
)  # fmt: skip
"""The shortest first."""


def scale(least: float, greatest: float) -> Scale:
    """The scale of these scores; where they lie on none that is usual, they are its ends."""
    fitting = (of for of in USUAL if of.least <= least and greatest <= of.greatest)
    return next(fitting, Scale(least, greatest))


def low(least: str, greatest: str) -> str:
    """The SQL of the highest low score, by the terms of the least and the greatest; null: nobody knows."""
    cases = " ".join(
        f"when {least} >= {of.least} and {greatest} <= {of.greatest} then {'null' if of.low is None else of.low}"
        for of in USUAL
    )
    return f"case {cases} end"
