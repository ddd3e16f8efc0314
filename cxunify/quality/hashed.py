"""staging.* -> what to say of a column of contacts that holds hashes: it is not empty, nor are its values misspelt."""

from __future__ import annotations

from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse, statement

_KINDS = {32: "MD5", 40: "SHA-1", 64: "SHA-256"}
"""How many hexadecimal digits a hash has, by the functions that advertisers and pipelines hash contacts with."""


def said(warehouse: Warehouse, source: str | None, field: str | None) -> str:
    """The sentence on the hashes among what cannot be read of a field; empty where there are none."""
    found = warehouse.rows(statement("cxunify.quality", "queries", "hashed"), {"source": source, "field": field})
    if not found:
        return ""
    name = (field or "").removeprefix("identifiers.")
    kinds = " and ".join(_KINDS[digits] for digits, _ in found)
    own = f"{name}_{_KINDS[found[0][0]].replace('-', '').lower()}"
    total = sum(count for _, count in found)
    return (
        f"{counted(total, 'value is a hash by its shape', 'values are hashes by their shape')} ({kinds}), which"
        f" nobody can read back: map the column as what it is"
        f" (`identifiers: {{{own}: …}}`), and whoever has the same hash elsewhere is joined by it; or have it exported as it was"
        " written."
    )
