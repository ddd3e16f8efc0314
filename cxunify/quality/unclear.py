"""staging.invalid -> the words of consent that are not understood: how many customers hang on each, and which may be named.

A word of consent is a status and nobody's data; but where a file is shifted or a column misnamed, anything may stand there.
"""

from __future__ import annotations

import re
from unicodedata import category

from cxunify.vocabulary.flags import folded
from cxunify.warehouse import Warehouse, statement

_MOST = 12
"""Words that are named."""
_MANY = 5
"""From so many records on a word is no one person's."""
_LONGEST = 40
_STATUS = (
    "subscri", "opt", "consent", "withdr", "revo", "bounce", "clean", "pending", "suppress", "spam", "complain", "block", "confirm",
    "active", "archiv", "delet", "remov", "unknown", "invalid", "undeliver", "redact", "expire", "held", "contact", "permission",
    "legitimate", "interest", "request", "seen", "status", "waiting", "processing", "partial", "abonn", "einwill",
)  # fmt: skip
"""Parts of words that only a status has: such a word is named even where few records have it."""


def words(warehouse: Warehouse, source: str | None, field: str | None) -> tuple[list[str], str]:
    """The words that may be named, most customers first; and a sentence of how many customers hang on which."""
    found: dict[str, tuple[str, int, int, bool]] = {}
    for word, records, customers, is_file in warehouse.rows(
        statement("cxunify.quality", "queries", "words"),
        {"source": source, "field": field},
    ):
        key = word if is_file else folded(word)
        first, more_records, more_customers, _ = found.get(key, (word, 0, 0, is_file))
        found[key] = (first, records + more_records, customers + more_customers, is_file)
    named = [entry for entry in found.values() if entry[3] or is_status(entry[0], entry[1])][:_MOST]
    rest = [entry for entry in found.values() if entry not in named]
    said = [f'"{word}": {customers} {_customers(customers)}' for word, _, customers, _ in named]
    if rest:
        customers = sum(customers for *_, customers, _ in rest)
        others = "other word" if len(rest) == 1 else "other words"
        said.append(f"{len(rest)} {others}: {customers} {_customers(customers)}")
    return [word for word, *_ in named], "; ".join(said) + "." if said else ""


def is_status(word: str, records: int) -> bool:
    """Whether a word of a column of consent is a status, which may be named, and not what one person may be known by."""
    if re.fullmatch(r"-?\d{1,2}", word):
        return True
    plain = folded(word)
    letters = all(category(sign)[0] in "LM" or sign == " " for sign in plain)
    return letters and len(word) <= _LONGEST and (records >= _MANY or any(part in plain for part in _STATUS))


def _customers(number: int) -> str:
    return "customer" if number == 1 else "customers"
