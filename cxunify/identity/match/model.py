"""The model of pairs: kinds of pair, how common each is before any data, and the readable form it is kept in.

Two classes (same person, or not) fail on customers: the many strangers who share a surname, an address or a mailbox look more like
one person than like two random people, so that a second class alone cannot hold them. Each reason for which strangers come to be
compared therefore is a kind of its own; within a kind, fields are taken as independent (Fellegi and Sunter 1969; mixtures of this
sort: Winkler 1993, Larsen and Rubin 2001).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default

import numpy as np

from cxunify.identity.match.fields import Field, Kind
from cxunify.identity.match.taught import Taught, document, from_document, short

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
VERSION = 2
KINDS: dict[Kind, str] = {
    "same": "the same person",
    "household": "people of one household: one family name and address, two given names",
    "generations": "parent and child of one name",
    "namesakes": "strangers of one full name",
    "relatives": "strangers of one family name",
    "neighbours": "strangers of one given name near each other",
    "birthday": "strangers of one birth date and given name",
    "unrelated": "pairs that share little",
}
SAME = 0
MIXTURE = "mixture"
SLACK = 0.001
"""That a sum of shares may be from 1: they are rounded when they are written."""
SHARES: dict[Kind, float] = {
    "same": 0.2,
    "household": 0.15,
    "generations": 0.01,
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
    classifiers: Mapping[str, Taught] = default(default_factory=dict)
    """What recordlinkage learned beside the mixture, by the name of the classifier."""
    in_force: str = ""
    """The classifier that weighs pairs; empty: the mixture itself."""

    @property
    def classifier(self) -> Taught | None:
        """The classifier that weighs pairs; None: the mixture itself."""
        return self.classifiers[self.in_force] if self.in_force else None


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
    written = {
        "version": VERSION,
        "about": "Shares of each kind of pair, and of each field's levels within it. Retrain with `cxunify resolve --retrain`.",
        "trained_on_pairs": model.pairs,
        **({"trained_on": {source: list(known) for source, known in model.sources}} if model.sources else {}),
        "rounds": model.rounds,
        "converged": model.converged,
        "untrained_levels": list(model.untrained),
        "kinds": {
            kind: {"share": short(model.shares[i]), "meaning": meaning}
            for i, (kind, meaning) in enumerate(KINDS.items())
        },
        "fields": {
            field.name: {
                level: {kind: short(table[k, place + 1]) for k, kind in enumerate(kinds)}
                for place, level in enumerate(field.labels)
            }
            for field, table in zip(model.fields, model.levels, strict=True)
        },
        "classifier": model.in_force or MIXTURE,
        "classifiers": {name: document(taught, model.fields) for name, taught in model.classifiers.items()},
    }
    return json.dumps(written, indent=1, ensure_ascii=False) + "\n"


def parse(written: str, fields: tuple[Field, ...]) -> Model | None:
    """The model in a JSON text; None when it is of another version or of other fields. Raises ValueError for a damaged one."""
    try:
        known = json.loads(written)
    except ValueError:
        raise ValueError("it is no JSON, or only a part of it") from None
    try:
        if known["version"] != VERSION or list(known["kinds"]) != list(KINDS):
            return None
        if {name: list(levels) for name, levels in known["fields"].items()} != {f.name: f.labels for f in fields}:
            return None
        shares = np.array([known["kinds"][kind]["share"] for kind in KINDS], dtype=np.float64)
        tables = tuple(
            np.array([[known["fields"][f.name][level][kind] for level in f.labels] for kind in KINDS], dtype=np.float64)
            for f in fields
        )
        sources = tuple((source, tuple(named)) for source, named in known.get("trained_on", {}).items())
        classifiers = {name: from_document(taught, fields) for name, taught in known["classifiers"].items()}
        in_force = "" if known["classifier"] == MIXTURE else known["classifier"]
        pairs, rounds, converged = int(known["trained_on_pairs"]), int(known["rounds"]), bool(known["converged"])
        untrained = tuple(map(str, known["untrained_levels"]))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("a part of it is missing, or is not what it should be") from None
    _are_shares(shares, "the kinds")
    for of, table in zip(fields, tables, strict=True):
        for kind, row in zip(KINDS, table, strict=True):
            _are_shares(row, f"{of.name}, {kind}")
    if in_force and in_force not in classifiers:
        raise ValueError(f"it names the classifier {in_force} and does not hold it")
    ones = np.ones((len(KINDS), 1))
    levels = tuple(np.hstack([ones, table]) for table in tables)
    return Model(fields, shares, levels, pairs, rounds, converged, untrained, sources, classifiers, in_force)


def _are_shares(shares: Floats, of: str) -> None:
    """Refuse what is not made of shares that add up to one, within what rounding and the least share allow."""
    if not (
        np.isfinite(shares).all() and (shares > 0).all() and (shares <= 1).all() and abs(shares.sum() - 1) <= SLACK
    ):
        raise ValueError(f"the shares of {of} are not between 0 and 1, or do not add up to 1")
