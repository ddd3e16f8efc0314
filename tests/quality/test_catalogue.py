"""Every check file is what it must be, and runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cxunify import quality
from cxunify.errors import ContractError
from cxunify.quality import catalogue
from cxunify.quality.catalogue import SHAPE, Check, checks
from cxunify.quality.readiness import catalogue as capabilities
from cxunify.warehouse import Warehouse
from tests.quality.shop import CONFIG, empty

CHECKS = checks()
HEADER = """-- id: x
-- dimension: validity
-- title: T
-- subject: record
-- of: records
-- fix: Do this
--   and that.
-- why: Because.
"""


@pytest.fixture(scope="module")
def bare() -> Iterator[Warehouse]:
    """A warehouse that was assessed without any data."""
    warehouse = empty()
    quality.assess(warehouse, CONFIG)
    yield warehouse
    warehouse.close()


def test_every_file_is_a_check() -> None:
    folder = Path(catalogue.__file__).parent / "checks"
    assert [check.id for check in CHECKS] == sorted(path.stem for path in folder.glob("*.sql"))
    assert {check.dimension for check in CHECKS} == set(catalogue.DIMENSIONS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_has_the_common_shape(check: Check, bare: Warehouse) -> None:
    frame = bare.frame(f"select * from ({check.sql})", {"as_of": "2025-01-01 00:00:00"})
    assert tuple(frame.columns) == SHAPE
    assert frame.height == 0


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_says_what_to_do(check: Check) -> None:
    assert check.fix.endswith(".") and check.why.endswith(".") and not check.title.endswith(".")
    assert 0 <= check.weight <= 1 and 0 < check.target <= 1
    assert check.confidence == "measured" or check.method, "an estimate says how it is made"


def test_nothing_is_reported_of_nothing(bare: Warehouse) -> None:
    document = quality.saved(bare)
    assert document["gaps"] == [] and document["headline"] == []
    assert document["totals"]["unidentified_share"] == 0
    assert {need["status"] for need in document["readiness"]} <= {"gap", "none"}


def test_a_header_is_read() -> None:
    check = catalogue.parse("x.sql", HEADER + "-- paste: sources:\n--     {source}:\nselect 1\n")
    assert check.fix == "Do this and that."
    assert check.paste == "sources:\n    {source}:".replace("    ", "  ", 1) or check.paste.startswith("sources:\n")
    assert check.sql == "select 1"


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (HEADER.replace("-- fix: Do this\n--   and that.\n", ""), "fix is missing"),
        (HEADER.replace("validity", "beauty"), "dimension 'beauty' is none of"),
        (HEADER.replace("id: x", "id: y"), "id is not the file's name"),
    ],
)
def test_a_wrong_header_is_refused(header: str, problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        catalogue.parse("x.sql", f"{header}select 1")


def test_capabilities_name_measures_and_measures_name_checks() -> None:
    rules = capabilities()
    ids = {check.id for check in CHECKS}
    assert len(rules["capabilities"]) >= 20
    assert {spec["category"] for spec in rules["capabilities"].values()} == {
        "customer_orientation", "insight", "interaction", "improvement",
    }  # fmt: skip
    for measure in rules["measures"].values():
        assert {name.split(".")[0] for name in measure["checks"]} <= ids
    for spec in rules["capabilities"].values():
        for name, need in spec["needs"].items():
            assert name in rules["measures"], name
            assert need["basis"] and ("least" in need) != ("most" in need)
