"""People whom no id tells apart: what else their rows say makes one."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import Project

ORDERS_OF_NAMES = """no,at,first,last,town,mail,total
1,2024-05-01,Ann,Smith,Leeds,ann@a.example,1
2,2024-05-02,Ann,Smith,Leeds,smith@b.example,2
3,2024-05-03,ann,Smith,Leeds,ann@a.example,3
4,2024-05-04,Ann,Smith,Leeds,,4
5,2024-05-05,,,,x@c.example,5
"""


@pytest.mark.parametrize("type_", ["email", "phone", "email_sha256"])
def test_people_without_an_id_are_told_apart_by_the_mailbox_of_their_interaction(project: Project, type_: str) -> None:
    """Or all of one name and town would be one."""
    project.write("orders.csv", ORDERS_OF_NAMES)
    event = {"id": "no", "at": "at", "kind": "purchase", "amount": "total", "identifiers": {type_: "mail"}}
    person = {"given_name": "first", "family_name": "last", "city": "town"}
    project.source("orders", files="orders.csv", person=person, interaction=event)
    project.run()
    assert project.column("select count(*) from staging.records") == [4]
    assert project.column("select count(distinct person_record_id) from staging.traces") == [4]
    borne = "select count(*) from staging.traces semi join staging.records on record_id = person_record_id"
    assert project.column(borne) == [4]


def test_a_mailbox_of_the_person_itself_is_enough(project: Project) -> None:
    project.write("orders.csv", ORDERS_OF_NAMES)
    event = {"id": "no", "at": "at", "kind": "purchase", "amount": "total", "identifiers": {"login": "mail"}}
    person = {"given_name": "first", "family_name": "last", "city": "town", "email": "mail"}
    project.source("orders", files="orders.csv", person=person, interaction=event)
    project.run()
    assert project.column("select count(*) from staging.records") == [5]


def test_what_is_no_contact_tells_nobody_apart(project: Project) -> None:
    """A device or an order number differs from row to row: it is of the interaction alone."""
    project.write("orders.csv", ORDERS_OF_NAMES)
    event = {"id": "no", "at": "at", "kind": "purchase", "amount": "total", "identifiers": {"device_id": "no"}}
    project.source(
        "orders", files="orders.csv", person={"given_name": "first", "family_name": "last"}, interaction=event
    )
    project.run()
    assert project.column("select count(*) from staging.records") == [2]
