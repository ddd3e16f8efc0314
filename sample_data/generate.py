"""Make a retail world of any size with known truth: the extracts of a CRM, of tills and of a web shop.

    python sample_data/generate.py OUT --people 20000 --seed 7 --country DE

The same arguments give the same bytes. Without OUT the committed sample is made anew.
"""

import argparse
import sys
from pathlib import Path
from typing import Literal, TypeAlias

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import polars as pl

from sample_data.world import countries, crm, habits, mails, names, people, places, shop, tills
from sample_data.world.dice import Dice, Ints
from sample_data.world.files import private
from sample_data.world.plants import sown
from sample_data.world.rates import CLEAN, DIRTY, SAMPLE, SAMPLE_PEOPLE, SAMPLE_SEED, Rates
from sample_data.world.records import World

HERE = Path(__file__).resolve().parent
SMALLEST = 40
"""Fewer people than this have no room for twins, juniors and the rest."""

TruthFormat: TypeAlias = Literal["csv", "parquet"]


def generate(
    out: Path,
    people: int,
    seed: int,
    country: str = "US",
    rates: Rates = DIRTY,
    truth: TruthFormat = "csv",
    *,
    plants: bool = False,
) -> None:
    """Write a world of `people` people into `out`/extracts and its truth into `out`/truth.

    With `plants` there are branches beside it, in which what each analysis of actions must find is planted.
    """
    dice, extracts = Dice(seed, country), Path(out) / "extracts"
    world = found(dice, people, country, rates)
    contacts = crm.contacts(world, dice, extracts)
    customers, till = tills.customers(world, dice, extracts)
    accounts, account_ids = shop.accounts(world, dice, extracts)
    records = {
        "contacts": (contacts.key, contacts.records.person),
        "pos_customers": (till["key"], customers.person),
        "web_accounts": (account_ids, accounts.person),
    }
    sent = mails.sends(world, dice, contacts)
    receipts, bought = tills.receipts(world, dice, extracts, customers, till, sent)
    interactions = {
        "cases": crm.cases(world, dice, extracts, contacts),
        "receipts": receipts,
        "web_events": shop.events(world, dice, extracts, accounts, account_ids),
        "survey": crm.survey(world, dice, extracts, contacts),
        "mails": mails.log(world, sent, contacts, extracts),
    }
    if plants:
        told = sown.sow(world, dice, contacts, extracts)
        interactions |= told.interactions
        _write(Path(out) / "truth" / f"truth_plants.{truth}", told.truth, truth)
    _truth(Path(out) / "truth", world, records, interactions, truth)
    _write(Path(out) / "truth" / f"truth_campaigns.{truth}", mails.truth(world, sent, bought), truth)
    changed = world.habits.truth.with_columns(person_id=_label_of(pl.col("person"))).select(
        "person_id", "change", "from_date"
    )
    _write(Path(out) / "truth" / f"truth_behaviour.{truth}", changed, truth)


def found(dice: Dice, count: int, country: str, rates: Rates) -> World:
    """Draw the people of a world and the places where they live."""
    problem = ""
    if count < SMALLEST:
        problem = f"a world needs at least {SMALLEST} people, not {count}"
    elif country not in countries.COUNTRIES:
        problem = f"country {country!r} is none of {', '.join(countries.COUNTRIES)}"
    if problem:
        raise ValueError(problem)
    land, called = countries.COUNTRIES[country], names.load(country, count)
    everyone = people.build(dice, land, called, count, rates)
    return World(
        land, rates, called, everyone, places.build(dice, land, called, everyone), habits.habits(dice, count, rates)
    )


def _truth(
    out: Path,
    world: World,
    records: dict[str, tuple[pl.Series, Ints]],
    interactions: dict[str, pl.DataFrame],
    form: TruthFormat,
) -> None:
    """Write who each record and each interaction really is of."""
    home = pl.Series(world.people.household)
    parts = [
        pl.DataFrame(
            {
                "source": pl.repeat(source, len(key), eager=True),
                "record_id": key,
                "person_id": _label("p", pl.Series(person)),
                "household_id": _label("h", home.gather(person)),
            },
        )
        for source, (key, person) in records.items()
    ]
    _write(out / f"truth.{form}", pl.concat(parts), form)
    happened = [
        frame.select(
            pl.lit(source).alias("source"),
            "interaction_id",
            pl.when(pl.col("person") >= 0).then(_label_of(pl.col("person"))).alias("person_id"),
        )
        for source, frame in interactions.items()
    ]
    _write(out / f"truth_interactions.{form}", pl.concat(happened), form)


def _label_of(number: pl.Expr) -> pl.Expr:
    return pl.lit("p") + number.cast(pl.String).str.zfill(7)


def _label(letter: str, number: pl.Series) -> pl.Series:
    return letter + number.cast(pl.String).str.zfill(7)


def _write(path: Path, frame: pl.DataFrame, form: TruthFormat) -> None:
    with private(path) as file:
        if form == "csv":
            frame.write_csv(file)
        else:
            frame.write_parquet(file)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "out",
        type=Path,
        nargs="?",
        help="folder to write into; without it, the committed sample is made anew",
    )
    parser.add_argument("--people", type=int, default=400, help="how many people live in the world (default 400)")
    parser.add_argument("--seed", type=int, default=7, help="another number is another world (default 7)")
    parser.add_argument(
        "--country",
        choices=sorted(countries.COUNTRIES),
        default="US",
        help="whose names and formats (default US)",
    )
    parser.add_argument("--clean", action="store_true", help="the same world without anything a gap report should find")
    parser.add_argument(
        "--plants", action="store_true", help="beside it branches in which what each analysis must find is planted"
    )
    parser.add_argument(
        "--truth",
        choices=("csv", "parquet"),
        default="csv",
        help="format of the truth files (default csv)",
    )
    given = parser.parse_args(arguments)
    if given.out is None:
        generate(HERE, SAMPLE_PEOPLE, SAMPLE_SEED, rates=SAMPLE)
    else:
        rates = CLEAN if given.clean else DIRTY
        generate(given.out, given.people, given.seed, given.country, rates, given.truth, plants=given.plants)


if __name__ == "__main__":
    main()
