"""The report adds up, remembers, and answers for its numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest

from cxunify import quality
from cxunify.config import Config
from cxunify.errors import LookupFailed
from cxunify.schema.report import Move, Since
from cxunify.warehouse import Warehouse
from tests.quality.shop import CONFIG, assess, shop
from tests.tables import remember

DIRT = (
    "update staging.interactions set trace_id = null where location = 'S07' and isodow(occurred_at) = 6",
    "update staging.interactions set trace_id = null where source = 'receipts' and interaction_id like '%1'",
    "update staging.records set emails = [] where source = 'contacts' and right(record_id, 1) in ('2', '6')",
    "update staging.records set emails = ['none@none.com'] where source = 'contacts' and record_id like '%4'",
    "update staging.records set emails = [] where source = 'tills' and record_id like '%26'",
    "delete from staging.records where source = 'tills' and record_id like '%7'",
    "delete from identity.assignments where source = 'tills' and record_id like '%7'",
    "update staging.interactions set amount = -amount, kind = 'return' where source = 'receipts' and interaction_id like '%99'",
)


@pytest.fixture(scope="module")
def dirty() -> Iterator[Warehouse]:
    warehouse = shop(11)
    for statement in DIRT:
        warehouse.execute(statement)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def report(dirty: Warehouse) -> quality.Report:
    return assess(dirty, CONFIG, run_id="run 1")


def test_totals_agree_with_the_staging_tables(dirty: Warehouse, report: quality.Report) -> None:
    lines, unidentified, revenue, nobodys = dirty.rows("""
        select count(*), count(*) filter (where trace_id is null), sum(amount) filter (where source = 'receipts'),
            sum(amount) filter (where source = 'receipts' and trace_id is null)
        from staging.interactions""")[0]
    totals = report.totals
    assert (totals.lines, totals.unidentified_lines) == (lines, unidentified)
    assert (totals.revenue, totals.unidentified_revenue) == (revenue, nobodys)
    assert report.headline[0].startswith(f"{float(nobodys / revenue):.1%} of revenue belongs to nobody")


def test_the_headline_adds_up_source_by_source() -> None:
    with shop(11) as warehouse:
        warehouse.execute("update staging.interactions set trace_id = null where location = 'S07'")
        one = assess(warehouse, CONFIG)
        gap = one.gaps[0]
        assert one.headline[0].endswith(f"(all in receipts, {gap.rows:,} of its {gap.population:,} lines).")
        warehouse.execute(
            "update staging.interactions set amount = 5, kind = 'purchase', trace_id = null where kind = 'cart'"
        )
        two = assess(warehouse, CONFIG)
        parts = [part.split(" in ") for part in two.headline[0].split("(")[1].rstrip(").").split(", ")]
        assert {source for _, source in parts} == {"receipts", "clicks"}
        assert sum(Decimal(money.replace(",", "")) for money, _ in parts) == two.totals.unidentified_revenue


def test_gaps_agree_with_sql_of_their_own(dirty: Warehouse, report: quality.Report) -> None:
    gaps = {gap.gap_id: gap for gap in report.gaps}
    empty = dirty.scalar("select count(*) from staging.records where source = 'contacts' and len(emails) = 0")
    assert gaps["record_empty.contacts.email"].rows == empty
    # Whoever has an e-mail in the other source is not without one.
    customers, revenue = dirty.rows("""
        with
        lost as (
            select a.customer_id
            from staging.records as r join identity.assignments as a using (source, record_id)
            group by all having bool_and(len(emails) = 0 or emails[1] = 'none@none.com')
        ),
        bad as (
            select distinct a.customer_id from staging.records as r join identity.assignments as a using (source, record_id)
            where source = 'contacts' and len(emails) = 0
        )
        select count(distinct customer_id), (
            select sum(amount) from staging.interactions as i join identity.trace_assignments as t using (trace_id)
            where t.customer_id in (select customer_id from lost) and t.customer_id in (select customer_id from bad)
        ) from lost where customer_id in (select customer_id from bad)""")[0]
    assert (gaps["record_empty.contacts.email"].customers, gaps["record_empty.contacts.email"].revenue) == (
        customers,
        revenue,
    )
    orphans = dirty.scalar("""
        select count(*) from staging.interactions as i join staging.traces as t using (trace_id)
        where person_record_id like '%7'""")
    assert gaps["key_to_nobody.receipts.person.tills"].rows == orphans


def test_prices_never_exceed_what_they_price(dirty: Warehouse, report: quality.Report) -> None:
    assert len(report.gaps) >= 4
    for gap in report.gaps:
        assert Decimal(0) <= gap.exclusive <= max(gap.revenue, Decimal(0))
        assert 0 <= gap.measured <= 1 and gap.rows > 0
    positive = dirty.scalar("select sum(greatest(revenue, 0)) from quality.customers")
    nobodys = report.totals.unidentified_revenue
    assert sum(gap.exclusive for gap in report.gaps) <= positive + nobodys
    assert sum(gap.exclusive for gap in report.gaps if gap.check in {"no_customer", "device_unknown"}) == nobodys


def test_the_costliest_gap_leads(report: quality.Report) -> None:
    assert [gap.cost for gap in report.gaps] == sorted((gap.cost for gap in report.gaps), reverse=True)
    assert len({gap.gap_id for gap in report.gaps}) == len(report.gaps)


def test_readiness_names_the_gaps_that_block(report: quality.Report) -> None:
    needs = {(need.capability, need.requirement): need for need in report.readiness}
    linked = needs["purchase_anticipation", "purchases_linked"]
    assert linked.status == "gap"
    assert linked.blocked_by == ("no_customer.receipts.customer_id", "key_to_nobody.receipts.person.tills")
    gap = next(gap for gap in report.gaps if gap.gap_id == linked.blocked_by[0])
    assert "purchase_anticipation" in gap.capabilities


def test_a_minimum_can_be_overridden(dirty: Warehouse) -> None:
    settings = {
        "readiness": {"purchase_anticipation.purchases_linked": 0.5},
        "targets": {"contacts.email": 0.5, "no_customer": 0.1},
    }
    config = Config.model_validate({**CONFIG.model_dump(), "quality": settings})
    lenient = assess(dirty, config)
    assert "record_empty.contacts.email" not in {gap.gap_id for gap in lenient.gaps}
    assert next(need for need in lenient.readiness if need.requirement == "purchases_linked").status == "pass"


def test_a_gap_answers_with_its_rows(dirty: Warehouse, report: quality.Report) -> None:
    assess(dirty, CONFIG, run_id="run 1")
    rows = quality.offenders(dirty, CONFIG, "record_empty.contacts.email", limit=5)
    known = dirty.rows(
        "select record_id from staging.records where source = 'contacts' and len(emails) = 0 order by 1 limit 5"
    )
    assert [row["key"] for row in rows] == [key for (key,) in known]
    assert all(row["customer_id"] for row in rows)
    with pytest.raises(LookupFailed, match=r"Did you mean record_empty\.contacts\.email"):
        quality.offenders(dirty, CONFIG, "record_empty.contacts.emial")


def test_the_document_is_kept_as_it_is(dirty: Warehouse, report: quality.Report) -> None:
    again = assess(dirty, CONFIG, run_id="run 1")
    assert quality.saved(dirty).document() == json.loads(json.dumps(again.document()))
    assert again.gaps == report.gaps


def test_runs_are_compared() -> None:
    warehouse = shop(3)
    assert assess(warehouse, CONFIG, run_id="run 1").since is None
    remember(warehouse, "run 1")
    warehouse.execute("update staging.interactions set trace_id = null where interaction_id like 'T%3'")
    second = assess(warehouse, CONFIG, run_id="run 2")
    remember(warehouse, "run 2")
    gap = "no_customer.receipts.customer_id"
    assert second.since == Since(
        run_id="run 1", new=(gap,), worse=(), better=(), closed=(),
        moves=(Move(gap, "new", rows_before=0, rows=3000, measured_before=1.0, measured=second.gaps[0].measured),),
    )  # fmt: skip
    warehouse.execute("update staging.interactions set trace_id = null where interaction_id like 'T%4'")
    third = assess(warehouse, CONFIG, run_id="run 3")
    remember(warehouse, "run 3")
    assert third.since is not None and third.since.worse == (gap,)
    assert [run.gaps for run in third.tables.trend] == [0, 1, 1]
    assert quality.since(warehouse, "last", is_published=True) == third.since
    against_the_first = quality.since(warehouse, "run 1", is_published=True)
    assert against_the_first is not None and against_the_first.new == (gap,)
    with pytest.raises(LookupFailed, match="The last runs are: run 3"):
        quality.since(warehouse, "run 0")


def test_a_run_that_looks_back_is_compared_with_only_when_it_is_named() -> None:
    warehouse = shop(3)
    assess(warehouse, CONFIG, run_id="run 1")
    remember(warehouse, "run 1")
    back = assess(warehouse, CONFIG, datetime(2024, 6, 30), run_id="run 2")
    remember(warehouse, "run 2")
    assert back.since is None
    third = assess(warehouse, CONFIG, run_id="run 3")
    assert third.since is not None and third.since.run_id == "run 1"
    assert [run.run_id for run in third.tables.trend] == ["run 1", "run 3"]
    named = quality.since(warehouse, "run 2")
    assert named is not None and named.run_id == "run 2"


def test_nothing_after_the_as_of_is_in_the_name_of_the_clock(dirty: Warehouse) -> None:
    first, second = (assess(dirty, CONFIG) for _ in range(2))
    assert first == second
