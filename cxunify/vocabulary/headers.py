"""Names of columns -> one spelling each."""

from __future__ import annotations


def fold(name: str) -> str:
    """A column's name without what exports change about it: marks, blanks around and doubled inside, capitals."""
    return " ".join(name.replace("\ufeff", "").replace("\u00a0", " ").split()).casefold()
