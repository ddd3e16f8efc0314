"""Comparisons of one number -> whether there is any that meets all of them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal


def can_hold(
    comparisons: Iterable[tuple[str, float]],
    step: Decimal | None = None,
    least: str = "-Infinity",
    most: str = "Infinity",
) -> bool:
    """Whether a number from `least` to `most`, a multiple of `step` where there is one, meets all of the comparisons.

    A comparison is an operator (`<`, `<=`, `>`, `>=`, `=`, `!=`) and what the number is compared with.
    """
    # Of two ends at the same number the narrower is the one that leaves it out.
    low, high = (Decimal(least), False), (Decimal(most), True)
    unlike = set()
    for operator, said in comparisons:
        value = Decimal(repr(said))
        if operator in (">", ">=", "="):
            low = max(low, (value, operator == ">"))
        if operator in ("<", "<=", "="):
            high = min(high, (value, operator != "<"))
        if operator == "!=":
            unlike.add(value)
    (lowest, is_above), (highest, is_included) = low, high
    if step is None:
        return lowest < highest or (lowest == highest and is_included and not is_above and lowest not in unlike)
    first, last = (lowest / step).to_integral_value(ROUND_CEILING), (highest / step).to_integral_value(ROUND_FLOOR)
    first += is_above and first * step == lowest
    last -= not is_included and last * step == highest
    return last - first + 1 > sum(first <= value / step <= last and value % step == 0 for value in unlike)
