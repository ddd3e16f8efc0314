"""Where people live and how they are called by telephone: cities, addresses, numbers."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.world.countries import Country
from sample_data.world.dice import Dice, Floats, Ints, Mask, pick, spell, zipf
from sample_data.world.names import Names
from sample_data.world.people import People

_LETTERS = pl.Series(list("ABDEFGHJLNPQRSTUWXYZ"))


@dataclass(frozen=True)
class Places:
    """The cities of a world; their number grows with its size."""

    dice: Dice
    country: Country
    names: Names
    city: pl.Series
    region: Ints
    zips: Ints
    weights: Floats
    streets: Ints
    people: People

    def of_household(self, ids: Ints) -> Ints:
        """Give the city where a household lives."""
        return self.dice.choose("city", ids, self.weights)

    def address(self, ids: Ints) -> pl.DataFrame:
        """Spell addresses out. Ids: one per household, one per former home of each, one per person who leaves home."""
        households = self.people.households
        leaver = np.clip(ids - 2 * households, 0, len(self.people) - 1)
        home = np.where(ids < 2 * households, ids % households, self.people.household[leaver])
        elsewhere = (ids >= households) & self.dice.flag("other city", ids, 0.35)
        city = np.where(elsewhere, self.of_household(ids), self.of_household(home))
        street = city * 100_003 + self.dice.below("street", ids, self.streets[city])
        common = pl.Series(list(self.country.common_streets))
        surname = self.names.surnames
        is_common = self.dice.flag("common street", street, 0.45)
        word = pick(common, self.dice.choose("street word", street, zipf(len(common), 0.7))).zip_with(
            pl.Series(is_common),
            surname.name(surname.draw(self.dice, "street name", street, np.zeros_like(street))),
        )
        kind = pick(
            pl.Series(list(self.country.streets)),
            self.dice.choose("kind", street, zipf(len(self.country.streets), 0.8)),
        )
        if self.country.code == "DE":
            joined = pl.Series(is_common)
            road = (word + kind).zip_with(joined, word + "-" + kind.str.to_titlecase())
            letter = pl.Series(["", "a", "b"]).gather(self.dice.choose("letter", ids, (0.9, 0.06, 0.04)))
            number = pl.Series(1 + (self.dice.unit("number", ids) ** 2 * 180).astype(np.int64)).cast(pl.String)
            line = road + " " + number + letter
        else:
            top = 9800 if self.country.code == "US" else 240
            number = pl.Series(1 + (self.dice.unit("number", ids) ** 2 * top).astype(np.int64)).cast(pl.String)
            line = number + " " + word + " " + kind
        flat = self.dice.flag("flat", ids, 0.22)
        unit = pl.Series(np.where(flat, self.dice.between("unit", ids, 1, 320), -1))
        region = pl.Series([row[0] for row in self.country.regions]).gather(self.region[city])
        return pl.DataFrame(
            {
                "street": line,
                "unit": unit,
                "city": self.city.gather(city),
                "region": region,
                "postcode": self._postcode(street, city),
            },
        )

    def _postcode(self, street: Ints, city: Ints) -> pl.Series:
        area = pl.Series([row[1] for row in self.country.regions]).gather(self.region[city])
        zone = (city * 37 + self.dice.below("zip", street, self.zips[city])) % (
            500 if self.country.code == "US" else 1000
        )
        if self.country.code == "GB":
            first, last = (
                pick(_LETTERS, self.dice.below(name, street, len(_LETTERS))) for name in ("inward 1", "inward 2")
            )
            inward = pl.Series(self.dice.between("inward", street, 1, 9)).cast(pl.String)
            return area + pl.Series(1 + zone % 28).cast(pl.String) + " " + inward + first + last
        if self.country.code == "DE":
            return area + pl.Series(zone).cast(pl.String).str.zfill(3)
        return (area.cast(pl.Int64) * 100 + pl.Series(zone)).cast(pl.String).str.zfill(5)

    def phone(self, people: Ints, landline: Mask, kinds: Ints) -> pl.Series:
        """Spell phone numbers out: a person's mobile, or the landline of the household."""
        home = self.people.household[people]
        ids = np.where(landline, home, people + 1_000_000_007)
        city = self.of_household(home)
        codes = [row[2:] for row in self.country.regions]
        flat = pl.Series([code for row in codes for code in row])
        start = np.cumsum([0, *(len(row) for row in codes)])
        many = np.diff(start)[self.region[city]]
        area = flat.gather(start[self.region[city]] + self.dice.below("area", np.where(landline, city, people), many))
        if self.country.code == "US":
            exchange = self.dice.between("exchange", ids, 220, 989)
            first = pl.Series(exchange + (exchange % 100 == 11)).cast(pl.String)
            rest = pl.Series(self.dice.below("line", ids, 10_000)).cast(pl.String).str.zfill(4)
        else:
            mobile = pick(
                pl.Series(list(self.country.mobiles)),
                self.dice.below("mobile", ids, len(self.country.mobiles)),
            )
            british = self.country.code == "GB"
            tail = pl.Series(self.dice.below("mobile area", ids, 100)).cast(pl.String).str.zfill(2)
            area = area.zip_with(pl.Series(landline), mobile + tail if british else mobile)
            short = area.str.len_chars() == 2
            block = pl.Series(self.dice.between("exchange", ids, 200, 899))
            rest = pl.Series(self.dice.below("line", ids, 10_000)).cast(pl.String).str.zfill(4)
            first = block.cast(pl.String)
            if british:
                # Ten digits after the country code: two-digit areas have eight of their own, four-digit ones six.
                eight = pl.Series(np.where(self.dice.flag("london", ids, 0.5), "7", "8")) + first
                six = first.str.slice(0, 2)
                first = eight.zip_with(short, six.zip_with(area.str.len_chars() == 4, first))
            else:
                more = first + pl.Series(self.dice.below("more", ids, 10)).cast(pl.String)
                first = more.zip_with(pl.Series(landline) | area.str.starts_with("15"), first)
        frame = pl.DataFrame({"area": area, "a": first, "b": rest})
        return spell(kinds, frame, [_template(way) for way in self.country.phones])


def _template(way: str) -> pl.Expr:
    columns = {"area": pl.col("area"), "a": pl.col("a"), "b": pl.col("b")}
    pieces = way.replace("}", "{").split("{")
    return pl.concat_str([columns.get(piece, pl.lit(piece)) for piece in pieces])


def build(dice: Dice, country: Country, names: Names, people: People) -> Places:
    """Found the cities."""
    dice = dice.scoped("places")
    count = max(12, round(len(people) ** 0.58))
    ids = np.arange(count)
    weights = zipf(count, 0.8, 3.0)
    share = weights / weights.sum() * len(people)
    before, after = (pl.Series(list(words)) for words in country.towns)
    root = names.surnames.name(names.surnames.draw(dice, "town", ids // 2, np.zeros_like(ids)))
    root = root.str.split("-").list.first().str.split(" ").list.last().str.slice(0, 7)
    start = pick(before, dice.below("before", ids, len(before)))
    # "Neu" and "Ober" are one word with what follows, "Bad" and "North" are not.
    root = root.str.to_lowercase().zip_with((start != "") & ~start.str.ends_with(" "), root)
    city = start + root + pick(after, dice.below("after", ids, len(after)))
    region = dice.choose("region", ids, zipf(len(country.regions), 0.0))
    return Places(
        dice=dice,
        country=country,
        names=names,
        city=city,
        region=region,
        zips=1 + np.minimum(share / 60, 40).astype(np.int64),
        weights=weights,
        streets=8 + (share / 6).astype(np.int64),
        people=people,
    )
