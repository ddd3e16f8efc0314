"""Each gap, planted alone into a clean shop, is found, named, placed, measured and ranked first; a clean shop has none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxunify import quality
from cxunify.config import Config, document
from cxunify.config.gaps import unknown
from cxunify.warehouse import Warehouse
from tests.quality.shop import CONFIG, assess, shop

PLANTED: list[dict[str, Any]] = document((Path(__file__).parent / "cases" / "planted.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def clean() -> Iterator[Warehouse]:
    """A shop of its own for each test: what is planted is not taken out again."""
    with shop() as warehouse:
        yield warehouse


def test_there_are_enough() -> None:
    assert len(PLANTED) >= 30


def test_a_clean_shop_has_no_gaps(clean: Warehouse) -> None:
    assert [gap.gap_id for gap in assess(clean, CONFIG).gaps] == []


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case["name"])
def test_a_planted_gap_is_found(clean: Warehouse, case: dict[str, Any]) -> None:
    hit = clean.scalar(case.get("rows_are", case["rows"]))
    for statement in case["plant"]:
        clean.execute(statement)
    gaps = assess(clean, CONFIG).gaps
    assert gaps, "nothing found"
    first = gaps[0]
    found = {key: getattr(first, key) for key in case["finds"]}
    assert found == case["finds"], [gap.gap_id for gap in gaps]
    assert first.rows == pytest.approx(hit, rel=case.get("within", 0.02))
    if case.get("alone"):
        assert [gap.gap_id for gap in gaps] == [first.gap_id]
    # A floor or a target may be set for whatever is found.
    floors = dict.fromkeys((gap.gap_id for gap in gaps), 0.5)
    assert not list(
        unknown({"sources": CONFIG.model_dump()["sources"], "quality": {"floors": floors, "targets": floors}})
    )


def test_what_is_missing_beside_a_clock_that_is_ahead_is_told(clean: Warehouse) -> None:
    case = next(case for case in PLANTED if case["name"] == "a till whose clock went ahead by four years in autumn")
    for statement in case["plant"]:
        clean.execute(statement)
    # The place itself was silent before, and others have no clock that explains it.
    clean.execute(
        "delete from staging.interactions where location = 'S05' and occurred_at between '2025-04-01' and '2025-04-21'"
    )
    clean.execute("delete from staging.interactions where location = 'S06' and occurred_at >= '2025-10-01'")
    clean.execute("delete from staging.interactions where source = 'receipts' and occurred_at::date = '2025-11-12'")
    assert {gap.gap_id for gap in assess(clean, CONFIG).gaps} == {
        "date_in_future.receipts.occurred_at", "place_silent.receipts.occurred_at@S06", "volume_low.receipts.rows@S05",
        "volume_low.receipts.rows",
    }  # fmt: skip


def test_a_missed_link_shows_what_is_shared_and_with_whom(clean: Warehouse) -> None:
    case = next(case for case in PLANTED if case["finds"]["check"] == "link_missed")
    for statement in case["plant"]:
        clean.execute(statement)
    gap = assess(clean, CONFIG).gaps[0]
    shown = quality.offenders(clean, CONFIG, gap.gap_id, 5, values=True)
    assert shown and all(row["value"].endswith(f"@mail.example.net, also of {row['key']}till") for row in shown)


def test_what_people_have_decided_is_no_missed_link(clean: Warehouse) -> None:
    case = next(case for case in PLANTED if case["finds"]["check"] == "link_missed")
    for statement in case["plant"]:
        clean.execute(statement)
    clean.execute(
        "insert into identity.decisions select 'tills', record_id, 'contacts', record_id, 'different'"
        " from staging.records where source = 'tills'"
    )
    assert "link_missed" not in {gap.check for gap in assess(clean, CONFIG).gaps}


@pytest.mark.parametrize("born", [None, "1931-02-03"])
def test_a_missed_link_between_two_sources_of_one_channel(clean: Warehouse, born: str | None) -> None:
    settings = CONFIG.model_dump(mode="json", exclude_defaults=True)
    for source in settings["sources"].values():
        source["channel"] = "crm"
    case = next(case for case in PLANTED if case["finds"]["check"] == "link_missed")
    for statement in case["plant"]:
        clean.execute(statement)
    clean.execute("update staging.records set birth_date = $born::date where source = 'tills'", {"born": born})
    gaps = {gap.check for gap in assess(clean, Config.model_validate({"version": 1, **settings})).gaps}
    assert ("link_missed" in gaps) == (born is None), "father and son may share name and mailbox"


def test_purchases_whose_amount_nobody_has_mapped(clean: Warehouse) -> None:
    settings = CONFIG.model_dump(mode="json", exclude_defaults=True)
    del settings["sources"]["receipts"]["interaction"]["amount"]
    clean.execute("update staging.interactions set amount = null where source = 'receipts'")
    gaps = {gap.gap_id: gap for gap in assess(clean, Config.model_validate({"version": 1, **settings})).gaps}
    hit = clean.scalar("select count(*) from staging.interactions where source = 'receipts'")
    assert gaps["purchase_unpriced.receipts.amount"].rows == hit
    assert "interaction_empty.receipts.amount" not in gaps


@pytest.mark.parametrize(
    ("written", "lacks"),
    [
        ("family_name = family_name || ' GmbH'", False), ("family_name = null, company = 'Brandt'", False),
        ("attributes = map {'salutation': 'Firma'}", False), ("attributes = map {'salutation': 'Mr & Mrs'}", False),
        ("attributes = map {'salutation': 'Mr'}", True),
    ],
)  # fmt: skip
def test_companies_and_couples_lack_no_given_name(clean: Warehouse, written: str, lacks: bool) -> None:
    settings = CONFIG.model_dump(mode="json", exclude_defaults=True)
    settings["sources"]["contacts"]["person"]["attributes"] = {"salutation": "Title"}
    some = "source = 'contacts' and right(record_id, 1) in ('2', '4')"
    clean.execute(f"update staging.records set given_name = null, {written} where {some}")
    gaps = {gap.gap_id for gap in assess(clean, Config.model_validate({"version": 1, **settings})).gaps}
    assert ("record_empty.contacts.given_name" in gaps) == lacks
