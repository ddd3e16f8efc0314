"""Series and their Columns -> which columns point into which people or share identifiers: by values, never by names alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxunify.discover.profile import Column
from cxunify.discover.sample import Series
from cxunify.schema.words import counted
from cxunify.vocabulary.identifiers import GUESTS
from cxunify.vocabulary.lists import quoted
from cxunify.warehouse import Warehouse, quote

_FEW = 20
"""Distinct values below which nothing follows from all of them being found."""
CONTAINED = 0.9
"""The share of values of a column that must be ids of a list for it to be a foreign key, whatever it is called."""
HALF = 0.5
"""The share of values that must be found for a relation to count as seen."""


@dataclass(frozen=True)
class Overlap:
    """How many of the distinct values of one column are found in another."""

    values: int
    found: int
    keys: int = 0
    """The distinct values that may be found."""
    low: int | None = None
    high: int | None = None
    """The smallest and the largest of them, where all are whole numbers."""

    @property
    def is_by_reason(self) -> bool:
        """Whether chance does not explain what is found: any small numbers are contained in a list that counts from 1."""
        if self.values < _FEW or self.share < CONTAINED:
            return False
        if self.low is None or self.high is None:
            return True
        span = self.high - self.low + 1
        return self.keys <= HALF * span or self.low >= span or self.found >= HALF * self.keys

    @property
    def share(self) -> float:
        """The share that is found."""
        return self.found / self.values if self.values else 0.0

    def __str__(self) -> str:
        return f"{self.found:,} of {counted(self.values, 'value')} {'is' if self.found == 1 else 'are'} found there"


def overlap(warehouse: Warehouse, one: Series, column: str, other: Series, target: str) -> Overlap:
    """How many of the distinct values of a column are in another one; guests (0 and the like) are nobody's."""
    there = f"(select distinct {_value(target)} as key from {other.table} where {_value(target)} is not null)"
    values = f"(select distinct {_value(column)} as value from {one.table})"
    whole = "try_cast(key as bigint)"
    rows = warehouse.rows(
        f"select count(*), count_if(value in (select key from {there})) from {values}"
        f" where value is not null and value not in ({quoted(GUESTS)})"
    )
    keys = warehouse.rows(
        f"select count(*), case when count({whole}) = count(*) then min({whole}) end,"
        f" case when count({whole}) = count(*) then max({whole}) end from {there}"
    )
    return Overlap(*rows[0], *keys[0])


def is_telling(column: Column) -> bool:
    """Whether values are such that two lists share them for a reason: long, no dates, no small numbers."""
    return (
        column.filled > 0
        and column.distinct >= 3
        and column.longest >= 6
        and column.share("digit") >= 0.9
        and not column.is_date
        and column.share("email", "url", "json", "clock", "blank", "ip") < 0.5
        and column.distinct >= 0.02 * column.filled
    )


def may_refer(column: Column) -> bool:
    """Whether values can be ids of something else at all, short ones too: no dates, no amounts, no words."""
    return (
        column.distinct >= 3
        and column.share("digit") >= 0.9
        and not column.is_date
        and (column.share("integer") >= 0.9 or not column.is_number)
        and column.share("email", "url", "json", "clock", "blank", "ip") < HALF
    )


def same_kind(one: Column, other: Column) -> bool:
    """Whether values are Salesforce ids of one type of record: their first three signs say it."""
    begins = [
        {word[:3] for word, _ in column.words if re.fullmatch("[0-9A-Za-z]{15,18}", word)} for column in (one, other)
    ]
    return len(begins[0]) == 1 and begins[0] == begins[1] and next(iter(begins[0]))[0] == "0"


def _value(name: str) -> str:
    return f"regexp_replace(nullif(ltrim(trim({quote(name)}), chr(39)), ''), '^(\\d+)\\.0+$', '\\1')"
