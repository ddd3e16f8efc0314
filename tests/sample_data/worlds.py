"""Worlds made for the tests and read back."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from sample_data.generate import generate
from sample_data.world.rates import DIRTY, Rates

KEYS = {
    "contacts": ("crm_contacts.csv", "Id"),
    "pos_customers": ("pos_customers.csv", "Square Customer ID"),
    "web_accounts": ("web_accounts.csv", "Customer ID"),
    "cases": ("crm_cases.csv", "Id"),
    "receipts": ("pos_receipts.csv", "Transaction ID"),
    "web_events": ("web_events.ndjson", "messageId"),
    "survey": ("survey_nps.csv", "response_id"),
    "mails": ("mail_events.csv", "Event ID"),
}
_CALL = [
    "messageId",
    "type",
    "event",
    "anonymousId",
    "userId",
    "timestamp",
    "receivedAt",
    "url",
    "referrer",
    "category",
]
EVENT = dict.fromkeys([*_CALL, "orderId"], pl.String)
PEOPLE = ("contacts", "pos_customers", "web_accounts")


class World:
    """A world read back, every cell as text."""

    def __init__(self, folder: Path) -> None:
        """Read a folder that `generate` wrote."""
        self.files = {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        table = {source: self._read(file) for source, (file, _) in KEYS.items()}
        self.contacts, self.pos, self.web = table["contacts"], table["pos_customers"], table["web_accounts"]
        self.cases, self.lines, self.events, self.survey, self.mails = (
            table[source] for source in ("cases", "receipts", "web_events", "survey", "mails")
        )
        self.table = table
        self.truth = self._read("truth.csv")
        self.happened = self._read("truth_interactions.csv")
        self.campaigns, self.behaviour = self._read("truth_campaigns.csv"), self._read("truth_behaviour.csv")

    def _read(self, name: str) -> pl.DataFrame:
        if name.endswith(".ndjson"):
            return pl.read_ndjson(self.files[name], schema=EVENT | {"revenue": pl.Float64, "currency": pl.String})
        return pl.read_csv(self.files[name], infer_schema=False).with_columns(pl.all().replace("", None))

    def whose(self, source: str) -> pl.DataFrame:
        """Give the records of a source, each once, with the person they are of."""
        truth = self.truth.filter(pl.col("source") == source)
        return self.table[source].unique(maintain_order=True).join(truth, left_on=KEYS[source][1], right_on="record_id")


@cache
def world(people: int = 2000, seed: int = 7, country: str = "US", rates: Rates = DIRTY) -> World:
    """Generate a world once for all tests."""
    with TemporaryDirectory() as folder:
        generate(Path(folder), people, seed, country, rates)
        return World(Path(folder))
