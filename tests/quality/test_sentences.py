"""No sentence that its table contradicts: every share, count and sum that a surface shows, held against random worlds."""

from __future__ import annotations

import html as markup
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from cxunify import profile, quality
from cxunify.cli import gaps as pages
from cxunify.cli.report import pieces
from cxunify.config import Config
from cxunify.publish.report_html import html
from cxunify.publish.report_markdown import markdown
from cxunify.schema import INVALID
from cxunify.schema.words import against, percent
from cxunify.warehouse import Warehouse
from tests.profile.fakes import fill, warehouse

SEEDS = range(int(os.environ.get("CXUNIFY_WORLDS", "6")))
"""More on request: CXUNIFY_WORLDS=200."""
KINDS = (
    "purchase",
    "purchase",
    "purchase",
    "return",
    "page_view",
    "cart",
    "survey",
    "complaint",
    "resolution",
    "other",
    "login",
)
FIRST = datetime(2024, 1, 1)


def settings(rng: random.Random) -> Config:
    """A project of people, tills and a web shop, in some zone."""
    person = {"id": "i", "given_name": "g", "family_name": "f", "email": "e", "phone": "p", "consent": {"email": "c"}}
    event = {
        "id": "i", "at": "t", "kind": {"column": "k"}, "amount": "a", "currency": {"column": "u"}, "location": "l",
        "product": "p", "quantity": "q", "score": "s", "case_id": "c", "person": {"people": "w"}, "properties": {"total": "x"},
    }  # fmt: skip
    return Config.model_validate({
        "version": 1, "region": "US", "currency": "USD",
        "timezone": rng.choice(["UTC", "America/New_York", "Asia/Tokyo"]),
        "sources": {
            "people": {"channel": "crm", "files": "p.csv", "person": person},
            "tills": {"channel": "pos", "files": "t.csv", "interaction": {**event, "identifiers": {"loyalty_id": "y"}}},
            "shop": {"channel": "web", "files": "s.csv", "interaction": {**event, "identifiers": {"device_id": "d"}}},
        },
    })  # fmt: skip


@dataclass
class World:
    """What was assessed, and from what."""

    warehouse: Warehouse
    config: Config
    report: quality.Report
    as_of: datetime | None

    @property
    def happened(self) -> str:
        """SQL of what the report speaks of."""
        return f"(from staging.interactions where occurred_at <= '{self.as_of or '9999-01-01'}')"

    def texts(self) -> dict[str, str]:
        """What each surface says, as text."""
        page = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", html(self.report), flags=re.DOTALL)
        shown = [_printed(pieces(self.report))]
        for gap in self.report.gaps[:5]:
            rows = quality.offenders(self.warehouse, self.config, gap.gap_id)
            shown.append(_printed(pages.page(pages.Offenders(gap, rows))))
        return {
            "terminal": "\n".join(shown),
            "html": " ".join(markup.unescape(re.sub(r"<[^>]+>", "\n", page)).split(" ")),
            "markdown": markdown(self.report).replace("\\", ""),
        }


def _printed(parts: Any) -> str:
    out = StringIO()
    console = Console(file=out, width=400, force_terminal=False, highlight=False)
    for part in parts:
        console.print(part)
    return out.getvalue()


