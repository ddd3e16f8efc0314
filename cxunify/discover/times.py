"""Columns -> the time at which something happened: by its name among those that are filled, never the stamp of a load."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.discover.fields import Match, is_stamp
from cxunify.discover.guards import Fit
from cxunify.discover.profile import Column
from cxunify.discover.words import words

_NOT_WHEN = {
    "due", "updated", "modified", "changed", "birth", "expiry", "expires", "expiration", "closed", "cancelled", "deleted", "synced",
    "viewed", "referenced", "estimated", "obsoleted", "caused", "touch", "recurrence", "reminder", "login", "password",
}  # fmt: skip
"""Words in the names of times at which a thing did not happen."""


@dataclass(frozen=True)
class Moment:
    """The time of an interaction."""

    columns: tuple[str, ...] = ()
    sure: bool = True
    why: str = ""
    others: tuple[str, ...] = ()


def moment(columns: dict[str, Column], found: dict[str, list[Match]]) -> Moment | None:
    """The time of what happened; None where there is none."""
    named = [match for match in found.get("at", []) if match.fit is Fit.YES and not is_stamp(match.name)]
    if not named:
        loose = [
            column
            for name, column in columns.items()
            if column.is_date and column.share("date") >= 0.9 and _may_be(name)
        ] or [column for name, column in columns.items() if column.is_date and _is_closing(name)]
        if not loose:
            return None
        best = max(loose, key=lambda column: column.fill)
        doubt = "it is a time, but its name does not say that of what happened"
        return Moment((best.name,), sure=False, why=doubt, others=tuple(c.name for c in loose if c is not best))
    most = max(match.column.fill for match in named)
    filled = [match for match in named if match.column.fill >= most - 0.05]
    best_match = max(filled, key=lambda match: match.score)
    others = tuple(match.name for match in named if match is not best_match)
    clock = next((m for m in found.get("time", []) if m.fit is Fit.YES and m.column.fill >= most - 0.05), None)
    column = best_match.column
    if clock and column.share("blank") < 0.1 and not _has_clock(column):
        return Moment((column.name, clock.name), why=f"the day and its time; {column.fill:.0%} filled", others=others)
    emptier = [match for match in named if match.score > best_match.score and match not in filled]
    why = f"{column.fill:.0%} filled"
    if emptier:
        why += "; " + ", ".join(f"{match.name} only {match.column.fill:.0%}" for match in emptier[:3])
    return Moment((column.name,), why=why, others=others)


def _has_clock(column: Column) -> bool:
    return any(":" in word for word, _ in column.words)


def _is_closing(name: str) -> bool:
    """Whether a time is that at which a bill was closed: of a case, that is not when it happened, but nothing else may be told."""
    return "closed" in words(name) and not is_stamp(name)


def _may_be(name: str) -> bool:
    return not is_stamp(name) and not _NOT_WHEN & set(words(name))
