"""A field of comparison as one value: its levels with their SQL, what is expected of them, and what they may decide.

The number of a level is its place among the levels of its field, from 1; 0 is `missing`, which says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

Kind = Literal["same", "household", "generations", "namesakes", "relatives", "neighbours", "birthday", "unrelated"]
"""Kinds of pair, as the model tells them apart: see `cxunify.identity.match.model`."""
MISSING = 0
BITS = 63
"""Of a pattern: the levels of all fields, those of `identity.evidence` included, take no more."""
ALWAYS = 1.0
"""Of `Level.forbids`: whatever share was learned."""


@dataclass(frozen=True)
class Level:
    """One thing that two records may show in a field."""

    label: str
    when: str | None
    """SQL over two records `x` and `y` (identity.traits), what their pair `p` shares, the pairs of their given names `g` and family
    names `f`, and how many `t.records` and `t.sources` there are. Levels are tried in order. None: whatever is none of the others,
    those after it included."""
    alike: float
    """Weight of this level among pairs that agree in truth, before any data, against the other levels of the field."""
    unlike: float
    """Likewise among pairs that do not agree in truth."""
    agrees: bool = False
    is_full: bool = False
    """Of a name: it is the same name, however it was written."""
    is_form: bool = False
    """Of a name that is full: in another form of it, which two people of one home may have."""
    is_own: bool = False
    """Both have a thing that is one person's own."""
    settles: bool = False
    """It joins, whatever the other fields weigh."""
    unsettles: bool = False
    """Beside it nothing settles a join."""
    within: str | None = None
    """SQL that several levels share: asked once for all of them, where the first stands. Where it holds, it is one of these."""
    forbids: float | None = None
    """It forbids a join, if at most this share of one person's pairs shows it."""
    contradicts: float | None = None
    """It tells two people apart, where one person's pairs seldom show it. Other records of a customer do not outvote a pair that
    shows it and itself weighs at most so much (natural log odds); one that weighs more may join, and is never more than likely."""
    at_home: float | None = None
    """Likewise of a pair that shares a home, a number or a mailbox, which for parent and child, twins and couples is no wonder: it
    must weigh more than this, unless a level that `excuses` it is shown too."""
    excuses: tuple[str, ...] = ()
    """The fields that may contradict each other beside it: people of one home do not share it."""

    @property
    def disagrees(self) -> bool:
        """It speaks for two people: no kind of strangers may come to show it less often than one person does."""
        return self.contradicts is not None or (self.when is None and self.within is None and not self.agrees)


@dataclass(frozen=True, kw_only=True)
class Field:
    """All that is known of one field before any data."""

    name: str
    compares: str
    """What it compares, in words."""
    levels: tuple[Level, ...]
    missing: str | None = None
    """SQL for saying nothing, asked before any level. None: whatever is no level."""
    stranger: float
    """Share of pairs that agree, for every kind of pair that `agreement` does not name."""
    agreement: Mapping[Kind, float] = field(default_factory=dict)
    """Share of pairs of a kind that are expected to agree, before any data."""
    ceilings: Mapping[Kind, float] = field(default_factory=dict)
    """Most that may come to agree in a kind. Ceilings and floors make a kind what it is: without them a kind of strangers drifts
    until it holds one person's untidy records."""
    floors: Mapping[Kind, float] = field(default_factory=dict)
    cells: str | None = None
    """SQL for what was delivered, from `staging.records as r` and `identity.features as f`. None: it has no cells of its own."""
    heading: str = ""
    """What people read above its cells, where the name does not say it."""
    prefix: str = ""
    """Of its column, where its name might be that of another column."""
    is_mutual: bool = False
    """Its levels ask something of `x` about `y`: both ways are asked, and the first level that either shows is the pair's."""
    is_at_home: bool = False
    """Those who live together share it."""

    @property
    def label(self) -> str:
        """What people read above its cells."""
        return self.heading or self.name

    @property
    def column(self) -> str:
        """Its column in identity.patterns."""
        return self.prefix + self.name

    @property
    def bits(self) -> int:
        """That its level takes in a pattern."""
        return len(self.levels).bit_length()

    @property
    def sql(self) -> str:
        """SQL for the number of the level that a pair of records shows."""
        if not self.is_mutual:
            return self._found
        other = re.sub(r"\b[xy]\.", lambda side: "y." if side[0] == "x." else "x.", self._found)
        return f"greatest(least(nullif({self._found}, {MISSING}), nullif({other}, {MISSING})), {MISSING})"

    @property
    def _found(self) -> str:
        """Likewise, with `x` and `y` for what they are in the levels."""
        arms: dict[str | None, list[tuple[str | None, str]]] = {}
        for number, level in self._numbered:
            arms.setdefault(level.within or level.when, []).append((level.when if level.within else None, str(number)))
        said = [(self.missing, str(MISSING))] if self.missing else []
        return _case([*said, *((condition, _case(levels)) for condition, levels in arms.items())])

    @property
    def labels(self) -> list[str]:
        """What each level is called, in order."""
        return [level.label for level in self.levels]

    @property
    def agreeing(self) -> list[int]:
        """The numbers of the levels that are agreement."""
        return self.numbers(lambda level: level.agrees)

    def number(self, label: str) -> int:
        """The number of the level of that label."""
        return self.labels.index(label) + 1

    def numbers(self, wanted: Callable[[Level], bool]) -> list[int]:
        """The numbers of the levels for which `wanted` holds."""
        return [number for number, level in self._numbered if wanted(level)]

    @property
    def _numbered(self) -> list[tuple[int, Level]]:
        return list(enumerate(self.levels, MISSING + 1))


def starts(fields: Iterable[Field]) -> list[int]:
    """The bit of a pattern at which the level of each field begins."""
    return [0, *accumulate(field.bits for field in fields)][:-1]


def _case(arms: Iterable[tuple[str | None, str]]) -> str:
    """SQL for the outcome of the first condition that holds; of the condition None, or `missing`, where none does."""
    tried, otherwise = [], str(MISSING)
    for condition, outcome in arms:
        if condition is None:
            otherwise = outcome
        else:
            tried.append(f"when {condition} then {outcome}")
    return "\n".join(["case", *tried, f"else {otherwise}", "end"]) if tried else otherwise
