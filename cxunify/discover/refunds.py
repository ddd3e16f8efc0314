"""The line of an amount + columns -> the same with what was paid back taken off, where a column says how much; to be looked at."""

from __future__ import annotations

from cxunify.discover.findings import Choice
from cxunify.discover.profile import Column
from cxunify.discover.words import words

_BACK = {
    "refund", "refunds", "refunded", "erstattet", "erstattung", "erstattungsbetrag", "rembourse", "remboursement", "reembolso",
    "reembolsado", "terugbetaald", "rimborso", "rimborsato",
}  # fmt: skip
"""Words in the names of amounts that were paid back."""
_BESIDE = {"date", "at", "id", "reason", "status", "count", "tax"}
"""Words that make it something else of a refund."""


def taken_off(amount: Choice, columns: dict[str, Column]) -> Choice:
    """Take off what a column says was paid back of the row's own amount; nothing where there is none, or it is always zero."""
    for name, column in columns.items():
        parts = set(words(name))
        if parts & _BACK and not parts & _BESIDE and column.is_number and name not in amount.columns and _says(column):
            amount.options["minus"], amount.sure = [name], False
            amount.why += f"; {name} is taken off, as what was paid back of it: is it of the same row?"
            return amount
    return amount


def _says(column: Column) -> bool:
    """Whether some value is another than zero, and none is below it: those would be rows of their own."""
    told = [word for word, _ in column.words if any(sign in "123456789" for sign in word)]
    return bool(told) and column.share("negative") < 0.01
