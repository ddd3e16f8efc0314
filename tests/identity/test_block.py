"""Blocks: whom a key brings together, and what becomes of one that too many share."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from cxunify import identity
from cxunify.identity.evidence.block import RULES, SPELLED, candidate_pairs, keys
from tests.identity import people

_PLACES = (("city", "Springfield"), ("postal_code", "49007"))


def _compared(records: list[people.Row], root: Path) -> set[tuple[str, str]]:
    """The record ids of the pairs that the rules bring together."""
    config = people.config(root)
    with people.warehouse(records) as warehouse:
        identity.resolve(warehouse, config)
        warehouse.build((keys(config), candidate_pairs(config)))
        names = dict(warehouse.rows("select node, record_id from identity.features"))
        pairs = warehouse.rows("select a, b from temp.candidate_pairs")
    return {(min(names[a], names[b]), max(names[a], names[b])) for a, b in pairs}


def _crowd(size: int) -> list[people.Row]:
    """People of one initial and family name, of different given names, who live nowhere."""
    return [
        {"source": "crm", "record_id": f"r{number:02}", "given_name": f"J{chr(97 + number)}{'xyz'[number % 3]}lo",
         "family_name": "Smith"}
        for number in range(size)
    ]  # fmt: skip


def test_the_limit_is_that_of_the_rule() -> None:
    assert {rule.limit for rule in RULES if rule.name == "spelled mailbox"} == {SPELLED}


@pytest.mark.parametrize(("size", "met"), [(SPELLED, True), (SPELLED + 1, False)])
def test_a_block_beyond_its_limit_is_skipped(size: int, met: bool, tmp_path: Path) -> None:
    ids = [str(row["record_id"]) for row in _crowd(size)]
    assert _compared(_crowd(size), tmp_path) == (set(combinations(ids, 2)) if met else set())


@pytest.mark.parametrize(("column", "value"), _PLACES)
def test_a_block_beyond_its_limit_is_split_by_where_people_live(column: str, value: str, tmp_path: Path) -> None:
    crowd = [dict(row) for row in _crowd(2 * SPELLED + 5)]
    for row in crowd[:3]:
        row[column] = value
    ids = [str(row["record_id"]) for row in crowd[:3]]
    assert _compared(crowd, tmp_path) == set(combinations(ids, 2))


@pytest.mark.parametrize(("column", "value"), _PLACES)
def test_what_is_beyond_the_limit_even_so_is_skipped(column: str, value: str, tmp_path: Path) -> None:
    crowd = [dict(row, **{column: value}) for row in _crowd(2 * SPELLED + 5)]
    assert _compared(crowd, tmp_path) == set()
