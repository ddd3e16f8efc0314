"""Campaigns by e-mail: who is written to, who is left out by lot so that the effect can be measured, what they change."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world import files
from sample_data.world.crm import Contacts, salesforce_ids
from sample_data.world.dice import Dice, Ints, Mask, pick, where
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.records import World, stamps

WINDOW = 30
"""Days that begin with a campaign's own, in which what it changes happens."""
HELD_OUT = 0.4
"""Share of those a campaign is for who are left out, by lot."""
_SENT, _HELD_OUT, _CLICK, _UNSUBSCRIBED = range(4)
_EVENTS = ("Sent", "Held Out", "Click", "Unsubscribed")


@dataclass(frozen=True)
class Campaign:
    """One mailing and what it is planted to change in the people who get it."""

    name: str
    day: int
    """Days after the world's first."""
    audience: float
    """Share of those it could be for."""
    gains: float
    """Share of those who get it who buy once more."""
    loses: float
    """Share of what they would have bought that they do not buy."""
    opt_outs: float
    """Share of those who get it who want no more."""


CAMPAIGNS = (
    Campaign("Voucher", 434, 1.0, 0.5, 0.0, 0.008),
    Campaign("Magazine", 525, 1.0, 0.0, 0.0, 0.006),
    Campaign("Prices", 588, 1.0, 0.0, 0.8, 0.05),
    Campaign("Preview", 665, 0.3, 0.15, 0.0, 0.008),
)


@dataclass(frozen=True)
class Sends:
    """One position per contact and campaign that it is for."""

    dice: Dice
    campaign: Ints
    row: Ints
    """Of the contact."""
    person: Ints
    ids: Ints
    held_out: Mask
    opts_out: Mask

    def reached(self, campaign: int, people: int) -> Mask:
        """For everybody whether the campaign was sent to them; who is in the CRM twice may be in both arms, and was reached."""
        found = np.zeros(people, dtype=np.bool_)
        found[self.person[(self.campaign == campaign) & ~self.held_out]] = True
        return found

    def left_out(self, campaign: int, people: int) -> Mask:
        """For everybody whether the campaign left them out, and nobody wrote to them under another record."""
        found = np.zeros(people, dtype=np.bool_)
        found[self.person[(self.campaign == campaign) & self.held_out]] = True
        return found & ~self.reached(campaign, people)


@dataclass(frozen=True)
class Bought:
    """One position per paid receipt that names its customer: those that were, and those that would have been in the other arm."""

    person: Ints
    day: Ints
    gained: Mask
    """It is there only with a campaign."""
    lost: Mask
    """It is there only without one."""


def sends(world: World, dice: Dice, contacts: Contacts) -> Sends:
    """Draw whom each campaign is for, and the lot of each."""
    dice, records = dice.scoped("mails"), contacts.records
    stays = np.ones(len(records), dtype=np.bool_)
    parts = []
    for number, of in enumerate(CAMPAIGNS):
        ids = records.ids * len(CAMPAIGNS) + number
        share = of.audience * world.rates.mailed
        row = np.flatnonzero(
            stays & contacts.agreed & (records.day < FIRST_DAY + of.day) & dice.flag("is for", ids, share)
        )
        held_out = dice.flag("held out", ids[row], HELD_OUT)
        opts_out = ~held_out & dice.flag("opts out", ids[row], of.opt_outs)
        stays[row[opts_out]] = False
        parts.append((np.full(len(row), number), row, records.person[row], ids[row], held_out, opts_out))
    columns = [np.concatenate(part) for part in zip(*parts, strict=True)]
    return Sends(dice, *columns)


def changed(world: World, sent: Sends, person: Ints, ids: Ints, day: Ints) -> pl.DataFrame:
    """What campaigns change in those they are for, whichever arm they are in.

    Given are receipts as they are without any campaign. Rows without a place are receipts more; the others are given ones that
    are not to be. `is_real`: of those who got the campaign; for who was left out, it is what would have been.
    """
    people, dice, lift = world.people.person, sent.dice, world.rates.lift
    frames = []
    for number, of in enumerate(CAMPAIGNS):
        reached, left_out = sent.reached(number, len(people)), sent.left_out(number, len(people))
        first, own, is_for = FIRST_DAY + of.day, people * len(CAMPAIGNS) + number, reached | left_out
        buys = np.flatnonzero(is_for & dice.flag("buys once more", own, of.gains * lift))
        inside = (day >= first) & (day < first + WINDOW) & is_for[person]
        lost = np.flatnonzero(inside & dice.flag("does not buy", ids, of.loses * lift))
        for who, when, place in (
            (buys, first + dice.below("on day", own[buys], WINDOW), np.full(len(buys), -1)),
            (person[lost], day[lost], lost),
        ):
            frames.append(pl.DataFrame({"person": who, "day": when, "place": place, "is_real": reached[who]}))
    return pl.concat(frames)


