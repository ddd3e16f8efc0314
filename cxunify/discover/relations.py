"""Series and their Columns -> which columns point into which people or share identifiers: by values, never by names alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxunify.discover.profile import Column
from cxunify.discover.sample import Series
from cxunify.vocabulary.identifiers import GUESTS
from cxunify.vocabulary.lists import quoted
from cxunify.warehouse import Warehouse, quote

HALF = 0.5
"""The share of values that must be found for a relation to count as seen."""


@dataclass(frozen=True)
class Overlap:
    """How many of the distinct values of one column are found in another."""

    values: int
    found: int

    @property
    def share(self) -> float:
        """The share that is found."""
        return self.found / self.values if self.values else 0.0

    def __str__(self) -> str:
        return f"{self.found:,} of {self.values:,} values are found there"


def overlap(warehouse: Warehouse, one: Series, column: str, other: Series, target: str) -> Overlap:
    """How many of the distinct values of a column are in another one; guests (0 and the like) are nobody's."""
    there = f"(select {_value(target)} from {other.table} where {_value(target)} is not null)"
    values = f"(select distinct {_value(column)} as value from {one.table})"
    rows = warehouse.rows(
        f"select count(*), count_if(value in {there}) from {values} where value is not null and value not in ({quoted(GUESTS)})"
    )
    return Overlap(*rows[0])


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


def same_kind(one: Column, other: Column) -> bool:
    """Whether values are Salesforce ids of one type of record: their first three signs say it."""
    begins = [
        {word[:3] for word, _ in column.words if re.fullmatch("[0-9A-Za-z]{15,18}", word)} for column in (one, other)
    ]
    return len(begins[0]) == 1 and begins[0] == begins[1] and next(iter(begins[0]))[0] == "0"


def _value(name: str) -> str:
    return f"regexp_replace(nullif(ltrim(trim({quote(name)}), chr(39)), ''), '^(\\d+)\\.0+$', '\\1')"
