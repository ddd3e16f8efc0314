"""The SQL of a date -> the SQL of whether it is a zero: what systems write where they know none."""

from __future__ import annotations

from datetime import date, timedelta

from cxunify.vocabulary.lists import listed


def is_zero(date: str) -> str:
    """SQL: whether a date is the first or last day of some calendar of machines, and nobody's birthday that anybody stated."""
    return f"{date} in ({_quoted(listed('birth_date'))})"


def is_nobodys(row: str) -> str:
    """SQL: whether the birth date of a row of people is among those that identity found to be nobody's."""
    return (
        f"exists (select 1 from identity.nobodys_birthdays as no where no.source = {row}.source"
        f" and no.birth_date = {row}.birth_date)"
    )


def may_be_zero(instant: str) -> str:
    """SQL: whether a UTC timestamp is of a day that some system takes for none, in whatever time zone: the days beside it too."""
    days = {date.fromisoformat(day) for day in listed("birth_date", "date")}
    beside = {day + timedelta(days=step) for day in days for step in (-1, 0, 1) if date.min < day < date.max}
    return f"({instant}::date in ({_quoted(sorted(map(str, beside)))}) or year({instant}) in (-1, 0, 1, 9999))"


def _quoted(days: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"date {day!r}" for day in days)