def world(seed: int) -> World:
    """A world in which anything may be missing, negative, in another currency, of several lines, or nobody's."""
    rng = random.Random(seed)
    config = settings(rng)
    people = [
        {
            "source": "people", "record_id": f"r{n}", "customer": f"c{rng.randrange(8)}",
            "given_name": rng.choice(["Ann", "Bo", None]),
            "family_name": rng.choice(["Lee", None, "n/a"]), "emails": rng.choice([[], [f"p{n}@mail.example.net"], ["nobody"]]),
            "phones": rng.choice([[], ["000"], ["+12025550100"]]), "consent": rng.choice([{}, {"email": True}, {"email": False}]),
            "created_at": FIRST + timedelta(days=rng.randrange(200)),
        }
        for n in range(rng.choice([0, 1, 12]))
    ]  # fmt: skip
    currencies = rng.choice([["USD"], ["USD", "EUR", "JPY"], ["EUR"], ["USD", "CAD", "ZZZ"]])
    owned, signs = rng.choice([0.0, 0.6, 1.0]), rng.choice([(1,), (1, 1, 1, -1)])
    events = [
        {
            "source": rng.choice(["tills", "shop"]), "kind": rng.choice(KINDS), "lines": rng.choice([1, 1, 2, 5]),
            "occurred_at": FIRST + timedelta(hours=rng.randrange(24 * rng.choice([30, 200]))),
            "amount": rng.choice([None, Decimal(rng.randrange(1, 900)) * rng.choice(signs) / 10]),
            "currency": rng.choice(currencies), "location": rng.choice([None, "S1", "S2"]),
            "product": rng.choice([None, "tea", "n/a"]),
            "score": rng.choice([None, 3.0, 40.0]), "case_id": rng.choice([None, "k1", "k2"]),
            "customer": f"c{rng.randrange(12)}" if rng.random() < owned else None,
            "properties": rng.choice([{}, {"total": "5.00"}]),
        }
        for _ in range(rng.choice([0, 1, 3, 40, 150]))
    ]  # fmt: skip
    house = warehouse(people, events)
    house.execute("update raw.files set status = 'loaded', rejected = 0, skipped = 0, sha256 = path")
    for source, table in (
        ("people", "staging.records"),
        ("tills", "staging.interactions"),
        ("shop", "staging.interactions"),
    ):
        rows = "sum(lines)" if table.endswith("interactions") else "count(*)"
        house.execute(
            f"update raw.files set records = n, loaded = n from (select coalesce({rows}, 0) as n from {table} where source = $of)"
            " where source = $of",
            {"of": source},
        )
    bad = [event for event in events if event["amount"] is None and rng.random() < 0.3]
    places = house.rows(
        "select source, file_id, source_row from staging.interactions where amount is null order by all"
    )
    fill(
        house,
        INVALID,
        [
            {
                "source": source,
                "file_id": file,
                "source_row": row,
                "field": rng.choice(["amount", "quantity"]),
                "reason": "not a number",
            }
            for source, file, row in places[: len(bad)]
        ],
    )
    as_of = rng.choice([None, None, FIRST + timedelta(days=20, hours=rng.randrange(24))])
    profile.build(house, config, as_of or FIRST + timedelta(days=400), afresh=True)
    report = quality.assess(house, config, as_of, "run 1", afresh=True)
    assert report is not None
    return World(house, config, report, as_of)


@pytest.fixture(scope="module", params=SEEDS)
def one(request: pytest.FixtureRequest) -> Iterator[World]:
    made = world(request.param)
    yield made
    made.warehouse.close()


def test_every_share_is_one_and_no_part_exceeds_its_whole(one: World) -> None:
    for name, text in one.texts().items():
        for share in re.findall(r"(-?[\d.,]+)\s?%", text):
            assert 0 <= float(share.replace(",", "")) <= 100, (name, share)
        for part, whole in re.findall(r"(-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?)", text):
            assert float(part.replace(",", "")) <= float(whole.replace(",", "")), (name, part, whole)


def test_the_first_sentence_is_true_of_what_happened(one: World) -> None:
    total, house = one.report.totals, one.warehouse
    n, lines, revenue = house.rows(f"""
        select count(*), coalesce(sum(lines), 0),
            coalesce(sum(case when kind = 'purchase' then amount when kind = 'return' then -abs(amount) end)
                filter (where currency = 'USD'), 0)
        from {one.happened}""")[0]
    assert (total.interactions, total.lines, total.revenue) == (n, lines, revenue)
    unowned = house.scalar(
        f"select count(*) from {one.happened} left join identity.trace_assignments using (trace_id)"
        " where customer_id is null"
    )
    text = " ".join(one.report.headline)
    assert ("There are no interactions" in text) == (n == 0)
    assert ("have their customer" in text or "has its customer" in text) == (n > 0 and unowned == 0)
    for surface, shown in one.texts().items():
        assert ("There are no interactions" in shown) == (n == 0), surface


