"""Who the branches know and serve, and how what is planted is written down."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world import files
from sample_data.world.crm import Contacts
from sample_data.world.dice import Dice, Ints, Mask
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.records import World, stamps

STORES, AGENTS = 24, 30
MEMBERS = 0.6
"""Share of contacts who are in the branches' club; the others ask for quotes."""
LAST = (FIRST_DAY + DAYS) * 86_400 - 1
"""The world's last second."""
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Branches:
    """One position per person in the CRM, by the first record of each."""

    dice: Dice
    person: Ints
    key: pl.Series
    agreed: Mask
    member: Mask
    home: Ints
    """The branch where most is bought."""
    stores: pl.Series
    agents: pl.Series

    def __len__(self) -> int:
        """Count the people."""
        return len(self.person)


@dataclass(frozen=True)
class Told:
    """What one system of the branches logged, in order of time, and the truth of what was planted there."""

    interactions: dict[str, pl.DataFrame]
    truth: pl.DataFrame


def branches(world: World, dice: Dice, contacts: Contacts) -> Branches:
    """Found the branches."""
    dice, records = dice.scoped("branches"), contacts.records
    row = np.flatnonzero(records.copy == 0)
    row = row[np.argsort(records.person[row], kind="stable")]
    person = records.person[row]
    city = world.places.city.gather(np.arange(STORES) % len(world.places.city))
    number = pl.Series(np.arange(STORES) + 1).cast(pl.String).str.zfill(2)
    staff = pl.Series(np.arange(AGENTS) + 1).cast(pl.String).str.zfill(2)
    return Branches(
        dice=dice,
        person=person,
        key=contacts.key.gather(row),
        agreed=contacts.agreed[row],
        member=dice.flag("member", person, MEMBERS),
        home=dice.below("home", person, STORES),
        stores="Branch " + number + " " + city,
        agents="Agent " + staff,
    )


def truth(analysis: str, rows: list[tuple[str, str, float]]) -> pl.DataFrame:
    """Rows of the truth: of what, which measure, its value."""
    return pl.DataFrame(rows, schema=["subject", "measure", "value"], orient="row").select(
        pl.lit(analysis).alias("analysis"), "subject", "measure", pl.col("value").cast(pl.Float64)
    )


def write(out: Path, source: str, prefix: str, at: Ints, person: Ints, columns: dict[str, pl.Series]) -> pl.DataFrame:
    """Write one extract in order of time, with an id and the instant of each row; give whose each is (-1: nobody's)."""
    order = np.lexsort((*(column.rank("dense").to_numpy() for column in columns.values()), person, at))
    ids = prefix + pl.Series(np.arange(len(at)) + 1).cast(pl.String).str.zfill(7)
    frame = pl.DataFrame(
        {"id": ids, "at": stamps(at[order], "Z"), **{k: of.gather(order) for k, of in columns.items()}}
    )
    files.write_csv(out / f"{source}.csv", frame)
    return pl.DataFrame({"interaction_id": ids, "person": person[order]})


def cents(amount: Ints) -> pl.Series:
    """Write cents as an amount."""
    return (
        pl.Series(amount).cast(pl.Int64).map_elements(lambda of: f"{of // 100}.{of % 100:02d}", return_dtype=pl.String)
    )
