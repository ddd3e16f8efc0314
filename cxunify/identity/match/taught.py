"""Levels of a pair, the mixture's log odds -> log odds by a weighted sum: what recordlinkage's classifiers come to, kept readable.

Both of its classifiers that serve here are such sums. The logistic one, taught by labels, corrects the mixture; the one of
expectation and conditional maximisation takes the mixture's place. Applying either asks for nothing but this module.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cxunify.components import Ints
from cxunify.identity.match.fields import Field

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
LOGISTIC, ECM = "logistic", "ecm"
FURTHEST = 12.0
"""Natural log odds of the mixture beyond which it says no more: tails of a model must not outvote people."""


@dataclass(frozen=True)
class Taught:
    """A classifier of pairs: log odds are the sum of its parts, in nats."""

    intercept: float
    mixture: float
    """That each nat of the mixture's log odds counts for."""
    levels: tuple[Floats, ...]
    """For each field what each of its levels adds, shape (levels + 1,); `missing`, the first, adds nothing."""
    learned: Mapping[str, float] = field(default_factory=dict)
    """What it was learned from and what that gained, for people to read."""

    def log_odds(self, levels: Ints, mixture: Floats) -> Floats:
        """Of patterns, shape (patterns,): `levels` has shape (patterns, fields), `mixture` (patterns,) holds its own log odds."""
        told = self.intercept + self.mixture * np.clip(mixture, -FURTHEST, FURTHEST)
        for place, added in enumerate(self.levels):
            told = told + added[levels[:, place]]
        return told


def document(taught: Taught, fields: tuple[Field, ...]) -> dict[str, Any]:
    """As JSON that people can read: what each level adds, field by field; levels that add nothing are left out."""
    return {
        "intercept": short(taught.intercept),
        "mixture": short(taught.mixture),
        "levels": {
            known.name: {
                label: short(float(amount)) for label, amount in zip(known.labels, added[1:], strict=True) if amount
            }
            for known, added in zip(fields, taught.levels, strict=True)
        },
        "learned": dict(taught.learned),
    }


def from_document(written: dict[str, Any], fields: tuple[Field, ...]) -> Taught:
    """The classifier of a document. Raises KeyError, TypeError or ValueError for one that is none, or that names other levels."""
    levels = []
    for known in fields:
        said = written["levels"][known.name]
        if set(said) - set(known.labels):
            raise ValueError(known.name)
        levels.append(np.array([0.0, *(float(said.get(label, 0)) for label in known.labels)]))
    taught = Taught(float(written["intercept"]), float(written["mixture"]), tuple(levels), dict(written["learned"]))
    numbers = [taught.intercept, taught.mixture, *(amount for added in levels for amount in added)]
    if not all(math.isfinite(number) and abs(number) <= MOST for number in numbers):
        raise ValueError("a weight that no classifier learns")
    return taught


MOST = 100.0
"""Nats: no sum that was learned has a part as large."""


def short(number: float) -> float:
    """Six significant digits: more is noise, and files should be comparable."""
    return float(f"{number:.6g}")
