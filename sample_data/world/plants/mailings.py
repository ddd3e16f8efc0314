"""The club's mailings: nine, three weeks apart; each leaves some out by lot, changes nothing, and tires those who do not answer."""

from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.plants.branches import DAY, HOUR, Branches, Told, truth, write

MAILINGS = 9
_APART, _LAST = 21, 20
_HELD_OUT, _ANSWERS = 0.1, 1 / 12
_EVENTS = ("Sent", "Held Out", "Click", "Unsubscribed")


def opts_out(place: int) -> float:
    """Share of those who get a mailing, the so-manieth in a row without an answer, who want no more."""
    return 0.004 + 0.006 * (place - 1)


def mailings(at: Branches, out: Path) -> Told:
    """Write what was sent, held out, clicked and unsubscribed from."""
    dice = at.dice.scoped("mailings")
    row = np.flatnonzero(at.agreed)
    person = at.person[row]
    unanswered, there = np.zeros(len(row), dtype=np.int64), np.ones(len(row), dtype=np.bool_)
    rate = np.array([opts_out(place) for place in range(MAILINGS + 1)])
    whose, kinds, times, names = [], [], [], []
    for number in range(MAILINGS):
        ids = person * 16 + number
        sent_at = (FIRST_DAY + DAYS - _LAST - _APART * (MAILINGS - number)) * DAY + dice.between(
            "sent", ids, 9 * HOUR, 11 * HOUR
        )
        held_out = there & dice.flag("held out", ids, _HELD_OUT)
        sent = there & ~held_out
        unanswered += sent
        answers = sent & dice.flag("answers", ids, _ANSWERS)
        leaves = sent & ~answers & dice.flag("opts out", ids, rate[np.minimum(unanswered, MAILINGS)] / (1 - _ANSWERS))
        for kind, (mask, after) in enumerate(((sent, 0), (held_out, 0), (answers, 2 * DAY), (leaves, DAY))):
            whose.append(row[mask])
            kinds.append(np.full(int(mask.sum()), kind))
            times.append(sent_at[mask] + after)
            names.append(np.full(int(mask.sum()), number))
        unanswered[answers] = 0
        there &= ~leaves
    of = np.concatenate(whose)
    log = write(
        out,
        "branch_mailings",
        "M",
        np.concatenate(times),
        at.person[of],
        {
            "contact": at.key.gather(of),
            "mailing": "Club news " + pl.Series(np.concatenate(names) + 1).cast(pl.String),
            "event": pl.Series(_EVENTS).gather(np.concatenate(kinds)),
        },
    )
    told = truth(
        "contact_effects", [(str(place), "opted_out_share", opts_out(place)) for place in range(1, MAILINGS + 1)]
    )
    return Told({"branch_mailings": log}, told)
