"""`why`: every waterfall adds up to the engine's weight, every path leads, every refusal has its reason."""

from __future__ import annotations

import random
from io import StringIO
from itertools import combinations
from pathlib import Path

import pytest
from rich.console import Console

from cxunify.cli import why
from cxunify.config import Config
from cxunify.errors import LookupFailed
from cxunify.identity import resolve
from cxunify.identity.ask import waterfall
from cxunify.identity.ask.explain import UNLIKE, Cause, Explanation, explain
from cxunify.identity.ask.waterfall import BIT
from cxunify.identity.match.fields.given_name import CONTRADICTS
from cxunify.warehouse import Warehouse
from tests.identity import people

WEIGHTS = "select a, b, weight / 1000 / ln(2) from identity.comparisons join identity.weights using (pattern)"


def _keys(warehouse: Warehouse) -> list[str]:
    return [key for (key,) in warehouse.rows("select source || ':' || record_id from identity.features order by node")]


def _customers(warehouse: Warehouse) -> list[str]:
    return [customer for (customer,) in warehouse.rows("select customer_id from identity.owners order by node")]


def _pairs(warehouse: Warehouse, *, same: bool, seed: int, count: int) -> list[tuple[str, str]]:
    """Pairs of records, of one customer or of two, drawn at random."""
    keys, of = _keys(warehouse), _customers(warehouse)
    if same:
        pairs = [pair for pair in combinations(range(len(keys)), 2) if of[pair[0]] == of[pair[1]]]
    else:
        compared = warehouse.rows("select a, b from identity.comparisons order by a, b")
        pairs = [(a, b) for a, b in compared if of[a] != of[b]]
    return [(keys[a], keys[b]) for a, b in random.Random(seed).sample(pairs, count)]


def _printed(explanation: Explanation) -> list[str]:
    out = Console(file=StringIO(), width=80, highlight=False, markup=False)
    for piece in why.pieces(explanation):
        out.print(piece)
    return out.file.getvalue().splitlines()  # type: ignore[attr-defined]


def test_every_waterfall_adds_up_to_the_stored_weight(sample: Config, looked: Warehouse) -> None:
    stored = {(a, b): weight for a, b, weight in looked.rows(WEIGHTS)}
    found = waterfall.compared(looked, sample, waterfall.model_of(looked, sample), stored)
    assert found.keys() == stored.keys()
    for pair, comparison in found.items():
        lines = (
            comparison.prior + sum(step.weight for step in comparison.steps) + comparison.others + comparison.caution
        )
        assert comparison.is_compared
        assert comparison.total == pytest.approx(stored[pair], abs=1e-12)
        assert lines == pytest.approx(comparison.total, abs=1e-9)


def test_a_pair_that_was_never_compared_is_scored_as_the_engine_would(sample: Config, looked: Warehouse) -> None:
    known = waterfall.patterns(looked, [(a, b) for a, b, _ in looked.rows(WEIGHTS)])
    weak = [
        (a, b)
        for a, b in looked.rows(
            "select a, b from identity.comparisons join identity.patterns using (pattern)"
            " where email not in (1, 2) and phone not in (1, 2) and identifier <> 1"  # who shares no value
        )
    ]
    assert len(weak) > 100
    assert waterfall.compared_now(looked, sample, weak) == {pair: known[pair] for pair in weak}


def test_what_forbids_is_what_the_engine_forbids(sample: Config, looked: Warehouse) -> None:
    model = waterfall.model_of(looked, sample)
    rows = looked.rows(
        "select a, b, is_forbidden, is_seldom from identity.comparisons join identity.weights using (pattern)"
    )
    found = waterfall.compared(looked, sample, model, [(a, b) for a, b, *_ in rows])
    assert any(forbidden for *_, forbidden, _ in rows)
    for a, b, forbidden, is_seldom in rows:
        assert forbidden == found[a, b].is_forbidden
        # What contradicts forbids, unless one person's records often show it here or more speaks for one than against.
        if any(step.is_contradiction for step in found[a, b].steps):
            assert forbidden or not is_seldom or found[a, b].total > CONTRADICTS / BIT
        else:
            assert not forbidden


@pytest.mark.parametrize("seed", range(3))
def test_ten_joins_read_at_80_columns(sample: Config, looked: Warehouse, seed: int) -> None:
    for a, b in _pairs(looked, same=True, seed=seed, count=10):
        explanation = explain(looked, sample, a, b)
        assert explanation.is_same and explanation.cause is None
        assert (explanation.path[0].a.key, explanation.path[-1].b.key) == (a, b)
        for one, other in zip(explanation.path, explanation.path[1:], strict=False):
            assert one.b.key == other.a.key
        for join in explanation.path:
            assert join.rule != "model" or join.comparison.total > 0
        lines = _printed(explanation)
        assert max(map(len, lines)) <= 80
        assert a in "".join(lines).replace("\n", "") and "total" in "".join(lines)


