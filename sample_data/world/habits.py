"""Who comes how often, from when to when, and whose habits change: what tills and shop have in common of a person."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.world.dice import Dice, Floats, Ints, Mask
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.rates import Rates

REGULAR = 25.0
"""How many times as often as others regulars come."""
QUARTER = 91
DROPS_TO = 0.1
RISES_FROM = 0.2
"""Of those who change: how much of what they did before is left, or was there."""


@dataclass(frozen=True)
class Habits:
    """One position per person."""

    dice: Dice
    pace: Floats
    """How often a person comes, 1 on average over everybody, as long as nothing is missing."""
    regular: Mask
    joined: Ints
    """The first day on which a person may come."""
    left: Ints
    """The first day on which a person comes no more; after the last day for most."""
    changed: Ints
    """The day from which on a person comes less often, or more often; -1 for most."""
    rises: Mask
    bursts: float

    def count(self, dice: Dice, question: str, mean: Floats) -> Ints:
        """Draw how often each person would come in all the time: the mean is that of everybody who is there all the time."""
        person = np.arange(len(self.pace))
        mean = mean * self.pace / max(1 - self.bursts, 0.05)
        even = np.floor(mean * (0.7 + 0.6 * dice.unit(f"{question} of regulars", person))).astype(np.int64)
        return np.minimum(np.where(self.regular, even, dice.count(question, person, mean)), 200)

    def comes(self, question: str, person: Ints, ids: Ints, day: Ints) -> Mask:
        """Say which of the times that were drawn come true; person -1 is a stranger, who always comes."""
        known = np.maximum(person, 0)
        changed = self.changed[known]
        after = (changed >= 0) & (day >= changed)
        share = np.where(
            self.rises[known] & (changed >= 0), np.where(after, 1.0, RISES_FROM), np.where(after, DROPS_TO, 1.0)
        )
        # Whoever comes in bursts stays away for a quarter, and for another, and comes the more in the others.
        away = self.dice.flag("stays away", known * 64 + (day - FIRST_DAY) // QUARTER, self.bursts)
        there = (day >= self.joined[known]) & (day < self.left[known]) & ~away & self.dice.flag(question, ids, share)
        return there | (person < 0)

    @cached_property
    def truth(self) -> pl.DataFrame:
        """Whose habits changed, how and on which day; people who did not are left out."""
        said = [
            ("joins", self.joined, self.joined > FIRST_DAY),
            ("leaves", self.left, self.left < FIRST_DAY + DAYS),
            ("drops", self.changed, (self.changed >= 0) & ~self.rises),
            ("rises", self.changed, (self.changed >= 0) & self.rises),
        ]
        frames = [
            pl.DataFrame(
                {
                    "person": np.flatnonzero(mask),
                    "change": [what] * int(mask.sum()),
                    "from_date": pl.Series(day[mask].astype(np.int32)).cast(pl.Date),
                },
                schema={"person": pl.Int64, "change": pl.String, "from_date": pl.Date},
            )
            for what, day, mask in said
        ]
        return pl.concat(frames).sort("person", "from_date", "change")


def habits(dice: Dice, count: int, rates: Rates) -> Habits:
    """Draw the habits of everybody."""
    dice, person, last = dice.scoped("habits"), np.arange(count), FIRST_DAY + DAYS
    regular = dice.flag("regular", person, rates.regulars)
    other = 1 / (1 + rates.regulars * (REGULAR - 1))
    # Who comes later or leaves is there for half of the time, on average: that as many come as were asked for, more are drawn.
    newcomer = dice.flag("newcomer", person, rates.newcomers)
    leaver = dice.flag("leaver", person, rates.leavers) & ~regular
    missing = (1 - rates.newcomers / 2) * (1 - rates.leavers / 2)
    changes = regular & dice.flag("changes", person, rates.changers)
    start = last - QUARTER - 14 + dice.below("changed", person, 35)
    return Habits(
        dice=dice,
        pace=np.where(regular, REGULAR * other, other) / missing,
        regular=regular,
        joined=np.where(newcomer, FIRST_DAY + dice.below("joined", person, DAYS), FIRST_DAY),
        left=np.where(leaver, FIRST_DAY + dice.below("left", person, DAYS), last),
        changed=np.where(changes, start, -1),
        rises=changes & dice.flag("rises", person, 0.25),
        bursts=rates.bursts,
    )
