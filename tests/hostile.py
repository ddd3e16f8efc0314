"""Random small extracts that go wrong as real ones do, and what is true of them: receipts of a till, and two lists of people.

Whatever a seed draws (numbers that restart, several currencies, zones, zero dates, damaged cards, words of consent), the truth is
known, and so is the mapping that gets it right; beside it lies the mapping that somebody in a hurry would write.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

ZONES = {
    "America/New_York": "USD", "Europe/London": "GBP", "Asia/Jerusalem": "ILS", "Asia/Shanghai": "CNY", "UTC": "EUR",
    "Asia/Kolkata": "INR", "Australia/Sydney": "AUD",
}  # fmt: skip
"""A time zone, and the currency that its tills count in."""
NUMBERINGS = {
    "unique": ["no"], "per day": ["day", "no"], "per till": ["till", "no"], "per shop": ["shop", "no"], "rounded": [],
}  # fmt: skip
"""How receipts are numbered, and the columns that tell them apart; none where no column does any more."""
SYMBOLS = {"USD": "US${}", "EUR": "€{}", "GBP": "£{}", "CAD": "CA${}", "CHF": "CHF {}", "JPY": "{} JPY"}
YES = ("yes", "true", "1", "Subscribed", "opted in", "ja", "oui", "sí", "sim", "да", "是", "हाँ")
NO = ("no", "false", "0", "Unsubscribed", "opted out", "nein", "non", "não", "нет", "否", "नहीं", "No longer subscribed")
UNCLEAR = ("bounced?", "see notes", "pending call", "n/k", "ask again")
"""Words that nobody can read as a yes."""
ZERO_DATES = (
    "0001-01-01 00:00:00", "1601-01-01 00:00:00", "1899-12-30 00:00:00", "1970-01-01 00:00:00", "9999-12-31 00:00:00",
)  # fmt: skip
FIRST = datetime(2024, 1, 8, tzinfo=UTC)
COLUMNS = ("ref", "no", "day", "at", "till", "shop", "sku", "amount", "currency", "card")


@dataclass(frozen=True)
class Receipt:
    """One purchase, as it was."""

    ref: str
    number: str
    at: datetime | None
    """UTC, without a zone; None where the till wrote a date that means none."""
    written: str
    day: str
    till: str
    shop: str
    currency: str
    amounts: tuple[Decimal, ...]
    card: str
    card_written: str


@dataclass
class Extracts:
    """What a seed drew, and the truth of it."""

    zone: str
    numbering: str
    money: str
    """one: one currency, not written; column: a column names it; cell: it stands beside the number."""
    times: str
    """wall, letters, offset: how times are written; foreign: with letters of another zone, which can be read in several ways."""
    files: str
    """one; shops: a file each; repeated: the second file repeats some orders whole; split: some orders go on in the second."""
    zeros: bool
    damaged: bool
    padded: bool
    """The list of people writes cards with leading zeros, the tills without."""
    receipts: list[Receipt] = field(default_factory=list)
    written: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """File -> its rows."""
    allowed: dict[str, bool] = field(default_factory=dict)
    """E-mail -> whether every list that has it says yes."""

    @property
    def told_apart(self) -> list[str]:
        """The columns that make an id of a receipt."""
        return NUMBERINGS[self.numbering]

    def totals(self) -> dict[str, Decimal]:
        """What was bought, by currency."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for receipt in self.receipts:
            found[receipt.currency] += sum(receipt.amounts)
        return dict(found)


def draw(seed: int) -> Extracts:
    """The extracts of a seed."""
    dice = random.Random(seed)
    drawn = Extracts(
        zone=dice.choice(list(ZONES)),
        numbering=dice.choice(list(NUMBERINGS)),
        money=dice.choice(("one", "column", "cell")),
        times=dice.choices(("wall", "letters", "offset", "foreign"), (4, 4, 2, 1))[0],
        files=dice.choice(("one", "shops", "repeated", "split")),
        zeros=dice.random() < 0.3,
        damaged=dice.random() < 0.3,
        padded=dice.random() < 0.2,
    )
    people = dice.randint(20, 40)
    cards = [f"{dice.randint(100000, 999999)}{at:03}" for at in range(people)]
    currencies = [ZONES[drawn.zone]] if drawn.money == "one" else [ZONES[drawn.zone], *dice.sample(sorted(SYMBOLS), 2)]
    number: dict[tuple[str, ...], int] = defaultdict(int)
    for at in range(dice.randint(60, 140)):
        _receipt(drawn, dice, at, cards, currencies, number)
    _files(drawn, dice)
    _people(drawn, dice, cards)
    return drawn


