"""What-if: says what a run under that configuration would make, and leaves every byte of the warehouse as it was."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

import pytest

from cxunify.cli.session import open_warehouse
from cxunify.config import Config, load
from cxunify.errors import LookupFailed
from cxunify.identity.ask.whatif import WhatIf, what_if
from tests.identity import project


def _tried(config: Config, threshold: float | None = None, *without: str) -> WhatIf:
    """The answer, and proof that nothing was written for it."""
    before = hashlib.sha256(config.warehouse_path.read_bytes()).hexdigest()
    customers = project.customers(config)
    with open_warehouse(config) as warehouse:
        answer = what_if(warehouse, config, threshold, without)
    assert hashlib.sha256(config.warehouse_path.read_bytes()).hexdigest() == before
    assert project.customers(config) == customers
    return answer


def _agrees_with_a_run(config: Config, folder: Path, answer: WhatIf, setting: str) -> None:
    """Put the setting into the configuration of a copy, resolve there, and count."""
    mine = project.copied(config, folder)
    file = mine.root / "cxunify.yaml"
    file.write_text(file.read_text(encoding="utf-8") + f"\nidentity:\n  {setting}\n", encoding="utf-8")
    before = project.customers(mine)
    mine = load(file)
    project.resolve(mine)
    after = project.customers(mine)
    parts, joined = defaultdict(set), defaultdict(set)
    for key, customer in before.items():
        parts[customer].add(after[key])
        joined[after[key]].add(customer)
    splits = {customer for customer, found in parts.items() if len(found) > 1}
    merged = {customer for found in joined.values() if len(found) > 1 for customer in found}
    assert answer.customers_then == len(set(after.values()))
    assert answer.splits == len(splits)
    assert answer.merges == sum(len(found) > 1 for found in joined.values())
    assert answer.records == sum(customer in splits | merged for customer in before.values())
    assert {split.customer_id for split in answer.split} <= splits


def test_the_threshold_in_force_changes_nothing(sample: Config) -> None:
    answer = _tried(sample, sample.identity.threshold)
    assert answer.customers == answer.customers_then
    assert (answer.splits, answer.merges, answer.records, answer.split, answer.merged) == (0, 0, 0, (), ())


@pytest.mark.parametrize("threshold", [0.2, 0.99])
def test_another_threshold_does_what_the_run_would_do(sample: Config, tmp_path: Path, threshold: float) -> None:
    answer = _tried(sample, threshold)
    assert answer.splits + answer.merges > 0
    _agrees_with_a_run(sample, tmp_path, answer, f"threshold: {threshold}")


def test_without_a_value_its_people_fall_apart(sample: Config, tmp_path: Path) -> None:
    with open_warehouse(sample) as warehouse:
        values = warehouse.rows(
            "select distinct r.type || ':' || r.value, l.weight from identity.links as l"
            " join identity.features as a on a.source = l.source_a and a.record_id = l.record_id_a"
            " join identity.features as b on b.source = l.source_b and b.record_id = l.record_id_b"
            " join identity.record_values as r on r.node = a.node"
            " join identity.record_values as s on s.node = b.node and s.key = r.key"
            " order by l.weight, 1 limit 8"
        )
    answers = [(value, _tried(sample, None, value)) for value, _ in values]
    value, answer = max(answers, key=lambda pair: pair[1].splits)
    assert answer.splits > 0
    assert answer.without == (value,)
    _agrees_with_a_run(sample, tmp_path, answer, f"placeholders: ['{value}']")


def test_a_value_may_be_written_as_the_extract_has_it(sample: Config) -> None:
    with open_warehouse(sample) as warehouse:
        written, value = warehouse.rows(
            "select n.written, n.value from identity.numbers as n join identity.record_values as r on r.value = n.value"
            " where n.written <> n.value order by 1 limit 1"
        )[0]
    assert _tried(sample, None, f"phone:{written}").without == (f"phone:{value}",)


def test_what_nobody_carries_is_refused_without_repeating_it(sample: Config) -> None:
    with open_warehouse(sample) as warehouse, pytest.raises(LookupFailed) as raised:
        what_if(warehouse, sample, None, ["phone:+12125550000", "fone:123456"])
    assert len(raised.value.problems) == 2
    assert "5550000" not in str(raised.value) and "123456" not in str(raised.value)
