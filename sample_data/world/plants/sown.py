"""The branches of a world -> their extracts, whose each row is, and the truth of everything that is planted there."""

from pathlib import Path

import polars as pl

from sample_data.world.crm import Contacts
from sample_data.world.dice import Dice
from sample_data.world.plants.branches import Told, branches
from sample_data.world.plants.club import TRUTH, shop
from sample_data.world.plants.contracts import contracts
from sample_data.world.plants.mailings import mailings
from sample_data.world.plants.observers import observers
from sample_data.world.plants.quotes import quotes
from sample_data.world.plants.service import desk
from sample_data.world.records import World


def sow(world: World, dice: Dice, known: Contacts, out: Path) -> Told:
    """Write all of it. Nothing of it is drawn from what the rest of the world is drawn from."""
    at = branches(world, dice, known)
    shopping, complaints = shop(at)
    parts = [
        quotes(at, shopping, out),
        desk(at, complaints, out),
        mailings(at, out),
        observers(at, out),
        contracts(at, out),
    ]
    whose = {source: frame for part in parts for source, frame in part.interactions.items()}
    return Told(whose, pl.concat([TRUTH, *(part.truth for part in parts)]))
