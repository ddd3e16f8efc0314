"""The line of a kind + columns -> the same, but for what was called off, where a column of its own says so: a flag, or a day."""

from __future__ import annotations

from cxunify.discover.findings import Choice
from cxunify.discover.profile import Column
from cxunify.discover.words import plain, words
from cxunify.vocabulary import flags

_OFF = {
    "cancelled", "canceled", "cancellation", "cancel", "voided", "void", "storniert", "storno", "annule", "annulee", "annulation",
    "anulado", "cancelado", "geannuleerd", "annullato",
}  # fmt: skip
"""Words in the names of columns that say that something was called off."""
_BESIDE = {
    "reason",
    "by",
    "fee",
    "policy",
    "rate",
    "count",
    "amount",
    "note",
    "number",
    "id",
    "deadline",
    "until",
    "free",
}
"""Words that make it something else of that."""
_COUNTS = {"purchase", "visit"}
_ALWAYS = 0.9
"""The share of rows from which on a day says something of all of them, such as until when they may be called off."""


def without_called_off(kind: Choice, columns: dict[str, Column]) -> Choice:
    """Take rows for no purchase and no visit that a column says were called off; a column of states may say so by itself."""
    meant = {kind.options.get("value"), *kind.options.get("map", {}).values()}
    states = {word for known in kind.options.get("map", {}) for word in plain(known).split()}
    if not meant & _COUNTS or states & _OFF:
        return kind
    for name, column in columns.items():
        said = set(words(name))
        if not said & _OFF or said & _BESIDE or name in kind.columns or not column.filled:
            continue
        yes = [word for word, _ in column.words if flags.meaning(word) is flags.Meaning.ALLOWED]
        if column.is_date and column.fill < _ALWAYS:
            called = {"*": "other"}
        elif column.flag >= _ALWAYS and 0 < len(yes) < column.distinct:
            called = dict.fromkeys(yes, "other")
        else:
            continue
        kind.options["unless"] = {"column": name, "map": called}
        kind.sure = False
        kind.why += f"; {name} says what was called off, which counts as nothing: is it so of the whole of it?"
        return kind
    return kind
