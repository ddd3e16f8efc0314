"""Who lives in the world: households and the people in them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.world.countries import Country
from sample_data.world.dice import Dice, Ints, Mask, pick, where
from sample_data.world.names import FOREIGN, NATIVE, OTHER_SCRIPT, Names
from sample_data.world.rates import Rates

FIRST_DAY, DAYS = 19723, 731
"""The world's two years, 2024-01-01 to 2025-12-31, as days since 1970."""

_BIRTH_1940 = -10957
_SIZES = (0.36, 0.33, 0.14, 0.12, 0.05)
_WORDS = (
    "sunny happy blue lucky silver crazy little dark golden star river moon green wild sweet rocky cool magic urban",
    "tiger dancer rider cat fan gamer dreamer wolf mom runner bird cook hunter angel biker skater fox painter dad bear",
)


@dataclass(frozen=True)
class People:
    """Everyone, one position per person; what a column means is its name."""

    person: Ints
    household: Ints
    size: Ints
    slot: Ints
    female: Mask
    origin: Ints
    given: Ints
    surname: Ints
    maiden: Ints
    wedding: Ints
    suffix: Ints
    twin: Mask
    birth: Ints
    mailbox: pl.Series
    second: pl.Series
    shared: pl.Series
    card: pl.Series
    home_moved: Ints
    self_moved: Ints
    households: int

    def __len__(self) -> int:
        """Count the people."""
        return len(self.person)

    def head(self) -> Ints:
        """Position of the first person of each person's household."""
        return self.person - self.slot

    def given_name(self, names: Names, rows: Ints) -> pl.Series:
        """Given names of some people."""
        return names.given_as("names", self.given[rows])


def _households(dice: Dice, people: int) -> Ints:
    """Size of each household, cut so that they add up to the number of people."""
    sizes = 1 + dice.choose("size", np.arange(people), _SIZES)
    count = int(np.searchsorted(np.cumsum(sizes), people)) + 1
    sizes = sizes[:count]
    sizes[-1] -= int(sizes.sum()) - people
    return sizes


def _unique(mail: pl.Series) -> pl.Series:
    """Give every mailbox one owner: later ones get a number, as providers make them choose."""
    for _ in range(8):
        frame = pl.DataFrame({"mail": mail}).with_columns(seen=pl.int_range(pl.len()).over("mail"))
        if frame["seen"].max() == 0:
            break
        local = pl.col("mail").str.split_exact("@", 1)
        renamed = local.struct[0] + (pl.col("seen") * 3 + 1).cast(pl.String) + "@" + local.struct[1]
        mail = frame.select(pl.when(pl.col("seen") == 0).then("mail").otherwise(renamed).alias("mail")).to_series()
    return mail


def _mailboxes(
    dice: Dice,
    country: Country,
    rates: Rates,
    given: pl.Series,
    surname: pl.Series,
    birth: Ints,
) -> pl.Series:
    ids = np.arange(len(given))
    opaque = dice.flag("opaque", ids, rates.opaque_mailbox)
    style = np.where(opaque, 8, dice.choose("style", ids, (22, 16, 14, 9, 6, 8, 6, 7)))
    first, second = (pl.Series(words.split()) for words in _WORDS)
    domains = pl.Series([domain for domain, _ in country.domains])
    frame = pl.DataFrame(
        {
            "f": given.replace("", "hello"),
            "l": surname.replace("", "mail"),
            "n": dice.between("number", ids, 1, 99),
            "y": 1970 + birth // 365,
            "a": pick(first, dice.below("first", ids, len(first))),
            "b": pick(second, dice.below("second", ids, len(second))),
            "d": pick(domains, dice.choose("domain", ids, tuple(float(weight) for _, weight in country.domains))),
        },
    )
    f, last, n, year = pl.col("f"), pl.col("l"), pl.col("n").cast(pl.String), pl.col("y").cast(pl.String)
    short = f.str.slice(0, 1)
    local = (
        pl.when(pl.lit(pl.Series(style)) == 0)
        .then(f + "." + last)
        .when(pl.lit(pl.Series(style)) == 1)
        .then(f + last + n)
        .when(pl.lit(pl.Series(style)) == 2)
        .then(short + last + n)
        .when(pl.lit(pl.Series(style)) == 3)
        .then(f + "_" + n)
        .when(pl.lit(pl.Series(style)) == 4)
        .then(last + "." + f)
        .when(pl.lit(pl.Series(style)) == 5)
        .then(last + short + n)
        .when(pl.lit(pl.Series(style)) == 6)
        .then(f + year)
        .when(pl.lit(pl.Series(style)) == 7)
        .then(short + "." + last)
        .otherwise(pl.col("a") + pl.col("b") + n)
    )
    return frame.select((local + "@" + pl.col("d")).alias("mail")).to_series()