def test_money_of_other_currencies_is_told_to_the_cent(one: World) -> None:
    stated = one.warehouse.rows(f"""
        select currency, count(*), sum(case when kind = 'purchase' then amount else -abs(amount) end)
        from {one.happened} where currency <> 'USD' and kind in ('purchase', 'return') and amount is not null
        group by currency""")
    told = {row.currency: (row.interactions, row.amount) for row in one.report.totals.uncounted}
    assert told == {currency: (n, amount) for currency, n, amount in stated}
    for currency, (_, amount) in list(told.items())[:3]:
        assert f"{amount:,.2f} {currency}" in one.report.headline[0]
    gaps = {gap.field: gap for gap in one.report.gaps if gap.check == "currency_uncounted"}
    assert set(gaps) == {f"currency.{currency}" for currency in told if currency != "ZZZ"}


def test_a_count_can_be_asked_for(one: World) -> None:
    house, config = one.warehouse, one.config
    for gap in one.report.gaps:
        assert 0 < gap.rows <= gap.population, gap.gap_id
        assert gap.measured == pytest.approx(1 - gap.rows / gap.population), gap.gap_id
        assert 0 <= gap.exclusive <= max(gap.revenue, Decimal(0)) and gap.cost >= 0, gap.gap_id
        if gap.is_counted:
            rows = quality.offenders(house, config, gap.gap_id, limit=10_000)
            assert (len(rows), sum(row["lines"] for row in rows)) == (gap.keys, gap.rows), gap.gap_id
        assert gap.customers <= one.report.totals.customers
        for place in gap.places:
            assert 0 <= place.share <= 1 and 0 <= place.elsewhere <= place.rate <= 1


def test_tables_agree_with_the_totals(one: World) -> None:
    total, tables = one.report.totals, one.report.tables
    assert sum(row.lines for row in tables.linkage) == total.lines
    assert sum((row.revenue for row in tables.linkage), Decimal(0)) == total.revenue
    assert total.lines - sum(row.identified_lines for row in tables.linkage) == total.unidentified_lines
    assert sum(row.customers for row in tables.overlap) == total.customers
    assert sum(row.customers for row in tables.clusters) == total.customers - total.without_record
    for row in tables.coverage:
        assert 0 <= row.valid <= row.filled <= row.rows, (row.source, row.field)
    for need in one.report.readiness:
        assert need.measured is None or need.unit != "share" or 0 <= need.measured <= 1, need.requirement
        assert need.customers_blocked <= total.customers


def test_no_gaps_is_said_of_what_was_measured_only(one: World) -> None:
    report = one.report
    idle = {missing.check for missing in report.unmeasured}
    assert idle <= set(report.checks) and not idle & {gap.check for gap in report.gaps}
    for name, text in one.texts().items():
        assert ("No gaps: all" in text) == (not report.gaps and not idle), name
        assert (f"{len(idle)} could not be measured" in text) == bool(idle), name
    met = len(report.checks) - len(idle | {gap.check for gap in report.gaps})
    assert f"{met:,} check" in report.verdict or "No check" in report.verdict


@pytest.mark.parametrize("digits", [0, 1, 2])
def test_what_is_rounded_says_no_more_than_is_true(digits: int) -> None:
    rng = random.Random(1)
    shares = [0.0, 1.0, 1e-9, 1 - 1e-9, *(rng.random() ** rng.choice([1, 8, 0.1]) for _ in range(300))]
    for share in shares:
        text = percent(share, digits)
        assert (float(text.strip("<>%")) == 0) == (share == 0) and (text.startswith("100")) == (share == 1)
        other = rng.choice(shares)
        measured, required = against(share, other, "share", digits)
        assert (measured == required) == (share == other) or abs(share - other) < 1e-6


def test_a_day_is_the_companys() -> None:
    zone = {"timezone": "America/New_York"}
    late = datetime(2024, 3, 2, 3, tzinfo=UTC).replace(tzinfo=None)
    config = Config.model_validate({**settings(random.Random(0)).model_dump(), **zone})
    events = [{"source": "tills", "kind": "purchase", "occurred_at": late, "amount": 5, "currency": "USD"}]
    people = [{"source": "people", "customer": "c1", "created_at": late}]
    with warehouse(people, events) as house:
        profile.build(house, config, late, afresh=True)
        report = quality.assess(house, config, late, "run 1", afresh=True)
        assert report is not None
        assert {house.scalar(f"select max(day) from quality.{table}") for table in ("daily", "intake")} == {report.day}
        assert report.day.isoformat() == "2024-03-01" and "as of 2024-03-01" in html(report)
        assert {row.silent_days for row in report.tables.sources} == {0}