def _receipt(
    drawn: Extracts, dice: random.Random, at: int, cards: Sequence[str], currencies: Sequence[str],
    number: dict[tuple[str, ...], int],
) -> None:  # fmt: skip
    # Every day sees some receipts at hours that no change of clocks touches, each minute one.
    zone = ZoneInfo(drawn.zone)
    local = (FIRST + timedelta(days=at // 4)).replace(hour=9 + at % 4 * 3, minute=dice.randint(0, 59), tzinfo=zone)
    plain = f"{local:%Y-%m-%d %H:%M:%S}"
    written = {
        "wall": plain, "offset": local.isoformat(sep=" ", timespec="seconds"), "letters": f"{plain} {local.tzname()}",
        "foreign": f"{plain} {'IST' if drawn.zone in {'Asia/Shanghai', 'America/New_York'} else 'CST'}",
    }[drawn.times]  # fmt: skip
    if drawn.times == "letters" and not (local.tzname() or "").isalpha():
        written = plain
    is_zero = drawn.zeros and dice.random() < 0.05
    till, shop, day = f"T{dice.randint(1, 3)}", f"S{1 + at % 2}", f"{local:%Y-%m-%d}"
    counted = {"per day": (day,), "per till": (till,), "per shop": (shop,)}.get(drawn.numbering, ())
    number[counted] += 1
    card = dice.choice(cards)
    is_damaged = drawn.damaged and dice.random() < 0.15
    currency = dice.choice(currencies)
    cents = Decimal(1) if currency == "JPY" else Decimal("0.01")
    drawn.receipts.append(
        Receipt(
            ref=f"r{at}",
            number="7.21045E+12" if drawn.numbering == "rounded" else str(1000 + number[counted]),
            at=None if is_zero else local.astimezone(UTC).replace(tzinfo=None),
            written=dice.choice(ZERO_DATES) if is_zero else written,
            day=day,
            till=till,
            shop=shop,
            currency=currency,
            amounts=tuple(dice.randint(200, 9000) * cents for _ in range(dice.choice((1, 1, 2, 3)))),
            card=card,
            card_written="6.00412E+15" if is_damaged else card,
        )
    )


def _rows(drawn: Extracts, receipt: Receipt) -> list[dict[str, str]]:
    form = SYMBOLS.get(receipt.currency, f"{{}} {receipt.currency}") if drawn.money == "cell" else "{}"
    return [
        {
            "ref": receipt.ref, "no": receipt.number, "day": receipt.day, "at": receipt.written, "till": receipt.till,
            "shop": receipt.shop, "sku": f"{receipt.ref}-{line}", "amount": form.format(amount),
            "currency": receipt.currency if drawn.money == "column" else "", "card": receipt.card_written,
        }
        for line, amount in enumerate(receipt.amounts)
    ]  # fmt: skip


def _files(drawn: Extracts, dice: random.Random) -> None:
    rows = {receipt.ref: _rows(drawn, receipt) for receipt in drawn.receipts}
    order = [receipt.ref for receipt in drawn.receipts]
    one, other = "till_1.csv", "till_2.csv"
    if drawn.files == "one":
        parts = {one: [row for ref in order for row in rows[ref]]}
    elif drawn.files == "shops":
        parts = {
            name: [row for ref in order for row in rows[ref] if row["shop"] == shop]
            for name, shop in ((one, "S1"), (other, "S2"))
        }
    else:
        half = len(order) // 2
        parts = {
            name: [row for ref in refs for row in rows[ref]]
            for name, refs in ((one, order[:half]), (other, order[half:]))
        }
        if drawn.files == "repeated":  # the newer export begins where the older one was about to end
            parts[other] = [row for ref in order[half - 5 : half] for row in rows[ref]] + parts[other]
        else:  # the export was cut after so many rows, whatever they belong to
            cut = max(at for at, row in enumerate(parts[one]) if len(rows[row["ref"]]) > 1)
            parts = {one: parts[one][:cut], other: parts[one][cut:] + parts[other]}
    drawn.written.update(parts)


def _people(drawn: Extracts, dice: random.Random, cards: Sequence[str]) -> None:
    crm, news = [], []
    for at, card in enumerate(cards):
        mail = f"person{at}.{dice.randint(100, 999)}@mail.example"
        name = {"first": f"Name{chr(97 + at % 26)}{chr(97 + at // 26)}", "last": f"Family{chr(97 + at % 26)}{at}"}
        stated = []
        for rows in (crm, news):
            if rows is news and dice.random() < 0.5:
                continue
            meaning = dice.choice((True, False, None))
            word = dice.choice({True: YES, False: NO, None: UNCLEAR}[meaning])
            day = (FIRST + timedelta(days=dice.randint(0, 400))).strftime("%Y-%m-%dT%H:%M:%SZ")
            stated.append(meaning)
            padded = card.zfill(12) if drawn.padded else card
            rows.append({"id": f"p{at}", **name, "mail": mail, "card": padded, "consent": word, "updated": day})
        drawn.allowed[mail] = all(stated)
    drawn.written |= {"crm.csv": crm, "news.csv": news}


def write(drawn: Extracts, folder: Path, *, hasty: bool) -> Path:
    """The extracts and their configuration. `hasty`: with the number on the receipt for its id, unique or not."""
    for name, rows in drawn.written.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    columns = ["no"] if hasty else drawn.told_apart
    own = f"id: [{', '.join(columns)}], " if len(columns) > 1 else f"id: {columns[0]}, " if columns else ""
    currency = "currency: currency, " if drawn.money == "column" else ""
    people = "\n".join(
        f"""  {name}:
    channel: crm
    files: {name}.csv
    person: {{id: id, given_name: first, family_name: last, email: mail, identifiers: {{loyalty_id: card}},
      consent: {{email: consent}}, updated_at: updated}}"""
        for name in ("crm", "news")
    )
    path = folder / "cxunify.yaml"
    path.write_text(
        f"""version: 1
region: US
timezone: {drawn.zone}
currency: {ZONES[drawn.zone]}
quality: {{max_shrink_share: 1, max_reject_share: 1}}
sources:
{people}
  till:
    channel: pos
    files: till_*.csv
    load: append
    interaction: {{{own}at: at, kind: purchase, product: sku, location: shop, amount: {{column: amount, per: line}}, {currency}
      identifiers: {{loyalty_id: card}}, properties: {{ref: ref}}}}
""",
        encoding="utf-8",
    )
    return path
