"""values of a column -> kinds of interaction: the mapping's own words, ours, and the obvious ones."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cxunify.config import KindOf
from cxunify.vocabulary.kinds import KNOWN


def assign(values: Iterable[str], mapping: KindOf) -> dict[str, str]:
    """The kind of each of the `values` that has one: by the mapping first (`*` stands for any text), then by name."""
    exact = {key.casefold(): kind for key, kind in mapping.map.items() if "*" not in key}
    patterns = [
        (re.compile(".*".join(map(re.escape, key.casefold().split("*"))), re.DOTALL), kind)
        for key, kind in mapping.map.items()
        if "*" in key
    ]
    found = {}
    for value in values:
        folded = value.casefold()
        kind = exact.get(folded) or next((kind for pattern, kind in patterns if pattern.fullmatch(folded)), None)
        kind = kind or KNOWN.get(re.sub(r"[^a-z0-9]+", "_", folded).strip("_"))
        if kind is not None:
            found[value] = kind
    return found
