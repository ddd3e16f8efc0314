"""What is below a floor is not published."""

from __future__ import annotations

from typing import Any

import pytest

from cxunify import quality
from cxunify.config import Config
from cxunify.warehouse import Warehouse
from tests.quality.shop import CONFIG, assess, shop


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    opened = shop()
    opened.execute("update staging.interactions set trace_id = null where interaction_id like 'T%3'")
    opened.execute("delete from staging.interactions where source = 'clicks' and occurred_at >= '2025-12-08'")
    opened.execute("update raw.files set records = records + 100, rejected = 100 where source = 'surveys'")
    opened.execute(
        "insert into raw.files (file_id, source, path, sha256, records, loaded, rejected, skipped, status)"
        " values (0, 'contacts', 'c0.csv', 'c0', 4000, 4000, 0, 0, 'superseded')"
    )
    assess(opened, CONFIG)
    return opened


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, ["surveys: 100 of 1,600 rows were rejected (6.2%), more than 5.0%"]),
        ({"max_reject_share": 0.07}, []),
        (
            {"max_reject_share": 0.07, "max_shrink_share": 0.3},
            ["contacts: 2,500 rows, and 4,000 in the file before: 37.5% less, more than 30.0%"],
        ),
        ({"max_reject_share": 0.07, "min_identified_revenue": 0.95}, ["of revenue has a customer, less than 95.0%"]),
        (
            {"max_reject_share": 0.07, "min_identified_interactions": 0.95},
            ["of interactions has a customer, less than 95.0%"],
        ),
        ({"max_reject_share": 0.07, "min_identified_interactions": 0.9}, []),
        ({"max_reject_share": 0.07, "max_silent_days": 14}, ["clicks: nothing for 21 days, more than 14"]),
        (
            {"max_reject_share": 0.07, "floors": {"no_customer.receipts.customer_id": 0.95}},
            ["is sound, less than 95.0%"],
        ),
        ({"max_reject_share": 0.07, "floors": {"no_customer.receipts.customer_id": 0.5, "no.such.gap": 1}}, []),
    ],
)
def test_a_floor_holds_or_says_why(warehouse: Warehouse, settings: dict[str, Any], said: list[str]) -> None:
    problems = quality.gates(warehouse, Config.model_validate({**CONFIG.model_dump(), "quality": settings}))
    assert len(problems) == len(said)
    for problem, text in zip(problems, said, strict=True):
        assert text in problem.what
        assert problem.fix
