"""What to mend first: each requirement once, what each opens, and where it all ends."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxunify.actions import roadmap
from cxunify.config.requirements import catalogue

GAPS = pl.DataFrame(
    {"gap_id": ["link_missed", "no_customer.receipts"], "fix": ["Join them.", "Ask for the card."], "rank": [2, 1]}
)
MEND = {"purchases_linked": "Ask at the till", "carts": "Load carts"}


def need(capability: str, requirement: str, **row: Any) -> dict[str, Any]:
    plain = {"text": requirement, "unit": "share", "measured": 0.5, "required": 0.9, "status": "gap", "customers": 10,
             "revenue": 100, "gaps": None}  # fmt: skip
    return {"capability": capability, "requirement": requirement, **plain, **row}


def ordered(*rows: dict[str, Any], most: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return roadmap.roadmap(pl.DataFrame(list(rows)), GAPS, MEND, list(most)).to_dicts()


def test_what_opens_most_comes_first_and_the_last_of_a_capabilitys_needs_opens_it() -> None:
    found = ordered(
        need("tracks", "purchases_linked", required=0.95), need("tracks", "consent"),
        need("forecast", "purchases_linked", revenue=900), need("segments", "purchases_linked", required=0.8),
        need("optouts", "consent", revenue=5000), need("stores", "places", status="pass"),
    )  # fmt: skip
    assert [(row["requirement"], row["opens"], row["advances"], row["open_after"]) for row in found] == [
        ("purchases_linked", "forecast, segments", "tracks", 3),
        ("consent", "optouts, tracks", None, 5),
    ]
    assert found[0]["required"] == 0.95  # who asks most is served as well
    assert (found[0]["revenue"], found[0]["customers"]) == (900, 10)


def test_where_nothing_opens_by_itself_the_capability_that_lacks_least_is_next() -> None:
    found = ordered(
        need("a", "x", revenue=9000), need("a", "y", revenue=9000), need("a", "z", revenue=9000), need("b", "v"),
        need("b", "w"),
    )  # fmt: skip
    assert [row["requirement"] for row in found][:2] == ["v", "w"]
    assert [row["opens"] for row in found] == [None, "b", None, None, "a"]


def test_what_the_data_has_something_of_comes_before_what_it_has_nothing_of() -> None:
    found = ordered(need("a", "x", measured=None, status="none", revenue=9000), need("b", "y"))
    assert [row["requirement"] for row in found] == ["y", "x"]


def test_what_nothing_mends_is_last_though_it_opens_most() -> None:
    found = ordered(need("a", "spend_frequency_correlation", revenue=9000), need("b", "y"), need("b", "z"))
    assert [row["requirement"] for row in found] == ["y", "z", "spend_frequency_correlation"]


def test_it_says_what_to_do_by_the_costliest_gap_and_the_measure() -> None:
    (linked, carts) = ordered(
        need("a", "purchases_linked", gaps="link_missed, no_customer.receipts"), need("b", "carts", revenue=1)
    )
    assert linked["gaps"] == "no_customer.receipts, link_missed"
    assert linked["fix"] == "Ask at the till. Ask for the card."
    assert (carts["gaps"], carts["fix"]) == (None, "Load carts.")


def test_of_what_less_is_better_the_most_demanding_asks_least() -> None:
    rows = (need("a", "x", measured=0.4, required=0.15), need("b", "x", measured=0.4, required=0.2))
    assert ordered(*rows, most=("x",))[0]["required"] == 0.15
    assert ordered(*rows)[0]["required"] == 0.2


@pytest.mark.parametrize("measure", catalogue()["measures"])
def test_every_measure_says_how_to_mend_it(measure: str) -> None:
    assert catalogue()["measures"][measure]["mend"].strip(" .")


def test_with_nothing_to_mend_there_is_no_way() -> None:
    assert ordered(need("a", "x", status="pass")) == []


@given(st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz")), min_size=1))
def test_each_capability_opens_once_and_only_when_it_lacks_nothing(failing: set[tuple[str, str]]) -> None:
    found = ordered(*(need(*pair) for pair in sorted(failing)))
    assert sorted(row["requirement"] for row in found) == sorted({requirement for _, requirement in failing})
    met: set[str] = set()
    for row in found:
        met.add(row["requirement"])
        lacking = {of for of, requirement in failing if requirement not in met}
        opens = set(row["opens"].split(", ")) if row["opens"] else set()
        advances = set(row["advances"].split(", ")) if row["advances"] else set()
        assert opens | advances == {of for of, requirement in failing if requirement == row["requirement"]}
        assert not opens & lacking
        assert row["open_after"] == len({of for of, _ in failing} - lacking)
    assert sum(len((row["opens"] or "").split(", ")) for row in found if row["opens"]) == len({of for of, _ in failing})
