"""Extracts read by Python's csv, json, decimal and zoneinfo alone: what the totals of a profile must add up to."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Key = tuple[str, str, str, str | None, date]
"""Source, kind, currency, store, day in the company's time zone."""
Totals = dict[Key, tuple[int, int, Decimal]]
"""Interactions, rows of the extract, and the sum of the amounts."""


@dataclass(frozen=True)
class Happening:
    """One interaction as its extract states it."""

    source: str
    name: str
    """Its id; empty where it has none."""
    kind: str
    currency: str
    store: str | None
    day: date
    amount: Decimal | None
    lines: int
    is_named: bool
    """Whether it says anything at all of whose it is."""

    @property
    def key(self) -> Key:
        """What it is added up by."""
        return self.source, self.kind, self.currency, self.store, self.day

    @property
    def net(self) -> Decimal:
        """What the company earned by it."""
        if self.amount is None or self.kind not in {"purchase", "return"}:
            return Decimal(0)
        return -abs(self.amount) if self.kind == "return" else self.amount


def sums(happenings: Iterable[Happening]) -> Totals:
    """Added up by source, kind, currency, store and day."""
    found: dict[Key, list[Any]] = defaultdict(lambda: [0, 0, Decimal(0)])
    for one in happenings:
        total = found[one.key]
        total[0] += 1
        total[1] += one.lines
        total[2] += one.amount or 0
    return {key: tuple(value) for key, value in found.items()}  # type: ignore[misc]


# -- worlds of the generator ----------------------------------------------------------------------------------------------

COUNTRIES = {
    "US": ("America/New_York", "USD", "%Y-%m-%d"),
    "DE": ("Europe/Berlin", "EUR", "%d.%m.%Y"),
    "GB": ("Europe/London", "GBP", "%d/%m/%Y"),
}
"""Time zone, currency, and how its tills write days."""
_EVENTS = {
    "Page Viewed": "page_view", "Product Viewed": "product_view", "Products Searched": "search", "Product Added": "cart",
    "Cart Viewed": "cart", "Checkout Started": "checkout", "Order Completed": "purchase", "Signed In": "login",
    "Signed Up": "signup",
}  # fmt: skip
_CASES = {"Complaint": "complaint", "Question": "contact_in", "Request": "contact_in"}
_RECEIPTS = {"Payment": "purchase", "Refund": "return"}
_MAILS = {"Sent": "contact_out", "Held Out": "held_out", "Click": "response", "Unsubscribed": "optout"}


def world(folder: Path, country: str) -> Iterator[Happening]:
    """Every interaction of a generated world."""
    zone, currency, pattern = COUNTRIES[country]
    yield from _receipts(folder / "pos_receipts.csv", currency, pattern)
    yield from _web(folder / "web_events.ndjson", zone, currency)
    for source, file, at, name in (
        ("cases", "crm_cases.csv", "CreatedDate", "Id"), ("survey", "survey_nps.csv", "created_at", "response_id"),
        ("mails", "mail_events.csv", "Timestamp", "Event ID"),
    ):  # fmt: skip
        for row in {row[name]: row for row in reversed(rows(folder / file))}.values():
            kind = {"survey": "survey", "mails": _MAILS.get(row.get("Event", ""))}.get(source) or _CASES.get(
                row.get("Type", ""), "other"
            )
            named = any(row.get(column) for column in ("ContactId", "SuppliedEmail", "email", "Contact ID"))
            if day := _instant(row[at], zone):
                yield Happening(source, row[name], kind, currency, None, day, None, 1, named)


def _receipts(path: Path, currency: str, pattern: str) -> Iterator[Happening]:
    """Lines with one transaction id are one receipt; what was cancelled at the till is none."""
    receipts: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(path):
        if row["Event Type"] != "Void":
            receipts[row["Transaction ID"]].append(row)
    for name, lines in receipts.items():
        days = [day for row in lines if (day := _day(row["Date"], pattern))]
        amounts = [amount for row in lines if (amount := _money(row["Net Sales"])) is not None]
        named = any(row["Customer ID"] or row["Customer Reference ID"] for row in lines)
        if days:
            yield Happening(
                "receipts", name, _RECEIPTS[lines[0]["Event Type"]], currency, lines[0]["Location"], min(days),
                sum(amounts, Decimal(0)) if amounts else None, len(lines), named,
            )  # fmt: skip


def _web(path: Path, zone: str, currency: str) -> Iterator[Happening]:
    """Events with one message id are one event, however often it was sent."""
    events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        event = json.loads(line, parse_float=Decimal)
        events[event["messageId"]].append(event)
    for name, (event, *again) in events.items():
        if day := _instant(event["timestamp"], zone):
            yield Happening(
                "web_events", name, _EVENTS.get(event["event"], "other"), event.get("currency") or currency, None, day,
                event.get("revenue"), 1 + len(again), bool(event.get("userId") or event.get("anonymousId")),
            )  # fmt: skip


# -- tills as a test draws them --------------------------------------------------------------------------------------------

FIELDS = ("receipt", "at", "type", "status", "store", "customer", "card", "currency", "amount")
_TYPES = {"sale": "purchase", "refund": "return", "cancellation": "return"}


def tills(files: Iterable[Path], zone: str, currency: str) -> list[Happening]:
    """Every receipt of several files, the last of which is right where two state the same one."""
    stated: dict[str, list[dict[str, str]]] = {}
    nameless: dict[tuple[str, ...], int] = {}
    for file in files:
        receipts: dict[str, list[dict[str, str]]] = defaultdict(list)
        seen: dict[tuple[str, ...], int] = defaultdict(int)
        for row in rows(file):
            if row["status"] != "void":
                if row["receipt"]:
                    receipts[row["receipt"]].append(row)
                else:
                    seen[tuple(row[field] for field in FIELDS)] += 1
        stated |= receipts
        nameless |= {said: max(count, nameless.get(said, 0)) for said, count in seen.items()}
    lone = [[dict(zip(FIELDS, said, strict=True))] for said, count in nameless.items() for _ in range(count)]
    found = [_till(lines, zone, currency) for lines in (*stated.values(), *lone)]
    return _signed([one for one in found if one is not None])


def _till(lines: list[dict[str, str]], zone: str, currency: str) -> Happening | None:
    days = [day for row in lines if (day := _instant(row["at"], zone))]
    if not days:
        return None
    first = lines[0]
    amounts = [Decimal(row["amount"]) for row in lines if re.fullmatch(r"-?\d+\.\d\d", row["amount"])]
    return Happening(
        "tills", first["receipt"], _TYPES[first["type"]], first["currency"] or currency, first["store"] or None, min(days),
        sum(amounts, Decimal(0)) if amounts else None, len(lines), any(row["customer"] or row["card"] for row in lines),
    )  # fmt: skip


def _signed(happenings: list[Happening]) -> list[Happening]:
    """Money that flows back is negative, also where no return carries a sign."""
    returns = [one.amount for one in happenings if one.kind == "return" and one.amount]
    if not returns or min(returns) < 0:
        return happenings
    return [replace(one, amount=-one.amount) if one.kind == "return" and one.amount else one for one in happenings]


# -- cells ---------------------------------------------------------------------------------------------------------------


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        return None


def _instant(text: str, zone: str) -> date | None:
    try:
        return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).date()
    except ValueError:
        return None


def _money(text: str) -> Decimal | None:
    """$1,234.50, £3.00 and 1.234,50 €: all with two decimals."""
    if not re.fullmatch(r"-?[$£]?[\d.,]+( €)?", text):
        return None
    return (-1 if text.startswith("-") else 1) * Decimal(re.sub(r"\D", "", text)) / 100
