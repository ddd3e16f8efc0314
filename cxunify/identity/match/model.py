"""The model of pairs: kinds of pair, what is expected of each before any data, and the readable form it is kept in.

Two classes (same person, or not) fail on customers: the many strangers who share a surname, an address or a mailbox look more like
one person than like two random people, so that a second class alone cannot hold them. Each reason for which strangers come to be
compared therefore is a kind of its own; within a kind, fields are taken as independent (Fellegi and Sunter 1969; mixtures of this
sort: Winkler 1993, Larsen and Rubin 2001).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from cxunify.identity.match.compare import Field

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
VERSION = 1
KINDS = {
    "same": "the same person",
    "household": "people of one household: one family name and address, two given names",
    "namesakes": "strangers of one full name",
    "relatives": "strangers of one family name",
    "neighbours": "strangers of one given name near each other",
    "birthday": "strangers of one birth date and given name",
    "unrelated": "pairs that share little",
}
SAME = 0
STRANGE = {"given name": 0.08, "family name": 0.08, "email": 0.01, "phone": 0.01, "address": 0.08, "birth date": 0.02,
           "identifier": 0.003, "mailbox spells": 0.1, "other names": 0.15, "generation": 0.5, "gender": 0.5}  # fmt: skip
OTHER_STRANGE = 0.1
AGREEMENT: dict[str, dict[str, float]] = {
    "same": {"given name": 0.95, "family name": 0.95, "email": 0.7, "phone": 0.6, "address": 0.85, "birth date": 0.95,
             "identifier": 0.97, "mailbox spells": 0.8, "other names": 0.9, "generation": 0.9, "gender": 0.97,
             "*": 0.8},
    "household": {"given name": 0.03, "family name": 0.95, "email": 0.3, "phone": 0.4, "address": 0.95,
                  "generation": 0.3, "*": 0.4},
    "namesakes": {"given name": 0.95, "family name": 0.95, "mailbox spells": 0.6, "gender": 0.97, "*": 0.15},
    "relatives": {"given name": 0.03, "family name": 0.95, "address": 0.3},
    "neighbours": {"given name": 0.95, "family name": 0.03, "address": 0.9, "gender": 0.97},
    "birthday": {"given name": 0.95, "family name": 0.03, "birth date": 0.95, "gender": 0.97},
    "unrelated": {"given name": 0.1, "family name": 0.1, "email": 0.05, "phone": 0.05, "address": 0.3,
                  "birth date": 0.05, "*": 0.2},
}  # fmt: skip
"""Share of pairs of a kind that agree in a field, before any data; `*` is any attribute."""
SHARES = {
    "same": 0.2,
    "household": 0.15,
    "namesakes": 0.1,
    "relatives": 0.15,
    "neighbours": 0.05,
    "birthday": 0.02,
    "unrelated": 0.2,
}
_ELSEWHERE = {"email": 0.03, "phone": 0.03, "address": 0.03, "identifier": 0.005, "*": 0.05}
CEILINGS: dict[str, dict[str, float]] = {
    "household": {"given name": 0.12, "birth date": 0.06, "identifier": 0.005, "*": 0.05},
    "namesakes": {**_ELSEWHERE, "birth date": 0.15},
    "relatives": {**_ELSEWHERE, "given name": 0.12, "birth date": 0.1},
    "neighbours": {**_ELSEWHERE, "family name": 0.1, "birth date": 0.1},
    "birthday": {**_ELSEWHERE, "family name": 0.1},
    "unrelated": {"identifier": 0.005, "birth date": 0.2},
}
"""What makes a kind what it is: without them a kind of strangers drifts until it holds one person's untidy records."""
FLOORS: dict[str, dict[str, float]] = {"same": {"birth date": 0.6, "identifier": 0.9}}

