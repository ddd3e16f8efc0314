"""Columns -> the lines of what headers number because it stands in several: a postcode in two, a telephone number in three."""

from __future__ import annotations

from cxunify.discover.findings import Choice
from cxunify.discover.profile import Column
from cxunify.discover.words import forms, synonyms
from cxunify.schema.words import counted

_PARTS = {"postal_code": 2, "phone": 3}
_LONGEST = 5
"""Digits of a part."""


def split(columns: dict[str, Column]) -> list[Choice]:
    """Of a postcode `1` and `2`, and of a number `1`, `2` and `3`, of short digits each: the lines that put them together."""
    chosen = []
    for field, count in _PARTS.items():
        parts: dict[str, list[str]] = {}
        for name, column in columns.items():
            bare = next((text for text, left in forms(name) if left[-1:] == ("number",)), "")
            is_part = column.filled and column.share("integer") >= 0.9 and column.longest <= _LONGEST
            if is_part and bare and bare in synonyms("person")[field]:
                parts.setdefault(bare, []).append(name)
        named = next((sorted(names) for names in parts.values() if len(names) == count), None)
        if named:
            why = f"in {counted(count, 'column')}, put together"
            chosen.append(Choice(f"person.{field}", tuple(named), why=why, options={"value": {"columns": named}}))
    return chosen
