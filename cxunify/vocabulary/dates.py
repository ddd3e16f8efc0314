"""The SQL of a date -> the SQL of whether it is a zero: what systems write where they know none."""

from __future__ import annotations

from cxunify.vocabulary.lists import listed


def is_zero(date: str) -> str:
    """SQL: whether a date is the first or last day of some calendar of machines, and nobody's birthday that anybody stated."""
    return f"{date} in ({', '.join(f'date {day!r}' for day in listed('birth_date'))})"
