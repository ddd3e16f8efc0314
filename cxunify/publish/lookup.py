"""out/current -> one customer, everything: who it is, where each field came from, what it did, and what is doubtful about it.

The published files are read, not the warehouse: they are one consistent version, and a run at work holds the warehouse's lock.
Identifiers are sorted by type and value and timelines by customer, so that a million customers cost no more than a thousand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cxunify.config import Config
from cxunify.errors import LookupFailed
from cxunify.publish import versions
from cxunify.publish.privacy import Privacy
from cxunify.vocabulary import email, phone
from cxunify.warehouse import Warehouse, literal, pattern

Row = dict[str, Any]

_SURE = 0.9
"""Below this confidence a join is worth a second look."""
_MOST_CHOICES = 20


@dataclass(frozen=True)
class Page:
    """One customer, everything."""

    customer: Row
    """Its row of customers."""
    contested: tuple[Row, ...]
    """Its rows of golden_values: fields in which its records differ."""
    records: tuple[Row, ...]
    """Its rows of identity_map."""
    identifiers: tuple[Row, ...]
    interactions: tuple[Row, ...]
    """The latest first, as many as were asked for."""
    cases: tuple[Row, ...]
    """Open cases, the oldest first."""
    household: tuple[Row, ...]
    """The other customers of its household: customer_id, display_name."""
    outlook: Row | None
    """Its row of predictions; None: there is none."""
    segment: Row | None
    """Its row of segments."""
    treatment: Row | None
    """Its row of treatments."""
    alarms: tuple[Row, ...]
    """Its rows of triggers."""
    limits: tuple[Row, ...]
    """Its rows of contact_limits."""
    products: tuple[Row, ...]
    """Its rows of next_products."""
    due: tuple[Row, ...]
    """Its rows of lifecycle_due."""
    best: tuple[Row, ...]
    """Its rows of best_actions."""
    doubts: tuple[str, ...]
    """What is doubtful about its identity, one sentence each."""
    run_id: str


@dataclass(frozen=True)
class Choice:
    """One of several customers that a lookup found."""

    customer_id: str
    display_name: str | None
    email: str | None
    city: str | None
    interactions: int
    last_seen_at: datetime | None


def find(config: Config, who: str, latest: int = 15) -> Page | tuple[Choice, ...]:
    """The customer that `who` stands for, or several to choose from.

    `who` is a customer id (also one that was merged away), `source:record`, an e-mail, a phone in any format, any other
    identifier, the id of a record or of an order alone, or a name. Raises LookupFailed when nothing is published or nobody is
    found.
    """
    published = versions.own(config)
    if published is None:
        raise LookupFailed("nothing is published yet", "Run `cxunify profile` first.")
    folder, manifest = published
    with Warehouse.open(threads=config.limits.threads, directories=[folder]) as reader:
        desk = _Desk(reader, folder, Privacy.of(config))
        ids = desk.ids(who.strip(), config.region)
        if not ids:
            raise LookupFailed(
                "no customer is known by that",
                "Give a customer id, an e-mail, a phone, another identifier, an order number, a record id, or a name.",
            )
        if len(ids) > 1:
            return desk.choices(ids)
        return desk.page(ids[0], latest, str(manifest["run_id"]))


class _Desk:
    """Where a lookup asks: one published run."""

    def __init__(self, reader: Warehouse, folder: Path, privacy: Privacy) -> None:
        self._reader = reader
        self._folder = folder
        self._privacy = privacy

    def _rows(self, table: str, rest: str, columns: str = "*", **params: Any) -> list[Row]:
        path = f"{table}.parquet" if (self._folder / f"{table}.parquet").exists() else f"{table}/**/*.parquet"
        files = literal(f"{pattern(self._folder)}/{path}")
        return self._reader.dicts(f"select {columns} from read_parquet({files}) {rest}", params)

    def _ids(self, table: str, where: str, **params: Any) -> list[str]:
        rest = f"where {where} group by all order by all limit {_MOST_CHOICES}"
        return [row["customer_id"] for row in self._rows(table, rest, "customer_id", **params)]

    def ids(self, who: str, region: str) -> list[str]:
        """The ids of the customers that `who` may mean, by the first reading that finds any."""
        if found := self._ids("customers", "customer_id = $who", who=who):
            return found
        if moved := self._rows(
            "identity_changes", "where old_id = $who and kind = 'merged' order by run_id desc limit 1", who=who
        ):
            return self.ids(moved[0]["new_id"], region)
        source, colon, record = who.partition(":")
        if colon and (
            found := self._ids("identity_map", "source = $source and record_id = $record", source=source, record=record)
        ):
            return found
        for kind, value in readings(self._reader, who, region):
            where = "value = $value" + (f" and type = {literal(kind)}" if kind else "")
            if found := self._ids("identifiers", where, value=self._privacy.digest(value)):
                return found
        # A number alone may be a record's of one source and an order's of another: whoever it is of is named.
        records = self._ids("identity_map", "record_id = $who", who=who)
        orders = self._ids("interactions", "interaction_id = $who and customer_id is not null", who=who)
        return list(dict.fromkeys([*records, *orders])) or self._named(who)

    def _named(self, name: str) -> list[str]:
        """By name: equal to it, else holding each of its words."""
        plain = "lower(strip_accents(display_name))"
        if self._privacy.mode != "full" or not name:
            return []
        if found := self._ids("customers", f"{plain} = lower(strip_accents($name))", name=name):
            return found
        words = name.split()
        each = " and ".join(f"contains({plain}, lower(strip_accents($word{place})))" for place, _ in enumerate(words))
        return self._ids("customers", each, **{f"word{place}": word for place, word in enumerate(words)})

    def choices(self, ids: list[str]) -> tuple[Choice, ...]:
        """Several customers, the busiest first."""
        rows = self._rows(
            "customers", "where customer_id in (select unnest($ids)) order by interactions desc, customer_id", ids=ids
        )
        return tuple(Choice(**{name: row[name] for name in Choice.__dataclass_fields__}) for row in rows)

    def page(self, customer_id: str, latest: int, run_id: str) -> Page:
        """Everything about one customer."""
        mine = "where customer_id = $id"
        customer = self._rows("customers", mine, id=customer_id)[0]
        contested = self._rows("golden_values", f"{mine} order by field, rank", id=customer_id)
        records = self._rows("identity_map", f"{mine} order by source, record_id", id=customer_id)
        identifiers = self._rows("identifiers", f"{mine} order by type, value", id=customer_id)
        events = self._rows(
            "interactions",
            f"{mine} order by occurred_at desc, source, interaction_id desc limit {int(latest)}",
            id=customer_id,
        )
        cases = self._rows("cases", f"{mine} and is_open order by opened_at, case_id", id=customer_id)
        return Page(
            customer=customer,
            contested=tuple(contested),
            records=tuple(records),
            identifiers=tuple(identifiers),
            interactions=tuple(events),
            cases=tuple(cases),
            household=self._household(customer),
            outlook=next(iter(self._of("predictions", customer_id)), None),
            segment=next(iter(self._of("segments", customer_id)), None),
            treatment=next(iter(self._of("treatments", customer_id)), None),
            alarms=self._of("triggers", customer_id, "signal"),
            limits=self._of("contact_limits", customer_id, "channel"),
            products=self._of("next_products", customer_id, "basis, rank"),
            due=self._of("lifecycle_due", customer_id, "due_date, event"),
            best=self._of("best_actions", customer_id, '"rank"'),
            doubts=tuple(self._doubts(customer_id, records, identifiers, contested)),
            run_id=run_id,
        )

    def _of(self, table: str, customer_id: str, order: str = "customer_id") -> tuple[Row, ...]:
        """A customer's rows of a table; none where an older version has published the run, which had no such table."""
        if not (self._folder / f"{table}.parquet").exists():
            return ()
        return tuple(self._rows(table, f"where customer_id = $id order by {order}", id=customer_id))

    def _household(self, customer: Row) -> tuple[Row, ...]:
        if customer["household_id"] is None:
            return ()
        rest = "where household_id = $household and customer_id <> $id order by customer_id"
        columns = "customer_id, display_name"
        return tuple(
            self._rows("customers", rest, columns, household=customer["household_id"], id=customer["customer_id"])
        )

    def _doubts(self, customer_id: str, records: list[Row], identifiers: list[Row], contested: list[Row]) -> list[str]:
        doubts = [
            f"{row['source']}:{row['record_id']} was joined by {row['joined_by']} with a confidence of {row['confidence']:.0%}"
            for row in records
            if row["confidence"] is not None and row["confidence"] < _SURE
        ]
        doubts += [
            f"its {row['type']} is shared with others, and joined nothing"
            for row in identifiers
            if row["status"] == "shared"
        ]
        doubts += [
            f"its records state {sum(other['field'] == row['field'] for other in contested)} different values for {row['field']}"
            for row in contested
            if row["rank"] == 1 and row["field"] in {"birth_date", "name_suffix", "gender"}
        ]
        changes = self._rows(
            "identity_changes",
            "where (old_id = $id or new_id = $id) and kind in ('merged', 'split') order by run_id desc limit 3",
            id=customer_id,
        )
        doubts += [
            f"{row['kind']} in run {row['run_id']}: {row['old_id']} to {row['new_id']} ({row['cause']})"
            for row in changes
        ]
        return doubts


_DIALLED = r"\+?[\d\s().,/x#-]{6,}|.*[\s:;].*|[^\x00-\x7f]+"
"""What may be a telephone number: in digits, with words around it, or in the digits of another script."""


def readings(reader: Warehouse, who: str, region: str) -> list[tuple[str, str]]:
    """The identifiers that a text may be, as identity reads them: type (any where empty) and value, likeliest first."""
    found: list[tuple[str, str | None]] = []
    if cells := email.unpacked(who):
        read = email.mailboxes("(select $who as written)")
        for cell in cells:
            found += [
                ("email", value) for value in reader.rows(f"select address, value from ({read})", {"who": cell})[0]
            ]
    elif re.search(r"\d(\D*\d){5}", who) and re.fullmatch(_DIALLED, who):
        read = phone.numbers("(select $who as written, $region as country)", (region,))
        rows = reader.rows(f"select value, is_odd from ({read})", {"who": who, "region": region})
        found = [
            ("phone", number)
            for value, is_odd in rows
            for number in (phone.unpacked(who, region) if is_odd else [value])
        ]
    known = [(kind, value) for kind, value in found if value is not None]
    return list(dict.fromkeys([*known, ("", who), ("", who.upper()), ("", who.lower())]))
