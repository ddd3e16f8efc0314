"""The scan finds what was concentrated, and nothing in noise."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from cxunify.quality.locate import Cell, locate

FIRST = date(2024, 1, 1)
PLACES = [f"S{number}" for number in range(20)]


def world(
    rng: np.random.Generator, rates: dict[tuple[str | None, int | None, range | None], float]
) -> tuple[list[Cell], list[Cell]]:
    """A year of 20 places with 10 rows a day, of which 5 % offend, or as many as `rates` says of place, weekday and days."""
    found, base = [], []
    for place in PLACES:
        for at in range(364):
            day = FIRST + timedelta(days=at)
            rate = 0.05
            for (where, weekday, days), special in rates.items():
                if where in {None, place} and weekday in {None, day.weekday()} and (days is None or at in days):
                    rate = special
            base.append((place, day, 10))
            if hits := int(rng.binomial(10, rate)):
                found.append((place, day, hits))
    return found, base


@pytest.mark.parametrize(
    ("where", "weekday", "days", "text"),
    [
        ("S7", None, None, "at S7"),
        ("S7", 5, None, "at S7 on Saturdays"),
        (None, 5, None, "on Saturdays"),
        (None, None, range(140, 168), "from 2024-05-20 to 2024-06-16"),
        ("S3", None, range(140, 168), "at S3 from 2024-05-20 to 2024-06-16"),
    ],
)
def test_a_concentration_is_found_and_named(
    where: str | None, weekday: int | None, days: range | None, text: str
) -> None:
    found, base = world(np.random.default_rng(3), {(where, weekday, days): 0.6})
    first = locate(found, base)[0]
    assert first.text == text
    assert first.rate == pytest.approx(0.6, abs=0.07)
    assert first.elsewhere == pytest.approx(0.05, abs=0.02)


def test_two_places_are_found_one_after_the_other() -> None:
    found, base = world(np.random.default_rng(4), {("S1", None, None): 0.9, ("S9", 5, None): 0.9})
    assert [place.text for place in locate(found, base)] == ["at S1", "at S9 on Saturdays"]


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_place(seed: int) -> None:
    assert locate(*world(np.random.default_rng(seed), {})) == ()


def test_everything_everywhere_is_no_place() -> None:
    base: list[Cell] = [(place, FIRST + timedelta(days=day), 5) for place in PLACES for day in range(60)]
    assert locate(base, base) == ()
    assert locate([], base) == ()
    assert locate([(None, None, 50)], []) == ()


def test_a_date_that_means_none_makes_no_endless_calendar() -> None:
    """0001-01-01 and 9999-12-31 lie half a million weeks apart; where the rows concentrate is found all the same."""
    rng = np.random.default_rng(7)
    found, base = world(rng, {("S3", None, None): 0.4})
    zero = [("S5", date.min, 12), ("S5", date.max, 9)]
    (place,) = locate([*found, *zero], [*base, *zero])
    assert place.location == "S3"
