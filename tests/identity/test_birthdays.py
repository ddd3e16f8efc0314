"""A birth date that too many state is what somebody types who knows none; whatever else is common is left alone."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest

from cxunify.identity.evidence.normalise import nobodys_birthdays
from cxunify.schema import Table
from cxunify.warehouse import Stage, Warehouse

DICE = random.Random(4)
ORDINARY = [date(1940, 1, 1) + timedelta(days=DICE.randrange(60 * 365)) for _ in range(3000)]
CLASS = [date(1990, 1, 1) + timedelta(days=DICE.randrange(365)) for _ in range(3000)]
YEARS_ONLY = [date(DICE.randint(1971, 2009), 1, 1) for _ in range(900)]
MONTHS_ONLY = [date(DICE.randint(1971, 2009), DICE.randint(1, 12), 1) for _ in range(900)]


def _found(births: list[date], *, names: bool = True) -> list[date]:
    """What is found where each of these is stated by somebody of an own name, or without any."""
    frame = pl.DataFrame(
        {
            "birth_date": births,
            "family_name": [f"Name{i}" for i in range(len(births))] if names else ["Kim"] * len(births),
        }
    )
    with Warehouse.open() as warehouse:
        warehouse.write(Table("staging.people", ""), frame)
        select = (
            "select 'crm' as source, row_number() over () || '' as record_id, null as full_name, * from staging.people"
        )
        warehouse.build([Stage(Table("staging.records", ""), select), nobodys_birthdays()])
        return [
            day for (day,) in warehouse.rows("select birth_date from identity.nobodys_birthdays order by birth_date")
        ]


@pytest.mark.parametrize("day", [date(1910, 1, 1), date(1980, 1, 1), date(1985, 5, 5)])
@pytest.mark.parametrize("others", [ORDINARY, CLASS], ids=["ordinary people", "one school year"])
def test_what_is_typed_for_everybody_is_nobodys(day: date, others: list[date]) -> None:
    assert _found([*others, *[day] * 120]) == [day]


@pytest.mark.parametrize(
    "births",
    [ORDINARY, CLASS, [*ORDINARY, *YEARS_ONLY], [*ORDINARY, *MONTHS_ONLY], YEARS_ONLY, [date(1980, 1, 1)] * 10],
    ids=["ordinary", "one school year", "some years only", "some months only", "years only", "too few to tell"],
)
def test_what_is_only_common_is_left_alone(births: list[date]) -> None:
    assert _found(births) == []


def test_the_zeros_of_systems_are_nobodys_however_few() -> None:
    assert _found([*ORDINARY[:50], date(1900, 1, 1)]) == [date(1900, 1, 1)]


def test_many_rows_of_one_person_are_one_person() -> None:
    assert _found([date(1985, 5, 5)] * 500, names=False) == []
