"""Columns -> the line of consent that a column of states says: people who are subscribed to mail, not goods that are."""

from __future__ import annotations

from collections.abc import Collection

from cxunify.discover.findings import Choice
from cxunify.discover.profile import Column
from cxunify.discover.words import words
from cxunify.vocabulary import flags

MOST_WORDS = 5
"""Words that a comment lists."""
_MAIL = ("subscri", "abonn", "opt")
_GOODS = {"plan", "product", "charge", "charged", "renewal", "renews", "billing", "price", "box", "term", "delivery"}
"""Words in the names of columns beside a state of what is bought month by month: cancelling that says nothing of mail."""


def subscribed(columns: dict[str, Column], taken: Collection[str]) -> list[Choice]:
    """A column called `status` in which people are subscribed or not says whether they may be contacted."""
    is_of_goods = any(_GOODS & set(words(name)) for name in columns)
    for name, column in columns.items():
        told = {word.casefold() for word, _ in column.words if len(word) > len("false")}
        is_listed = any(any(part in word for part in _MAIL) for word in told)
        is_refused = not is_of_goods and any(flags.meaning(word) is flags.Meaning.REFUSED for word in told)
        if words(name)[-1:] == ("status",) and name not in taken and (is_listed or is_refused):
            unclear = [word for word, _ in column.words if flags.meaning(word) is flags.Meaning.UNCLEAR]
            why = f"its words speak of subscribing; {column.fill:.0%} filled"
            if unclear:
                why += f"; no until `map` says otherwise: {', '.join(sorted(unclear)[:MOST_WORDS])}"
            return [Choice("person.consent.email", (name,), sure=column.flag >= 0.9, why=why)]
    return []