def truth(world: World, sent: Sends, bought: Bought) -> pl.DataFrame:
    """What each campaign changes in those it is for, as far as receipts name them: with it, less than without it, per person."""
    count = len(world.people)
    rows = []
    for number, of in enumerate(CAMPAIGNS):
        reached, left_out, first = sent.reached(number, count), sent.left_out(number, count), FIRST_DAY + of.day
        mine = (bought.day >= first) & (bought.day < first + WINDOW) & (reached | left_out)[bought.person]
        with_it, without = (
            np.bincount(bought.person[mine & ~never], minlength=count) for never in (bought.lost, bought.gained)
        )
        size = max(int((reached | left_out).sum()), 1)
        rows.append(
            {
                "campaign": of.name,
                "sent_date": _date(first),
                "treated": int(reached.sum()),
                "held_out": int(left_out.sum()),
                "bought_lift": round(float(((with_it > 0).sum() - (without > 0).sum()) / size), 5),
                "purchases_lift": round(float((with_it.sum() - without.sum()) / size), 5),
            }
        )
    return pl.DataFrame(rows)


def _date(day: int) -> str:
    return str(pl.Series([day], dtype=pl.Int32).cast(pl.Date)[0])


def log(world: World, sent: Sends, contacts: Contacts, out: Path) -> pl.DataFrame:
    """Write what the mailing tool logged, in order of time; give who it is of."""
    rates, dice = world.rates, sent.dice
    first = np.array([FIRST_DAY + of.day for of in CAMPAIGNS])[sent.campaign]
    at = first * 86_400 + dice.between("sent", sent.ids, 13 * 3600, 15 * 3600)
    clicks = ~sent.held_out & dice.flag("clicks", sent.ids, 0.16)
    last = (FIRST_DAY + DAYS) * 86_400 - 1
    parts: list[tuple[Mask, Ints | int, Ints]] = [
        (np.ones(len(at), dtype=np.bool_), np.where(sent.held_out, _HELD_OUT, _SENT), at),
        (clicks, _CLICK, np.minimum(at + dice.between("clicks after", sent.ids, 60, 2 * 86_400), last)),
        (sent.opts_out, _UNSUBSCRIBED, np.minimum(at + dice.between("opts out after", sent.ids, 60, 5 * 86_400), last)),
    ]
    kind = np.concatenate([np.broadcast_to(what, mask.shape)[mask] for mask, what, _ in parts])
    at = np.concatenate([when[mask] for mask, _, when in parts])
    of = np.concatenate([np.flatnonzero(mask) for mask, _, _ in parts])
    order = np.lexsort((sent.ids[of], kind, at))
    kind, at, of = kind[order], at[order], of[order]
    ghost = dice.some("orphan", sent.ids[of], rates.orphans / 2)
    ghosts = salesforce_ids("003", 91_000_000_000 + dice.below("ghost", sent.ids[of], 50_000_000))
    name = "E" + pl.Series(np.arange(len(of)) + 1).cast(pl.String).str.zfill(7)
    frame = pl.DataFrame(
        {
            "Event ID": name,
            "Contact ID": where(ghost, ghosts, contacts.key.gather(sent.row[of])),
            "Campaign": pick(pl.Series([campaign.name for campaign in CAMPAIGNS]), sent.campaign[of]),
            "Event": pick(pl.Series(_EVENTS), kind),
            "Timestamp": stamps(at, "Z"),
        },
    )
    files.write_csv(out / "mail_events.csv", frame[files.repeated(dice, len(frame), rates.duplicate_rows)])
    return pl.DataFrame({"interaction_id": name, "person": sent.person[of]})
