"""The traps of the generated world, and how to count each."""

from collections.abc import Callable
from datetime import timedelta

import polars as pl

from sample_data.world.dirt import MAILS, PHONES
from tests.sample_data.worlds import KEYS, World


def _lower(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars(" ").str.to_lowercase()


def _pairs(made: World) -> pl.DataFrame:
    """Give pairs of contacts of one household, of different people."""
    side = made.whose("contacts").select("person_id", "household_id", "FirstName", "LastName", "Birthdate")
    return side.join(side, on="household_id").filter(pl.col("person_id") < pl.col("person_id_right"))


def _people_per(made: World, value: pl.Expr) -> pl.Series:
    """Give how many people have each value, placeholders aside."""
    told = made.whose("contacts").filter(~pl.col("Email").is_in(list(MAILS)), ~pl.col("Phone").is_in(list(PHONES)))
    return told.group_by(value.alias("value")).agg(pl.col("person_id").n_unique())["person_id"]


def receipts(made: World) -> pl.DataFrame:
    return made.lines.unique("Transaction ID", maintain_order=True).with_columns(
        named=pl.any_horizontal(pl.col("Customer ID", "Customer Reference ID").is_not_null()),
        weekday=pl.col("Date").str.to_date(strict=False).dt.weekday(),
    )


def _orphans(made: World, source: str, column: str, target: str) -> int:
    known = set(made.table[target][KEYS[target][1]])
    return len(set(made.table[source][column].drop_nulls()) - known)


def _logins_per_device(made: World) -> pl.Series:
    return made.events.drop_nulls("userId").group_by("anonymousId").agg(pl.col("userId").n_unique())["userId"]


def _cards(made: World) -> pl.DataFrame:
    buyers = made.happened.filter(pl.col("source") == "receipts")
    sold = receipts(made).join(buyers, left_on="Transaction ID", right_on="interaction_id")
    return (
        sold.drop_nulls("Customer Reference ID").group_by("Customer Reference ID").agg(pl.col("person_id").n_unique())
    )


def _same(made: World, *columns: str) -> int:
    """Count pairs of people of one household who agree on some columns."""
    return _pairs(made).filter(pl.all_horizontal(pl.col(name) == pl.col(f"{name}_right") for name in columns)).height


def _differ(made: World, column: str) -> int:
    """Count people whose contacts disagree on a column."""
    found = made.whose("contacts").group_by("person_id").agg(pl.col(column).drop_nulls().n_unique())
    return int((found[column] > 1).sum())


def _again(made: World) -> int:
    return len(made.whose("contacts")) - made.whose("contacts")["person_id"].n_unique()


def _like(source: str, column: str, pattern: str) -> Callable[[World], int]:
    """Count cells that match a pattern."""
    return lambda made: int(made.table[source][column].str.contains(pattern).sum())


def _unlike(source: str, column: str, pattern: str) -> Callable[[World], int]:
    """Count cells that are not empty and do not match a pattern."""
    return lambda made: int((~made.table[source][column].str.contains(pattern)).sum())


def _repeats(source: str) -> Callable[[World], int]:
    return lambda made: len(made.table[source]) - made.table[source].n_unique()


def _before_customer(made: World) -> int:
    """Count lines of receipts that are older than the customer that they name."""
    sold = made.lines.join(made.pos.unique("Square Customer ID"), left_on="Customer ID", right_on="Square Customer ID")
    return int((sold["Date"].str.to_date(strict=False) < sold["First Visit"].str.to_date(strict=False)).sum())


def _two_answers(made: World) -> int:
    """Count people who want e-mails by one system and none by the other."""
    told = made.whose("contacts").join(made.whose("web_accounts"), on="person_id")
    return int(((told["HasOptedOutOfEmail"] == "true") == (told["Accepts Email Marketing"] == "yes")).sum())


def _bare_orders(made: World) -> int:
    return made.events.filter(pl.col("event") == "Order Completed")["category"].null_count()


def _any_of(column: str, values: tuple[str, ...]) -> Callable[[World], int]:
    return lambda made: int(made.contacts[column].is_in(list(values)).sum())


ISO = "%Y-%m-%dT%H:%M:%S%.fZ"
MAIL, PHONE = _lower("Email"), pl.col("Phone").str.replace_all(r"\D", "").str.tail(10)

LATE = pl.col("receivedAt").str.to_datetime(ISO) > pl.col("timestamp").str.to_datetime(ISO, strict=False) + timedelta(
    days=1
)

# Trap: how to count it, and how often it occurs at least among two thousand people.
TRAPS: dict[str, tuple[Callable[[World], int], int]] = {
    "twins": (lambda made: _same(made, "Birthdate", "LastName"), 3),
    "father and son of one name": (lambda made: _same(made, "FirstName", "LastName"), 5),
    "suffixes": (lambda made: made.contacts["Suffix"].drop_nulls().len(), 5),
    "surname written differently": (lambda made: _differ(made, "LastName"), 20),
    "postcode written differently": (lambda made: _differ(made, "MailingPostalCode"), 10),
    "given name written differently": (lambda made: _differ(made, "FirstName"), 20),
    "mailbox of several people": (lambda made: int((_people_per(made, MAIL) > 1).sum()), 15),
    "phone of several people": (lambda made: int((_people_per(made, PHONE) > 1).sum()), 20),
    "initials": (_like("contacts", "FirstName", r"^\w\.$"), 20),
    "capitals": (_like("contacts", "LastName", r"^[A-Z]{3,}$"), 20),
    "small letters": (_like("contacts", "LastName", r"^[a-z]{3,}$"), 20),
    "accents": (_like("contacts", "LastName", r"[à-ÿ]"), 10),
    "another script": (_like("contacts", "LastName", r"\p{Cyrillic}|\p{Han}"), 3),
    "tags in mailboxes": (_like("web_accounts", "Email", r"\+\w+@"), 10),
    "mailbox in capitals": (_like("contacts", "Email", r"^[^a-z]+$"), 5),
    "placeholder mailboxes": (_any_of("Email", MAILS), 10),
    "placeholder phones": (_any_of("Phone", PHONES), 10),
    "placeholder birth dates": (_any_of("Birthdate", ("1900-01-01", "1970-01-01", "1910-01-01")), 5),
    "leading zero lost": (_like("contacts", "MailingPostalCode", r"^\d{3,4}(-|$)"), 3),
    "long postcodes": (_like("contacts", "MailingPostalCode", r"-\d{4}$"), 30),
    "apostrophes": (_like("contacts", "Phone", "^'"), 10),
    "shapes of phones": (lambda made: made.contacts["Phone"].str.replace_all(r"\d", "9").n_unique(), 9),
    "merge pointers": (lambda made: made.contacts["MasterRecordId"].drop_nulls().len(), 20),
    "several records in one source": (_again, 100),
    "repeated rows": (_repeats("contacts"), 1),
    "repeated lines": (_repeats("receipts"), 5),
    "repeated events": (_repeats("web_events"), 5),
    "refunds": (lambda made: made.lines.filter(pl.col("Event Type") == "Refund").height, 50),
    "negative amounts": (_like("receipts", "Net Sales", r"^-\$"), 50),
    "voids": (_like("receipts", "Event Type", "Void"), 20),
    "several lines": (lambda made: len(made.lines) - made.lines["Transaction ID"].n_unique(), 500),
    "amounts with thousands": (_like("receipts", "Net Sales", ","), 20),
    "cards used by strangers": (lambda made: int((_cards(made)["person_id"] > 5).sum()), 1),
    "orphan receipts": (lambda made: _orphans(made, "receipts", "Customer ID", "pos_customers"), 10),
    "orphan cases": (lambda made: _orphans(made, "cases", "ContactId", "contacts"), 2),
    "orphan logins": (lambda made: _orphans(made, "web_events", "userId", "web_accounts"), 3),
    "cases without a contact": (lambda made: made.cases["ContactId"].null_count(), 10),
    "devices with two logins": (lambda made: int((_logins_per_device(made) == 2).sum()), 20),
    "a kiosk": (lambda made: int((_logins_per_device(made) > 8).sum()), 1),
    "events of unknown kinds": (_like("web_events", "event", "Web Vitals"), 10),
    "late events": (lambda made: made.events.filter(LATE).height, 20),
    "events without a login": (lambda made: made.events["userId"].null_count(), 1000),
    "receipts before their customer": (_before_customer, 100),
    "two answers on e-mails": (_two_answers, 50),
    "orders without a product": (_bare_orders, 20),
    "broken event times": (_unlike("web_events", "timestamp", r"^20\d\d-"), 1),
    "broken amounts": (_unlike("receipts", "Net Sales", r"^-?\$[\d,]+\.\d\d$"), 1),
    "broken dates of sale": (_unlike("receipts", "Date", r"^20\d\d-"), 1),
    "broken dates of birth": (_unlike("pos_customers", "Birthday", r"^\d{4}-"), 1),
    "broken scores": (_unlike("survey", "score", r"^\d+$"), 1),
}
LIFE = """twins|father and son of one name|suffixes|mailbox of several people|phone of several people|initials|capitals
small letters|accents|another script|tags in mailboxes|mailbox in capitals|long postcodes|apostrophes|shapes of phones
refunds|negative amounts|voids|several lines|amounts with thousands|devices with two logins""".replace("\n", "|").split(
    "|"
)
DIRT = [trap for trap in TRAPS if trap not in LIFE and "written differently" not in trap]