@pytest.mark.parametrize("seed", range(3))
def test_ten_refusals_read_at_80_columns_and_say_what_kept_the_two_apart(
    sample: Config, looked: Warehouse, seed: int
) -> None:
    for a, b in _pairs(looked, same=False, seed=seed, count=10):
        explanation = explain(looked, sample, a, b)
        assert not explanation.is_same and not explanation.path
        assert explanation.wholes is not None
        if explanation.cause is Cause.CONTRADICTION:
            assert explanation.comparison.is_forbidden and explanation.contradiction
        elif explanation.cause is Cause.TOO_WEAK:
            assert explanation.comparison.total <= 0
        else:
            assert explanation.wholes.conflicts or explanation.wholes.mean <= 0
        lines = _printed(explanation)
        assert max(map(len, lines)) <= 80
        assert str(explanation.cause)[:12] in " ".join(lines)


def test_every_refused_pair_that_looks_right_has_a_reason(sample: Config, looked: Warehouse) -> None:
    keys = _keys(looked)
    of = _customers(looked)
    strong = [(a, b) for a, b, weight in looked.rows(WEIGHTS) if weight > 0 and of[a] != of[b]]
    assert strong
    for a, b in strong:
        explanation = explain(looked, sample, keys[a], keys[b])
        assert explanation.cause in {Cause.CONTRADICTION, Cause.CONFLICT, Cause.WHOLES}
        if explanation.cause is Cause.WHOLES:
            assert explanation.wholes is not None and explanation.wholes.mean <= 0


def test_records_that_never_met_show_their_keys(sample: Config, looked: Warehouse) -> None:
    met = {(a, b) for a, b, _ in looked.rows(WEIGHTS)}
    keys = _keys(looked)
    drawn = random.Random(1)
    apart = [pair for pair in combinations(range(len(keys)), 2) if pair not in met]
    for a, b in drawn.sample(apart, 5):
        explanation = explain(looked, sample, keys[a], keys[b])
        assert explanation.cause is Cause.NOT_COMPARED and not explanation.comparison.is_compared
        assert explanation.keys or explanation.values
        assert all(key.shared_by == 0 or key.shared_by > 40 for key in explanation.keys)
        assert max(map(len, _printed(explanation))) <= 80


def test_a_key_of_too_many_is_said_to_be_that(tmp_path: Path) -> None:
    """Namesakes who live nowhere: their one key brings nobody together, because of those who share it."""
    config = people.config(tmp_path)
    namesakes = [{"record_id": f"r{number:02}", "given_name": "Ann", "family_name": "Smith"} for number in range(25)]
    opened = people.warehouse(namesakes)
    resolve(opened, config)
    explanation = explain(opened, config, "crm:r03", "crm:r17")
    assert explanation.cause is Cause.NOT_COMPARED
    assert {key.rule: key.shared_by for key in explanation.keys}["full name"] == 25
    assert "25, too many" in " ".join(_printed(explanation))


def test_a_company_and_a_person_are_said_to_be_that(tmp_path: Path) -> None:
    both = {"emails": ["info@haldane.example"]}
    config = people.config(tmp_path)
    opened = people.warehouse(
        [{"record_id": "a", "company": "Haldane Ltd", **both}, {"record_id": "b", "given_name": "Ann", **both}]
    )
    resolve(opened, config)
    explanation = explain(opened, config, "crm:a", "crm:b")
    assert not explanation.is_same and explanation.cause is Cause.COMPANY
    assert "one is a company or several people, the other a person" in " ".join(_printed(explanation))


def test_values_that_are_written_alike_are_not_said_to_differ(tmp_path: Path) -> None:
    both = {"family_name": "Haldane Ltd", "phones": ["+1 312 200 1001"]}
    opened = people.warehouse(
        [{"record_id": "a", "company": "Haldane Ltd", **both}, {"record_id": "b", "company": "Haldane Ltd", **both}]
    )
    config = people.config(tmp_path)
    resolve(opened, config)
    steps = {step.field: step.level for step in explain(opened, config, "crm:a", "crm:b").comparison.steps}
    assert {"phone", "family name"} <= set(steps)
    assert not {steps["phone"], steps["family name"]} & set(UNLIKE), steps


def test_without_values_no_cell_is_told(sample: Config, looked: Warehouse) -> None:
    pairs = [*_pairs(looked, same=True, seed=4, count=3), *_pairs(looked, same=False, seed=4, count=3)]
    for a, b in pairs:
        explanation = explain(looked, sample, a, b)
        cells = {cell for record in (explanation.a, explanation.b) for cell in record.cells.values() if len(cell) > 4}
        text = " ".join(_printed(why.without_values(explanation)))
        assert cells
        assert not [cell for cell in cells if cell in text]


@pytest.mark.parametrize(
    ("a", "b", "problem"),
    [
        ("contacts:nobody", "contacts:nobody", "contacts has no record nobody"),
        ("kontacts:1", "contacts:1", "not a record"),
        ("nobody", "contacts:1", "not a record"),
    ],
)
def test_who_is_not_there_is_said(sample: Config, looked: Warehouse, a: str, b: str, problem: str) -> None:
    with pytest.raises(LookupFailed, match=problem):
        explain(looked, sample, a, b)


def test_a_record_and_itself_are_no_question(sample: Config, looked: Warehouse) -> None:
    key = _keys(looked)[0]
    with pytest.raises(LookupFailed, match="same record"):
        explain(looked, sample, key, key)
