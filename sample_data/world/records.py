"""Which person is in which source, how often, since when, and what each record says."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from sample_data.world import dirt
from sample_data.world.countries import Country
from sample_data.world.dice import Dice, Ints, Mask, pick, where
from sample_data.world.habits import Habits
from sample_data.world.names import Names
from sample_data.world.people import DAYS, FIRST_DAY, People
from sample_data.world.places import Places
from sample_data.world.rates import Rates

AGAIN = 400_000_000
"""Distance between the ids of a person's first, second and third record in one source."""


@dataclass(frozen=True)
class World:
    """Everything that the extracts are written from."""

    country: Country
    rates: Rates
    names: Names
    people: People
    places: Places
    habits: Habits


@dataclass(frozen=True)
class Records:
    """The records of one source in the order of the extract: oldest first."""

    dice: Dice
    person: Ints
    copy: Ints
    ids: Ints
    day: Ints

    def __len__(self) -> int:
        """Count the records."""
        return len(self.person)

    def here(self, field: str, missing: float) -> Mask:
        """Say which records have a field, given the usual share that has not."""
        return ~self.dice.flag(f"no {field}", self.ids, missing)


@dataclass(frozen=True)
class Fields:
    """What the records of one source say, before that source leaves fields empty."""

    given: pl.Series
    surname: pl.Series
    mailbox: pl.Series
    mail: pl.Series
    phone: pl.Series
    mobile: pl.Series
    street: pl.Series
    unit: pl.Series
    city: pl.Series
    region: pl.Series
    postcode: pl.Series
    birth: Ints


def cast(dice: Dice, rates: Rates, people: People, source: str, share: float) -> Records:
    """Choose the people of one source; some of them twice or three times."""
    dice = dice.scoped(source)
    first = people.person[dice.flag("present", people.person, share)]
    again = first[dice.flag("again", first, rates.duplicates)]
    third = again[dice.flag("third", again, 0.12 if rates.duplicates else 0.0)]
    person = np.concatenate([first, again, third])
    copy = np.repeat([0, 1, 2], [len(first), len(again), len(third)])
    ids = person + AGAIN * copy
    # Three in ten date from the week the system went live.
    live = dice.flag("migrated", ids, 0.3)
    day = FIRST_DAY + np.where(live, dice.below("live day", ids, 7), dice.below("day", ids, DAYS - 20))
    order = np.lexsort((dice.bits("order", ids), day))
    return Records(dice, person[order], copy[order], ids[order], day[order])


def consents(world: World, dice: Dice, person: Ints) -> Mask:
    """Say who agreed to e-mails, whichever system asks."""
    return ~dice.flag("wants no e-mail", person, world.rates.opted_out)


def not_before(dice: Dice, ids: Ints, day: Ints, first: Ints, early: float) -> Ints:
    """Move days that lie before the `first` day of their record to a later week, but for a share of them that stay."""
    least = np.where(dice.flag("early", ids, early), 0, np.maximum(0, -((day - first) // 7)))
    most = (FIRST_DAY + DAYS - 1 - day) // 7
    moved = day + 7 * (least + np.floor(dice.unit("week", ids) * (most - least + 1)).astype(np.int64))
    return np.where(least > 0, moved, day)


def addresses(people: People, person: Ints, day: Ints) -> Ints:
    """Address ids of people on given days."""
    home = people.household[person]
    moved, left = people.home_moved[person], people.self_moved[person]
    at_home = np.where((moved >= 0) & (day < moved), people.households + home, home)
    return np.where((left >= 0) & (day >= left), 2 * people.households + person, at_home)


def describe(world: World, records: Records, tags: float = 0.0) -> Fields:
    """Spell out every field of every record, with the slips of whoever typed it."""
    people, names, rates, dice = world.people, world.names, world.rates, records.dice
    who, ids = records.person, records.ids
    maiden = (people.wedding[who] >= 0) & (records.day < people.wedding[who])
    surname_at = np.where(maiden, people.maiden[who], people.surname[who])
    given, surname = dirt.person_names(
        dice,
        rates,
        names,
        ids,
        people.given_name(names, who),
        names.surnames.name(surname_at),
        (names.given_as("latin", people.given[who]), pick(names.surnames.latin, surname_at)),
    )

    own = where(dice.flag("second mailbox", ids, 0.16), people.second.gather(who), people.mailbox.gather(who))
    shared = people.shared.gather(who)
    mailbox = where(dice.flag("household mailbox", ids, 0.5) & shared.is_not_null().to_numpy(), shared, own)
    ways = len(world.country.phones)
    landline = dice.flag("landline", ids, 0.3)
    kinds = dice.below("phone style", ids, ways)
    mobile = world.places.phone(who, np.zeros(len(who), dtype=np.bool_), dice.below("mobile style", ids, ways))
    phone = dirt.placeholder(
        dice,
        "phone",
        ids,
        rates.placeholders,
        world.places.phone(who, landline, kinds),
        dirt.PHONES,
    )

    place = world.places.address(addresses(people, who, records.day))
    street = dirt.short_street(
        dice,
        ids,
        dirt.typo(dice, "street", ids, rates.typos, place["street"]),
        world.country.short,
    )
    street = where(dice.flag("street case", ids, rates.odd_case / 3), street.str.to_uppercase(), street)
    street = dirt.placeholder(dice, "street", ids, rates.placeholders / 2, street, dirt.STREETS)
    no_birth = dice.flag("birth placeholder", ids, rates.placeholders)
    stand_in = np.asarray(dirt.BIRTHS)[dice.below("which birth", ids, len(dirt.BIRTHS))]
    slipped = dice.flag("birth typo", ids, rates.typos * rates.birth_slips)
    birth = people.birth[who] + slipped * dice.between("birth slip", ids, -9, 9)
    return Fields(
        given=given,
        surname=surname,
        mailbox=mailbox,
        mail=dirt.mail(dice, rates, ids, mailbox, tags),
        phone=phone,
        mobile=mobile,
        street=street,
        unit=place["unit"],
        city=dirt.typo(dice, "city", ids, rates.typos / 2, place["city"]),
        region=place["region"],
        postcode=dirt.postcode(dice, rates, world.country.code, ids, place["postcode"]),
        birth=np.where(no_birth, stand_in, birth),
    )


def dates(days: Ints, pattern: str) -> pl.Series:
    """Write days since 1970 as dates; each day is spelled once."""
    first, last = (int(days.min()), int(days.max())) if len(days) else (0, 0)
    calendar = pl.Series(np.arange(first, last + 1, dtype=np.int32)).cast(pl.Date).dt.strftime(pattern)
    return calendar.gather(days - first)


@lru_cache(maxsize=1)
def _clock() -> pl.Series:
    return pl.from_epoch(pl.Series(np.arange(86_400)), time_unit="s").dt.strftime("%H:%M:%S")


def clock(seconds: Ints) -> pl.Series:
    """Write the time of day of seconds since 1970."""
    return _clock().gather(seconds % 86_400)


def stamps(seconds: Ints, end: str) -> pl.Series:
    """Write seconds since 1970 as ISO dates and times, with what follows the seconds."""
    return dates(seconds // 86_400, "%Y-%m-%dT") + clock(seconds) + end