def _household_members(
    dice: Dice,
    rates: Rates,
    size: Ints,
    slot: Ints,
    person: Ints,
    home: Ints,
) -> tuple[Mask, Mask, Mask, Ints]:
    """Who is a woman, who is a twin, who is a son of the same name, and when each was born."""
    older = _BIRTH_1940 + dice.below("head born", home, 365 * 58)
    partner = older + dice.between("partner born", person, -1800, 1800)
    child = _grown(older + dice.between("child born", person, 365 * 21, 365 * 36))
    birth = np.select([slot == 0, slot == 1], [older, partner], child)
    junior = dice.some_of("junior", home, rates.juniors, size >= 3)
    twins = dice.some_of("twins", home, rates.twins, (size >= 4) & ~junior)
    twin = twins & ((slot == 2) | (slot == 3))
    born = _grown(older + dice.between("twins born", home, 365 * 21, 365 * 36))
    birth = np.where(twin, born, birth)
    female = dice.flag("female", person, 0.51)
    female = np.where(slot == 1, ~female[person - slot], female)
    female = female & ~(junior & (slot == 0))
    female = (female | (junior & (slot == 1))) & ~(junior & (slot == 2))
    return female, twin, junior, birth


def _grown(born: Ints) -> Ints:
    """Days since 1970 of people who would be too young for a card: somewhere in the last five years that are early enough."""
    late = born - 365 * 37
    return np.where(late > 0, 365 * 37 - late % (365 * 5), born)


def build(dice: Dice, country: Country, names: Names, people: int, rates: Rates) -> People:
    """Draw everyone."""
    dice = dice.scoped("people")
    sizes = _households(dice, people)
    households = len(sizes)
    home = np.repeat(np.arange(households), sizes)
    size = np.repeat(sizes, sizes)
    person = np.arange(people)
    slot = person - np.repeat(np.cumsum(sizes) - sizes, sizes)
    head = person - slot
    female, twin, junior, birth = _household_members(dice, rates, size, slot, person, home)

    all_homes = size > 0
    other_script = dice.some_of("other script", home, rates.non_latin, all_homes)
    foreign = dice.some_of("foreign", home, rates.foreign_names, all_homes)
    origin = np.where(other_script, OTHER_SCRIPT, np.where(foreign, FOREIGN, NATIVE))
    drawn = [pool.draw(dice, "given", person, origin) for pool in names.given]
    given = np.where(female, drawn[1], drawn[0])
    given = np.where(junior & (slot == 2), given[head], given)
    for pool, mine in zip(names.given, (~female, female), strict=True):
        same = mine & (slot > 0) & ~(junior & (slot == 2)) & (given == np.roll(given, 1))
        given[same] = pool.beside(given[same], 1)
    suffix = np.where(junior & (slot == 0), 1, np.where(junior & (slot == 2), 2, 0))

    own = names.surnames.draw(dice, "own surname", person, origin)
    house = names.surnames.draw(dice, "surname", home, origin)
    stranger = (slot == 1) & dice.flag("keeps surname", person, 0.25)
    surname = np.where(stranger, own, house)
    married = female & (slot <= 1) & ~stranger & dice.flag("married", person, rates.married)
    wedding = np.where(married, FIRST_DAY + 60 + dice.below("wedding", person, DAYS - 120), -1)

    given = np.where(female, given + len(names.given[0].names), given)
    given_slug = names.given_as("slugs", given)
    surname_slug = pick(names.surnames.slugs, surname)
    boxes = [
        _mailboxes(dice.scoped(name), country, rates, given_slug, surname_slug, birth)
        for name in ("mailbox", "second mailbox")
    ]
    both = _unique(pl.concat(boxes))
    mailbox, second = both.head(people), both.tail(people)
    has_second = dice.flag("has second", person, rates.second_mailbox)
    shares = dice.some_of("shares mailbox", home, rates.shared_mailbox, size > 1)
    return People(
        person=person,
        household=home,
        size=size,
        slot=slot,
        female=female,
        origin=origin,
        given=given,
        surname=surname,
        maiden=np.where(married, own, -1),
        wedding=wedding,
        suffix=suffix,
        twin=twin,
        birth=birth,
        mailbox=mailbox,
        second=where(has_second, second, mailbox),
        shared=where(shares, mailbox.gather(head), pl.Series([None], dtype=pl.String)),
        card=_cards(dice, rates, person, slot, head),
        home_moved=np.where(
            dice.flag("home moved", home, rates.moved),
            FIRST_DAY + dice.below("home day", home, DAYS),
            -1,
        ),
        self_moved=np.where(
            (slot > 0) & dice.flag("moved", person, rates.moved),
            FIRST_DAY + dice.below("day", person, DAYS),
            -1,
        ),
        households=households,
    )


def _cards(dice: Dice, rates: Rates, person: Ints, slot: Ints, head: Ints) -> pl.Series:
    """Loyalty card numbers; a few partners use the card of the head of the household."""
    holds = dice.flag("loyalty", person, rates.loyalty)
    shared = (slot == 1) & dice.some_of("shared card", person, rates.shared_card, (slot == 1) & holds[head])
    number = 1_000_000_000 + (np.where(shared, head, person) * 7_368_787 + 12_345) % 1_000_000_007
    card = "LC" + pl.Series(number).cast(pl.String)
    return where(holds | shared, card, pl.Series([None], dtype=pl.String))
