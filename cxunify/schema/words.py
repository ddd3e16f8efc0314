"""A share or a count -> how people read it, the same on every surface: what is rounded never says more than is true."""

from __future__ import annotations

from decimal import Decimal

_MOST = 4
"""Digits behind the point."""


def percent(share: float, digits: int = 1) -> str:
    """0.2483 as 24.8%; what is little is not called none (<0.1%), and what is nearly all not all (>99.9%)."""
    text = f"{share:.{digits}%}"
    step = 10.0**-digits
    if share > 0 and text == f"{0:.{digits}%}":
        return f"<{step:g}%"
    if share < 1 and text == f"{1:.{digits}%}":
        return f">{100 - step:.{digits}f}%"
    return text


def span(low: float, high: float, digits: int = 0) -> str:
    """An interval of shares: 12% to 25%."""
    return f"{percent(low, digits)} to {percent(high, digits)}"


def money(value: Decimal, low: Decimal, high: Decimal) -> str:
    """An amount and its interval: 1,200 (900 to 1,500)."""
    return f"{value:,.0f} ({low:,.0f} to {high:,.0f})"


def number(value: float | None, unit: str, digits: int = 0) -> str:
    """A measure in its unit; `digits` are those of shares."""
    if value is None:
        return "–"
    if unit == "share":
        return percent(value, digits)
    return f"{value:.{2 + digits}f}" if unit == "correlation" else f"{value:,.{digits}f}"


def against(measured: float, required: float, unit: str, digits: int = 0) -> tuple[str, str]:
    """A measure and what it is held against, with as many digits as it takes to tell one from the other."""
    texts = number(measured, unit, digits), number(required, unit, digits)
    if measured == required or texts[0] != texts[1] or digits > _MOST:
        return texts
    return against(measured, required, unit, digits + 1)


def counted(n: int, noun: str, plural: str = "") -> str:
    """1 customer, 2 customers."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
