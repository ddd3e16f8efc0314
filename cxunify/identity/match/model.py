"""The model of pairs: kinds of pair, how common each is before any data, and the readable form it is kept in.

Two classes (same person, or not) fail on customers: the many strangers who share a surname, an address or a mailbox look more like
one person than like two random people, so that a second class alone cannot hold them. Each reason for which strangers come to be
compared therefore is a kind of its own; within a kind, fields are taken as independent (Fellegi and Sunter 1969; mixtures of this
sort: Winkler 1993, Larsen and Rubin 2001).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from cxunify.identity.match.fields import Field, Kind

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
VERSION = 1
KINDS: dict[Kind, str] = {
    "same": "the same person",
    "household": "people of one household: one family name and address, two given names",
    "namesakes": "strangers of one full name",
    "relatives": "strangers of one family name",
    "neighbours": "strangers of one given name near each other",
    "birthday": "strangers of one birth date and given name",
    "unrelated": "pairs that share little",
}
SAME = 0
SHARES: dict[Kind, float] = {
    "same": 0.2,
    "household": 0.15,
    "namesakes": 0.1,
    "relatives": 0.15,
    "neighbours": 0.05,
    "birthday": 0.02,
    "unrelated": 0.2,
}


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
    sources: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The sources whose records it was trained on, each with its mapped fields; empty: an earlier version wrote none down."""


def expected(fields: tuple[Field, ...]) -> tuple[Floats, tuple[Floats, ...]]:
    """Shares and levels before any data."""
    shares = np.array(list(SHARES.values()))
    tables = []
    for field in fields:
        alike, unlike = (
            np.array(share) / sum(share)
            for share in ([level.alike for level in field.levels], [level.unlike for level in field.levels])
        )
        of_kinds = np.array([field.agreement.get(kind, field.stranger) for kind in KINDS])[:, None]
        tables.append(np.hstack([np.ones((len(KINDS), 1)), of_kinds * alike + (1 - of_kinds) * unlike]))
    return shares / shares.sum(), tuple(tables)


def text(model: Model) -> str:
    """The model as JSON that people can read and compare: shares of kinds, then of levels, field by field."""
    kinds = list(KINDS)
    document = {
        "version": VERSION,
        "about": "Shares of each kind of pair, and of each field's levels within it. Retrain with `cxunify resolve --retrain`.",
        "trained_on_pairs": model.pairs,
        **({"trained_on": {source: list(known) for source, known in model.sources}} if model.sources else {}),
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
                for place, level in enumerate(field.labels)
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
        if known != {field.name: field.labels for field in fields}:
            return None
        tables = tuple(
            np.hstack(
                [
                    np.ones((len(KINDS), 1)),
                    np.array([[document["fields"][f.name][level][kind] for level in f.labels] for kind in KINDS]),
                ]
            )
            for f in fields
        )
        shares = np.array([document["kinds"][kind]["share"] for kind in KINDS])
        sources = tuple((source, tuple(named)) for source, named in document.get("trained_on", {}).items())
        return Model(fields, shares, tables, document["trained_on_pairs"], document["rounds"], document["converged"],
                     tuple(document["untrained_levels"]), sources)  # fmt: skip
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _short(number: float) -> float:
    """Six significant digits: more is noise, and files should be comparable."""
    return float(f"{number:.6g}")
