"""Totals of profiles against sums that another reader makes of the same files, for whatever worlds Hypothesis draws."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxunify import identity, ingest, profile, quality
from cxunify.config import load
from cxunify.warehouse import Warehouse
from sample_data.generate import generate
from sample_data.world.rates import DIRTY, Rates
from tests import agreement
from tests.profile.extracts import COUNTRIES, FIELDS, Happening, sums, tills, world

ROOT = Path(__file__).parent.parent.parent
# Each world takes a second or more: one that fails is reported as it is, not made smaller.
HEAVY = settings(max_examples=3, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate))
LIGHT = settings(HEAVY, max_examples=10)


@contextmanager
def _profiled(folder: Path, config: dict[str, Any]) -> Iterator[Warehouse]:
    """The extracts in `folder`, ingested, resolved, profiled and reported on in memory."""
    path = folder / "cxunify.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    project = load(path)
    with Warehouse.open(directories=[folder]) as warehouse:
        ingest.ingest(warehouse, project, (), "r1")
        identity.resolve(warehouse, project)
        profile.build(warehouse, project)
        quality.assess(warehouse, project)
        yield warehouse


def _reconciles(warehouse: Warehouse, happened: list[Happening], currency: str) -> bool:
    """Every total of the profile is what `happened` adds up to: by source, kind, store and day, by month, by customer."""
    totals = warehouse.rows("""
        select source, kind, currency, location, occurred_date, interactions, lines, coalesce(amount, 0)
        from profile.daily_totals""")
    assert {tuple(row[:5]): tuple(row[5:]) for row in totals} == sums(happened)

    owners = warehouse.rows("select source, interaction_id, customer_id from profile.interactions")
    known = {(source, name): customer for source, name, customer in owners}
    assert len(known) == len(owners) == len(happened)
    mine = [one for one in happened if one.currency == currency]
    assert not [one for one in happened if one.name and not one.is_named and known[one.source, one.name]]

    # What customers spent and what nobody did is all there was.
    spent = warehouse.scalar("select coalesce(sum(net_spend), 0) from profile.customers")
    nobodys = warehouse.scalar(
        """
        select coalesce(sum(case kind when 'return' then -abs(amount) when 'purchase' then amount end), 0)
        from profile.interactions where customer_id is null and currency = $currency""",
        {"currency": currency},
    )
    assert spent + nobodys == sum((one.net for one in mine), Decimal(0))
    assert warehouse.scalar("select coalesce(sum(net_spend), 0) from profile.customer_channels") == spent
    named = [one for one in mine if one.name]
    if len(named) == len(happened):
        assert spent == sum((one.net for one in named if known[one.source, one.name]), Decimal(0))

    # The gap report tells the same of everybody, and its total is all there was.
    assert not agreement.differing(warehouse)
    assert warehouse.scalar("select coalesce(sum(revenue), 0) from quality.daily") == spent + nobodys

    # Lines add up to their interactions.
    assert not warehouse.rows("""
        select source, interaction_id from staging.interactions as i
        full join (select source, interaction_id, count(*) as lines, sum(amount) as amount from staging.lines group by all) as l
        using (source, interaction_id)
        where i.source in ('receipts', 'tills')
            and (i.lines > 1 or l.lines is not null)
            and (i.lines is distinct from l.lines or i.amount is distinct from l.amount)""")

    months: dict[tuple[str, Any], Decimal] = {}
    for one in mine:
        if one.store and one.kind in {"purchase", "return"}:
            month = (one.store, one.day.replace(day=1))
            months[month] = months.get(month, Decimal(0)) + one.net
    rows = warehouse.rows("select location, month_date, sum(net_sales) from profile.store_months group by all")
    assert {(store, month): net for store, month, net in rows if net} == {
        key: net for key, net in months.items() if net
    }
    return True


# -- worlds of the generator ----------------------------------------------------------------------------------------------

worlds = st.builds(
    lambda **rates: Rates(**{**vars(DIRTY), **rates}),
    returns=st.sampled_from([0.0, 0.3]),
    voids=st.sampled_from([0.0, 0.3]),
    duplicate_rows=st.sampled_from([0.0, 0.1]),
    unidentified=st.sampled_from([0.0, 1.0]),
    stranger_receipts=st.sampled_from([0.0, 3.0]),
    unparseable=st.sampled_from([0.0, 0.1]),
    unmapped_events=st.sampled_from([0.0, 0.3]),
    orphans=st.sampled_from([0.0, 0.2]),
)


@HEAVY
@given(rates=worlds, seed=st.integers(1, 999), people=st.integers(40, 90), country=st.sampled_from(list(COUNTRIES)))
def test_a_generated_world_reconciles_to_the_cent(rates: Rates, seed: int, people: int, country: str) -> None:
    zone, currency, _ = COUNTRIES[country]
    text = (ROOT / "configs" / "sample.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text.replace("../sample_data/extracts/", "extracts/").replace("../demo/", ""))
    config |= {"region": country, "timezone": zone, "currency": currency}
    with TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder, people, seed, country, rates)
        with _profiled(folder, config) as warehouse:
            assert _reconciles(warehouse, list(world(folder / "extracts", country)), currency)


# -- tills at their worst -------------------------------------------------------------------------------------------------

ZONE, CURRENCY = "America/New_York", "USD"
TILLS = {
    "version": 1, "region": "US", "timezone": ZONE, "currency": CURRENCY,
    "sources": {
        "people": {
            "channel": "crm", "files": "people.csv",
            "person": {"id": "id", "given_name": "name", "identifiers": {"loyalty_id": "card"}},
        },
        "tills": {
            "channel": "pos", "files": "tills_*.csv", "load": "append", "skip": {"status": "void"},
            "interaction": {
                "id": "receipt", "at": "at", "location": "store", "amount": {"column": "amount", "per": "line"},
                "kind": {"column": "type", "map": {"sale": "purchase", "refund": "return", "cancellation": "return"}},
                "currency": {"column": "currency"}, "person": {"people": "customer"}, "identifiers": {"loyalty_id": "card"},
            },
        },
    },
}  # fmt: skip
PEOPLE = "id,name,card\nK1,Ada,LC1\nK2,Bob,\nK3,Cem,LC3\n"
moments = st.datetimes(datetime(2023, 12, 30), datetime(2024, 3, 12), timezones=st.just(UTC)).map(
    lambda when: when.isoformat(timespec="seconds")
)
receipts = st.fixed_dictionaries(
    {
        "is_numbered": st.sampled_from([True, True, False]),
        "at": st.one_of(moments, moments, st.sampled_from(["", "soon"])),
        "type": st.sampled_from(["sale", "sale", "refund", "cancellation"]),
        "status": st.sampled_from(["", "", "", "void"]),
        "store": st.sampled_from(["", "S1", "S2"]),
        "customer": st.sampled_from(["", "", "K1", "K2", "K9"]),
        "card": st.sampled_from(["", "", "LC1", "LC3", "LC7"]),
        "currency": st.sampled_from(["", "USD", "USD", "EUR"]),
    }
)
amounts = st.one_of(st.decimals(-300, 300, places=2).map(str), st.sampled_from(["", "?", "0.00"]))
files = st.lists(
    st.tuples(receipts, st.lists(amounts, min_size=1, max_size=3), st.integers(1, 2)), min_size=1, max_size=14
)


@LIGHT
@given(st.lists(files, min_size=1, max_size=2), st.booleans())
def test_tills_reconcile_to_the_cent(drawn: list[Any], unsigned: bool) -> None:
    """Lines of receipts, repeated rows, rows without id, refunds and cancellations with and without a sign, voids, second files."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
        for number, content in enumerate(drawn):
            _write(folder / f"tills_{number}.csv", content, unsigned=unsigned)
        with _profiled(folder, TILLS) as warehouse:
            assert _reconciles(warehouse, tills(sorted(folder.glob("tills_*.csv")), ZONE, CURRENCY), CURRENCY)
            loaded, rejected, skipped, records = warehouse.rows(
                "select sum(loaded), sum(rejected), sum(skipped), sum(records) from raw.files where source = 'tills'"
            )[0]
            assert loaded + rejected + skipped == records


def _write(path: Path, drawn: list[tuple[dict[str, str], list[str], int]], *, unsigned: bool) -> None:
    """Lines of the receipts, each line as often as the export repeats it; every file has numbers of its own.

    What a number means that two files state is held by `tests/ingest/cases/ids.yaml`. One receipt is always there, since a file
    without any valid time is refused as a whole.
    """
    sure = {"receipt": path.stem, "at": "2024-01-01T00:30:00+00:00", "type": "sale", "amount": "19.99"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerow(sure)
        for number, (receipt, lines, times) in enumerate(drawn):
            name = f"{path.stem}-{number}" if receipt["is_numbered"] else ""
            for amount in lines:
                turned = amount.lstrip("-") if unsigned and receipt["type"] != "sale" else amount
                writer.writerows([{**receipt, "receipt": name, "amount": turned}] * times)
