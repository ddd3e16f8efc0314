"""Signs of wrong and missed merges, counted once more in plain Python."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import combinations
from math import exp, log2
from pathlib import Path

import polars as pl
import pytest

from cxunify import profile, quality
from cxunify.cli.session import open_warehouse
from cxunify.config import Config
from cxunify.identity.ask.waterfall import compared, model_of
from cxunify.identity.evidence import block
from cxunify.identity.evidence.block import keys
from cxunify.identity.match.join import asked
from cxunify.identity.match.score import UNIT
from cxunify.identity.outcome.health import told
from cxunify.publish.report_html import html
from cxunify.schema.report import parse
from cxunify.warehouse import Warehouse
from tests.identity.project import copied, resolve


def test_signs_equal_counting_by_hand(sample: Config) -> None:
    with open_warehouse(sample) as warehouse:
        health = told(warehouse)
        warehouse.build((keys(sample),))
        torn = _torn(warehouse, sample)
        people = warehouse.rows(
            "select c.node, c.customer_id, s.given, s.formal, s.family, s.birth_date, s.suffix"
            " from identity.owners as c join identity.traits as s using (node)"
        )
        useless = {key for (key,) in warehouse.rows("select key from identity.value_status where status <> 'valid'")}
        carried = [
            row for row in warehouse.rows("select node, type, key from identity.record_values") if row[2] not in useless
        ]
        found = {node for (node,) in warehouse.rows("select node from temp.keys")}
        alike = set(
            warehouse.rows(
                "select x.formal, y.formal from identity.given_names as x join identity.given_names as y on x.formal < y.formal"
                " where jaro_winkler_similarity(x.formal, y.formal) >= 0.8"
            )
        )
    names, births, sizes = defaultdict(set), defaultdict(set), Counter(customer for _, customer, *_ in people)
    for _, customer, given, formal, _, birth, _ in people:
        names[customer] |= {formal} if given and len(given) > 1 else set()
        births[customer] |= {birth} - {None}
    owners: dict[str, dict[tuple[object, ...], set[str]]] = {"phone": defaultdict(set), "email": defaultdict(set)}
    by_node = {node: rest for node, *rest in people}
    for node, kind, key in carried:
        customer, given, formal, family, _, suffix = by_node[node]
        if kind in owners and given and len(given) > 1 and family:
            owners[kind][key, formal, family, suffix].add(customer)
    several = {kind: sum(len(of) > 1 for of in known.values()) for kind, known in owners.items()}
    identified = {node for node, kind, _ in carried if kind != "device_id"}
    expected = [
        (len(torn), len(sizes)),
        (sum(bool(set(combinations(sorted(of), 2)) - alike) for of in names.values()), len(sizes)),
        (sum(len(found) > 1 for found in births.values()), len(sizes)),
        (several["phone"], len(owners["phone"])),
        (several["email"], len(owners["email"])),
        (len(by_node.keys() - found - identified), len(people)),
    ]
    assert [(sign.found, sign.total) for sign in health.signs[:-1]] == expected
    assert health.signs[-1].found <= health.signs[-1].total
    assert health.largest == tuple(sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0]))[:5])
    assert all(sign.meaning for sign in health.signs)


def test_joins_that_large_blocks_hide_are_estimated(
    sample: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no two records that share a name or a birth date are compared, hundreds of joins are missed; a sample tells of them."""
    monkeypatch.setattr(block, "RULES", tuple(replace(rule, limit=1) for rule in block.RULES))
    config = copied(sample, tmp_path / "project")
    resolve(config)
    truth = pl.read_csv(Path(__file__).parent.parent.parent / "sample_data" / "truth" / "truth.csv")
    person = {(source, record): of for source, record, of in truth.select("source", "record_id", "person_id").rows()}
    with open_warehouse(config) as warehouse:
        sign = told(warehouse).signs[-1]
        warehouse.build((keys(config),))
        hidden = dict.fromkeys(
            warehouse.rows(
                "select distinct x.node, y.node from temp.keys as x join temp.keys as y on y.key = x.key and y.node > x.node"
                " anti join identity.comparisons as c on c.a = x.node and c.b = y.node"
            ),
            "",
        )
        cluster = dict(warehouse.rows("select node, cluster from identity.clusters"))
        says = compared(warehouse, config, model_of(warehouse, config), hidden)
        of = {
            node: person[source, record]
            for node, source, record in warehouse.rows("select node, source, record_id from identity.features")
        }
    apart = {(a, b): says[a, b] for a, b in hidden if cluster[a] != cluster[b]}
    alike = sum(
        (word.total > log2(exp(asked(config) / UNIT)) or word.is_settled) and not word.is_forbidden
        for word in apart.values()
    )
    missed = sum(of[a] == of[b] for a, b in apart)
    assert missed > 300 and alike > 300
    assert 0.7 * alike < sign.total < 1.4 * alike, (alike, sign)
    assert 0.6 * missed < sign.found < 1.4 * missed, (missed, sign)


def _torn(warehouse: Warehouse, config: Config) -> set[str]:
    """Customers in which two records contradict each other, by what `why` says of every two of them; no decision is made here."""
    owners = defaultdict(list)
    for node, customer in warehouse.rows("select node, customer_id from identity.owners order by node"):
        owners[customer].append(node)
    of = {pair: customer for customer, nodes in owners.items() for pair in combinations(nodes, 2)}
    found = compared(warehouse, config, model_of(warehouse, config), of)
    return {
        of[pair]
        for pair, says in found.items()
        if any(step.is_contradiction for step in says.steps) and not says.is_settled
    }


def test_the_gap_report_shows_the_same_signs(sample: Config, tmp_path: Path) -> None:
    config = copied(sample, tmp_path / "project")
    with open_warehouse(config) as warehouse:
        profile.build(warehouse, config)
        quality.assess(warehouse, config)
        report = quality.saved(warehouse)
        health = told(warehouse)
    signs = [(sign.measure, sign.found, sign.total, sign.meaning) for sign in health.signs]
    assert [(sign.measure, sign.found, sign.total, sign.meaning) for sign in report.tables.identity] == signs
    assert [(row.customer_id, row.records) for row in report.tables.largest] == list(health.largest)
    page = html(report)
    section = page[page.index("Signs of wrong and missed merges") :]
    for sign in health.signs:
        assert sign.measure in section
    assert health.largest[0][0] in section
    # A report of before there were signs.
    document = report.document()
    del document["tables"]["identity"], document["tables"]["largest"], document["tables"]["trend"]
    old = parse(json.dumps(document))
    assert old.gaps == report.gaps and "Signs of wrong" not in html(old)
