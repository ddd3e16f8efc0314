"""A clean shop in the tables that quality reads: a CRM, tills and a web shop in which nothing is wrong until a test plants it.

Everything is a pure function of the seed. 2,500 people, 12 stores, two years; all numbers are small enough for a unit test.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from cxunify import profile, quality
from cxunify.config import Config
from cxunify.schema import Table
from cxunify.warehouse import Warehouse
from tests import contacts
from tests.tables import resolved

PEOPLE = 2500
STORES = tuple(f"S{number:02}" for number in range(1, 13))
FIRST = date(2024, 1, 1)
DAYS = 728

CONFIG = Config.model_validate({
    "version": 1, "region": "US", "currency": "USD", "timezone": "UTC",
    "sources": {
        "contacts": {"channel": "crm", "files": "c.csv", "person": {
            "id": "Id", "given_name": "F", "family_name": "L", "email": "E", "phone": "P", "postal_code": "Z", "birth_date": "B",
            "identifiers": {"loyalty_id": "Y"}, "consent": {"email": "O"}, "created_at": "C",
        }},
        "tills": {"channel": "pos", "files": "t.csv", "person": {
            "id": "Id", "given_name": "F", "family_name": "L", "email": "E", "identifiers": {"loyalty_id": "Y"}, "created_at": "C",
        }},
        "receipts": {"channel": "pos", "files": "r.csv", "interaction": {
            "id": "I", "at": "T", "kind": "purchase", "amount": "A", "location": "S", "product": "G", "person": {"tills": "K"},
            "identifiers": {"loyalty_id": "Y"},
        }},
        "clicks": {"channel": "web", "files": "w.csv", "load": "append", "interaction": {
            "id": "I", "at": "T", "kind": {"column": "K"}, "page": "U", "identifiers": {"device_id": "D"},
        }},
        "surveys": {"channel": "survey", "files": "s.csv", "interaction": {
            "id": "I", "at": "T", "kind": "survey", "score": "N", "identifiers": {"email": "E"},
        }},
        "mails": {"channel": "email", "files": "m.csv", "interaction": {
            "id": "I", "at": "T", "kind": {"column": "K"}, "identifiers": {"email": "E", "phone": "P"},
        }},
    },
})  # fmt: skip


def empty() -> Warehouse:
    """A warehouse in memory with every table that `assess` starts from, and nothing in them."""
    warehouse = Warehouse.open(threads=1)
    resolved(warehouse)
    return warehouse


def assess(
    warehouse: Warehouse, config: Config = CONFIG, as_of: datetime | None = None, run_id: str = ""
) -> quality.Report:
    """The report, on what identity and profile make of staging as it is now: what a test planted is in all of them."""
    contacts.read(warehouse, config)
    profile.build(warehouse, config, as_of or datetime.combine(FIRST, time()) + timedelta(days=DAYS), afresh=True)
    report = quality.assess(warehouse, config, as_of, run_id, afresh=True)
    assert report is not None
    return report


def shop(seed: int = 7) -> Warehouse:
    """The shop, open for business."""
    warehouse = empty()
    rng = np.random.default_rng(seed)
    people = _people(rng)
    interactions = {"receipts": _receipts(rng, people), "clicks": _clicks(rng), "surveys": _surveys(rng, people)}
    for source in ("contacts", "tills"):
        _records(warehouse, source, people)
    _interactions(warehouse, pl.concat(interactions.values(), how="diagonal"))
    sizes = {"contacts": PEOPLE, "tills": PEOPLE, **{source: len(frame) for source, frame in interactions.items()}}
    for file_id, (source, rows) in enumerate(sizes.items(), start=1):
        warehouse.execute(
            "insert into raw.files by name select $file as file_id, $source as source, $source || '.csv' as path,"
            " $source as sha256, $rows as records, $rows as loaded, 0 as rejected, 0 as skipped, 'loaded' as status",
            {"file": file_id, "source": source, "rows": rows},
        )
    warehouse.execute("""
        insert into identity.identifiers
        select 'C' || record_id[2:], 'email', emails[1], created_at, created_at, 2, 'valid'
        from staging.records where source = 'contacts'""")
    return warehouse


def _people(rng: np.random.Generator) -> pl.DataFrame:
    number = range(PEOPLE)
    return pl.DataFrame({
        "number": number,
        "created_at": _days(rng, datetime.combine(date(2020, 1, 1), time()), 1400),
        "updated_at": _days(rng, datetime.combine(FIRST, time()), DAYS),
        "birth_date": _days(rng, datetime.combine(date(1940, 1, 1), time()), 23000),
        "given_name": [f"Ada{n % 97}" for n in number],
        "family_name": [f"Lovelace{n}" for n in number],
        "email": [f"ada{n}@mail.example.net" for n in number],
        "phone": [f"+1 312 {200 + n // 100:03} {n % 100 + 1000:04}" for n in number],
        "postal_code": [f"{10000 + n * 7 % 80000:05}" for n in number],
        "loyalty_id": [f"LC{n:08}" for n in number],
    })  # fmt: skip


def _days(rng: np.random.Generator, first: datetime, days: int) -> list[datetime]:
    return [first + timedelta(days=int(day)) for day in rng.integers(0, days, PEOPLE)]


def _records(warehouse: Warehouse, source: str, people: pl.DataFrame) -> None:
    """Everybody in a source; the tills take neither phone, postcode, birth date nor consent."""
    crm = source == "contacts"
    warehouse.write(Table("staging.incoming", ""), people)
    warehouse.execute(
        f"""
        insert into staging.records (source, record_id, file_id, source_row, row_no, given_name, family_name, emails, phones,
            postal_code, birth_date, identifiers, consent, attributes, created_at, updated_at)
        select $source, 'R' || number, {1 if crm else 2}, number + 1, {1 if crm else 2} * 1099511627776 + number + 1,
            given_name, family_name, [email],
            {"[phone]" if crm else "[]"}, {"postal_code" if crm else "null"}, {"birth_date" if crm else "null"},
            map(['loyalty_id'], [loyalty_id]), {"map(['email'], [true])" if crm else "map()"}, map(), created_at, updated_at
        from staging.incoming""",
        {"source": source},
    )
    warehouse.execute(
        "insert into identity.assignments select $source, 'R' || number, 'C' || number, 1, 'loyalty_id' from staging.incoming",
        {"source": source},
    )
    warehouse.execute("drop table staging.incoming")


def _times(rng: np.random.Generator, size: int, opening: int, closing: int) -> list[datetime]:
    start = datetime.combine(FIRST, time())
    days = rng.integers(0, DAYS, size)
    hours = np.clip(rng.normal((opening + closing) / 2, (closing - opening) / 5, size), opening, closing - 0.01)
    return [start + timedelta(days=int(day), seconds=int(hour * 3600)) for day, hour in zip(days, hours, strict=True)]


def _receipts(rng: np.random.Generator, people: pl.DataFrame, size: int = 30000) -> pl.DataFrame:
    who = rng.integers(0, PEOPLE, size)
    return pl.DataFrame({
        "source": ["receipts"] * size,
        "interaction_id": [f"T{n:06}" for n in range(size)],
        "occurred_at": _times(rng, size, 9, 20),
        "kind": ["purchase"] * size,
        "amount": np.round(rng.gamma(2, 20, size) + 1, 2),
        "currency": ["USD"] * size,
        "location": [STORES[at] for at in rng.integers(0, len(STORES), size)],
        "product": [("grocery", "toys", "home")[at] for at in rng.integers(0, 3, size)],
        "who": who,
        "mark": people["loyalty_id"].gather(who),
    })  # fmt: skip


def _clicks(rng: np.random.Generator, size: int = 20000) -> pl.DataFrame:
    who = rng.integers(0, PEOPLE, size)
    return pl.DataFrame({
        "source": ["clicks"] * size,
        "interaction_id": [f"W{n:06}" for n in range(size)],
        "occurred_at": _times(rng, size, 6, 24),
        "kind": [("page_view", "product_view", "cart", "login")[at] for at in rng.integers(0, 4, size)],
        "page": [f"/p/{n % 400}" for n in range(size)],
        "who": who,
        "mark": [f"d{n}" for n in who],
    })  # fmt: skip


def _surveys(rng: np.random.Generator, people: pl.DataFrame, size: int = 1500) -> pl.DataFrame:
    who = rng.integers(0, PEOPLE, size)
    return pl.DataFrame({
        "source": ["surveys"] * size,
        "interaction_id": [f"N{n:06}" for n in range(size)],
        "occurred_at": _times(rng, size, 6, 24),
        "kind": ["survey"] * size,
        "score": rng.integers(0, 11, size).astype(float),
        "who": who,
        "mark": people["email"].gather(who),
    })  # fmt: skip


def _interactions(warehouse: Warehouse, frame: pl.DataFrame) -> None:
    """Interactions, and a trace for everyone who has any in a source; every trace is somebody's."""
    traces = frame.select("source", "who").unique().sort("source", "who").with_row_index("trace_id")
    warehouse.write(Table("staging.incoming", ""), frame.join(traces, on=["source", "who"]))
    warehouse.execute("""
        insert into staging.traces
        select trace_id, source, case when source = 'receipts' then 'tills' end, case when source = 'receipts' then 'R' || who end,
            map([case source when 'receipts' then 'loyalty_id' when 'clicks' then 'device_id' else 'email' end], [any_value(mark)]),
            count(*), min(occurred_at), max(occurred_at)
        from staging.incoming group by trace_id, source, who""")
    warehouse.execute("""
        insert into staging.interactions (source, interaction_id, file_id, source_row, row_no, trace_id, occurred_at, kind, amount,
            currency, lines, location, product, page, score)
        select source, interaction_id, case source when 'receipts' then 3 when 'clicks' then 4 else 5 end as file_id,
            row_number() over (partition by source) as place, file_id::bigint * 1099511627776 + place,
            trace_id, occurred_at, kind, amount, currency, 1, location,
            product, page, score
        from staging.incoming""")
    warehouse.execute("""
        insert into identity.trace_assignments
        select distinct trace_id, 'C' || who, 'identifier', 1 from staging.incoming""")
    warehouse.execute("drop table staging.incoming")
