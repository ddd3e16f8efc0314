"""The service desk: complaints of the club and everybody's questions; one agent is slow, and one branch has a hot spot."""

from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world.dice import Ints, pick
from sample_data.world.dirt import only
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.plants.branches import AGENTS, DAY, HOUR, LAST, STORES, Branches, Told, truth, write
from sample_data.world.plants.club import Complaints
from sample_data.world.records import stamps

_REASONS = ("Delivery", "Billing", "Opening hours", "Product advice", "Repair", "Late delivery", "Damaged item")
_ASKED, _REPAIR, _COMPLAINED = 4, 4, 5
"""Positions: questions have the first four reasons, the hot spot the fifth, complaints the others."""
_QUESTIONS = 4.0
"""Mean number of questions of a contact in the two years."""
_LATE, _WEAK_LATE = 0.12, 0.45
"""Share of questions that take more than a week; of the weak agent's."""
_HOT, _HOT_LATE = 0.15, 0.8
"""Share of people whom the hot spot hits in the last year; of those, the share who wait for more than a week."""


def desk(at: Branches, complaints: Complaints, out: Path) -> Told:
    """Write the cases."""
    dice = at.dice.scoped("service")
    weak = int(dice.below("weak agent", np.arange(1), AGENTS)[0])
    hot = int(dice.below("hot spot", np.arange(1), STORES)[0])

    number = dice.count("questions", at.person, _QUESTIONS)
    asks = np.repeat(np.arange(len(at)), number)
    place = np.arange(len(asks)) - np.repeat(np.cumsum(number) - number, number)
    asked = at.person[asks] * 1024 + place
    hit = np.flatnonzero(dice.flag("hot spot hits", at.person, _HOT))
    struck = at.person[hit] * 1024 + 512
    moaned = at.person[complaints.row] * 1024 + 513

    row, ids = np.concatenate([asks, hit, complaints.row]), np.concatenate([asked, struck, moaned])
    sizes = [len(asks), len(hit), len(complaints.row)]
    agent = dice.below("agent", ids, AGENTS)
    day = np.concatenate(
        [
            FIRST_DAY + dice.below("asks on", asked, DAYS),
            FIRST_DAY + DAYS - dice.between("hit before", struck, 10, 300),
            complaints.day,
        ]
    )
    opened = day * DAY + dice.between("opened", ids, 8 * HOUR, 18 * HOUR)
    late = dice.flag("late", ids, np.where(agent == weak, _WEAK_LATE, _LATE))
    late[sizes[0] : sizes[0] + sizes[1]] = dice.flag("late", struck, _HOT_LATE)
    hours = np.where(late, dice.between("slow", ids, 200, 500), dice.between("quick", ids, 1, 120))
    hours[-sizes[2] :] = _waited(at, complaints, moaned) if sizes[2] else hours[:0]
    closed = opened + hours * HOUR
    is_closed = (hours > 0) & (closed <= LAST)
    reason = np.concatenate(
        [
            dice.below("reason", asked, _ASKED),
            np.full(sizes[1], _REPAIR),
            _COMPLAINED + dice.below("reason", moaned, 2),
        ]
    )
    kind = np.repeat(np.arange(3), sizes)
    case = "C" + pl.Series(ids).cast(pl.String)
    cases = write(
        out,
        "branch_cases",
        "S",
        opened,
        at.person[row],
        {
            "contact": at.key.gather(row),
            "case": case,
            "type": pick(pl.Series(["Question", "Question", "Complaint"]), kind),
            "reason": pick(pl.Series(_REASONS), reason),
            "agent": at.agents.gather(agent),
            "store": at.stores.gather(np.where(kind == 1, hot, at.home[row])),
            "closed_at": only(is_closed, stamps(closed, "Z")),
        },
    )
    told = [
        truth(
            "coaching",
            [(name, "late_share", _WEAK_LATE if place == weak else _LATE) for place, name in enumerate(at.agents)],
        ),
        truth("coaching", [(at.agents[weak], "is_weak", 1.0)]),
        truth("hotspots", [(f"{_REASONS[_REPAIR]}|{at.stores[hot]}", "rank", 1.0)]),
    ]
    return Told({"branch_cases": cases}, pl.concat(told))


def _waited(at: Branches, complaints: Complaints, ids: Ints) -> Ints:
    """Hours until a complaint was resolved; 0: never."""
    dice = at.dice.scoped("service")
    fast, slow = dice.between("fast", ids, 1, 60), dice.between("in weeks", ids, 80, 1200)
    return np.where(complaints.speed == 0, fast, np.where(complaints.speed == 1, slow, 0))
