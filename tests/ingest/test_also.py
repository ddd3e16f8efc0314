"""Rows that say of several interactions: each is made of the same file, and accounted for by itself."""

from __future__ import annotations

from typing import Any

import pytest

from cxunify.errors import ConfigError
from tests.ingest.conftest import Project

ORDERS = """no,customer,created,total,refunded_at,refunded,why
A1,c1,2024-05-01,20.00,,0.00,
A2,c2,2024-05-02,30.00,2024-05-09,12.50,broken
A3,c1,2024-05-03,10.00,2024-05-10,10.00,late
A4,c3,2024-05-04,10.00,2024-05-10,,
A5,c4,2024-05-05,10.00,yesterday,1.00,
"""
PURCHASE = {
    "id": "no",
    "at": "created",
    "kind": "purchase",
    "amount": "total",
    "properties": {"state": "why"},
    "identifiers": {"login": "customer"},
}
REFUND = {"at": "refunded_at", "kind": "return", "amount": "refunded", "reason": "why"}
ASKED = "select source, interaction_id, kind, amount::varchar, reason from staging.interactions order by 1, 2"


def _orders(project: Project, **settings: Any) -> None:
    project.write("orders.csv", ORDERS)
    source = {"interaction": PURCHASE, "also": {"refunds": REFUND}, **settings}
    project.source("orders", files="orders.csv", **source)


def test_an_order_and_its_refund(project: Project) -> None:
    _orders(project)
    orders, refunds = project.run().sources
    assert [row for row in project.rows(ASKED) if row[0] == "orders_refunds"] == [
        ("orders_refunds", "A2", "return", "-12.50", "broken"),
        ("orders_refunds", "A3", "return", "-10.00", "late"),
    ]
    assert (orders.records, orders.loaded, orders.rejected, orders.skipped, orders.interactions) == (5, 5, 0, 0, 5)
    assert (refunds.records, refunds.loaded, refunds.rejected, refunds.skipped, refunds.interactions) == (5, 2, 1, 2, 2)
    traces = "select distinct identifiers['login'] from staging.traces where source = 'orders_refunds' order by 1"
    assert project.column(traces) == ["c1", "c2"]
    assert project.column("select properties from staging.interactions where source = 'orders_refunds'") == [{}, {}]


def test_it_belongs_to_the_person_of_its_row(project: Project) -> None:
    _orders(project, person={"id": "customer"})
    project.run()
    asked = "select person_source, person_record_id from staging.traces where source = 'orders_refunds' order by 2"
    assert project.rows(asked) == [("orders", "c1"), ("orders", "c2")]
    assert project.column("select distinct source from staging.records") == ["orders"]


def test_it_may_say_all_for_itself(project: Project) -> None:
    item = {**REFUND, "id": "why", "identifiers": {"other": "customer"}, "skip": {"no": "A3"}}
    _orders(project, also={"refunds": item, "visits": {"at": "created", "kind": "visit"}}, skip={"no": ["A5"]})
    project.run()
    assert project.rows("select source, count(*) from staging.interactions group by 1 order by 1") == [
        ("orders", 4),
        ("orders_refunds", 1),
        ("orders_visits", 4),
    ]
    assert project.column("select interaction_id from staging.interactions where source = 'orders_refunds'") == [
        "broken"
    ]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"also": {"refunds": {**REFUND, "amunt": "x"}}}, "orders_refunds.interaction.amunt is not a key"),
        ({"also": {"refunds": {"kind": "return"}}}, "orders_refunds.interaction.at is missing"),
        ({"also": [REFUND]}, "sources.orders.also is no list of names and interactions"),
        ({"interaction": None, "person": {"id": "no"}}, "sources.orders.also stands beside no `interaction`"),
        ({"person": {"email": "customer"}}, "sources.orders.also.refunds cannot say whose it is"),
        (
            {"interaction": {**PURCHASE, "amount": {"column": "total", "minus": ["refunded"]}}},
            "amount is refunded, which the first interaction takes off its own amount",
        ),
    ],
)
def test_what_is_wrong_with_it_is_told_in_its_line(project: Project, settings: dict[str, Any], says: str) -> None:
    _orders(project, **settings)
    source = project.settings["sources"]["orders"]
    project.settings["sources"]["orders"] = {key: value for key, value in source.items() if value is not None}
    with pytest.raises(ConfigError) as caught:
        project.config()
    assert says in str(caught.value)
    assert "cxunify.yaml:" in str(caught.value)


def test_a_row_may_have_two_lists_of_things_that_happened(project: Project) -> None:
    lines = '"lines": [{"sku": "tea", "price": 5}, {"sku": "cup", "price": 15}]'
    refunds = (
        '"refunds": [{"id": "r1", "at": "2024-05-03", "amount": 5}, {"id": "r2", "at": "2024-05-04", "amount": 1}]'
    )
    project.write("s.ndjson", f'{{"no": "A1", "at": "2024-05-01", {lines}, {refunds}}}\n')
    order = {"id": "no", "at": "at", "kind": "purchase", "amount": "lines[].price", "product": "lines[].sku"}
    refund = {
        "id": "refunds[].id",
        "at": "refunds[].at",
        "kind": "return",
        "amount": "refunds[].amount",
        "product": None,
    }
    project.source(files="s.ndjson", interaction=order, also={"refunds": refund})
    project.run()
    asked = "select source, interaction_id, amount::varchar, lines from staging.interactions order by 1, 2"
    assert project.rows(asked) == [
        ("s", "A1", "20.00", 2),
        ("s_refunds", "r1", "-5.00", 1),
        ("s_refunds", "r2", "-1.00", 1),
    ]


def test_a_configuration_that_is_written_out_is_read_again(project: Project) -> None:
    _orders(project, person={"id": "customer"})
    project.source("others", files="orders.csv")
    config = project.config()
    project.settings = config.model_dump(mode="json")
    assert project.config() == config


def test_its_name_must_be_free(project: Project) -> None:
    _orders(project)
    project.source("orders_refunds", files="orders.csv")
    with pytest.raises(ConfigError, match="is called orders_refunds, which is a source already"):
        project.config()