LEVELS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "given name": ((0.28, 0.25, 0.15, 0.08, 0.08, 0.05, 0.01, 0.1), (0.005, 0.01, 0.02, 0.02, 0.03, 0.85, 0.06, 0.005)),
    "family name": ((0.4, 0.3, 0.2, 0.1, 0.001), (0.005, 0.01, 0.02, 0.01, 0.955)),
    "email": ((0.85, 0.08, 0.07, 0.001), (0.001, 0.001, 0.008, 0.99)),
    "phone": ((0.8, 0.15, 0.05, 0.001), (0.001, 0.003, 0.006, 0.99)),
    "address": ((0.6, 0.05, 0.08, 0.15, 0.05, 0.05, 0.02), (0.005, 0.005, 0.05, 0.05, 0.1, 0.05, 0.74)),
    "birth date": ((0.8, 0.08, 0.08, 0.04, 0.001), (0.005, 0.01, 0.02, 0.06, 0.905)),
    "identifier": ((0.99, 0.01), (0.01, 0.99)),
    "mailbox spells": ((0.3, 0.25, 0.2, 0.13, 0.02, 0.1), (0.01, 0.02, 0.07, 0.5, 0.3, 0.1)),
    "other names": ((0.75, 0.25, 0.001), (0.05, 0.1, 0.85)),
    "generation": ((0.98, 0.02), (0.2, 0.8)),
    "gender": ((0.97, 0.03), (0.5, 0.5)),
    "*": ((0.55, 0.3, 0.1, 0.05, 0.001), (0.01, 0.1, 0.05, 0.1, 0.74)),
}
"""Of a field, the shares of its levels among pairs that agree in truth, and among pairs that do not."""


@dataclass(frozen=True)
class Model:
    """Shares of the kinds of pair, and for each field the shares of its levels within each kind."""

    fields: tuple[Field, ...]
    shares: Floats
    """Of each kind, in the order of KINDS."""
    levels: tuple[Floats, ...]
    """For each field an array kind × (levels + 1); column 0 is `missing` and holds ones."""
    pairs: int
    """That it was trained on."""
    rounds: int
    converged: bool
    untrained: tuple[str, ...]
    """Field levels that no pair showed: they keep what was expected of them."""


def expected(fields: tuple[Field, ...]) -> tuple[Floats, tuple[Floats, ...]]:
    """Shares and levels before any data."""
    shares = np.array(list(SHARES.values()))
    tables = []
    for field in fields:
        alike, unlike = (np.array(share) / sum(share) for share in LEVELS.get(field.name, LEVELS["*"]))
        of_kinds = np.array([agreement(kind, field.name) for kind in KINDS])[:, None]
        tables.append(np.hstack([np.ones((len(KINDS), 1)), of_kinds * alike + (1 - of_kinds) * unlike]))
    return shares / shares.sum(), tuple(tables)


def agreement(kind: str, field: str) -> float:
    """Share of pairs of a kind that are expected to agree in a field."""
    default = STRANGE.get(field, AGREEMENT[kind].get("*", OTHER_STRANGE) if field not in LEVELS else OTHER_STRANGE)
    return AGREEMENT[kind].get(field, default)


def text(model: Model) -> str:
    """The model as JSON that people can read and compare: shares of kinds, then of levels, field by field."""
    kinds = list(KINDS)
    document = {
        "version": VERSION,
        "about": "Shares of each kind of pair, and of each field's levels within it. Retrain with `cxunify resolve --retrain`.",
        "trained_on_pairs": model.pairs,
        "rounds": model.rounds,
        "converged": model.converged,
        "untrained_levels": list(model.untrained),
        "kinds": {
            kind: {"share": _short(model.shares[i]), "meaning": meaning}
            for i, (kind, meaning) in enumerate(KINDS.items())
        },
        "fields": {
            field.name: {
                level: {kind: _short(table[k, place + 1]) for k, kind in enumerate(kinds)}
                for place, level in enumerate(field.levels)
            }
            for field, table in zip(model.fields, model.levels, strict=True)
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def parse(written: str, fields: tuple[Field, ...]) -> Model | None:
    """The model in a JSON text; None when it is of another version or of other fields."""
    try:
        document = json.loads(written)
        known = {name: list(levels) for name, levels in document["fields"].items()}
        if document["version"] != VERSION or list(document["kinds"]) != list(KINDS):
            return None
        if known != {field.name: list(field.levels) for field in fields}:
            return None
        tables = tuple(
            np.hstack(
                [
                    np.ones((len(KINDS), 1)),
                    np.array([[document["fields"][f.name][level][kind] for level in f.levels] for kind in KINDS]),
                ]
            )
            for f in fields
        )
        shares = np.array([document["kinds"][kind]["share"] for kind in KINDS])
        return Model(fields, shares, tables, document["trained_on_pairs"], document["rounds"], document["converged"],
                     tuple(document["untrained_levels"]))  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def _short(number: float) -> float:
    """Six significant digits: more is noise, and files should be comparable."""
    return float(f"{number:.6g}")
