"""The club: members shop once a week in a branch, until a complaint that was not resolved at once makes some of that stop."""

from dataclasses import dataclass

import numpy as np

from sample_data.world.dice import Floats, Ints, Mask
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.plants.branches import Branches, truth

SPEEDS = ("fast", "slow", "not")
"""Of complaints: resolved within 60 hours, within eight weeks, never."""
LOSS = (0.0, 0.4, 0.4)
"""By speed, the share of purchases that do not come any more."""
_SHARES = (0.45, 0.45, 0.1)
_COMPLAIN = 0.4
"""Share of members who ever complain: of more, too many of those whom a complainer is held against would complain in their turn."""
_FIRST_WEEK, _LAST_WEEK = 18, 94
"""Between these there are sixteen weeks before a complaint and eight after it to be looked at."""


@dataclass(frozen=True)
class Complaints:
    """One position per complaint."""

    row: Ints
    """Of the branches' people."""
    day: Ints
    speed: Ints


@dataclass(frozen=True)
class Shopping:
    """One position per purchase."""

    row: Ints
    ids: Ints
    day: Ints


def shop(at: Branches) -> tuple[Shopping, Complaints]:
    """Draw what members buy and of what they complain."""
    dice, weeks = at.dice.scoped("club"), DAYS // 7
    row = np.repeat(np.flatnonzero(at.member), weeks)
    week = np.tile(np.arange(weeks), int(at.member.sum()))
    person = at.person[row]
    ids = person * 128 + week
    own: Floats = 0.85 + 0.12 * dice.unit("own pace", person)
    buys = dice.flag("buys", ids, own)
    day = FIRST_DAY + 7 * week + dice.below("weekday", person, 6) + dice.below("a day later", ids, 2)

    # By lot on any day, as whoever is compared with them is looked at on any day: what is told of later is the complaint's alone.
    member = np.flatnonzero(at.member & dice.flag("complains", at.person, _COMPLAIN))
    who = at.person[member]
    complaints = Complaints(
        row=member,
        day=FIRST_DAY + 7 * _FIRST_WEEK + dice.below("complains on", who, 7 * (_LAST_WEEK - _FIRST_WEEK)),
        speed=dice.choose("speed", who, _SHARES),
    )
    since, loss = np.full(len(at), FIRST_DAY + DAYS), np.zeros(len(at))
    since[complaints.row], loss[complaints.row] = complaints.day, np.array(LOSS)[complaints.speed]
    stays_away: Mask = (day > since[row]) & dice.flag("stays away", ids, loss[row])
    kept = buys & ~stays_away
    return Shopping(row[kept], ids[kept], day[kept]), complaints


TRUTH = truth("complaint_effects", [(speed, "difference", -loss) for speed, loss in zip(SPEEDS, LOSS, strict=True)])
