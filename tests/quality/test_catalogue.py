"""Every check file is what it must be, and runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxunify import quality
from cxunify.config import Config, document
from cxunify.config.requirements import catalogue as capabilities
from cxunify.errors import ContractError
from cxunify.quality import catalogue
from cxunify.quality.catalogue import SHAPE, Check, checks
from cxunify.quality.paste import paste
from cxunify.schema.report import CATEGORIES
from cxunify.warehouse import Warehouse
from tests.quality.shop import CONFIG, assess, empty

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
    assess(warehouse, CONFIG)
    yield warehouse
    warehouse.close()


def test_every_file_is_a_check() -> None:
    folder = Path(catalogue.__file__).parent / "checks"
    assert [check.id for check in CHECKS] == sorted(path.stem for path in folder.glob("*.sql"))
    assert {check.dimension for check in CHECKS} == set(catalogue.DIMENSIONS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_has_the_common_shape(check: Check, bare: Warehouse) -> None:
    frame = bare.frame(f"select * from ({check.sql})", {"as_of": "2025-01-01 00:00:00", "today": "2025-01-01"})
    assert tuple(frame.columns) == SHAPE
    assert frame.height == 0


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_says_what_to_do(check: Check) -> None:
    assert check.fix.endswith(".") and check.why.endswith(".") and not check.title.endswith(".")
    assert 0 <= check.weight <= 1 and 0 < check.target <= 1
    assert check.confidence == "measured" or check.method, "an estimate says how it is made"


FIELDS = {
    "birth_date_impossible": ("contacts", "birth_date"),
    "cell_unparseable": ("contacts", "birth_date"),
    "birth_date_conflict": ("contacts", "birth_date"),
    "kind_unmapped": ("clicks", "kind"),
    "amount_sign": ("clicks", "amount"),
    "consent_unclear": ("contacts", "consent.email"),
    "currency_uncounted": ("receipts", "currency.CAD"),
    "key_nearly": ("receipts", "identifiers.loyalty_id"),
}
"""Where the gap of a check with lines to paste may lie; elsewhere: in the receipts."""
VALUES = {"key_nearly": ["zeros", "case"]}
"""What such a gap names; elsewhere: words of an extract."""


@pytest.mark.parametrize("check", [check for check in CHECKS if check.paste], ids=lambda check: check.id)
def test_lines_to_paste_can_be_pasted(check: Check) -> None:
    source, field = FIELDS.get(check.id, ("receipts", "amount"))
    lines = paste(
        check.paste, CONFIG, source, field, ["2025-03-04"], VALUES.get(check.id, ["basket | } changed", "b: c"])
    )
    assert lines and "…" not in lines
    config = Config.model_validate(merged(CONFIG.model_dump(mode="json", exclude_defaults=True), document(lines)))
    assert config != CONFIG


def test_lines_that_would_need_a_guess_are_left_out() -> None:
    check = next(check for check in CHECKS if check.id == "amount_sign")
    assert paste(check.paste, CONFIG, "receipts", "amount") == "", "one kind for all: no column says which are refunds"
    check = next(check for check in CHECKS if check.id == "cell_unparseable")
    assert paste(check.paste, CONFIG, "surveys", "score") == "", "a number has no format"


def merged(old: Any, new: Any) -> Any:
    """A configuration with what was pasted, key by key."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}


def test_nothing_is_reported_of_nothing(bare: Warehouse) -> None:
    report = quality.saved(bare)
    assert report.gaps == () and report.headline == ("There are no interactions to report on.",)
    assert len(report.unmeasured) == len(report.checks), {one.check for one in report.unmeasured} ^ set(report.checks)
    assert report.verdict.startswith("No check had anything to measure.")
    assert report.totals.unidentified_share == 0
    assert {need.status for need in report.readiness} <= {"gap", "none"}


def test_a_header_is_read() -> None:
    check = catalogue.parse("x.sql", HEADER + "-- paste: sources:\n--     {source}:\nselect 1\n")
    assert check.fix == "Do this and that."
    assert check.paste == "sources:\n  {source}:"
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
    assert {spec["category"] for spec in rules["capabilities"].values()} == set(CATEGORIES)
    for measure in rules["measures"].values():
        assert {name.split(".")[0] for name in measure["checks"]} <= ids
    for spec in rules["capabilities"].values():
        for name, need in spec["needs"].items():
            assert name in rules["measures"], name
            assert need["basis"] and ("least" in need) != ("most" in need)
